"""An instructor's courses with what needs care in them, and the rows of a course's grading grid.

Counts by status come from `tally_course`; who is overdue, stuck or all done is counted in
`ix_enrollment_care` without reading a row, and only those that are all done are looked at for a
grade. Rows are ordered by the learner's name: those of a course are gathered through
`ix_enrollment_course` (or `ix_enrollment_care`) and sorted; where they are too many for that,
the learners are walked by name, `ix_learner_sort_name`, and looked up in `ix_enrollment_learner`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, case, func, text
from sqlmodel import Session, select

from enrollment_portal.domain.enrollments import Status
from enrollment_portal.domain.ledger_query import Place
from enrollment_portal.domain.permissions import Everything, Scope, Taught
from enrollment_portal.domain.teaching import Care
from enrollment_portal.storage.database import is_sqlite
from enrollment_portal.storage.id_lists import is_among
from enrollment_portal.storage.ledger.engines import engine_of
from enrollment_portal.storage.listing import Order, Slice, read_slice
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

GATHER_ROWS = 10_000
"""Up to so many rows are gathered and sorted; of more, a walk by name meets enough soon."""

# The rows of the grid are found by statements that are written as text: which table is walked, by
# which index, and what PostgreSQL must not turn around (LATERAL, OFFSET 0) stands in them. Of a
# course of 100,000 a page takes milliseconds that way, and seconds where the planner is left to
# choose: `python -m tests.benchmarks teaching`.
_IS_AWAITING = "e.status = 0 AND e.progress = 100 AND e.grade IS NULL"
_IS_OVERDUE = "e.status = 0 AND e.deadline_day < :today"
# Who never came is stuck from the beginning on.
_CAME = "COALESCE(e.last_visit_at, e.enrolled_at)"
_IS_STUCK = f"e.status = 0 AND e.progress < 100 AND {_CAME} <= :stuck_before"
_CONDITIONS: Mapping[Care, str] = {
    Care.ALL: "true",
    Care.AWAITING: _IS_AWAITING,
    Care.OVERDUE: _IS_OVERDUE,
    Care.STUCK: _IS_STUCK,
    Care.COMPLETED: "e.status = 1",
}
_GATHERED = (
    "e.id, e.learner_id, e.status, e.progress, e.deadline_day, e.last_visit_at, e.enrolled_at,"
    " e.grade"
)
_ORDER = Order(("l.sort_name", "e.id"))

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


def count_found(
    session: Session, course: TaughtCourse, terms: Sequence[str], moment: Moment
) -> dict[Care, int]:
    """Return how many enrollments of a course each tab holds.

    Args:
        session: where they are.
        course: which course.
        terms: parts that the learner's search text must hold; none for everybody.
        moment: when something is overdue or stuck.
    """
    if not terms:
        return {
            Care.ALL: course.n_active + course.n_completed + course.n_cancelled,
            Care.AWAITING: course.n_awaiting,
            Care.OVERDUE: course.n_overdue,
            Care.STUCK: course.n_stuck,
            Care.COMPLETED: course.n_completed,
        }
    source, parameters = _gathered(session, course, Care.ALL, terms, moment)
    sums = ", ".join(
        f"COALESCE(sum(CASE WHEN {_condition(course, care)} THEN 1 ELSE 0 END), 0)"
        f' AS "{care.value}"'
        for care in Care
    )
    row = session.execute(text(f"SELECT {sums} FROM {source}"), parameters).one()
    return {care: int(row._mapping[care.value]) for care in Care}


def read_grid(
    session: Session,
    course: TaughtCourse,
    care: Care,
    terms: Sequence[str],
    place: Place | None,
    total: int,
    moment: Moment,
) -> Slice[GridRow]:
    """Return a page of a course's enrollments, by the learners' names.

    Args:
        session: where they are.
        course: which course.
        care: which of them.
        terms: parts that the learner's search text must hold; none for everybody.
        place: which page.
        total: how many there are, from `count_found`.
        moment: when something is overdue or stuck.
    """
    if total <= GATHER_ROWS:
        source, parameters = _gathered(session, course, care, terms, moment)
    else:
        source, parameters = _walked(session, course, care, terms, place, moment)
    # Only the rows of the page are read: what is sorted are keys.
    page = read_slice(
        session,
        "e.id",
        source,
        order=_ORDER,
        parameters=parameters,
        total=total,
        place=place,
    )
    rows = {row.id: row for row in rows_of(session, course.id, (row.id for row in page.rows))}
    return page.of([rows[row.id] for row in page.rows if row.id in rows])


def rows_of(session: Session, course_id: int, ids: Iterable[int]) -> list[GridRow]:
    """Return enrollments of a course; ids that are none of them are left out."""
    values = {"ids": ids, "course": course_id}
    return records(GridRow, session.exec(_ROWS, params=values))


def _condition(course: TaughtCourse, care: Care) -> str:
    if care is Care.AWAITING and not course.requires_grade:
        return "false"
    return _CONDITIONS[care]


def _gathered(
    session: Session,
    course: TaughtCourse,
    care: Care,
    terms: Sequence[str],
    moment: Moment,
) -> tuple[str, dict[str, Any]]:
    index = "care" if care in (Care.AWAITING, Care.OVERDUE, Care.STUCK) else "course"
    holds, parameters = _search(session, terms)
    of_course = f"e.course_id = :course AND {_condition(course, care)}"
    if is_sqlite(session):
        rows = f"{_enrollments(session, index)} CROSS JOIN learner l"
        source = f"{rows} WHERE {of_course} AND l.id = e.learner_id{holds}"
    else:
        # OFFSET 0 keeps the planner from walking all learners by name until it has met enough of
        # these few, which it takes to be soon.
        source = (
            f"(SELECT {_GATHERED} FROM enrollment e WHERE {of_course} OFFSET 0) e"
            " CROSS JOIN LATERAL (SELECT l.sort_name, l.search FROM learner l"
            f" WHERE l.id = e.learner_id OFFSET 0) l WHERE true{holds}"
        )
    return source, {"course": course.id, **moment.parameters, **parameters}


def _walked(
    session: Session,
    course: TaughtCourse,
    care: Care,
    terms: Sequence[str],
    place: Place | None,
    moment: Moment,
) -> tuple[str, dict[str, Any]]:
    statuses = ",".join(str(int(status)) for status in Status)
    # The index of a learner's enrollments begins with their status.
    of_course = f"e.status IN ({statuses}) AND e.course_id = :course AND {_condition(course, care)}"
    source, joined = engine_of(session).enrollments_of("learner l", "learner", "l.id", of_course)
    start, parameters = _search(session, terms)
    parameters |= {"course": course.id, **moment.parameters}
    if place and place.key:
        # The walk begins at the name: a comparison over two tables begins nowhere.
        start += f" AND l.sort_name {'>=' if place.kind == 'after' else '<='} :from_name"
        parameters["from_name"] = place.key[0]
    return f"{source} WHERE {joined}{start}", parameters


def _search(session: Session, terms: Sequence[str]) -> tuple[str, dict[str, Any]]:
    engine = engine_of(session)
    names = [f"term{i}" for i in range(len(terms))]
    holds = "".join(f" AND {engine.contains('l.search', f':{name}')}" for name in names)
    return holds, dict(zip(names, terms, strict=True))


def _enrollments(session: Session, index: str) -> str:
    on_sqlite = is_sqlite(session)
    return f"enrollment e INDEXED BY ix_enrollment_{index}" if on_sqlite else "enrollment e"
