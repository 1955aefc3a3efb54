"""Read filtered pages of the ledger, and print how long the slowest of them take."""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import text

from enrollment_portal.domain.access.permissions import Everything
from enrollment_portal.domain.enrollment.fields import Origin, Status
from enrollment_portal.domain.ledger.day_ranges import Clock, next_days
from enrollment_portal.domain.ledger.filters import FLAGS, Filters, Flag, PercentRange
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, SortKey
from enrollment_portal.domain.pace.pace import PaceDay
from enrollment_portal.domain.shared.calendar import day_of, zone
from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.domain.views.views import PRODUCT_VIEWS
from enrollment_portal.services.views.counting import count_anew
from enrollment_portal.storage.ledger import count_ledger, read_ledger
from enrollment_portal.storage.shared.database import Database
from tests.benchmarks.filters.around import (
    NEEDS_MS,
    VALUES_MS,
    Act,
    needs,
    searches,
    value_lists,
)
from tests.benchmarks.measuring.options import add_company_options, add_runs_option, companies

P95_MS, SLOWEST_MS, COUNTS_MS, VIEW_COUNTS_MS = 60, 150, 300, 5
EVERYTHING = Everything()


@dataclass(frozen=True)
class _Measured:
    """The times of one filter or pair, in ms."""

    name: str
    times: list[float]

    def of_share(self, share: float) -> float:
        """Return the time that this share of the reads takes at most."""
        times = sorted(self.times)
        return times[min(len(times) - 1, int(share * len(times)))]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    add_company_options(parser)
    add_runs_option(parser, 20, "reads of each page")


def main(options: argparse.Namespace) -> None:
    """Measure and print, on one engine or both."""
    for engine, database in companies(options):
        print(f"\n{engine}, {options.rows:,} enrollments, in ms")
        measure(database, options.runs)


def measure(database: Database, runs: int) -> None:
    """Measure the first, a deep and the last page, and the counts, of each filter and pair.

    Of each filter also the first page in each order.
    """
    clock, singles = _singles(database)
    filters = dict(_with_pairs(singles))
    queries = {name: LedgerQuery(filters=one, clock=clock) for name, one in filters.items()}
    first: dict[str, Any] = {}

    def read(query: LedgerQuery) -> Any:
        with database.read() as session:
            return read_ledger(session, EVERYTHING, query, counts_later=True)

    def count(query: LedgerQuery) -> None:
        with database.read() as session:
            count_ledger(session, EVERYTHING, query)

    for name, query in queries.items():
        first[name] = read(query)
    deep = {
        name: query.at(Place("after", (clock.start_of(clock.today - 700), 2**40), 999))
        for name, query in queries.items()
    }
    last = {name: query.at(Place("last")) for name, query in queries.items()}
    ordered = {
        f"{name}, by {sort.value}": replace(query, sort=sort)
        for name, query in queries.items()
        if name in singles
        for sort in SortKey
    }
    views = {view.name: view.query for view in PRODUCT_VIEWS.values()}

    def count_of_view(query: LedgerQuery) -> None:
        count_anew(database, EVERYTHING, query)

    page, counts = (P95_MS, SLOWEST_MS), (COUNTS_MS, COUNTS_MS)
    for title, asked, act, n, limits in (
        ("rows of the first page", queries, read, runs, page),
        ("rows of a deep page", deep, read, max(3, runs // 4), page),
        ("rows and counts of the last page", last, read, 3, (COUNTS_MS, COUNTS_MS)),
        ("rows of the first page in each order", ordered, read, max(3, runs // 4), page),
        ("exact counts", queries, count, max(3, runs // 4), counts),
        (
            "exact counts of the sidebar's views",
            views,
            count_of_view,
            runs,
            (VIEW_COUNTS_MS, VIEW_COUNTS_MS),
        ),
    ):
        _print(title, [_timed(name, act, query, n) for name, query in asked.items()], limits)
    _measure_around(database, clock, runs)


def _measure_around(database: Database, clock: Clock, runs: int) -> None:
    """Measure what is counted around a page."""
    read, counted = searches()
    parts: tuple[tuple[str, dict[str, Act], tuple[int, int]], ...] = (
        ("values to choose from", value_lists(), (VALUES_MS, SLOWEST_MS)),
        ("what needs attention", needs(database, clock), (NEEDS_MS, NEEDS_MS)),
        ("rows of a search", read, (P95_MS, SLOWEST_MS)),
        ("exact counts of a search", counted, (COUNTS_MS, COUNTS_MS)),
    )
    for title, acts, limits in parts:

        def run(act: Act) -> None:
            with database.read() as session:
                act(session)

        _print(title, [_timed(name, run, act, runs) for name, act in acts.items()], limits)


def _timed(name: str, act: Callable[[Any], object], query: Any, runs: int) -> _Measured:
    act(query)
    times: list[float] = []
    for _ in range(runs):
        start = time.perf_counter()
        act(query)
        times.append((time.perf_counter() - start) * 1000)
    return _Measured(name, times)


def _print(title: str, measured: list[_Measured], limits: tuple[int, int]) -> None:
    p95, slowest = limits
    missed = [one for one in measured if one.of_share(0.95) > p95 or max(one.times) > slowest]
    print(f"\n{title}: {len(measured)} measured, {len(missed)} beyond the target")
    print(f"{'':44}{'p50':>8}{'p95':>8}{'max':>8}")
    every = _Measured("all of them", [time for one in measured for time in one.times])
    by_time = sorted(measured, key=lambda one: -one.of_share(0.95))
    alone = [one for one in measured if " + " not in one.name]
    for one in (every, *alone, *by_time[:25]):
        mark = "  slow" if one in missed else ""
        times = (one.of_share(0.5), one.of_share(0.95), max(one.times))
        print(f"{one.name:44}" + "".join(f"{ms:8.1f}" for ms in times) + mark, flush=True)


def _with_pairs(singles: dict[str, Filters]) -> Iterator[tuple[str, Filters]]:
    yield from singles.items()
    for (one, first), (other, second) in itertools.combinations(singles.items(), 2):
        params = first.params()
        for name, value in second.params().items():
            params[name] = f"{params[name]},{value}" if name == FLAGS and name in params else value
        yield f"{one} + {other}", Filters.parse(params)


def _singles(database: Database) -> tuple[Clock, dict[str, Filters]]:
    """Return each filter alone, with a value of the demo company."""

    def one(statement: str) -> Any:
        with database.read() as session:
            return session.execute(text(statement)).one()[0]

    tz = zone(one("SELECT time_zone FROM organization"))
    today = day_of(one("SELECT max(enrolled_at) FROM enrollment"), tz)
    clock = Clock(today, tz, PaceDay(today, tz).stuck_before)
    most = " GROUP BY {0} ORDER BY count(*) DESC LIMIT 1"
    manager = f"SELECT manager_id FROM learner WHERE manager_id > 0{most.format('manager_id')}"
    courses = (
        one("SELECT course_id FROM tally_course GROUP BY course_id ORDER BY sum(n) DESC LIMIT 1"),
        one("SELECT min(id) FROM course WHERE kind <> 'path'"),
    )
    return clock, {
        "courses": Filters(courses=courses),
        "path": Filters(path=one(f"SELECT path_id FROM path_step{most.format('path_id')}")),
        "group": Filters(group=one(f"SELECT group_id FROM group_member{most.format('group_id')}")),
        "department": Filters(departments=(one("SELECT max(department) FROM learner"),)),
        "instructor": Filters(
            instructor=one(f"SELECT account_id FROM course_teacher{most.format('account_id')}")
        ),
        "manager": Filters(manager=one(manager)),
        "status": Filters(statuses=(Status.ACTIVE, Status.CANCELLED)),
        "progress": Filters(progress=PercentRange(20, 40)),
        "enrolled": Filters.parse({"enrolled": "..-365d"}),
        "deadline": Filters(deadline=next_days(14)),
        "completed": Filters.parse({"completed": "-30d.."}),
        "visited": Filters.parse({"visited": "..-30d"}),
        "origin": Filters(origins=(Origin.IMPORT, Origin.GROUP)),
        **{flag.value: Filters(flags=(flag,)) for flag in Flag},
    }
