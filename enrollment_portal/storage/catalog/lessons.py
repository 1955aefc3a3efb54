"""The lessons of a course, and what its active enrollments hold when there are more or fewer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    union_all,
    update,
)
from sqlmodel import Session, select

from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.enrollment.tracking import count_done
from enrollment_portal.storage.shared.database import is_sqlite
from enrollment_portal.storage.shared.id_lists import is_among
from enrollment_portal.storage.shared.records import (
    add_record,
    records,
    select_columns,
    update_version,
)
from enrollment_portal.storage.shared.tables import (
    Course,
    Enrollment,
    EnrollmentEvent,
    Learner,
    Lesson,
    LessonDone,
    PathStep,
    constant,
    table_of,
)

_enrollment, _lesson = table_of(Enrollment), table_of(Lesson)
_done, _course, _step = table_of(LessonDone), table_of(Course), table_of(PathStep)
_e, _l, _o, _c, _s = _enrollment.c, _lesson.c, _done.c, _course.c, _step.c
_learner, _event = table_of(Learner), table_of(EnrollmentEvent).c

_LESSONS = (
    select_columns(_l.id, _l.position, _l.title, _l.content, _l.version)
    .where(_l.course_id == bindparam("course"))
    .order_by(_l.position)
)
_is_active_in_course = and_(
    _e.course_id == bindparam("course"), _e.status == constant(Status.ACTIVE)
)
_path = _enrollment.alias("p").c


def _lock_where(is_theirs: ColumnElement[bool]) -> Any:
    """Return what locks whose enrollment is such a one, or in a path that holds the course."""
    return (
        select(_learner.c.id)
        .where(
            _learner.c.id.in_(
                union_all(
                    select(_e.learner_id).where(is_theirs),
                    select(_path.learner_id)
                    .join_from(_step, _path.id.table, _path.course_id == _s.path_id)
                    .where(_s.course_id == bindparam("course")),
                )
            )
        )
        .order_by(_learner.c.id)
        .with_for_update(key_share=True)
    )


_LOCK_ACTIVE = _lock_where(_is_active_in_course)
_LOCK_ALL = _lock_where(_e.course_id == bindparam("course"))
_of_course = (
    select_columns(_o.enrollment_id, func.count().label("n"))
    .join_from(_done, _lesson, _l.id == _o.lesson_id)
    .where(_l.course_id == bindparam("course"))
    .group_by(_o.enrollment_id)
    .subquery("d")
)
_MOVING = (
    select_columns(
        *(_e.id, _e.learner_id, _e.status, _e.tracked_status, _e.progress, _e.lessons_done),
        *(_e.grade, _e.version, _e.updated_at, _e.enrolled_at, _e.override_seq),
        func.coalesce(_of_course.c.n, 0).label("n_marked"),
    )
    .join_from(_enrollment, _of_course, _of_course.c.enrollment_id == _e.id, isouter=True)
    .where(_is_active_in_course)
    .order_by(_e.id)
)
_FOLLOWING = (
    select_columns(
        _e.id,
        *(_c.kind, _c.n_lessons, _c.requires_grade, _c.pass_percent),
        select(func.count())
        .select_from(_done.join(_lesson, _l.id == _o.lesson_id))
        .where(_o.enrollment_id == _e.id, _l.course_id == _e.course_id)
        .scalar_subquery()
        .label("n_marked"),
    )
    .join_from(_enrollment, _course, _c.id == _e.course_id)
    .where(is_among(_e.id, "ids"), _c.kind == constant(CourseKind.COURSE))
)
_reopened_at = (
    select(_event.at)
    .where(
        _event.seq == _e.override_seq,
        _e.status == constant(Status.ACTIVE),
        _e.tracked_status == constant(Status.COMPLETED),
    )
    .correlate(_enrollment)
    .scalar_subquery()
)
_VISITED_AT = func.coalesce(_e.last_visit_at, _e.enrolled_at)
_ENDED_AT = func.coalesce(_reopened_at, _e.completed_at, _VISITED_AT)
_DONE_BY = case((_ENDED_AT < _VISITED_AT, _ENDED_AT), else_=_VISITED_AT)
"""By when lessons were done of which only the number is known: the learner may have been there
after the course was completed, or reopened."""
_MISCOUNTED = (
    select_columns(
        *(_e.id, _e.learner_id, _e.status, _e.tracked_status, _e.lessons_done),
        *(_e.version, _e.updated_at, _e.enrolled_at),
        func.coalesce(_of_course.c.n, 0).label("n_marked"),
    )
    .join_from(_enrollment, _of_course, _of_course.c.enrollment_id == _e.id, isouter=True)
    .where(
        _e.course_id == bindparam("course"),
        _e.status != constant(Status.ACTIVE),
        _e.lessons_done > func.coalesce(_of_course.c.n, 0),
    )
    .order_by(_e.id)
)
_MARKED = (
    select(_o.enrollment_id)
    .join_from(_done, _lesson, _l.id == _o.lesson_id)
    .where(_l.course_id == bindparam("course"))
    .distinct()
)


@dataclass(frozen=True, slots=True)
class StoredLesson:
    """A lesson of a course, with what it says."""

    id: int
    position: int
    title: str
    content: str
    version: int


@dataclass(frozen=True, slots=True)
class ActiveProgress:
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
    override_seq: int | None
    n_marked: int


@dataclass(frozen=True, slots=True)
class EndedProgress:
    """A completed or cancelled enrollment that counts more lessons as done than are marked."""

    id: int
    learner_id: int
    status: int
    tracked_status: int
    lessons_done: int
    version: int
    updated_at: int
    enrolled_at: int
    n_marked: int


@dataclass(frozen=True, slots=True)
class Following:
    """An enrollment's course as it is now, of whose lessons `n_marked` were marked one by one."""

    id: int
    kind: str
    n_lessons: int
    requires_grade: int
    pass_percent: int
    n_marked: int

    def lessons_done(self, counted: int) -> int:
        """Return how many lessons of the course are done, where the enrollment counts so many."""
        return count_done(counted, self.n_marked, self.n_lessons)


def lessons_of(session: Session, course_id: int) -> list[StoredLesson]:
    """Return a course's lessons in their order."""
    return records(StoredLesson, session.exec(_LESSONS, params={"course": course_id}))


def add_lesson(session: Session, course_id: int, title: str, content: str) -> int:
    """Write a lesson after the last one and return its id."""
    last = select(func.coalesce(func.max(_l.position), 0)).where(_l.course_id == course_id)
    position = session.exec(last).one() + 1
    lesson = Lesson(course_id=course_id, position=position, title=title, content=content)
    return add_record(session, lesson)


def change_lesson(
    session: Session, lesson_id: int, title: str, content: str, *, version: int
) -> None:
    """Write what a lesson is called and holds.

    Raises:
        StaleVersion: it is not at that version any more.
    """
    update_version(session, Lesson, lesson_id, version, title=title, content=content)


def swap_lessons(session: Session, one: StoredLesson, other: StoredLesson) -> None:
    """Let two lessons change places; what they hold stays at its version."""
    for lesson_id, position in ((one.id, -1), (other.id, one.position), (one.id, other.position)):
        session.exec(update(_lesson).where(_l.id == lesson_id).values(position=position))


def remove_lesson(session: Session, course_id: int, lesson: StoredLesson) -> None:
    """Remove a lesson, and that anyone has done it; those after it move up."""
    session.exec(delete(_done).where(_o.lesson_id == lesson.id))
    session.exec(delete(_lesson).where(_l.id == lesson.id))
    of_course = update(_lesson).where(_l.course_id == course_id)
    # Two steps, as no two lessons may be in one place for a moment.
    session.exec(of_course.where(_l.position > lesson.position).values(position=-_l.position))
    session.exec(of_course.where(_l.position < 0).values(position=-_l.position - 1))


def count_lessons(session: Session, course_id: int, *, now: int) -> None:
    """Write how many lessons a course has."""
    count = select(func.count()).select_from(_lesson).where(_l.course_id == course_id)
    session.exec(
        update(_course)
        .where(_c.id == course_id)
        .values(n_lessons=count.scalar_subquery(), updated_at=now)
    )


def lock_learners(session: Session, course_id: int, *, with_ended: bool = False) -> None:
    """Lock whoever is active in a course, or has been enrolled in a path that holds it.

    What they do waits until the transaction ends: their enrollments in both follow the course.

    Args:
        session: in the transaction of the change.
        course_id: the course.
        with_ended: whether to lock those, too, who have completed or cancelled it.
    """
    if not is_sqlite(session):
        lock = _LOCK_ALL if with_ended else _LOCK_ACTIVE
        session.exec(lock, params={"course": course_id}).all()


def mark_first(session: Session, course_id: int) -> None:
    """Mark the lessons of those enrollments in a course that know only how many are done.

    The number stands for the first ones: call it before their order changes, or one is removed.
    Whoever has done all of them has, in whatever order: for them the number says enough.
    """
    total = select(func.count()).select_from(_lesson).where(_l.course_id == course_id)
    marked = _lesson.alias("m").c
    is_marked = exists().where(
        _o.enrollment_id == _e.id, marked.id == _o.lesson_id, marked.course_id == course_id
    )
    unmarked = (
        select_columns(_e.id, _l.id, _DONE_BY)
        .join_from(
            _enrollment,
            _lesson,
            and_(_l.course_id == _e.course_id, _l.position <= _e.lessons_done),
        )
        .where(
            _e.course_id == course_id,
            _e.lessons_done > 0,
            _e.lessons_done < total.scalar_subquery(),
            ~is_marked,
        )
    )
    session.exec(insert(_done).from_select(["enrollment_id", "lesson_id", "at"], unmarked))


def marked_one_by_one(session: Session, course_id: int) -> set[int]:
    """Return the enrollments whose lessons of a course were marked one by one."""
    return set(session.exec(_MARKED, params={"course": course_id}))


def active_progress(session: Session, course_id: int) -> list[ActiveProgress]:
    """Return a course's active enrollments (ix_enrollment_course)."""
    return records(ActiveProgress, session.exec(_MOVING, params={"course": course_id}))


def miscounted(session: Session, course_id: int) -> list[EndedProgress]:
    """Return a course's ended enrollments that count more lessons as done than are marked."""
    return records(EndedProgress, session.exec(_MISCOUNTED, params={"course": course_id}))


def following(session: Session, enrollment_ids: Collection[int]) -> list[Following]:
    """Return what these enrollments follow, but for those in learning paths."""
    return records(Following, session.exec(_FOLLOWING, params={"ids": enrollment_ids}))
