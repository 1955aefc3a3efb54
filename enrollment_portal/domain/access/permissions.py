"""Who may see and do what: one name for each right, asked by handlers and by services alike.

Scopes say which enrollments exist for a person (in SQL: `storage.shared.scopes`); rights say what
they may do with those, and where they may work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from enrollment_portal.domain.enrollment.fields import Field
from enrollment_portal.domain.enrollment.messages import OWN_NEEDS_REASON
from enrollment_portal.domain.people.people import ADMIN_ROLES, Actor, Role, Section
from enrollment_portal.domain.shared.errors import NotAllowed


@dataclass(frozen=True)
class Everything:
    """The scope of whoever may see all enrollments of the organization."""


@dataclass(frozen=True)
class Taught:
    """Enrollments in the courses that an instructor teaches."""

    account_id: int


@dataclass(frozen=True)
class Led:
    """Enrollments of the people that someone leads."""

    account_id: int


Scope = Everything | Taught | Led
Right = Callable[[Actor], bool]

_GRADING = frozenset({Field.GRADE, Field.FEEDBACK, Field.NOTE})
_ALL_FIELDS = frozenset(Field)


def require(actor: Actor, right: Right) -> None:
    """Raise unless the actor has a right.

    Raises:
        NotAllowed: they have not.
    """
    if not right(actor):
        raise NotAllowed


def works_in_portal(actor: Actor) -> bool:
    """Tell whether any section of the Admin Portal is switched on for the person."""
    return any(actor.has(section) for section in Section)


def is_admin(actor: Actor) -> bool:
    """Open the Admin Portal's front page, whatever sections are switched on."""
    return actor.role in ADMIN_ROLES


def may_manage_learning(actor: Actor) -> bool:
    """Tell whether the person may manage enrollments, courses, paths and extension requests."""
    return actor.has(Section.LEARNING)


def may_manage_people(actor: Actor) -> bool:
    """Tell whether the person may change users and groups."""
    return actor.has(Section.PEOPLE)


def may_see_configuration(actor: Actor) -> bool:
    """Tell whether the person may see the list of admins and the access log."""
    return actor.has(Section.CONFIGURATION)


def may_change_admins(actor: Actor) -> bool:
    """Add and remove admins, switch their sections, and change admins' accounts."""
    return actor.role is Role.SUPER_ADMIN


def may_change_account(actor: Actor, role: str | None) -> bool:
    """Change a person, or end their sessions: of admins only whoever may change admins.

    Args:
        actor: who would change them.
        role: of the person's account; `None` for who has no account.
    """
    return role not in ADMIN_ROLES or may_change_admins(actor)


def roles_to_give(actor: Actor) -> tuple[Role, ...]:
    """Return the portal accesses that the actor may give somebody."""
    plain = (Role.LEARNER, Role.INSTRUCTOR, Role.GROUP_LEAD)
    return (*plain, Role.ADMIN, Role.SUPER_ADMIN) if may_change_admins(actor) else plain


def may_create_sign_in_link(actor: Actor, role: Role, *, teaches: bool) -> bool:
    """Make a link that opens somebody's account, which must hold no right that the actor lacks.

    Args:
        actor: who would make the link, and may see it.
        role: of the account.
        teaches: whether it teaches courses, whose grades and internal notes it reads. An
            instructor's role alone is nothing that an admin with People could not give.
    """
    if role in ADMIN_ROLES:
        return may_change_admins(actor)
    return may_manage_people(actor) and (not teaches or may_manage_learning(actor))


def may_teach(actor: Actor) -> bool:
    """Tell whether the person may grade in courses of their own."""
    return actor.role is Role.INSTRUCTOR


def may_grade(actor: Actor) -> bool:
    """Tell whether the person may grade: instructors in their courses, learning admins in all."""
    return may_manage_learning(actor) or may_teach(actor)


def may_learn(actor: Actor) -> bool:
    """Tell whether the person takes courses themselves: whoever is in the directory."""
    return actor.learner_id is not None


def may_see_ledger(actor: Actor) -> bool:
    """Tell whether the person has a ledger at all."""
    return may_manage_learning(actor) or actor.role in (Role.INSTRUCTOR, Role.GROUP_LEAD)


def ledger_scope(actor: Actor) -> Scope:
    """Return which enrollments the person's ledger holds.

    Raises:
        NotAllowed: the person has no ledger.
    """
    if may_manage_learning(actor):
        return Everything()
    if actor.role is Role.INSTRUCTOR:
        return Taught(actor.account_id)
    if actor.role is Role.GROUP_LEAD:
        return Led(actor.account_id)
    raise NotAllowed


def is_own(actor: Actor, learner_id: int) -> bool:
    """Tell whether a learner's enrollments are those of the person themselves."""
    return actor.learner_id is not None and actor.learner_id == learner_id


def may_change_own(actor: Actor) -> bool:
    """Tell whether the person may grade, complete or extend their own enrollments.

    Only with a reason, which history marks: see `own_reason`.
    """
    return actor.role is Role.SUPER_ADMIN


def own_reason(reason: str) -> str:
    """Return why somebody changed their own enrollment, as history keeps it: marked.

    Raises:
        ValueError: no reason is given.
    """
    if not reason:
        raise ValueError(OWN_NEEDS_REASON)
    return f"Own enrollment: {reason}"


def editable_fields(actor: Actor, learner_id: int | None = None) -> frozenset[Field]:
    """Return the fields the person may set, on the enrollments of their ledger.

    Args:
        actor: the person.
        learner_id: whose enrollment it is; without, what they may set of others'.
    """
    if learner_id is not None and is_own(actor, learner_id) and not may_change_own(actor):
        return frozenset()
    if may_manage_learning(actor):
        return _ALL_FIELDS
    if actor.role is Role.INSTRUCTOR:
        return _GRADING
    return frozenset()


def may_read_notes(actor: Actor) -> bool:
    """Tell whether internal notes may ever be sent to the person."""
    return may_grade(actor)
