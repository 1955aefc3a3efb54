"""Count the rows of a filtered ledger, exactly, in each status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from sqlmodel import Session

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.storage.ledger.counts import (
    OF_LEARNERS,
    OF_ROWS,
    OF_TALLY,
    by_status_of,
    count_matches,
    counted,
)
from enrollment_portal.storage.ledger.engines import POSTGRESQL, SQLITE, Engine, fetch
from enrollment_portal.storage.ledger.filtering.candidates import Candidate
from enrollment_portal.storage.ledger.filtering.conditions import Owner, PerStatus
from enrollment_portal.storage.ledger.filters import (
    SHAPES,
    BoundFilter,
    Courses,
    Learners,
    LedgerFilter,
    status_list,
)

SCAN_FROM: Mapping[Engine, int] = {SQLITE: 200_000, POSTGRESQL: 60_000}
"""From so many rows of an index on, reading all enrollments in the table's order is faster.

PostgreSQL reads the table with several workers, and each row of an index from another page of it.
"""


def count_filtered(
    session: Session, engine: Engine, ledger_filter: BoundFilter, best: Candidate
) -> dict[Status, int]:
    """Count the rows of a filter: from tallies, its driving table, or all enrollments.

    Args:
        session: for reading.
        engine: its engine.
        ledger_filter: the filter.
        best: the driving table with the fewest rows.
    """
    shape, statuses = ledger_filter.shape, ledger_filter.statuses
    table = best.driving_table
    if n_terms := _terms_of_search_alone(shape):
        found = _count_search(session, engine, ledger_filter, n_terms)
        return {status: found[status] if status in statuses else 0 for status in Status}
    if tallied := _tallied(engine, shape):
        asked = [tallied]
    elif best.rows >= SCAN_FROM[engine]:
        asked = [_scanned(engine, shape, statuses)]
    elif isinstance(table, PerStatus):
        asked = [counted(engine, shape, driver, of) for driver, of in table.parts]
    else:
        asked = [counted(engine, shape, table, statuses)]
    found = [by_status_of(fetch(session, sql, ledger_filter.parameters)[0]) for sql in asked]
    return {
        status: sum(one[status] for one in found) if status in statuses else 0 for status in Status
    }


def _terms_of_search_alone(shape: LedgerFilter) -> int:
    """Return how many terms a search has that finds learners and courses in the whole ledger."""
    is_plain = shape.courses is Courses.PLAIN and shape.learners is Learners.ALL
    if not is_plain or shape.only_requests or len(shape.added) != 1:
        return 0
    return shape.added[0].terms


def _count_search(
    session: Session, engine: Engine, ledger_filter: BoundFilter, n_terms: int
) -> dict[Status, int]:
    """Count the rows of learners and of courses, from tallies, without those counted twice."""
    shape, values = replace(ledger_filter.shape, terms=n_terms, added=()), ledger_filter.parameters
    of_learners = count_matches(session, engine, replace(ledger_filter, shape=shape))
    titles, _ = engine.listed("titles", [0])
    in_titles = engine.sql(f"SELECT {OF_TALLY} FROM tally_course WHERE course_id IN ({titles})")
    of_courses = by_status_of(fetch(session, in_titles, values)[0])
    # Those of both are read from where there are fewer.
    by_learner = sum(of_learners.values()) <= sum(of_courses.values())
    of_both = by_status_of(fetch(session, _of_both(engine, titles, n_terms, by_learner), values)[0])
    return {status: of_learners[status] + of_courses[status] - of_both[status] for status in Status}


@lru_cache(maxsize=SHAPES)
def _of_both(engine: Engine, titles: str, n_terms: int, by_learner: bool) -> str:
    matches = engine.matches(n_terms)
    owner, ids, other = (
        ("learner", matches, f"e.course_id IN ({titles})")
        if by_learner
        else ("course", titles, f"e.learner_id IN ({matches})")
    )
    source, where = engine.enrollments_of(f"({ids}) d", owner, "d.id", "true")
    return engine.sql(f"SELECT {OF_ROWS} FROM {source} WHERE {where} AND ({other}) IS TRUE")


@lru_cache(maxsize=SHAPES)
def _tallied(engine: Engine, shape: LedgerFilter) -> str:
    """Return the statement that sums tallies; "" if the filter is not only by course or person.

    The tallies of learners are of courses only.
    """
    is_plain = shape.courses is Courses.PLAIN and shape.learners is Learners.ALL
    if not is_plain or shape.terms or shape.only_requests:
        return ""
    drivers = [condition.driver for condition in shape.added]
    if any(driver and not driver.is_exact for driver in drivers):
        return ""
    owners = {driver.owner if driver else Owner.ENROLLMENT for driver in drivers}
    lists = [f"IN ({driver.sql})" for driver in drivers if driver]
    if owners == {Owner.LEARNER}:
        ids = " AND ".join(f"l.id {listed}" for listed in lists)
        return engine.sql(f"SELECT {OF_LEARNERS} FROM learner l WHERE {ids}")
    if owners == {Owner.COURSE} or not owners:
        ids = "".join(f" AND y.course_id {listed}" for listed in lists)
        plain = "y.course_id NOT IN (SELECT id FROM course WHERE kind = 'path')"
        return engine.sql(f"SELECT {OF_TALLY} FROM tally_course y WHERE {plain}{ids}")
    return ""


@lru_cache(maxsize=SHAPES)
def _scanned(engine: Engine, shape: LedgerFilter, statuses: tuple[Status, ...]) -> str:
    where = " AND ".join([f"e.status IN {status_list(statuses)}", *shape.conditions(engine, None)])
    return engine.sql(f"SELECT {OF_ROWS} FROM {engine.unindexed('enrollment', 'e')} WHERE {where}")
