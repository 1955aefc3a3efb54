"""What somebody gives up with a role: the courses they teach, or the groups they lead."""

from __future__ import annotations

from sqlmodel import Session

from enrollment_portal.domain.people.people import Role
from enrollment_portal.storage.access import role_assignments as stored


def remove_role_assignments(session: Session, account_id: int, role: Role) -> str:
    """Take from an account what its new role does not hold, and return it for the access log.

    Call it in the transaction that changes the role, after the role was written. Whoever gets the
    role back begins with nothing.

    Returns:
        "no longer teaches SQL Basics, Knots", or "" if nothing is given up.
    """
    lost = stored.give_up(session, account_id, role)
    words = []
    if lost.courses:
        words.append(f"no longer teaches {', '.join(lost.courses)}")
    if lost.groups:
        words.append(f"no longer leads {', '.join(lost.groups)}")
    return ", ".join(words)
