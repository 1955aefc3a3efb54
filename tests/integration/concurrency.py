"""Run several functions at the same time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from enrollment_portal.storage.shared.database import Database
from tests.integration.stored import rows


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run several functions at the same time, each in a thread; return their results."""
    results: list[Any] = [None] * len(calls)
    barrier = threading.Barrier(len(calls))

    def run(number: int) -> None:
        barrier.wait()
        try:
            results[number] = calls[number]()
        except Exception as error:
            results[number] = error

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def run_during_write(
    database: Database, first: Callable[[Session], object], second: Callable[[], Any]
) -> Any:
    """Write something, and run a function before that is committed; return its result.

    It commits once the other one has done its work, or waits for a lock. For PostgreSQL.
    """
    results: list[Any] = []

    def run() -> None:
        try:
            results.append(second())
        except Exception as error:
            results.append(error)

    other = threading.Thread(target=run)
    with database.write() as session:
        first(session)
        other.start()
        until = time.monotonic() + 30
        while other.is_alive() and not _someone_waits(database):
            assert time.monotonic() < until, "it neither ends nor waits"
            time.sleep(0.01)
    other.join()
    return results[0]


def _someone_waits(database: Database) -> bool:
    sql = (
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
        " AND wait_event_type = 'Lock'"
    )
    return bool(rows(database, sql))
