"""Courses and their counts."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

_TAUGHT = text(
    "SELECT c.id, c.title, c.n_lessons,"
    " COALESCE((SELECT n FROM tally_course y WHERE y.course_id = c.id AND y.status = 0), 0),"
    " COALESCE((SELECT n FROM tally_course y WHERE y.course_id = c.id AND y.status = 1), 0),"
    " COALESCE((SELECT n FROM tally_course y WHERE y.course_id = c.id AND y.status = 2), 0)"
    " FROM course_teacher t JOIN course c ON c.id = t.course_id"
    " WHERE t.account_id = :account ORDER BY c.sort_title, c.id"
)


@dataclass(frozen=True, slots=True)
class TaughtCourse:
    """A course with the number of its enrollments in each status."""

    id: int
    title: str
    n_lessons: int
    n_active: int
    n_completed: int
    n_cancelled: int


def taught_by(connection: Connection, account_id: int) -> list[TaughtCourse]:
    """Return the courses that an account teaches, by title."""
    return [TaughtCourse(*row) for row in connection.execute(_TAUGHT, {"account": account_id})]
