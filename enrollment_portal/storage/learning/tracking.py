"""Write lessons done and visits, and lock learners."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, func, update
from sqlmodel import Session, select

from enrollment_portal.storage.shared.database import is_sqlite
from enrollment_portal.storage.shared.id_lists import is_among
from enrollment_portal.storage.shared.records import insert_missing, insert_or_update
from enrollment_portal.storage.shared.tables import (
    Enrollment,
    EnrollmentEvent,
    Learner,
    Lesson,
    LessonDone,
    table_of,
)

_learner, _enrollment = table_of(Learner), table_of(Enrollment)
_done, _lesson = table_of(LessonDone), table_of(Lesson)
_event = table_of(EnrollmentEvent)
_LOCKED = select(_learner.c.id).with_for_update(key_share=True)
_ONE = _LOCKED.where(_learner.c.id == bindparam("id"))
_MANY = _LOCKED.where(is_among(_learner.c.id, "ids")).order_by(_learner.c.id)
_OF_ENROLLMENT = _LOCKED.where(
    _learner.c.id
    == select(_enrollment.c.learner_id).where(_enrollment.c.id == bindparam("id")).scalar_subquery()
)
_OF_ENROLLMENTS = _LOCKED.where(
    _learner.c.id.in_(select(_enrollment.c.learner_id).where(is_among(_enrollment.c.id, "ids")))
).order_by(_learner.c.id)
_DONE = (
    select(_done.c.lesson_id)
    .join_from(_done, _lesson, _lesson.c.id == _done.c.lesson_id)
    .where(
        _done.c.enrollment_id == bindparam("id"),
        _lesson.c.course_id == bindparam("course"),
        _done.c.at > bindparam("after"),
    )
)
_CHANGED_AT = select(_event.c.at).where(_event.c.seq == bindparam("seq"))
_VISIT = (
    update(_enrollment)
    .where(
        _enrollment.c.id == bindparam("of_id"),
        _enrollment.c.enrolled_at <= bindparam("now"),
        func.coalesce(_enrollment.c.last_visit_at, 0) <= bindparam("stale"),
    )
    .values(last_visit_at=bindparam("now"))
)


def lock_learner(session: Session, learner_id: int) -> None:
    """Lock a learner's enrollments against parallel changes until the transaction ends.

    No effect on SQLite, which has one writer at a time.
    """
    if not is_sqlite(session):
        session.exec(_ONE, params={"id": learner_id}).all()


def lock_learners(session: Session, learner_ids: Iterable[int]) -> None:
    """Lock many learners before their enrollments are created or changed; see `lock_learner`.

    In the order of their ids, so that two transactions never deadlock.
    """
    if not is_sqlite(session):
        session.exec(_MANY, params={"ids": learner_ids}).all()


def lock_learners_of(session: Session, enrollment_ids: Iterable[int]) -> None:
    """Lock the learners of many enrollments; see `lock_learners`."""
    if not is_sqlite(session):
        session.exec(_OF_ENROLLMENTS, params={"ids": enrollment_ids}).all()


def lock_learner_of(session: Session, enrollment_id: int) -> bool:
    """Lock the learner of an enrollment; see `lock_learner`.

    Returns:
        Whether it may have changed since it was read in this transaction: on SQLite, nobody else
        writes during one.
    """
    if is_sqlite(session):
        return False
    session.exec(_OF_ENROLLMENT, params={"id": enrollment_id}).all()
    return True


def lessons_done(
    session: Session, enrollment_id: int, course_id: int, *, after: int = -1
) -> set[int]:
    """Return the current lessons of the course that were marked one by one, after a time in ms.

    If a lesson was marked again, the last time counts.
    """
    values = {"id": enrollment_id, "course": course_id, "after": after}
    return set(session.exec(_DONE, params=values))


def changed_at(session: Session, seq: int) -> int:
    """Return when a row of history was written, in ms."""
    return session.exec(_CHANGED_AT, params={"seq": seq}).one()


def add_done(session: Session, enrollment_id: int, lessons: Iterable[int], at: int) -> None:
    """Mark lessons as done; those that are marked already stay unchanged."""
    for lesson_id in lessons:
        insert_missing(session, LessonDone, enrollment_id=enrollment_id, lesson_id=lesson_id, at=at)


def move_done(session: Session, enrollment_id: int, lesson_id: int, at: int) -> None:
    """Mark a lesson as done at a time, even if it was marked before."""
    row = {"enrollment_id": enrollment_id, "lesson_id": lesson_id, "at": at}
    insert_or_update(session, LessonDone, ("enrollment_id", "lesson_id"), row)


def write_visit(session: Session, enrollment_id: int, *, now: int, stale: int) -> None:
    """Store a visit of an enrollment if the last one was at `stale` or before, in ms."""
    session.exec(_VISIT, params={"of_id": enrollment_id, "now": now, "stale": stale})
