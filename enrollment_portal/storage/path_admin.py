"""The courses of learning paths, and who must follow when they change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.storage.courses import lock_course

_STEPS = text(
    "SELECT s.course_id, s.position, s.needs_previous, c.title, c.n_lessons, c.state"
    " FROM path_step s JOIN course c ON c.id = s.course_id"
    " WHERE s.path_id = :path ORDER BY s.position"
)
_ADD = text(
    "INSERT INTO path_step (path_id, course_id, position, needs_previous) SELECT :path, :course,"
    " COALESCE(max(position), 0) + 1, 0 FROM path_step WHERE path_id = :path"
)
_REMOVE = text("DELETE FROM path_step WHERE path_id = :path AND course_id = :course")
_PLACE = text(
    "UPDATE path_step SET position = :position, needs_previous = :needs_previous"
    " WHERE path_id = :path AND course_id = :course"
)
_SUM = text(
    "UPDATE course SET n_lessons = COALESCE((SELECT sum(c.n_lessons) FROM path_step s"
    " JOIN course c ON c.id = s.course_id WHERE s.path_id = course.id), 0), updated_at = :now"
    " WHERE id = :path"
)
_PATHS = text("SELECT path_id FROM path_step WHERE course_id = :course ORDER BY path_id")
_ACTIVE = text(
    "SELECT learner_id FROM enrollment WHERE course_id = :path AND status = 0 ORDER BY learner_id"
)
_ENROLLED = text(
    "SELECT DISTINCT learner_id FROM enrollment WHERE course_id = :path ORDER BY learner_id"
)


@dataclass(frozen=True, slots=True)
class Step:
    """One course of a path."""

    course_id: int
    position: int
    needs_previous: int
    title: str
    n_lessons: int
    state: str


def steps_of(session: Session, path_id: int) -> list[Step]:
    """Return a path's courses in their order."""
    return [Step(*row) for row in session.execute(_STEPS, {"path": path_id})]


def add_step(session: Session, path_id: int, course_id: int) -> None:
    """Write a course after the last one of a path."""
    session.execute(_ADD, {"path": path_id, "course": course_id})


def remove_step(session: Session, path_id: int, course_id: int) -> None:
    """Take a course out of a path."""
    session.execute(_REMOVE, {"path": path_id, "course": course_id})


def place_steps(session: Session, path_id: int, steps: Sequence[tuple[int, int]]) -> None:
    """Write the order of a path: for each course its id and whether it needs the one before.

    The first one has none before it, and needs none.
    """
    for position, (course_id, needs_previous) in enumerate(steps, 1):
        session.execute(
            _PLACE,
            {
                "path": path_id,
                "course": course_id,
                "position": position,
                "needs_previous": needs_previous if position > 1 else 0,
            },
        )


def sum_lessons(session: Session, path_id: int, *, now: int) -> None:
    """Write how many lessons a path's courses have together.

    The path is locked first, so that a course that is just being added to it is counted, too.
    """
    lock_course(session, path_id)
    session.execute(_SUM, {"path": path_id, "now": now})


def paths_of(session: Session, course_id: int) -> list[int]:
    """Return the paths that hold a course."""
    return list(session.execute(_PATHS, {"course": course_id}).scalars())


def learners_of(session: Session, path_id: int, *, is_active: bool) -> list[int]:
    """Return who is enrolled in a path, or only who is active in it (ix_enrollment_course)."""
    statement = _ACTIVE if is_active else _ENROLLED
    return list(session.execute(statement, {"path": path_id}).scalars())
