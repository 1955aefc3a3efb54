"""Find rows that were imported from another system, by their external ids."""

from __future__ import annotations

from sqlmodel import Session

from enrollment_portal.domain.enrollment.fields import Origin, Status
from enrollment_portal.storage.shared.records import select_columns
from enrollment_portal.storage.shared.tables import Course, Enrollment, Learner, table_of

_l, _c, _e = table_of(Learner).c, table_of(Course).c, table_of(Enrollment).c


def learners_by_external_id(session: Session, prefix: str) -> dict[str, int]:
    """Return the ids of learners whose external id begins with a prefix and a colon."""
    found = select_columns(_l.external_id, _l.id).where(_l.external_id.like(f"{prefix}:%"))
    return {row.external_id: row.id for row in session.exec(found.order_by(_l.id))}


def courses_by_external_id(session: Session, prefix: str) -> dict[str, int]:
    """Return the ids of courses whose external id begins with a prefix and a colon."""
    found = select_columns(_c.external_id, _c.id).where(_c.external_id.like(f"{prefix}:%"))
    return {row.external_id: row.id for row in session.exec(found.order_by(_c.id))}


def imported_enrollments(session: Session, prefix: str) -> dict[tuple[int, int], int]:
    """Return the ids of imported enrollments, by learner and course, in such courses."""
    found = (
        select_columns(_e.learner_id, _e.course_id, _e.id)
        .join_from(_c.id.table, _e.id.table, _e.course_id == _c.id)
        .where(_c.external_id.like(f"{prefix}:%"), _e.origin == Origin.IMPORT.value)
        .order_by(_e.id)
    )
    return {(row.learner_id, row.course_id): row.id for row in session.exec(found)}


def active_pairs(session: Session, prefix: str) -> set[tuple[int, int]]:
    """Return the learner and course of each active enrollment in such courses."""
    found = (
        select_columns(_e.learner_id, _e.course_id)
        .join_from(_c.id.table, _e.id.table, _e.course_id == _c.id)
        .where(_c.external_id.like(f"{prefix}:%"), _e.status == Status.ACTIVE.value)
    )
    return {(row.learner_id, row.course_id) for row in session.exec(found)}
