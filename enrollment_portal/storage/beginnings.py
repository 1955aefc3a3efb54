"""Beginning enrollments, one or many: what must be known before, and the rows that begin them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, text
from sqlmodel import Session

from enrollment_portal.domain.enrollments import Origin
from enrollment_portal.storage.history import Author, NewEvent, add_events
from enrollment_portal.storage.id_lists import id_list, in_list
from enrollment_portal.storage.tables import Enrollment

Pair = tuple[int, int]
"""A learner's id and the id of a course or path."""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone of the directory who may be enrolled."""

    id: int
    name: str
    email: str | None
    is_suspended: int


@dataclass(frozen=True, slots=True)
class Learnable:
    """A course or a learning path, as far as enrolling needs to know it."""

    id: int
    title: str
    kind: str
    state: str
    deadline_days: int | None
    n_lessons: int


@dataclass(frozen=True, slots=True)
class Standing:
    """An enrollment that a learner has in a course already.

    Where someone else cancelled it by hand, `removed_by` and `removed_at` (ms) say who and when.
    """

    id: int
    learner_id: int
    course_id: int
    status: int
    progress: int
    removed_by: str | None
    removed_at: int | None


@dataclass(frozen=True, slots=True)
class Beginning:
    """An enrollment that is to begin; the deadline in days since 1970."""

    learner_id: int
    course_id: int
    origin: Origin
    deadline_day: int | None


def people(session: Session, ids: Iterable[int]) -> list[Person]:
    """Return the people with these ids, by name."""
    rows = session.execute(
        text(
            "SELECT l.id, l.name, l.email, COALESCE(max(a.is_suspended), 0)"
            " FROM learner l LEFT JOIN account a ON a.learner_id = l.id"
            f" WHERE l.id IN {in_list(session, 'ids')}"
            " GROUP BY l.id, l.name, l.email, l.sort_name ORDER BY l.sort_name, l.id"
        ),
        {"ids": id_list(session, ids)},
    )
    return [Person(*row) for row in rows]


def learnables(session: Session, ids: Iterable[int]) -> list[Learnable]:
    """Return the courses and paths with these ids, by title."""
    rows = session.execute(
        text(
            "SELECT id, title, kind, state, deadline_days, n_lessons FROM course"
            f" WHERE id IN {in_list(session, 'ids')} ORDER BY sort_title, id"
        ),
        {"ids": id_list(session, ids)},
    )
    return [Learnable(*row) for row in rows]


def steps_of(session: Session, path_ids: Iterable[int]) -> dict[int, list[int]]:
    """Return the course ids of each path, in order."""
    steps: dict[int, list[int]] = defaultdict(list)
    for path_id, course_id in session.execute(
        text(
            "SELECT path_id, course_id FROM path_step"
            f" WHERE path_id IN {in_list(session, 'ids')} ORDER BY path_id, position"
        ),
        {"ids": id_list(session, path_ids)},
    ):
        steps[path_id].append(course_id)
    return steps


def standings(
    session: Session, learner_ids: Iterable[int], course_ids: Iterable[int]
) -> dict[Pair, list[Standing]]:
    """Return what these learners have in these courses: active first, then the newest."""
    found: dict[Pair, list[Standing]] = defaultdict(list)
    rows = session.execute(
        text(
            "SELECT e.id, e.learner_id, e.course_id, e.status, e.progress,"
            " CASE WHEN e.status = 2 THEN v.actor_name END, CASE WHEN e.status = 2 THEN v.at END"
            " FROM enrollment e LEFT JOIN enrollment_event v ON v.seq = e.override_seq"
            f" WHERE e.learner_id IN {in_list(session, 'learners')}"
            f" AND e.course_id IN {in_list(session, 'courses')}"
            " ORDER BY e.status, e.enrolled_at DESC, e.id DESC"
        ),
        {
            "learners": id_list(session, learner_ids),
            "courses": id_list(session, course_ids),
        },
    )
    for row in rows:
        standing = Standing(*row)
        found[standing.learner_id, standing.course_id].append(standing)
    return found


def begin(
    session: Session,
    beginnings: Sequence[Beginning],
    author: Author,
    *,
    now: int,
    batch: str | None = None,
    reason: str = "",
) -> list[int]:
    """Begin enrollments, each with its first row of history, and return their ids in order.

    Raises:
        IntegrityError: a learner is active in that course already, or either does not exist.
    """
    if not beginnings:
        return []
    ids = list(
        session.execute(
            insert(Enrollment).returning(Enrollment.id, sort_by_parameter_order=True),  # type: ignore[arg-type]
            [
                {
                    "learner_id": b.learner_id,
                    "course_id": b.course_id,
                    "status": 0,
                    "tracked_status": 0,
                    "progress": 0,
                    "lessons_done": 0,
                    "enrolled_at": now,
                    "deadline_day": b.deadline_day,
                    "last_visit_at": now,
                    "version": 1,
                    "updated_at": now,
                    "origin": b.origin.value,
                    "feedback": "",
                    "internal_note": "",
                    "feedback_is_new": 0,
                }
                for b in beginnings
            ],
        ).scalars()
    )
    add_events(session, [NewEvent(id_, 1, now, author, "began", {}, reason, batch) for id_ in ids])
    return ids
