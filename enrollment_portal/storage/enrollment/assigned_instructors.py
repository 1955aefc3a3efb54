"""Read who teaches the courses of enrollments, and which enrollments have one as their own."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import bindparam
from sqlmodel import Session, select

from enrollment_portal.storage.shared.database import is_sqlite
from enrollment_portal.storage.shared.id_lists import is_among
from enrollment_portal.storage.shared.records import select_columns
from enrollment_portal.storage.shared.tables import Account, CourseTeacher, Enrollment, table_of

_e, _t, _a = (table_of(kind).c for kind in (Enrollment, CourseTeacher, Account))
_INSTRUCTORS = (
    select_columns(_t.course_id, _t.account_id, _a.name)
    .join_from(_t.account_id.table, _a.id.table, _a.id == _t.account_id)
    .where(is_among(_t.course_id, "courses"), _a.is_suspended == 0)
)
_HELD = (
    select_columns(_t.account_id, _t.course_id)
    .where(is_among(_t.account_id, "accounts"), is_among(_t.course_id, "courses"))
    .order_by(_t.account_id, _t.course_id)
    .with_for_update(read=True)
)
_ASSIGNED = select(_e.id).where(
    is_among(_e.course_id, "courses"), _e.instructor_id == bindparam("account")
)


def instructors_of(session: Session, course_ids: Iterable[int]) -> dict[int, dict[int, str]]:
    """Return by course the names of its instructors who can sign in, by account."""
    found: dict[int, dict[int, str]] = {}
    for row in session.exec(_INSTRUCTORS, params={"courses": course_ids}):
        found.setdefault(row.course_id, {})[row.account_id] = row.name
    return found


def hold_instructors(session: Session, assigned: Collection[tuple[int, int]]) -> bool:
    """Keep accounts teaching courses until the transaction ends; return whether all do.

    No effect on SQLite, which has one writer at a time.

    Args:
        session: in the transaction that assigns them.
        assigned: each the account and the course.
    """
    if is_sqlite(session) or not assigned:
        return True
    accounts, courses = {one for one, _ in assigned}, {one for _, one in assigned}
    held = session.exec(_HELD, params={"accounts": accounts, "courses": courses})
    return {tuple(row) for row in held} >= set(assigned)


def assigned_to(session: Session, account_id: int, course_ids: Iterable[int]) -> list[int]:
    """Return the enrollments in some courses whose own instructor an account is."""
    return list(session.exec(_ASSIGNED, params={"account": account_id, "courses": course_ids}))
