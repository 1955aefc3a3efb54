"""Read and write the lessons of a course, and the lessons done of its enrollments."""

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
    """Return the statement that locks learners of matching enrollments, or of the paths."""
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
"""The latest date of lessons of which only the number is known: the last visit, or when the
course was completed or reopened, whichever is earlier."""
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
    """A lesson of a course, with its content."""

    id: int
    position: int
    title: str
    content: str
    version: int


@dataclass(frozen=True, slots=True)
class ActiveProgress:
    """An active enrollment's progress in lessons; `n_marked` were marked one by one."""

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
    """An enrollment's course as it is now; `n_marked` of its lessons were marked one by one."""

    id: int
    kind: str
    n_lessons: int
    requires_grade: int
    pass_percent: int
    n_marked: int

    def lessons_done(self, counted: int) -> int:
        """Return how many lessons of the course are done, given the enrollment's own count."""
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
    """Write the title and content of a lesson.

    Raises:
        StaleVersion: it is not at that version any more.
    """
    update_version(session, Lesson, lesson_id, version, title=title, content=content)


def swap_lessons(session: Session, one: StoredLesson, other: StoredLesson) -> None:
    """Swap two lessons; their versions stay."""
    for lesson_id, position in ((one.id, -1), (other.id, one.position), (one.id, other.position)):
        session.exec(update(_lesson).where(_l.id == lesson_id).values(position=position))


def remove_lesson(session: Session, course_id: int, lesson: StoredLesson) -> None:
    """Remove a lesson with its marks as done; those after it move up."""
    session.exec(delete(_done).where(_o.lesson_id == lesson.id))
    session.exec(delete(_lesson).where(_l.id == lesson.id))
    of_course = update(_lesson).where(_l.course_id == course_id)
    # In two steps, as no two lessons may have the same position in between.
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
    """Lock the learners who are active in a course, or ever enrolled in a path that contains it.

    Their enrollments in both are updated with the course, so their own actions have to wait.

    Args:
        session: in the transaction of the change.
        course_id: the course.
        with_ended: whether to lock also those who have completed or cancelled it.
    """
    if not is_sqlite(session):
        lock = _LOCK_ALL if with_ended else _LOCK_ACTIVE
        session.exec(lock, params={"course": course_id}).all()


def mark_first(session: Session, course_id: int) -> None:
    """Mark lessons one by one for enrollments that only have the number of lessons done.

    The number means the first lessons: call it before their order changes, or one is removed. Not
    for those who have done all: for them the number is enough.
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
    """Return the courses of these enrollments, except of those in learning paths."""
    return records(Following, session.exec(_FOLLOWING, params={"ids": enrollment_ids}))
