"""The keys by which browsers name their saves, in history."""

from __future__ import annotations

from sqlalchemy import bindparam
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from enrollment_portal.storage.records import select_columns
from enrollment_portal.storage.tables import EnrollmentEvent

_BY_KEY = select_columns(
    col(EnrollmentEvent.enrollment_id), col(EnrollmentEvent.actor_id), col(EnrollmentEvent.seq)
).where(col(EnrollmentEvent.save_key) == bindparam("key"))


def find_saved(session: Session, key: str) -> tuple[int, int | None, int] | None:
    """Return the enrollment, the account and the `seq` of the save that has a key."""
    row = session.exec(_BY_KEY, params={"key": key}).one_or_none()
    return (row.enrollment_id, row.actor_id, row.seq) if row else None


def is_of_save_key(error: IntegrityError) -> bool:
    """Tell whether a write failed because another save has its key."""
    return "save_key" in str(error.orig)
