"""How long the ledger on a past day takes, each page without cached counts.

Target at 1,000,000 enrollments and 3,000,000 rows of history: a first page under 500 ms.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from sqlalchemy import text

from enrollment_portal.domain.access.permissions import Everything, Led, Scope, Taught
from enrollment_portal.domain.ledger.layout.columns import STANDARD_COLUMNS
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery, SortKey, Tab
from enrollment_portal.domain.ledger.validity_intervals import FOREVER
from enrollment_portal.domain.shared.calendar import MS_PER_DAY
from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.storage.ledger.past import read_past
from enrollment_portal.storage.shared.database import Database
from tests.benchmarks.measuring.company import company_to_read
from tests.benchmarks.measuring.machine import (
    MeasuredTime,
    cpu_ms,
    cpu_ms_with_ended,
    parent_of,
    tree_of,
)
from tests.benchmarks.measuring.options import (
    add_company_options,
    add_runs_option,
    companies,
)
from tests.benchmarks.measuring.timing import RUNS, report, report_heading

SLOWEST_MS = 500
DAYS_AGO = (7, 182, 365)
SEARCHES = ("a", "an", "maria", "northwind.example")
BUSIEST_TEACHER = (
    "SELECT t.account_id FROM course_teacher t JOIN tally_course y ON y.course_id = t.course_id"
    " GROUP BY t.account_id ORDER BY sum(y.n) DESC LIMIT 1"
)
_SIZE = text(
    "SELECT (SELECT count(*) FROM enrollment),"
    f" (SELECT max(from_at) FROM enrollment_span WHERE until_at = {FOREVER})"
)
_SERVER_PROCESS = text("SELECT pg_backend_pid()")
_LEAD = "SELECT account_id FROM learner_lead GROUP BY account_id ORDER BY count(*) DESC LIMIT 1"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    add_company_options(parser)
    add_runs_option(parser, RUNS, "of each page")
    shown = ", ".join(str(days) for days in DAYS_AGO)
    parser.add_argument(
        "--days", type=int, nargs="+", default=DAYS_AGO, help=f"how long ago; default: {shown}"
    )
    parser.add_argument("--file", help="a SQLite file of the current schema; default: the company")


def main(options: argparse.Namespace) -> None:
    """Measure and print, on one engine or both."""
    if options.file:
        database = Database(f"sqlite:///{options.file}")
        _measure(database, "sqlite", options.days, options.runs)
        database.close()
        return
    for engine, database in companies(options, company_to_read):
        _measure(database, engine, options.days, options.runs)


def _measure(database: Database, engine: str, all_days: Sequence[int], runs: int) -> None:
    measured = MeasuredTime()
    cpu = _cpu_of(database)
    with database.read() as session:
        teacher, lead = (
            session.execute(text(sql)).scalar_one() for sql in (BUSIEST_TEACHER, _LEAD)
        )
        n, newest = session.execute(_SIZE).one()
    report_heading(engine, n, cpu=True)
    for days in all_days:
        moment = newest - days * MS_PER_DAY
        for name, scope, query in _pages(Taught(teacher), Led(lead)):
            report(
                f"{days} days ago, {name}",
                lambda: _read(database, scope, query, moment),  # noqa: B023 - called at once
                runs,
                slowest_ms=SLOWEST_MS,
                cpu_ms=cpu,
            )
    measured.report()


def _cpu_of(database: Database) -> Callable[[], float]:
    """Return a function that gives the processor time used here and by a PostgreSQL server."""
    if database.is_sqlite:
        return lambda: time.process_time() * 1000
    with database.read() as session:
        server = parent_of(session.execute(_SERVER_PROCESS).scalar_one())

    def used() -> float:
        return (
            time.process_time() * 1000
            + cpu_ms(set(tree_of(server)) - {server})
            + cpu_ms_with_ended([server])
        )

    return used


def _read(database: Database, scope: Scope, query: LedgerQuery, moment: int) -> None:
    with database.read() as session:
        read_past(session, scope, query, moment)


def _pages(teacher: Taught, lead: Led) -> Iterator[tuple[str, Scope, LedgerQuery]]:
    everything = Everything()
    for tab in Tab:
        for sort in STANDARD_COLUMNS:
            for descending in (False, True):
                way = "down" if descending else "up"
                query = LedgerQuery(tab=tab, sort=sort, descending=descending)
                yield f"{tab.label} by {sort.value} {way}", everything, query
    yield "last page", everything, LedgerQuery(place=Place("last"))
    yield "learning paths", everything, LedgerQuery(kind=Kind.PATHS)
    for typed in SEARCHES:
        query = LedgerQuery(search=typed)
        yield f"search for {typed}", everything, query
        yield f"search for {typed} by deadline", everything, replace(query, sort=SortKey.DEADLINE)
    yield "the busiest instructor", teacher, LedgerQuery()
    yield "a group lead", lead, LedgerQuery()
