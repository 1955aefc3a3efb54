"""Remove the courses an account teaches, or the groups it leads, when its role changes."""

from __future__ import annotations

from sqlmodel import Session

from enrollment_portal.domain.access import messages
from enrollment_portal.domain.people.people import Role
from enrollment_portal.domain.shared.wording import with_commas
from enrollment_portal.storage.access import role_assignments as stored


def remove_role_assignments(session: Session, account_id: int, role: Role) -> str:
    """Remove the courses or groups that an account's new role cannot have.

    Call it in the transaction that changes the role, after the role was written. They do not come
    back with the role.

    Returns:
        "no longer teaches SQL Basics, Knots", or "" if nothing is removed; for the access log.
    """
    lost = stored.give_up(session, account_id, role)
    parts = []
    if lost.courses:
        parts.append(messages.teaches_no_longer(lost.courses))
    if lost.groups:
        parts.append(messages.leads_no_longer(lost.groups))
    return with_commas(parts)
