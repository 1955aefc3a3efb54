"""Choose the driving table of a filtered ledger: the filter that has the fewest rows by its index.

Counting the rows of an index stops early: it only has to tell few from many.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sqlmodel import Session

from enrollment_portal.storage.ledger import counts
from enrollment_portal.storage.ledger.engines import Engine, fetch
from enrollment_portal.storage.ledger.filtering.conditions import Driver, Owner
from enrollment_portal.storage.ledger.filters import (
    SHAPES,
    BoundFilter,
    Courses,
    DrivingTable,
    Learners,
    LedgerFilter,
)
from enrollment_portal.storage.ledger.statements import LAST_ENROLLMENT


@dataclass(frozen=True)
class Candidate:
    """A driving table, and about how many enrollments join to it; at most as many as counted."""

    driving_table: DrivingTable | Driver
    rows: int


def best_candidate(
    session: Session, engine: Engine, ledger_filter: BoundFilter, most: int
) -> Candidate:
    """Return the driving table with the fewest rows; all enrollments if no filter has an index.

    Args:
        session: for reading.
        engine: its engine.
        ledger_filter: the filter.
        most: how many rows of an index to count before it has "many".
    """
    candidates = [
        *_of_filters(session, engine, ledger_filter, most),
        *_of_scope(session, engine, ledger_filter),
    ]
    everything = fetch(session, LAST_ENROLLMENT, {})[0][0] or 0
    candidates.append(Candidate(DrivingTable.ALL, everything))
    return min(candidates, key=lambda candidate: candidate.rows)


def _of_filters(
    session: Session, engine: Engine, ledger_filter: BoundFilter, most: int
) -> Iterator[Candidate]:
    drivers = _drivers(ledger_filter.shape)
    if not drivers:
        return
    sql = _estimates(engine, drivers)
    rows = fetch(session, sql, {**ledger_filter.parameters, "most": most})[0]
    for driver, n in zip(drivers, rows, strict=True):
        yield Candidate(driver, int(n or 0))


def _of_scope(session: Session, engine: Engine, ledger_filter: BoundFilter) -> Iterator[Candidate]:
    """Yield the driving tables of the scope, the search and the requests."""
    shape, parameters = ledger_filter.shape, ledger_filter.parameters

    def ask(statement: str) -> int:
        return sum(int(n or 0) for n in fetch(session, statement, parameters)[0])

    if shape.only_requests:
        yield Candidate(
            DrivingTable.REQUESTS,
            ask("SELECT count(*) FROM extension_request WHERE state = 'open'"),
        )
    if shape.terms:
        matched = counts.count_matches(session, engine, ledger_filter)
        yield Candidate(DrivingTable.SEARCH_MATCHES, sum(matched.values()))
    if shape.learners is not Learners.ALL:
        yield Candidate(DrivingTable.LEARNERS, ask(counts.of_learners(engine, shape)))
    if shape.courses is not Courses.PLAIN:
        yield Candidate(DrivingTable.COURSES, ask(counts.tallied(engine, shape.courses)))


def _drivers(shape: LedgerFilter) -> tuple[Driver, ...]:
    return tuple(condition.driver for condition in shape.added if condition.driver)


@lru_cache(maxsize=SHAPES)
def _estimates(engine: Engine, drivers: tuple[Driver, ...]) -> str:
    return engine.sql("SELECT " + ", ".join(_estimate(engine, driver) for driver in drivers))


def _estimate(engine: Engine, driver: Driver) -> str:
    """Return the expression of about how many enrollments a driver finds."""
    match driver.owner:
        case Owner.COURSE:
            return f"(SELECT sum(n) FROM tally_course WHERE course_id IN ({driver.sql}))"
        case Owner.LEARNER:
            of_each = (
                f"COALESCE(({LAST_ENROLLMENT}), 0) / COALESCE((SELECT max(id) FROM learner), 1) + 1"
            )
            return f"({of_each}) * (SELECT count(*) FROM ({driver.sql} LIMIT :most) d)"
        case Owner.ENROLLMENT if driver.index:
            source = engine.by_index("enrollment", "e", driver.index)
            rows = f"SELECT 1 FROM {source} WHERE {driver.sql} LIMIT :most"
            return f"(SELECT count(*) FROM ({rows}) d)"
        case _:
            return f"(SELECT count(*) FROM (SELECT id FROM ({driver.sql}) w LIMIT :most) d)"
