"""Who may work where: one name for each right, asked by handlers and by services alike."""

from __future__ import annotations

from collections.abc import Callable

from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.shared.errors import NotAllowed

Right = Callable[[Actor], bool]


def may_manage_learning(actor: Actor) -> bool:
    """Courses, learning paths, enrolling, extension requests."""
    return actor.has(Section.LEARNING)


def may_manage_people(actor: Actor) -> bool:
    """Users and groups."""
    return actor.has(Section.PEOPLE)


def may_see_configuration(actor: Actor) -> bool:
    """The list of admins and the access log."""
    return actor.has(Section.CONFIGURATION)


def may_change_admins(actor: Actor) -> bool:
    """Add and remove admins, switch their sections, and change admins' accounts."""
    return actor.role is Role.SUPER_ADMIN


def may_let_in(actor: Actor, role: Role, *, teaches: bool) -> bool:
    """Make a link that opens somebody's account, which must hold no right that the actor lacks.

    Args:
        actor: who would make the link, and may see it.
        role: of the account.
        teaches: whether it teaches courses, whose grades and internal notes it reads. An
            instructor's role alone is nothing that an admin with People could not give.
    """
    if role in (Role.SUPER_ADMIN, Role.ADMIN):
        return may_change_admins(actor)
    return may_manage_people(actor) and (not teaches or may_manage_learning(actor))


def may_teach(actor: Actor) -> bool:
    """Grade in one's own courses."""
    return actor.role is Role.INSTRUCTOR


def may_learn(actor: Actor) -> bool:
    """Take courses oneself: everybody who stands in the directory."""
    return actor.learner_id is not None


def require(actor: Actor, right: Right) -> None:
    """Raise unless the actor has a right.

    Raises:
        NotAllowed: they have not.
    """
    if not right(actor):
        raise NotAllowed
