"""Permissions: one function for each right, called by handlers and by services.

Scopes say which enrollments exist for a person (in SQL: `storage.shared.scopes`); rights say what
they may do with those, and where they may work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from enrollment_portal.domain.enrollment.fields import Assigned, Field, Hidden, HistoryField
from enrollment_portal.domain.enrollment.messages import OWN_NEEDS_REASON, own_enrollment
from enrollment_portal.domain.ledger.filters import FilterName, Flag
from enrollment_portal.domain.ledger.layout.columns import ColumnKey
from enrollment_portal.domain.ledger.ledger_query import OPEN_REQUEST
from enrollment_portal.domain.people.people import ADMIN_ROLES, Actor, Role, Section
from enrollment_portal.domain.shared.errors import NotAllowed


@dataclass(frozen=True)
class Everything:
    """The scope of all enrollments of the organization."""

    name: ClassVar = "all"
    account_id: ClassVar[int | None] = None
    is_everything: ClassVar = True
    has_all_courses: ClassVar = True
    """Whether it has all courses of a learner, and so learning paths, which nobody teaches."""


@dataclass(frozen=True)
class Taught:
    """The scope of the enrollments in the courses that an instructor teaches."""

    account_id: int
    name: ClassVar = "taught"
    is_everything: ClassVar = False
    has_all_courses: ClassVar = False


@dataclass(frozen=True)
class Led:
    """The scope of the enrollments of the people that a group lead leads."""

    account_id: int
    name: ClassVar = "led"
    is_everything: ClassVar = False
    has_all_courses: ClassVar = True


Scope = Everything | Taught | Led
Right = Callable[[Actor], bool]

_GRADING = frozenset({Field.GRADE, Field.FEEDBACK, Field.NOTE})
_ALL_FIELDS = frozenset(Field)
STAFF_FIELDS: frozenset[HistoryField] = frozenset(
    {Field.NOTE, Assigned.INSTRUCTOR, Hidden.INSTRUCTOR}
)
"""What only those who may read internal notes see of an enrollment and its history: leads do not
know who teaches."""


def require(actor: Actor, right: Right) -> None:
    """Raise unless the actor has a right.

    Raises:
        NotAllowed: they have not.
    """
    if not right(actor):
        raise NotAllowed


def works_in_portal(actor: Actor) -> bool:
    """Return whether any section of the Admin Portal is switched on for the person."""
    return any(actor.has(section) for section in Section)


def is_admin(actor: Actor) -> bool:
    """Return whether the person may open the Admin Portal's front page."""
    return actor.role in ADMIN_ROLES


def may_manage_learning(actor: Actor) -> bool:
    """Return whether the person may manage enrollments, courses, paths and extension requests."""
    return actor.has(Section.LEARNING)


def may_manage_people(actor: Actor) -> bool:
    """Return whether the person may change users and groups."""
    return actor.has(Section.PEOPLE)


def may_see_configuration(actor: Actor) -> bool:
    """Return whether the person may see the list of admins and the access log."""
    return actor.has(Section.CONFIGURATION)


def may_change_admins(actor: Actor) -> bool:
    """Return whether the person may add, change and remove admins and their sections."""
    return actor.role is Role.SUPER_ADMIN


def may_change_account(actor: Actor, role: str | None) -> bool:
    """Return whether the person may change another person, or end their sessions.

    Admins are changed only by those who may change admins.

    Args:
        actor: who would change them.
        role: of the person's account; `None` for who has no account.
    """
    return role not in ADMIN_ROLES or may_change_admins(actor)


def roles_to_give(actor: Actor) -> tuple[Role, ...]:
    """Return the roles that the actor may give to a person."""
    plain = (Role.LEARNER, Role.INSTRUCTOR, Role.GROUP_LEAD)
    return (*plain, Role.ADMIN, Role.SUPER_ADMIN) if may_change_admins(actor) else plain


def may_create_sign_in_link(actor: Actor, role: Role, *, teaches: bool) -> bool:
    """Return whether the person may create a sign-in link for an account.

    Not for an account with a right that they lack, as they could use the link themselves.

    Args:
        actor: who would make the link, and may see it.
        role: of the account.
        teaches: whether it teaches courses, so that it reads their grades and internal notes. The
            role Instructor without courses is one that an admin with People can give anyway.
    """
    if role in ADMIN_ROLES:
        return may_change_admins(actor)
    return may_manage_people(actor) and (not teaches or may_manage_learning(actor))


def may_teach(actor: Actor) -> bool:
    """Return whether the person may grade in courses of their own."""
    return actor.role is Role.INSTRUCTOR


def may_grade(actor: Actor) -> bool:
    """Return whether the person may grade: instructors in their courses, learning admins in all."""
    return may_manage_learning(actor) or may_teach(actor)


def may_learn(actor: Actor) -> bool:
    """Return whether the person can take courses: everybody in the directory can."""
    return actor.learner_id is not None


def may_see_ledger(actor: Actor) -> bool:
    """Return whether the person has a ledger at all."""
    return may_manage_learning(actor) or actor.role in (Role.INSTRUCTOR, Role.GROUP_LEAD)


def may_see_paths(actor: Actor) -> bool:
    """Return whether the person's ledger has enrollments in learning paths."""
    return may_see_ledger(actor) and ledger_scope(actor).has_all_courses


def ledger_scope(actor: Actor) -> Scope:
    """Return the scope of the person's ledger.

    Raises:
        NotAllowed: the person has no ledger.
    """
    if may_manage_learning(actor):
        return Everything()
    if may_teach(actor):
        return Taught(actor.account_id)
    if actor.role is Role.GROUP_LEAD:
        return Led(actor.account_id)
    raise NotAllowed


def ledger_filters(actor: Actor) -> frozenset[str]:
    """Return the names of the filters that the person's ledger has.

    Only those who may read internal notes may know which enrollments have one. Leads know the
    groups and managers of their people, but not who teaches; instructors know the departments of
    their learners only. Requests are for those who may answer all of them.

    Raises:
        NotAllowed: the person has no ledger.
    """
    scope = ledger_scope(actor)
    names: set[str] = {*FilterName, *Flag}
    if scope.is_everything:
        names.add(OPEN_REQUEST)
    else:
        names -= {FilterName.INSTRUCTOR}
    if not scope.has_all_courses:
        names -= {FilterName.PATH, FilterName.GROUP, FilterName.MANAGER}
    if not may_read_notes(actor):
        names -= {Flag.NOTE}
    return frozenset(str(name) for name in names)


def ledger_columns(actor: Actor) -> tuple[ColumnKey, ...]:
    """Return the columns that the person's ledger can have, in their standard order.

    As with filters, only who sees everything may know who teaches. Leads know only some of their
    people's managers, and instructors none, so that both have no column of managers.

    Raises:
        NotAllowed: the person has no ledger.
    """
    if ledger_scope(actor).is_everything:
        return tuple(ColumnKey)
    secret = (ColumnKey.INSTRUCTOR, ColumnKey.MANAGER)
    return tuple(key for key in ColumnKey if key not in secret)


def may_share_views(actor: Actor) -> bool:
    """Return whether the person may share saved views of the ledger with a role."""
    return may_manage_learning(actor)


def may_change_any_view(actor: Actor) -> bool:
    """Return whether the person may see, change and delete every view that is shared."""
    return actor.role is Role.SUPER_ADMIN


def is_own(actor: Actor, learner_id: int) -> bool:
    """Return whether a learner is the person themselves."""
    return actor.learner_id is not None and actor.learner_id == learner_id


def may_change_own(actor: Actor) -> bool:
    """Return whether the person may grade, complete or extend their own enrollments.

    Only with a reason, which history shows with a mark: see `own_reason`.
    """
    return actor.role is Role.SUPER_ADMIN


def own_reason(reason: str) -> str:
    """Return the reason for changing one's own enrollment, with the mark that history shows.

    Raises:
        ValueError: no reason is given.
    """
    if not reason:
        raise ValueError(OWN_NEEDS_REASON)
    return own_enrollment(reason)


def editable_fields(actor: Actor, learner_id: int | None = None) -> frozenset[Field]:
    """Return the fields the person may set, on the enrollments of their ledger.

    Args:
        actor: the person.
        learner_id: whose enrollment it is; `None` for anybody else's.
    """
    if learner_id is not None and is_own(actor, learner_id) and not may_change_own(actor):
        return frozenset()
    if may_manage_learning(actor):
        return _ALL_FIELDS
    if may_teach(actor):
        return _GRADING
    return frozenset()


def may_read_notes(actor: Actor) -> bool:
    """Return whether internal notes may ever be sent to the person."""
    return may_grade(actor)
