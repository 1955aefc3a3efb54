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
from enrollment_portal.storage.ledger.filtering.conditions import Driver, Owner, PerStatus
from enrollment_portal.storage.ledger.filters import (
    SHAPES,
    BoundFilter,
    Courses,
    DrivingTable,
    Learners,
    status_list,
)
from enrollment_portal.storage.ledger.statements import LAST_ENROLLMENT

INDEX_ONLY = 6
"""How many entries of an index are read and checked in the time of one row."""


@dataclass(frozen=True)
class Candidate:
    """A driving table, and about how many enrollments join to it; at most as many as counted."""

    driving_table: DrivingTable | Driver | PerStatus
    rows: int


def candidates_of_scope(
    session: Session, engine: Engine, ledger_filter: BoundFilter
) -> tuple[Candidate, ...]:
    """Return the driving tables of the scope, the search and the requests, and all enrollments."""
    return tuple(_of_scope(session, engine, ledger_filter))


def best_candidate(
    session: Session,
    engine: Engine,
    ledger_filter: BoundFilter,
    of_scope: tuple[Candidate, ...],
    *,
    most: int,
) -> Candidate:
    """Return the driving table with the fewest rows; all enrollments if no filter has an index.

    Args:
        session: for reading.
        engine: its engine.
        ledger_filter: the filter.
        of_scope: its `candidates_of_scope`.
        most: how many rows of an index to count before it has "many".
    """
    found = _estimated(session, engine, ledger_filter, (ledger_filter.statuses,), most)
    candidates = [Candidate(driver, n) for driver, (n,) in found.items()]
    return min((*candidates, *of_scope), key=lambda candidate: candidate.rows)


def best_per_status(
    session: Session,
    engine: Engine,
    ledger_filter: BoundFilter,
    of_scope: tuple[Candidate, ...],
    *,
    most: int,
) -> Candidate:
    """Return the same, but choose a driver for the enrollments of each status."""
    statuses = tuple((int(status),) for status in ledger_filter.statuses)
    found = _estimated(session, engine, ledger_filter, statuses, most)
    fewest = min(of_scope, key=lambda candidate: candidate.rows)
    if not found:
        return fewest
    parts: dict[Driver, list[int]] = {}
    rows = 0
    for i, of_status in enumerate(statuses):
        driver = min(found, key=lambda one: found[one][i])
        parts.setdefault(driver, []).extend(of_status)
        rows += found[driver][i]
    if fewest.rows <= rows:
        return fewest
    if len(parts) == 1:
        return Candidate(next(iter(parts)), rows)
    return Candidate(PerStatus(tuple((d, tuple(of)) for d, of in parts.items())), rows)


def _estimated(
    session: Session,
    engine: Engine,
    ledger_filter: BoundFilter,
    statuses: tuple[tuple[int, ...], ...],
    most: int,
) -> dict[Driver, list[int]]:
    """Return about how many rows each driver of the filters has in each set of statuses."""
    drivers = tuple(one.driver for one in ledger_filter.shape.added if one.driver)
    if not drivers:
        return {}
    sql = _estimates(engine, drivers, statuses)
    limits = {"most": most, "most_entries": most * INDEX_ONLY}
    row = fetch(session, sql, {**ledger_filter.parameters, **limits})[0]
    n = len(statuses)
    found: dict[Driver, list[int]] = {}
    for i, driver in enumerate(drivers):
        rows = [int(count or 0) for count in row[i * n : (i + 1) * n]]
        found[driver] = (
            [count // INDEX_ONLY for count in rows] if _is_index_only(driver, drivers) else rows
        )
    return found


def _is_index_only(driver: Driver, drivers: tuple[Driver, ...]) -> bool:
    """Return whether the other filters are checked in the index of a driver alone."""
    others = {one.owner for one in drivers if one != driver}
    return driver.has_owners and bool(others) and Owner.ENROLLMENT not in others


def _of_scope(session: Session, engine: Engine, ledger_filter: BoundFilter) -> Iterator[Candidate]:
    """Yield the driving tables of the scope, the search and the requests, and of everything."""
    shape, parameters = ledger_filter.shape, ledger_filter.parameters

    def ask(statement: str) -> int:
        return sum(int(n or 0) for n in fetch(session, statement, parameters)[0])

    yield Candidate(DrivingTable.ALL, ask(LAST_ENROLLMENT))
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


@lru_cache(maxsize=SHAPES)
def _estimates(
    engine: Engine, drivers: tuple[Driver, ...], statuses: tuple[tuple[int, ...], ...]
) -> str:
    columns: list[str] = []
    for driver in drivers:
        most = ":most_entries" if _is_index_only(driver, drivers) else ":most"
        columns += [_estimate(engine, driver, of, len(statuses), most) for of in statuses]
    return engine.sql("SELECT " + ", ".join(columns))


def _estimate(
    engine: Engine, driver: Driver, statuses: tuple[int, ...], n_sets: int, most: str
) -> str:
    """Return the expression of about how many enrollments of some statuses a driver finds.

    Those of learners are divided evenly among the sets of statuses.
    """
    of_statuses = f"status IN {status_list(statuses)}"
    if driver.rows:
        return f"(({driver.rows}) / {n_sets})"
    match driver.owner:
        case Owner.COURSE:
            of_courses = f"course_id IN ({driver.sql}) AND {of_statuses}"
            return f"(SELECT sum(n) FROM tally_course WHERE {of_courses})"
        case Owner.LEARNER:
            of_each = (
                f"COALESCE(({LAST_ENROLLMENT}), 0) / COALESCE((SELECT max(id) FROM learner), 1) + 1"
            )
            people = f"(SELECT count(*) FROM ({driver.sql} LIMIT {most}) d)"
            return f"({of_each}) * {people} / {n_sets}"
        case Owner.ENROLLMENT if driver.index:
            source = engine.by_index("enrollment", "e", driver.index)
            rows = f"SELECT 1 FROM {source} WHERE {driver.sql} AND e.{of_statuses} LIMIT {most}"
            return f"(SELECT count(*) FROM ({rows}) d)"
        case _:
            return f"(SELECT count(*) FROM (SELECT id FROM ({driver.sql}) w LIMIT {most}) d)"
