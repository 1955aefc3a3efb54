"""Read the rows of a course's grading grid, by the learners' names.

The rows of a course are read by `ix_enrollment_course` (or `ix_enrollment_care`) and sorted. If
they are too many, the learners are scanned by name, `ix_learner_sort_name`, and each is looked up
in `ix_enrollment_learner`.

The statements are text, because they fix indexes and join order for each engine (INDEXED BY,
LATERAL, OFFSET 0). A page takes milliseconds in a course of any size, as
`python -m tests.benchmarks teaching` shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, false, text
from sqlmodel import Session

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.grading.teaching import GradingFilter, GradingThresholds
from enrollment_portal.domain.ledger.ledger_query import PAGE_SIZE
from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.storage.grading.grading_filters import condition_text
from enrollment_portal.storage.grading.teaching import GridRow, TaughtCourse, rows_of
from enrollment_portal.storage.ledger.engines import engine_of
from enrollment_portal.storage.shared.database import is_sqlite
from enrollment_portal.storage.shared.listing import Slice, slice_by

SORT_ROWS = 10_000
"""Up to this many rows are sorted; if more, a scan by name finds enough soon."""

_NOBODY = str(false())
_COLUMNS_OF_SOURCE = (
    "e.id, e.learner_id, e.status, e.progress, e.deadline_day, e.last_visit_at, e.progress_at,"
    " e.grade"
)


def count_found(
    session: Session, course: TaughtCourse, terms: Sequence[str], moment: GradingThresholds
) -> dict[GradingFilter, int]:
    """Return the number of enrollments of a course in each tab.

    Args:
        session: where they are.
        course: which course.
        terms: parts that the learner's search text must hold; none for everybody.
        moment: when something is overdue or stuck.
    """
    if not terms:
        return {
            GradingFilter.ALL: course.n_active + course.n_completed + course.n_cancelled,
            GradingFilter.AWAITING: course.n_awaiting,
            GradingFilter.OVERDUE: course.n_overdue,
            GradingFilter.STUCK: course.n_stuck,
            GradingFilter.COMPLETED: course.n_completed,
        }
    source, parameters = _sorted_source(session, course, GradingFilter.ALL, terms, moment)
    sums = ", ".join(
        f'COALESCE(sum(CASE WHEN {_condition(course, tab)} THEN 1 ELSE 0 END), 0) AS "{tab.value}"'
        for tab in GradingFilter
    )
    row = session.execute(text(f"SELECT {sums} FROM {source}"), parameters).one()
    return {tab: int(row._mapping[tab.value]) for tab in GradingFilter}


def read_grid(
    session: Session,
    course: TaughtCourse,
    tab: GradingFilter,
    terms: Sequence[str],
    place: Place | None,
    total: int,
    moment: GradingThresholds,
) -> Slice[GridRow]:
    """Return a page of a course's enrollments, by the learners' names.

    Args:
        session: where they are.
        course: which course.
        tab: which of them.
        terms: parts that the learner's search text must hold; none for everybody.
        place: which page.
        total: how many there are, from `count_found`.
        moment: when something is overdue or stuck.
    """
    if total <= SORT_ROWS:
        source, parameters = _sorted_source(session, course, tab, terms, moment)
    else:
        source, parameters = _scanned_source(session, course, tab, terms, place, moment)
    # Only keys are sorted; then the rows of the page are read.
    page = _ids(session, source, parameters, total, place)
    rows = {row.id: row for row in rows_of(session, course.id, (row.id for row in page.rows))}
    return page.of([rows[row.id] for row in page.rows if row.id in rows])


def _ids(
    session: Session, source: str, parameters: Mapping[str, Any], total: int, place: Place | None
) -> Slice[Row[Any]]:
    """Return a page of the ids of a source: a FROM clause with its WHERE clause."""

    def read(place: Place | None, limit: int, backwards: bool) -> list[Row[Any]]:
        condition, values = source, dict(parameters)
        if place is not None:
            condition += f" AND (l.sort_name, e.id) {'<' if backwards else '>'} (:k0, :k1)"
            values |= {"k0": place.key[0], "k1": place.key[1]}
        way = " DESC" if backwards else ""
        keys = "e.id, l.sort_name AS k0, e.id AS k1"
        statement = f"SELECT {keys} FROM {condition} ORDER BY k0{way}, k1{way} LIMIT {limit}"
        return list(session.execute(text(statement), values))

    return slice_by(read, total, place, PAGE_SIZE)


def _condition(course: TaughtCourse, tab: GradingFilter) -> str:
    return condition_text(
        tab, has_lessons=course.n_lessons > 0, requires_grade=bool(course.requires_grade)
    )


def _sorted_source(
    session: Session,
    course: TaughtCourse,
    tab: GradingFilter,
    terms: Sequence[str],
    moment: GradingThresholds,
) -> tuple[str, dict[str, Any]]:
    condition = _condition(course, tab)
    needs_care = tab in (GradingFilter.AWAITING, GradingFilter.OVERDUE, GradingFilter.STUCK)
    # SQLite does not use a partial index if it sees that no row can match.
    index = "care" if needs_care and condition != _NOBODY else "course"
    matches_search, parameters = _search(session, terms)
    of_course = f"e.course_id = :course AND {condition}"
    if is_sqlite(session):
        rows = f"{_enrollments(session, index)} CROSS JOIN learner l"
        source = f"{rows} WHERE {of_course} AND l.id = e.learner_id{matches_search}"
    else:
        # OFFSET 0 keeps the planner from scanning all learners by name until it has found enough
        # of these few, which it underestimates.
        source = (
            f"(SELECT {_COLUMNS_OF_SOURCE} FROM enrollment e WHERE {of_course} OFFSET 0) e"
            " CROSS JOIN LATERAL (SELECT l.sort_name, l.search FROM learner l"
            f" WHERE l.id = e.learner_id OFFSET 0) l WHERE true{matches_search}"
        )
    return source, {"course": course.id, **moment.parameters, **parameters}


def _scanned_source(
    session: Session,
    course: TaughtCourse,
    tab: GradingFilter,
    terms: Sequence[str],
    place: Place | None,
    moment: GradingThresholds,
) -> tuple[str, dict[str, Any]]:
    statuses = ",".join(str(int(status)) for status in Status)
    # The index of a learner's enrollments starts with the status.
    of_course = f"e.status IN ({statuses}) AND e.course_id = :course AND {_condition(course, tab)}"
    source, joined = engine_of(session).enrollments_of("learner l", "learner", "l.id", of_course)
    start, parameters = _search(session, terms)
    parameters |= {"course": course.id, **moment.parameters}
    if place and place.key:
        # The scan starts at the name: no index serves a comparison over two tables.
        start += f" AND l.sort_name {'>=' if place.kind == 'after' else '<='} :from_name"
        parameters["from_name"] = place.key[0]
    return f"{source} WHERE {joined}{start}", parameters


def _search(session: Session, terms: Sequence[str]) -> tuple[str, dict[str, Any]]:
    engine = engine_of(session)
    names = [f"term{i}" for i in range(len(terms))]
    matches_search = "".join(f" AND {engine.contains('l.search', f':{name}')}" for name in names)
    return matches_search, dict(zip(names, terms, strict=True))


def _enrollments(session: Session, index: str) -> str:
    on_sqlite = is_sqlite(session)
    return f"enrollment e INDEXED BY ix_enrollment_{index}" if on_sqlite else "enrollment e"
