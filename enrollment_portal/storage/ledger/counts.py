"""How many enrollments a search within a scope holds in each status, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func
from sqlmodel import Session, select

from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.ledger_query import Kind
from enrollment_portal.domain.requests.extension_requests import RequestState
from enrollment_portal.storage.ledger.candidates import (
    Courses,
    Learners,
    Narrowed,
    Narrowing,
    Side,
)
from enrollment_portal.storage.ledger.engines import Engine, fetch
from enrollment_portal.storage.shared.tables import (
    Course,
    Enrollment,
    ExtensionRequest,
    constant,
    table_of,
)

FEW_ROWS = 2_000
"""A set of courses with no more rows than this has each of them looked at, whatever is searched."""

_OF_LEARNERS = "sum(l.n_active), sum(l.n_completed), sum(l.n_cancelled)"
_OF_TALLY = ", ".join(f"sum(n) FILTER (WHERE status = {s:d}) AS n{s:d}" for s in Status)
_OF_ROWS = ", ".join(f"count(*) FILTER (WHERE e.status = {status:d})" for status in Status)

_enrollment, _course = table_of(Enrollment), table_of(Course)
_request = table_of(ExtensionRequest)
_ASKING = (
    select(func.count())
    .select_from(
        _request.join(_enrollment, _enrollment.c.id == _request.c.enrollment_id).join(
            _course, _course.c.id == _enrollment.c.course_id
        )
    )
    .where(_request.c.state == constant(RequestState.OPEN), _course.c.kind == bindparam("kind"))
)


@dataclass(frozen=True)
class Counts:
    """The number of enrollments in each status, and from which side to gather them.

    `side_rows` is how many enrollments that side has before it is filtered further.
    """

    by_status: dict[Status, int]
    side: Side
    side_rows: int


def count(session: Session, engine: Engine, narrowed: Narrowed) -> Counts:
    """Count what a search within a scope holds, and tell which side has fewer rows to gather."""
    shape, parameters = narrowed.shape, narrowed.parameters

    def ask(statement: str) -> dict[Status, int]:
        return _by_status(fetch(session, statement, parameters)[0])

    def ask_matches() -> dict[Status, int]:
        row: Sequence[Any] = ()
        for statement in _matched(engine, shape.terms):
            row = fetch(session, statement, parameters)[0]
            if not row[-1]:
                break
        return _by_status(row[:-1])

    if shape.terms and (statement := engine.before_search()):
        fetch(session, statement, {})
    if shape.asks:
        return _from_one_side(ask(_counted(engine, shape, Side.REQUESTS)), Side.REQUESTS)
    if shape.learners is not Learners.ALL:
        of_courses = ask(_of_learners(engine, shape))
        if shape.courses is Courses.PLAIN:
            return _from_one_side(of_courses, Side.LEARNERS)
        return Counts(
            ask(_counted(engine, shape, Side.LEARNERS)), Side.LEARNERS, sum(of_courses.values())
        )
    is_plain = shape.courses is Courses.PLAIN
    if not shape.terms:
        return _from_one_side(
            ask(_tallied(engine, shape.courses)), Side.ALL if is_plain else Side.COURSES
        )
    if is_plain:
        return _from_one_side(ask_matches(), Side.MATCHES)
    side, side_rows = Side.COURSES, sum(ask(_tallied(engine, shape.courses)).values())
    if side_rows > FEW_ROWS:
        matched = sum(ask_matches().values())
        # The matches' counts leave out their paths, of which they have few.
        if matched < side_rows:
            side, side_rows = Side.MATCHES, matched
        else:
            side = Side.COURSES_WIDELY
    return Counts(ask(_counted(engine, shape, side)), side, side_rows)


def count_open_requests(session: Session, kind: Kind) -> int:
    """Return how many enrollments of a kind have an open request for an extension."""
    course_kind = CourseKind.PATH if kind is Kind.PATHS else CourseKind.COURSE
    return session.exec(_ASKING, params={"kind": course_kind.value}).one()


def _from_one_side(by_status: dict[Status, int], side: Side) -> Counts:
    return Counts(by_status, side, sum(by_status.values()))


def _by_status(row: Sequence[Any]) -> dict[Status, int]:
    return {status: int(n or 0) for status, n in zip(Status, row, strict=True)}


@cache
def _tallied(engine: Engine, courses: Courses) -> str:
    def tallied(of: Courses) -> str:
        return f"SELECT {_OF_TALLY} FROM tally_course WHERE course_id IN ({of.ids})"

    if courses is not Courses.PLAIN:
        return engine.sql(tallied(courses))
    # Few of all courses are paths: to take those away is less work than to leave them out.
    rest = ", ".join(f"a.n{s:d} - COALESCE(p.n{s:d}, 0)" for s in Status)
    return engine.sql(
        f"SELECT {rest} FROM (SELECT {_OF_TALLY} FROM tally_course) a"
        f" CROSS JOIN ({tallied(Courses.PATHS)}) p"
    )


@cache
def _matched(engine: Engine, terms: int) -> tuple[str, ...]:
    return tuple(engine.sql(sql) for sql in engine.sums_of_matches(_OF_LEARNERS, terms))


@cache
def _of_learners(engine: Engine, shape: Narrowing) -> str:
    found = "".join(" AND " + engine.contains("l.search", f":term{i}") for i in range(shape.terms))
    source, where = engine.learner_of(f"({shape.learners.ids}) d", "d.id")
    return engine.sql(f"SELECT {_OF_LEARNERS} FROM {source} WHERE {where}{found}")


@cache
def _counted(engine: Engine, shape: Narrowing, side: Side) -> str:
    source, where = shape.found_from(engine, side, tuple(Status))
    return engine.sql(f"SELECT {_OF_ROWS} FROM {source} WHERE {where}")
