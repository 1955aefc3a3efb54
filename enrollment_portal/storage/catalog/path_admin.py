"""Read and write the courses of learning paths, and the learners whom a change affects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, func, update
from sqlmodel import Session, select

from enrollment_portal.domain.catalog.courses import CourseKind, is_offered
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.storage.catalog.courses import lock_course
from enrollment_portal.storage.shared.records import records, select_columns
from enrollment_portal.storage.shared.tables import Course, Enrollment, PathStep, constant, table_of

_step, _course = table_of(PathStep), table_of(Course)
_s, _c, _e = _step.c, _course.c, table_of(Enrollment).c
_STEPS = (
    select_columns(
        *(_s.course_id, _s.position, _s.needs_previous),
        *(_c.title, _c.kind, _c.n_lessons, _c.state, _c.requires_grade, _c.admin_completes),
    )
    .join_from(_step, _course, _c.id == _s.course_id)
    .where(_s.path_id == bindparam("path"))
    .order_by(_s.position)
)
_ALL_PATHS = select(_c.id).where(_c.kind == CourseKind.PATH.value).order_by(_c.id)
_PATHS = select(_s.path_id).where(_s.course_id == bindparam("course")).order_by(_s.path_id)
_ENROLLED = (
    select(_e.learner_id)
    .where(_e.course_id == bindparam("path"))
    .order_by(_e.learner_id)
    .distinct()
)
_ACTIVE = (
    select_columns(_e.learner_id, _e.enrolled_at)
    .where(_e.course_id == bindparam("path"), _e.status == constant(Status.ACTIVE))
    .order_by(_e.learner_id)
)


@dataclass(frozen=True, slots=True)
class Step:
    """One course of a path."""

    course_id: int
    position: int
    needs_previous: int
    title: str
    kind: str
    n_lessons: int
    state: str
    requires_grade: int
    admin_completes: int

    @property
    def is_offered(self) -> bool:
        """Whether learners can start the course."""
        return is_offered(self)


def steps_of(session: Session, path_id: int) -> list[Step]:
    """Return a path's courses in their order."""
    return records(Step, session.exec(_STEPS, params={"path": path_id}))


def add_step(session: Session, path_id: int, course_id: int, *, now: int) -> None:
    """Write a course after the last one of a path."""
    last = select(func.coalesce(func.max(_s.position), 0)).where(_s.path_id == path_id)
    position = session.exec(last).one() + 1
    step = PathStep(path_id=path_id, course_id=course_id, position=position, added_at=now)
    session.add(step)
    session.flush()


def remove_step(session: Session, path_id: int, course_id: int) -> None:
    """Remove a course from a path."""
    session.exec(delete(_step).where(_s.path_id == path_id, _s.course_id == course_id))


def place_steps(session: Session, path_id: int, steps: Sequence[tuple[int, int]]) -> None:
    """Write the order of a path: for each course its id and whether it needs the previous one.

    For the first course that setting has no effect until it moves down.
    """
    for position, (course_id, needs_previous) in enumerate(steps, 1):
        session.exec(
            update(_step)
            .where(_s.path_id == path_id, _s.course_id == course_id)
            .values(position=position, needs_previous=needs_previous)
        )


def sum_lessons(session: Session, path_id: int, *, now: int) -> None:
    """Write the total number of lessons of a path's courses.

    The path is locked first, so that a course that is being added at the same time is counted.
    """
    lock_course(session, path_id)
    total = select(func.coalesce(func.sum(_c.n_lessons), 0)).where(
        _c.id.in_(select(_s.course_id).where(_s.path_id == path_id))
    )
    session.exec(
        update(_course)
        .where(_c.id == path_id)
        .values(n_lessons=session.exec(total).one(), updated_at=now)
    )


def paths_of(session: Session, course_id: int) -> list[int]:
    """Return the paths that contain a course."""
    return list(session.exec(_PATHS, params={"course": course_id}))


def learners_of(session: Session, path_id: int) -> list[int]:
    """Return the learners who are or were enrolled in a path (ix_enrollment_course)."""
    return list(session.exec(_ENROLLED, params={"path": path_id}))


def active_since(session: Session, path_id: int) -> dict[int, int]:
    """Return the learners who are active in a path, each with the time of enrollment, in ms."""
    rows = session.exec(_ACTIVE, params={"path": path_id})
    return {row.learner_id: row.enrolled_at for row in rows}


def all_paths(session: Session) -> list[int]:
    """Return every learning path."""
    return list(session.exec(_ALL_PATHS))
