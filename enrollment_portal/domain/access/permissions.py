"""Who may see and do what: the one table of rights, used by every service.

Scopes say which enrollments exist for a person; rights say what they may do with those.
"""

from __future__ import annotations

from dataclasses import dataclass

from enrollment_portal.domain.enrollment.fields import Field
from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.shared.errors import NotAllowed


@dataclass(frozen=True)
class Everything:
    """Every enrollment of the organization."""


@dataclass(frozen=True)
class Taught:
    """Enrollments in the courses that an instructor teaches."""

    account_id: int


@dataclass(frozen=True)
class Led:
    """Enrollments of the people that someone leads."""

    account_id: int


Scope = Everything | Taught | Led

_GRADING = frozenset({Field.GRADE, Field.FEEDBACK, Field.NOTE})
_ALL_FIELDS = frozenset(Field)


def is_learning_admin(actor: Actor) -> bool:
    """Tell whether the person manages every enrollment."""
    return actor.role in (Role.SUPER_ADMIN, Role.ADMIN) and actor.has(Section.LEARNING)


def works_in_portal(actor: Actor) -> bool:
    """Tell whether any section of the Admin Portal is switched on for the person."""
    return any(actor.has(section) for section in Section)


def may_see_ledger(actor: Actor) -> bool:
    """Tell whether the person has a ledger at all."""
    return is_learning_admin(actor) or actor.role in (Role.INSTRUCTOR, Role.GROUP_LEAD)


def ledger_scope(actor: Actor) -> Scope:
    """Return which enrollments the person's ledger holds.

    Raises:
        NotAllowed: the person has no ledger.
    """
    if is_learning_admin(actor):
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
        raise ValueError("Say why: this is your own enrollment.")
    return f"Own enrollment: {reason}"


def editable_fields(actor: Actor, learner_id: int | None = None) -> frozenset[Field]:
    """Return the fields the person may set, on the enrollments of their ledger.

    Args:
        actor: the person.
        learner_id: whose enrollment it is; without, what they may set of others'.
    """
    if learner_id is not None and is_own(actor, learner_id) and not may_change_own(actor):
        return frozenset()
    if is_learning_admin(actor):
        return _ALL_FIELDS
    if actor.role is Role.INSTRUCTOR:
        return _GRADING
    return frozenset()


def may_read_notes(actor: Actor) -> bool:
    """Tell whether internal notes may ever be sent to the person."""
    return is_learning_admin(actor) or actor.role is Role.INSTRUCTOR
