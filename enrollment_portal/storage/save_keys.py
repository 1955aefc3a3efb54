"""The keys by which browsers name their saves, in history."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

_BY_KEY = text("SELECT enrollment_id, actor_id, seq FROM enrollment_event WHERE save_key = :key")


def find_saved(session: Session, key: str) -> tuple[int, int | None, int] | None:
    """Return the enrollment, the account and the `seq` of the save that has a key."""
    row = session.execute(_BY_KEY, {"key": key}).one_or_none()
    return (row.enrollment_id, row.actor_id, row.seq) if row else None


def is_of_save_key(error: IntegrityError) -> bool:
    """Tell whether a write failed because another save has its key."""
    return "save_key" in str(error.orig)
