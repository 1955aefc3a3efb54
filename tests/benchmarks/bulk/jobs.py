"""Measure jobs that change many enrollments, and what others do meanwhile."""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import text

from enrollment_portal.domain.bulk.actions import read_action
from enrollment_portal.domain.bulk.selection import select_matching
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, Tab
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.services.bulk.jobs import read_job, start
from enrollment_portal.services.bulk.previewing import Preview, preview, preview_undo
from enrollment_portal.services.bulk.worker import Worker
from enrollment_portal.services.enrollment.enrollments import read_enrollment, save_enrollment
from enrollment_portal.services.ledger.ledger import read_ledger
from enrollment_portal.storage.access import accounts
from enrollment_portal.storage.shared.database import Database
from tests.benchmarks.export import forget_peak, memory
from tests.benchmarks.measuring.machine import MeasuredTime
from tests.benchmarks.measuring.options import add_company_options, companies

Result = TypeVar("Result")
_SAVED = 20
"""How many enrollments are saved one by one while a job runs."""
_OTHERS_PAUSE = 0.05


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this part."""
    add_company_options(parser)


def main(options: argparse.Namespace) -> None:
    """Measure and print, on one engine or both."""
    for engine, database in companies(options):
        measured = MeasuredTime()
        print(f"\n{engine}, {options.rows:,} enrollments")
        print(f"{'':36}      rows  seconds  of CPU  peak MB")
        _measure(database)
        measured.report()


def _measure(database: Database) -> None:
    with database.read() as session:
        maya = accounts.find_account(session, 1)
        saved = list(session.execute(text(f"SELECT id FROM enrollment LIMIT {_SAVED}")).scalars())
    assert maya
    cases = (
        ("move the deadline of all", LedgerQuery(), "move_deadline", {"amount": "7"}),
        ("add to the note of all", LedgerQuery(), "note", {"text": "Outage on Monday"}),
        ("complete all that are active", LedgerQuery(Tab.ACTIVE), "status", _COMPLETED),
    )
    for name, query, kind, typed in cases:
        made = _timed(
            f"preview: {name}",
            lambda: preview(database, maya, select_matching(query), read_action(kind, typed)),  # noqa: B023
            lambda made: made.summary.total,
        )
        if made.summary.change:
            _run(database, maya, made, saved)
    small = preview(
        database,
        maya,
        select_matching(LedgerQuery(Tab.CANCELLED)),
        read_action("note", {"text": "Undone"}),
    )
    if small.summary.change:
        _run(database, maya, small, saved)
        undo = _timed(
            "preview: undo this",
            lambda: preview_undo(database, maya, small.id),
            lambda made: made.summary.total,
        )
        _run(database, maya, undo, saved)


_COMPLETED = {"status": "completed"}


def _run(database: Database, actor: Actor, made: Preview, saved: list[int]) -> None:
    _timed("  start it", lambda: start(database, actor, made.id, made.fingerprint), lambda _job: 0)
    with _others(database, actor, saved) as times:
        _timed(
            "  carry it out", Worker(database).carry_out_next, lambda _is_done: made.summary.change
        )
    job = read_job(database, actor, made.id)
    print(f"  {job.state}: {job.n_changed:,} changed, {job.n_skipped:,} skipped")
    for what, found in times.items():
        found.sort()
        if found:
            p95 = found[int(len(found) * 0.95)]
            print(
                f"  {what} meanwhile: p95 {p95:.0f} ms, longest {found[-1]:.0f} ms, n {len(found)}"
            )


@contextmanager
def _others(database: Database, actor: Actor, saved: list[int]) -> Iterator[dict[str, list[float]]]:
    """Save single enrollments and read the ledger meanwhile, one after the other."""
    times: dict[str, list[float]] = {"a save": [], "a page of the ledger": []}
    is_done = threading.Event()

    def save(n: int) -> None:
        id_ = saved[n % len(saved)]
        version = read_enrollment(database, actor, id_).facts.version
        start = time.perf_counter()
        save_enrollment(database, actor, id_, version=version, typed={"feedback": f"f{n}"})
        times["a save"].append((time.perf_counter() - start) * 1000)

    def act() -> None:
        n = 0
        while not is_done.wait(_OTHERS_PAUSE):
            save(n)
            start = time.perf_counter()
            read_ledger(database, actor, LedgerQuery())
            times["a page of the ledger"].append((time.perf_counter() - start) * 1000)
            n += 1

    thread = threading.Thread(target=act)
    thread.start()
    try:
        yield times
    finally:
        is_done.set()
        thread.join()


def _timed(name: str, act: Callable[[], Result], count: Callable[[Result], int]) -> Result:
    before = forget_peak()
    start, cpu = time.perf_counter(), time.process_time()
    result = act()
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    peak = (memory("VmHWM") - before) / 1024
    print(f"{name:36}{count(result):10,}{seconds:9.1f}{cpu:8.1f}{peak:9.0f}", flush=True)
    return result
