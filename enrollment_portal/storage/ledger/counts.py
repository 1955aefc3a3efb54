"""Count the enrollments of a ledger filter, exactly, for each status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import bindparam, func
from sqlmodel import Session, select

from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.ledger_query import Kind
from enrollment_portal.domain.requests.extension_requests import RequestState
from enrollment_portal.storage.ledger.engines import Engine, fetch
from enrollment_portal.storage.ledger.filtering.conditions import Driver
from enrollment_portal.storage.ledger.filters import (
    SHAPES,
    BoundFilter,
    Courses,
    DrivingTable,
    Learners,
    LedgerFilter,
)
from enrollment_portal.storage.shared.tables import (
    Course,
    Enrollment,
    ExtensionRequest,
    constant,
    table_of,
)

FEW_ROWS = 2_000
"""Of courses with up to this many rows in total, all are read, whatever is searched."""

OF_LEARNERS = "sum(l.n_active), sum(l.n_completed), sum(l.n_cancelled)"
OF_TALLY = ", ".join(f"sum(n) FILTER (WHERE status = {s:d}) AS n{s:d}" for s in Status)
OF_ROWS = ", ".join(f"count(*) FILTER (WHERE e.status = {status:d})" for status in Status)

_enrollment, _course = table_of(Enrollment), table_of(Course)
_request = table_of(ExtensionRequest)
_OPEN_REQUESTS = (
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
    """The number of enrollments in each status, and the driving table that has the fewest rows.

    `driving_rows` is how many enrollments join to that table before they are filtered further.
    """

    by_status: dict[Status, int]
    driving_table: DrivingTable
    driving_rows: int


def count(session: Session, engine: Engine, ledger_filter: BoundFilter) -> Counts:
    """Count the enrollments of a filter, and choose the driving table for a full sort."""
    shape, parameters = ledger_filter.shape, ledger_filter.parameters

    def ask(statement: str) -> dict[Status, int]:
        return by_status_of(fetch(session, statement, parameters)[0])

    def ask_matches() -> dict[Status, int]:
        return count_matches(session, engine, ledger_filter)

    if shape.terms and (statement := engine.before_search()):
        fetch(session, statement, {})
    if shape.only_requests:
        return _only_driving_table(
            ask(counted(engine, shape, DrivingTable.REQUESTS)), DrivingTable.REQUESTS
        )
    if shape.learners is not Learners.ALL:
        of_courses = ask(of_learners(engine, shape))
        if shape.courses is Courses.PLAIN:
            return _only_driving_table(of_courses, DrivingTable.LEARNERS)
        return Counts(
            ask(counted(engine, shape, DrivingTable.LEARNERS)),
            DrivingTable.LEARNERS,
            sum(of_courses.values()),
        )
    is_plain = shape.courses is Courses.PLAIN
    if not shape.terms:
        return _only_driving_table(
            ask(tallied(engine, shape.courses)),
            DrivingTable.ALL if is_plain else DrivingTable.COURSES,
        )
    if is_plain:
        return _only_driving_table(ask_matches(), DrivingTable.SEARCH_MATCHES)
    driving_table, driving_rows = (
        DrivingTable.COURSES,
        sum(ask(tallied(engine, shape.courses)).values()),
    )
    if driving_rows > FEW_ROWS:
        matched = sum(ask_matches().values())
        # These counts leave out learning paths, of which a learner has few.
        if matched < driving_rows:
            driving_table, driving_rows = DrivingTable.SEARCH_MATCHES, matched
        else:
            driving_table = DrivingTable.COURSES_AND_MATCHES
    return Counts(ask(counted(engine, shape, driving_table)), driving_table, driving_rows)


def count_matches(
    session: Session, engine: Engine, ledger_filter: BoundFilter
) -> dict[Status, int]:
    """Count the enrollments in courses of the learners that a search finds."""
    row: Sequence[Any] = ()
    for statement in _matched(engine, ledger_filter.shape.terms):
        row = fetch(session, statement, ledger_filter.parameters)[0]
        if not row[-1]:
            break
    return by_status_of(row[:-1])


def count_open_requests(session: Session, kind: Kind) -> int:
    """Return how many enrollments of a kind have an open request for an extension."""
    course_kind = CourseKind.PATH if kind is Kind.PATHS else CourseKind.COURSE
    return session.exec(_OPEN_REQUESTS, params={"kind": course_kind.value}).one()


def _only_driving_table(by_status: dict[Status, int], driving_table: DrivingTable) -> Counts:
    return Counts(by_status, driving_table, sum(by_status.values()))


def by_status_of(row: Sequence[Any]) -> dict[Status, int]:
    """Return the counts of a row that has one for each status, in their order."""
    return {status: int(n or 0) for status, n in zip(Status, row, strict=True)}


@cache
def tallied(engine: Engine, courses: Courses) -> str:
    """Return the statement that sums the tallies of courses in each status."""

    def sums(of: Courses) -> str:
        return f"SELECT {OF_TALLY} FROM tally_course WHERE course_id IN ({of.ids})"

    if courses is not Courses.PLAIN:
        return engine.sql(sums(courses))
    # Few courses are paths: to subtract their rows is faster than to filter them out.
    rest = ", ".join(f"a.n{s:d} - COALESCE(p.n{s:d}, 0)" for s in Status)
    return engine.sql(
        f"SELECT {rest} FROM (SELECT {OF_TALLY} FROM tally_course) a"
        f" CROSS JOIN ({sums(Courses.PATHS)}) p"
    )


@cache
def _matched(engine: Engine, terms: int) -> tuple[str, ...]:
    return tuple(engine.sql(sql) for sql in engine.sums_of_matches(OF_LEARNERS, terms))


@lru_cache(maxsize=SHAPES)
def of_learners(engine: Engine, shape: LedgerFilter) -> str:
    """Return the statement that sums the counts of the learners of a scope and a search."""
    found = "".join(" AND " + engine.contains("l.search", f":term{i}") for i in range(shape.terms))
    source, where = engine.learner_of(f"({shape.learners.ids}) d", "d.id")
    return engine.sql(f"SELECT {OF_LEARNERS} FROM {source} WHERE {where}{found}")


@lru_cache(maxsize=SHAPES)
def counted(
    engine: Engine,
    shape: LedgerFilter,
    driving_table: DrivingTable | Driver,
    statuses: tuple[int, ...] = tuple(Status),
) -> str:
    """Return the statement that counts the rows of a driving table in each status."""
    source, where = shape.from_clause(engine, driving_table, statuses)
    return engine.sql(f"SELECT {OF_ROWS} FROM {source} WHERE {where}")
