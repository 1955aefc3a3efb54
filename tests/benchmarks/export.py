"""How long the ledger's file takes to be read and written, all rows, and how much memory it needs.

Target at 1,000,000 enrollments: no more than 20 MB beside the database's own cache, and pages of
the ledger that stay fast meanwhile.
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import text

from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, SortKey
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import day_of, now_ms
from enrollment_portal.services.ledger.exporting import export_ledger
from enrollment_portal.services.ledger.ledger import read_ledger
from enrollment_portal.storage.access import accounts
from enrollment_portal.storage.shared.database import Database
from tests.benchmarks.measuring.machine import MeasuredTime
from tests.benchmarks.measuring.options import add_company_options, companies
from tests.benchmarks.past import BUSIEST_TEACHER

ZONE = ZoneInfo("Europe/Stockholm")
DAYS_AGO = 182
_STATUS = Path("/proc/self/status")
_FORGET_PEAK = "5"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    add_company_options(parser)


def main(options: argparse.Namespace) -> None:
    """Measure and print, on one engine or both."""
    for engine, database in companies(options):
        measured = MeasuredTime()
        print(f"\n{engine}, {options.rows:,} enrollments")
        print(f"{'':32}      rows     MB  first ms  seconds  of CPU  peak MB")
        for name, actor, query in _exports(database):
            _report(name, database, actor, query)
        _report_pages(database)
        measured.report()


def _exports(database: Database) -> Iterator[tuple[str, Actor, LedgerQuery]]:
    with database.read() as session:
        teacher = session.execute(text(BUSIEST_TEACHER)).scalar_one()
        maya, ingrid = (accounts.find_account(session, id_) for id_ in (1, teacher))
    assert maya
    assert ingrid
    day = day_of(now_ms(), ZONE) - DAYS_AGO
    for sort in SortKey:
        yield f"now by {sort.value}", maya, LedgerQuery(sort=sort)
    for sort in SortKey:
        yield f"{DAYS_AGO} days ago by {sort.value}", maya, LedgerQuery(sort=sort, as_of=day)
    yield "search for an by deadline", maya, LedgerQuery(search="an", sort=SortKey.DEADLINE)
    yield "the busiest instructor", ingrid, LedgerQuery()


def _pieces(database: Database, actor: Actor, query: LedgerQuery) -> Iterator[bytes]:
    export = export_ledger(database, actor, query, ZONE, lambda: actor)
    try:
        while piece := export.read():
            yield piece
    finally:
        export.close()


def _report(name: str, database: Database, actor: Actor, query: LedgerQuery) -> None:
    before = forget_peak()
    start, cpu = time.perf_counter(), time.process_time()
    first, rows, size = 0.0, -1, 0
    for piece in _pieces(database, actor, query):
        first = first or (time.perf_counter() - start) * 1000
        rows += piece.count(b"\r\n")
        size += len(piece)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    peak = (memory("VmHWM") - before) / 1024
    print(
        f"{name:32}{rows:10,}{size / 1e6:7.0f}{first:10.0f}{seconds:9.1f}{cpu:8.1f}{peak:9.0f}",
        flush=True,
    )


def _report_pages(database: Database) -> None:
    """Print the time of ledger pages without and during an export."""
    name, maya, everything = next(_exports(database))
    done = threading.Event()

    def export() -> None:
        for _ in _pieces(database, maya, everything):
            if done.is_set():
                return

    for title, is_exporting in (("alone", False), (f"beside an export, {name}", True)):
        thread = threading.Thread(target=export)
        if is_exporting:
            thread.start()
        times: list[float] = []
        for _ in range(100):
            start = time.perf_counter()
            read_ledger(database, maya, LedgerQuery())
            times.append((time.perf_counter() - start) * 1000)
        done.set()
        if is_exporting:
            thread.join()
        done.clear()
        worst = sorted(times)[94]
        print(f"a page {title}: median {statistics.median(times):.1f} ms, p95 {worst:.1f} ms")


def forget_peak() -> int:
    """Reset the measured peak, and return the memory in use, in kB."""
    Path("/proc/self/clear_refs").write_text(_FORGET_PEAK)
    return memory("VmRSS")


def memory(name: str) -> int:
    """Return a value of this process's memory, in kB."""
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1])
