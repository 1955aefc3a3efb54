"""What moves enrollments: lessons done, visits, and the tracked values with their history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.domain.enrollments import Field, Status
from enrollment_portal.domain.errors import StaleVersion
from enrollment_portal.storage import extensions
from enrollment_portal.storage.database import is_sqlite
from enrollment_portal.storage.history import Author, NewEvent, add_events
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

_MOVE = text(
    "UPDATE enrollment SET status = :status, tracked_status = :tracked_status,"
    " progress = :progress, lessons_done = :lessons_done,"
    " last_visit_at = CASE WHEN COALESCE(last_visit_at, 0) < :visited_at THEN :visited_at"
    " ELSE last_visit_at END,"
    " completed_at = CASE WHEN :status = 1 THEN COALESCE(completed_at, :at) END,"
    " cancelled_at = CASE WHEN :status = 2 THEN COALESCE(cancelled_at, :at) END,"
    " override_seq = CASE WHEN :status = :tracked_status THEN NULL ELSE override_seq END,"
    " updated_at = :at, version = :version WHERE id = :id AND version = :before"
)

_ANSWERS = {
    Status.COMPLETED: "You completed it.",
    Status.CANCELLED: "Cancelled by the learner.",
}
"""What becomes of a request for a later deadline once its enrollment has got a status."""


@dataclass(frozen=True, slots=True)
class Move:
    """What an enrollment is to hold now; `changes` by history's names, with (before, after)."""

    id: int
    version: int
    """The version that stands; with changes, the next one is written."""
    status: int
    tracked_status: int
    progress: int
    lessons_done: int
    at: int
    changes: Mapping[str, tuple[int, int]]
    is_visit: bool = False
    """It comes from the learner, who was there at that moment."""


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


def write_moves(
    session: Session, moves: Iterable[Move], author: Author, *, reason: str = ""
) -> None:
    """Write what enrollments hold now, each with a row of history where something changed.

    What is still asked of one that ends by it, a later deadline, is closed.

    Call it with the learners locked before the enrollments were read.

    Raises:
        StaleVersion: one of them is not at the version that was read any more; the transaction must
            be undone.
    """
    moves = list(moves)
    if not moves:
        return
    written = session.connection().execute(
        _MOVE,
        [
            {
                "id": move.id,
                "before": move.version,
                "version": move.version + bool(move.changes),
                "status": move.status,
                "tracked_status": move.tracked_status,
                "progress": move.progress,
                "lessons_done": move.lessons_done,
                "at": move.at,
                "visited_at": move.at if move.is_visit else 0,
            }
            for move in moves
        ],
    )
    if written.rowcount != len(moves):
        raise StaleVersion
    add_events(
        session,
        [
            NewEvent(move.id, move.version + 1, move.at, author, "changed", move.changes, reason)
            for move in moves
            if move.changes
        ],
    )
    ended = {
        move.id: move
        for move in moves
        if Field.STATUS.value in move.changes and move.status != Status.ACTIVE
    }
    if ended:
        for id_ in extensions.asked_of(session, ended):
            answer = _ANSWERS[Status(ended[id_].status)]
            extensions.close_open(
                session, id_, by=author.actor_name, answer=answer, at=ended[id_].at, seen=True
            )
