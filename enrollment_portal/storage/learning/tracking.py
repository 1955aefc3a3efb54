"""What a learner's activity writes beside their enrollments: lessons done, and visits."""

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
    """Let changes of one learner's enrollments wait for each other until the transaction ends.

    SQLite has one writer at a time anyway.
    """
    if not is_sqlite(session):
        session.exec(_ONE, params={"id": learner_id}).all()


def lock_learners(session: Session, learner_ids: Iterable[int]) -> None:
    """Lock many learners before their first enrollment begins or moves; see `lock_learner`.

    In the order of their ids, so that two who lock some of the same ones never wait for each other.
    """
    if not is_sqlite(session):
        session.exec(_MANY, params={"ids": learner_ids}).all()


def lock_learner_of(session: Session, enrollment_id: int) -> bool:
    """Lock whoever an enrollment belongs to; see `lock_learner`.

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
    """Return the lessons that were marked one by one, of those that the course has now.

    Of a lesson that was marked again the last time counts; only those after a moment, in ms.
    """
    values = {"id": enrollment_id, "course": course_id, "after": after}
    return set(session.exec(_DONE, params=values))


def changed_at(session: Session, seq: int) -> int:
    """Return when a row of history was written, in ms."""
    return session.exec(_CHANGED_AT, params={"seq": seq}).one()


def add_done(session: Session, enrollment_id: int, lessons: Iterable[int], at: int) -> None:
    """Write lessons as done; those that are already stay as they are."""
    for lesson_id in lessons:
        insert_missing(session, LessonDone, enrollment_id=enrollment_id, lesson_id=lesson_id, at=at)


def move_done(session: Session, enrollment_id: int, lesson_id: int, at: int) -> None:
    """Write a lesson as done at a moment, though it may have been done before."""
    row = {"enrollment_id": enrollment_id, "lesson_id": lesson_id, "at": at}
    insert_or_update(session, LessonDone, ("enrollment_id", "lesson_id"), row)


def write_visit(session: Session, enrollment_id: int, *, now: int, stale: int) -> None:
    """Stamp a visit of an enrollment whose last one was at `stale` or before, in ms."""
    session.exec(_VISIT, params={"of_id": enrollment_id, "now": now, "stale": stale})
