"""Rows that come from another system, each known again by its external id."""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel import Session

_LEARNERS = text(
    "SELECT external_id, id FROM learner WHERE external_id LIKE :prefix || ':%' ORDER BY id"
)

_COURSES = text(
    "SELECT external_id, id FROM course WHERE external_id LIKE :prefix || ':%' ORDER BY id"
)

_IMPORTED = text(
    "SELECT e.learner_id, e.course_id, e.id FROM course c JOIN enrollment e ON e.course_id = c.id"
    " WHERE c.external_id LIKE :prefix || ':%' AND e.origin = 'import' ORDER BY e.id"
)


def learners_by_external_id(session: Session, prefix: str) -> dict[str, int]:
    """Return the ids of learners whose external id begins with a prefix and a colon."""
    return {row[0]: row[1] for row in session.execute(_LEARNERS, {"prefix": prefix})}


def courses_by_external_id(session: Session, prefix: str) -> dict[str, int]:
    """Return the ids of courses whose external id begins with a prefix and a colon."""
    return {row[0]: row[1] for row in session.execute(_COURSES, {"prefix": prefix})}


def imported_enrollments(session: Session, prefix: str) -> dict[tuple[int, int], int]:
    """Return the ids of imported enrollments, by learner and course, in such courses."""
    rows = session.execute(_IMPORTED, {"prefix": prefix})
    return {(learner, course): id_ for learner, course, id_ in rows}
