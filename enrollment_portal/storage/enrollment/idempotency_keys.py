"""Find saves in history by their idempotency keys (column `save_key`)."""

from __future__ import annotations

from sqlalchemy import bindparam
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from enrollment_portal.storage.shared.records import select_columns
from enrollment_portal.storage.shared.tables import EnrollmentEvent, table_of

_v = table_of(EnrollmentEvent).c
_BY_KEY = select_columns(_v.enrollment_id, _v.actor_id, _v.seq).where(
    _v.save_key == bindparam("key")
)


def find_saved(session: Session, key: str) -> tuple[int, int | None, int] | None:
    """Return the enrollment, the account and the `seq` of the save with a key."""
    row = session.exec(_BY_KEY, params={"key": key}).one_or_none()
    return (row.enrollment_id, row.actor_id, row.seq) if row else None


def is_duplicate_key(error: IntegrityError) -> bool:
    """Return whether a write failed because another save has the same key."""
    return "save_key" in str(error.orig)
