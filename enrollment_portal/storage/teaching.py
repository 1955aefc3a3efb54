"""An instructor's courses with what needs care in them, and rows of a course's grading grid.

Counts by status come from `tally_course`; who is overdue, stuck or all done is counted in
`ix_enrollment_care` without reading a row, and only those that are all done are looked at for a
grade. `grading_grid` finds which rows are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, case, func
from sqlmodel import Session, select

from enrollment_portal.domain.enrollments import Status
from enrollment_portal.domain.permissions import Everything, Scope, Taught
from enrollment_portal.storage.id_lists import is_among
from enrollment_portal.storage.records import records, select_columns
from enrollment_portal.storage.tables import (
    Course,
    CourseTeacher,
    Enrollment,
    Learner,
    TallyCourse,
    constant,
    table_of,
)

_enrollment, _learner = table_of(Enrollment).alias("e"), table_of(Learner).alias("l")
_course = table_of(Course)
_teacher, _tally = table_of(CourseTeacher), table_of(TallyCourse)
_e, _l, _c, _t, _y = _enrollment.c, _learner.c, _course.c, _teacher.c, _tally.c


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
_TAUGHT = (
    _COURSES.join(_teacher, _t.course_id == _c.id)
    .where(_t.account_id == bindparam("account"))
    .order_by(_c.sort_title, _c.id)
)
_COURSE = _COURSES.where(_c.id == bindparam("course"))
_IN_SCOPE: Mapping[type, Any] = {
    Everything: _COURSE,
    Taught: _COURSE.where(
        select(_t.course_id)
        .where(_t.account_id == bindparam("account"), _t.course_id == _c.id)
        .correlate(_course)
        .exists()
    ),
}
_of_courses = (
    select_columns(_e.course_id)
    # The index holds active enrollments only: its condition stands in the statement.
    .where(_e.status == constant(Status.ACTIVE), is_among(_e.course_id, "ids"))
    .group_by(_e.course_id)
    .with_hint(_enrollment, "INDEXED BY ix_enrollment_care", "sqlite")
)
_LATE = _of_courses.add_columns(
    func.sum(case((_e.deadline_day < bindparam("today"), constant(1)), else_=constant(0))).label(
        "n_overdue"
    ),
    func.sum(
        case(
            (
                and_(
                    _e.progress < constant(100),
                    func.coalesce(_e.last_visit_at, _e.enrolled_at) <= bindparam("stuck_before"),
                ),
                constant(1),
            ),
            else_=constant(0),
        )
    ).label("n_stuck"),
)
_AWAITING = _of_courses.add_columns(func.count().label("n_awaiting")).where(
    _e.progress == constant(100), _e.grade.is_(None)
)
_ROWS = (
    select_columns(
        *(_e.id, _e.learner_id, _l.name, _l.email, _e.status, _e.progress, _e.deadline_day),
        *(_e.last_visit_at, _e.version, _e.grade, _e.feedback, _e.internal_note),
    )
    .join_from(_enrollment, _learner, _l.id == _e.learner_id)
    .where(is_among(_e.id, "ids"), _e.course_id == bindparam("course"))
    .order_by(_e.id)
)


@dataclass(frozen=True)
class Moment:
    """When something is overdue or stuck."""

    today: int
    """In days since 1970-01-01, in the organization's time zone."""
    stuck_before: int
    """Whoever came last at this moment or before is stuck, or was enrolled then and never came."""

    @property
    def parameters(self) -> dict[str, int]:
        """The moment as the statements take it."""
        return {"today": self.today, "stuck_before": self.stuck_before}


@dataclass(frozen=True, slots=True)
class TaughtCourse:
    """A course with the number of its enrollments in each status, and of what needs care."""

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


def taught_by(session: Session, account_id: int, moment: Moment) -> list[TaughtCourse]:
    """Return the courses that an account teaches, by title."""
    courses = session.exec(_TAUGHT, params={"account": account_id}).all()
    return _with_care(session, courses, moment)


def find_course(
    session: Session, scope: Scope, course_id: int, moment: Moment
) -> TaughtCourse | None:
    """Return a course of a scope; `None` where it is outside, or does not exist."""
    if type(scope) not in _IN_SCOPE:
        return None
    values = {"course": course_id}
    if isinstance(scope, Taught):
        values["account"] = scope.account_id
    courses = session.exec(_IN_SCOPE[type(scope)], params=values).all()
    return next(iter(_with_care(session, courses, moment)), None)


def _with_care(session: Session, courses: Sequence[Any], moment: Moment) -> list[TaughtCourse]:
    values = {"ids": [course.id for course in courses], **moment.parameters}
    late = {row.course_id: row for row in session.exec(_LATE, params=values)}
    values = {"ids": [course.id for course in courses if course.requires_grade]}
    awaiting = {row.course_id: row for row in session.exec(_AWAITING, params=values)}
    return [
        TaughtCourse(
            **course._mapping,
            n_awaiting=awaiting[course.id].n_awaiting if course.id in awaiting else 0,
            n_overdue=late[course.id].n_overdue if course.id in late else 0,
            n_stuck=late[course.id].n_stuck if course.id in late else 0,
        )
        for course in courses
    ]


def rows_of(session: Session, course_id: int, ids: Iterable[int]) -> list[GridRow]:
    """Return enrollments of a course; ids that are none of them are left out."""
    values = {"ids": ids, "course": course_id}
    return records(GridRow, session.exec(_ROWS, params=values))
