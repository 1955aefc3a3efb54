"""What a learner's activity writes beside their enrollments: lessons done, and visits."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.storage.database import is_sqlite
from enrollment_portal.storage.id_lists import id_list, in_list

_LOCK = text("SELECT 1 FROM learner WHERE id = :id FOR NO KEY UPDATE")
_LOCK_OF = text(
    "SELECT 1 FROM learner WHERE id = (SELECT learner_id FROM enrollment WHERE id = :id)"
    " FOR NO KEY UPDATE"
)

_DONE = text(
    "SELECT d.lesson_id FROM lesson_done d JOIN lesson l ON l.id = d.lesson_id"
    " WHERE d.enrollment_id = :id AND l.course_id = :course"
)
_ADD_DONE = text(
    "INSERT INTO lesson_done (enrollment_id, lesson_id, at) VALUES (:id, :lesson, :at)"
    " ON CONFLICT DO NOTHING"
)

_VISIT = text(
    "UPDATE enrollment SET last_visit_at = :now"
    " WHERE id = :id AND status = 0 AND enrolled_at <= :now"
    " AND COALESCE(last_visit_at, 0) <= :stale"
)


def lock_learner(session: Session, learner_id: int) -> None:
    """Let changes of one learner's enrollments wait for each other until the transaction ends.

    SQLite has one writer at a time anyway.
    """
    if not is_sqlite(session):
        session.execute(_LOCK, {"id": learner_id})


def lock_learners(session: Session, learner_ids: Iterable[int]) -> None:
    """Lock many learners before their first enrollment begins or moves; see `lock_learner`.

    In the order of their ids, so that two who lock some of the same ones never wait for each other.
    """
    if not is_sqlite(session):
        sql = text(
            f"SELECT id FROM learner WHERE id IN {in_list(session, 'ids')}"
            " ORDER BY id FOR NO KEY UPDATE"
        )
        session.execute(sql, {"ids": id_list(session, learner_ids)})


def lock_learner_of(session: Session, enrollment_id: int) -> None:
    """Lock whoever an enrollment belongs to; see `lock_learner`."""
    if not is_sqlite(session):
        session.execute(_LOCK_OF, {"id": enrollment_id})


def lessons_done(session: Session, enrollment_id: int, course_id: int) -> set[int]:
    """Return the lessons that were marked one by one, of those that the course has now."""
    values = {"id": enrollment_id, "course": course_id}
    return set(session.execute(_DONE, values).scalars())


def add_done(session: Session, enrollment_id: int, lessons: Iterable[int], at: int) -> None:
    """Write lessons as done; those that are already stay as they are."""
    rows = [{"id": enrollment_id, "lesson": lesson, "at": at} for lesson in lessons]
    if rows:
        session.execute(_ADD_DONE, rows)


def write_visit(session: Session, enrollment_id: int, *, now: int, stale: int) -> None:
    """Stamp a visit of an active enrollment whose last one was at `stale` or before, in ms."""
    session.execute(_VISIT, {"id": enrollment_id, "now": now, "stale": stale})
