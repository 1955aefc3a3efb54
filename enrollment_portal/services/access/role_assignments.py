"""Remove the courses an account teaches, or the groups it leads, when its role changes."""

from __future__ import annotations

from sqlmodel import Session

from enrollment_portal.domain.access import messages
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.wording import with_commas
from enrollment_portal.services.enrollment.assigning import unassign
from enrollment_portal.storage.access import role_assignments as stored
from enrollment_portal.storage.shared.scopes import taught_by


def remove_role_assignments(session: Session, actor: Actor, account_id: int, role: Role) -> str:
    """Remove the courses or groups that an account's new role cannot have.

    Call it in the transaction that changes the role, after the role was written. They do not come
    back with the role.

    Returns:
        "no longer teaches SQL Basics, Knots", or "" if nothing is removed; for the access log.
    """
    courses = taught_by(session, account_id)
    lost = stored.give_up(session, account_id, role)
    if lost.courses:
        unassign(session, actor, account_id, courses)
    parts = []
    if lost.courses:
        parts.append(messages.teaches_no_longer(lost.courses))
    if lost.groups:
        parts.append(messages.leads_no_longer(lost.groups))
    return with_commas(parts)
