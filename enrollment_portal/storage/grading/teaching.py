"""Read an instructor's courses with counts of what needs attention, and rows of a grading grid.

Counts by status come from `tally_course`. Overdue, stuck and finished enrollments are counted in
`ix_enrollment_care` without reading rows; only finished ones are read for their grade.
`grading_filters` has the conditions; `grading_grid` finds the rows of a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, func
from sqlmodel import Session, select

from enrollment_portal.domain.access.permissions import Everything, Scope, Taught
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.grading.teaching import GradingFilter, GradingThresholds
from enrollment_portal.storage.grading.grading_filters import ENROLLMENT, condition
from enrollment_portal.storage.shared.id_lists import is_among
from enrollment_portal.storage.shared.records import records, select_columns
from enrollment_portal.storage.shared.scopes import TAUGHT, is_taught, scope_values
from enrollment_portal.storage.shared.tables import (
    Course,
    Learner,
    TallyCourse,
    constant,
    table_of,
)

_enrollment, _learner = ENROLLMENT, table_of(Learner).alias("l")
_course = table_of(Course)
_tally = table_of(TallyCourse)
_e, _l, _c, _y = _enrollment.c, _learner.c, _course.c, _tally.c


def _tallied(status: Status, name: str) -> Any:
    n = select(_y.n).where(_y.course_id == _c.id, _y.status == constant(status))
    return func.coalesce(n.correlate(_course).scalar_subquery(), constant(0)).label(name)


_COURSES = select_columns(
    *(_c.id, _c.title, _c.kind, _c.n_lessons),
    *(_c.grading_scheme, _c.grading_points, _c.requires_grade),
    _tallied(Status.ACTIVE, "n_active"),
    _tallied(Status.COMPLETED, "n_completed"),
    _tallied(Status.CANCELLED, "n_cancelled"),
)
_TAUGHT = _COURSES.where(_c.id.in_(TAUGHT)).order_by(_c.sort_title, _c.id)
_COURSE = _COURSES.where(_c.id == bindparam("course"))
_IN_SCOPE: Mapping[type, Any] = {Everything: _COURSE, Taught: _COURSE.where(is_taught(_c.id))}
_COUNTED = ("n_awaiting", "n_overdue", "n_stuck")
_of_courses = (
    select_columns(_e.course_id)
    # The index has active enrollments only: the statement must contain its condition.
    .where(_e.status == constant(Status.ACTIVE), is_among(_e.course_id, "ids"))
    .group_by(_e.course_id)
    .with_hint(_enrollment, "INDEXED BY ix_enrollment_care", "sqlite")
)


@cache
def _late(has_lessons: bool) -> Any:
    """Return the statement that counts overdue and stuck enrollments in courses."""

    def count(tab: GradingFilter) -> Any:
        is_in = condition(tab, has_lessons=has_lessons, requires_grade=False)
        return func.sum(case((is_in, constant(1)), else_=constant(0)))

    return _of_courses.add_columns(
        count(GradingFilter.OVERDUE).label("n_overdue"), count(GradingFilter.STUCK).label("n_stuck")
    )


@cache
def _awaiting(has_lessons: bool) -> Any:
    """Return the statement that counts enrollments awaiting a grade in courses that require one."""
    is_in = condition(GradingFilter.AWAITING, has_lessons=has_lessons, requires_grade=True)
    return _of_courses.add_columns(func.count().label("n_awaiting")).where(is_in)


_ROWS = (
    select_columns(
        *(_e.id, _e.learner_id, _l.name, _l.email, _e.status, _e.progress, _e.deadline_day),
        *(_e.last_visit_at, _e.version, _e.grade, _e.feedback, _e.internal_note),
    )
    .join_from(_enrollment, _learner, _l.id == _e.learner_id)
    .where(is_among(_e.id, "ids"), _e.course_id == bindparam("course"))
    .order_by(_e.id)
)


@dataclass(frozen=True, slots=True)
class TaughtCourse:
    """A course with the number of its enrollments in each status and each tab."""

    id: int
    title: str
    kind: str
    n_lessons: int
    grading_scheme: str
    grading_points: int | None
    requires_grade: int
    n_active: int
    n_completed: int
    n_cancelled: int
    n_awaiting: int
    n_overdue: int
    n_stuck: int


@dataclass(frozen=True, slots=True)
class GridRow:
    """One learner's row of the grading grid."""

    id: int
    learner_id: int
    name: str
    email: str | None
    status: int
    progress: int
    deadline_day: int | None
    last_visit_at: int | None
    version: int
    grade: str | None
    feedback: str
    internal_note: str


def taught_by(session: Session, account_id: int, moment: GradingThresholds) -> list[TaughtCourse]:
    """Return the courses that an account teaches, by title."""
    courses = session.exec(_TAUGHT, params={"account": account_id}).all()
    return _with_care(session, courses, moment)


def find_course(
    session: Session, scope: Scope, course_id: int, moment: GradingThresholds
) -> TaughtCourse | None:
    """Return a course of a scope; `None` if it is outside, or does not exist."""
    if type(scope) not in _IN_SCOPE:
        return None
    values = {"course": course_id, **scope_values(scope)}
    courses = session.exec(_IN_SCOPE[type(scope)], params=values).all()
    return next(iter(_with_care(session, courses, moment)), None)


def _with_care(
    session: Session, courses: Sequence[Any], moment: GradingThresholds
) -> list[TaughtCourse]:
    counted: dict[int, dict[str, int]] = {}
    for has_lessons in (True, False):
        alike = [course for course in courses if (course.n_lessons > 0) is has_lessons]
        graded = [course for course in alike if course.requires_grade]
        for ids, statement in (
            ([course.id for course in alike], _late(has_lessons)),
            ([course.id for course in graded], _awaiting(has_lessons)),
        ):
            if not ids:
                continue
            for row in session.exec(statement, params={"ids": ids, **moment.parameters}):
                found = counted.setdefault(row.course_id, {})
                found |= {name: n for name, n in row._mapping.items() if name in _COUNTED}
    nobody = dict.fromkeys(_COUNTED, 0)
    return [
        TaughtCourse(**{**course._mapping, **nobody, **counted.get(course.id, {})})
        for course in courses
    ]


def rows_of(session: Session, course_id: int, ids: Iterable[int]) -> list[GridRow]:
    """Return enrollments of a course; ids of others are ignored."""
    values = {"ids": ids, "course": course_id}
    return records(GridRow, session.exec(_ROWS, params=values))
