"""The lessons of a course, and what its active enrollments hold when there are more or fewer."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.storage.database import is_sqlite

_LESSONS = text(
    "SELECT id, position, title, content FROM lesson WHERE course_id = :course ORDER BY position"
)
_ADD = text(
    "INSERT INTO lesson (course_id, position, title, content) SELECT :course,"
    " COALESCE(max(position), 0) + 1, :title, :content FROM lesson WHERE course_id = :course"
    " RETURNING id"
)
_CHANGE = text("UPDATE lesson SET title = :title, content = :content WHERE id = :id")
_PLACE = text("UPDATE lesson SET position = :position WHERE id = :id")
_FORGET_DONE = text("DELETE FROM lesson_done WHERE lesson_id = :id")
_REMOVE = text("DELETE FROM lesson WHERE id = :id")
# Two steps, as no two lessons may stand in one place for a moment.
_LIFT = text(
    "UPDATE lesson SET position = -position WHERE course_id = :course AND position > :position"
)
_LOWER = text(
    "UPDATE lesson SET position = -position - 1 WHERE course_id = :course AND position < 0"
)
_COUNT = text(
    "UPDATE course SET n_lessons = (SELECT count(*) FROM lesson WHERE course_id = :course),"
    " updated_at = :now WHERE id = :course"
)
_LOCK_LEARNERS = text(
    "SELECT 1 FROM learner WHERE id IN (SELECT learner_id FROM enrollment"
    " WHERE course_id = :course AND status = 0 UNION ALL SELECT p.learner_id FROM path_step s"
    " JOIN enrollment p ON p.course_id = s.path_id WHERE s.course_id = :course)"
    " ORDER BY id FOR NO KEY UPDATE"
)
_MOVING = text(
    "SELECT e.id, e.learner_id, e.status, e.tracked_status, e.progress, e.lessons_done,"
    " e.grade, e.version, e.updated_at, e.enrolled_at,"
    " COALESCE(d.n, 0) FROM enrollment e LEFT JOIN (SELECT o.enrollment_id, count(*) AS n"
    " FROM lesson_done o JOIN lesson l ON l.id = o.lesson_id WHERE l.course_id = :course"
    " GROUP BY o.enrollment_id) d ON d.enrollment_id = e.id"
    " WHERE e.course_id = :course AND e.status = 0 ORDER BY e.id"
)
# Whoever has done all of them has, in whatever order: for them the number says enough.
_MARK_FIRST = text(
    "INSERT INTO lesson_done (enrollment_id, lesson_id, at)"
    " SELECT e.id, l.id, e.last_visit_at FROM enrollment e JOIN lesson l"
    " ON l.course_id = e.course_id AND l.position <= e.lessons_done"
    " WHERE e.course_id = :course AND e.lessons_done > 0 AND e.lessons_done <"
    " (SELECT count(*) FROM lesson n WHERE n.course_id = :course)"
    " AND NOT EXISTS (SELECT 1 FROM lesson_done o JOIN lesson m ON m.id = o.lesson_id"
    " WHERE o.enrollment_id = e.id AND m.course_id = :course)"
    " ON CONFLICT DO NOTHING"
)
_MARKED = text(
    "SELECT DISTINCT o.enrollment_id FROM lesson_done o JOIN lesson l ON l.id = o.lesson_id"
    " WHERE l.course_id = :course"
)


@dataclass(frozen=True, slots=True)
class StoredLesson:
    """A lesson of a course, with what it says."""

    id: int
    position: int
    title: str
    content: str


@dataclass(frozen=True, slots=True)
class Moving:
    """An active enrollment as far as lessons move it; `n_marked` were marked one by one."""

    id: int
    learner_id: int
    status: int
    tracked_status: int
    progress: int
    lessons_done: int
    grade: str | None
    version: int
    updated_at: int
    enrolled_at: int
    n_marked: int


def lessons_of(session: Session, course_id: int) -> list[StoredLesson]:
    """Return a course's lessons in their order."""
    return [StoredLesson(*row) for row in session.execute(_LESSONS, {"course": course_id})]


def add_lesson(session: Session, course_id: int, title: str, content: str) -> int:
    """Write a lesson after the last one and return its id."""
    values = {"course": course_id, "title": title, "content": content}
    return session.execute(_ADD, values).scalar_one()


def change_lesson(session: Session, lesson_id: int, title: str, content: str) -> None:
    """Write what a lesson is called and holds."""
    session.execute(_CHANGE, {"id": lesson_id, "title": title, "content": content})


def swap_lessons(session: Session, one: StoredLesson, other: StoredLesson) -> None:
    """Let two lessons change places."""
    for lesson_id, position in ((one.id, -1), (other.id, one.position), (one.id, other.position)):
        session.execute(_PLACE, {"id": lesson_id, "position": position})


def remove_lesson(session: Session, course_id: int, lesson: StoredLesson) -> None:
    """Remove a lesson, and that anyone has done it; those after it move up."""
    session.execute(_FORGET_DONE, {"id": lesson.id})
    session.execute(_REMOVE, {"id": lesson.id})
    session.execute(_LIFT, {"course": course_id, "position": lesson.position})
    session.execute(_LOWER, {"course": course_id})


def count_lessons(session: Session, course_id: int, *, now: int) -> None:
    """Write how many lessons a course has."""
    session.execute(_COUNT, {"course": course_id, "now": now})


def lock_learners(session: Session, course_id: int) -> None:
    """Lock whoever is active in a course, or has been enrolled in a path that holds it.

    What they do waits until the transaction ends: their enrollments in both follow the course.
    """
    if not is_sqlite(session):
        session.execute(_LOCK_LEARNERS, {"course": course_id})


def mark_first(session: Session, course_id: int) -> None:
    """Mark the lessons of those enrollments in a course that know only how many are done.

    The number stands for the first ones: call it before their order changes, or one is removed.
    """
    session.execute(_MARK_FIRST, {"course": course_id})


def marked_one_by_one(session: Session, course_id: int) -> set[int]:
    """Return the enrollments whose lessons of a course were marked one by one."""
    return set(session.execute(_MARKED, {"course": course_id}).scalars())


def moving(session: Session, course_id: int) -> list[Moving]:
    """Return a course's active enrollments (ix_enrollment_course)."""
    return [Moving(*row) for row in session.execute(_MOVING, {"course": course_id})]
