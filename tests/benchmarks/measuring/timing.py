"""Times a function of ours against the same statements on the bare driver, run by run in turn."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, event

from enrollment_portal.storage.shared.database import Database

WARM_UP = 8
RUNS = 21
SLOWEST_MS = 50
"""No page takes longer at 1,000,000 enrollments."""


def report(
    name: str,
    function: Callable[[], object],
    runs: int = RUNS,
    *,
    slowest_ms: float = SLOWEST_MS,
    cpu_ms: Callable[[], float] | None = None,
) -> None:
    """Print the median and the fastest run of a function in ms, and whether it is slow.

    With `cpu_ms`, which tells the processor time used so far, its mean for one run comes last.
    """
    times: list[float] = []
    used = 0.0
    for run in range(3 + runs):
        if cpu_ms and run == 3:
            used = cpu_ms()
        start = time.perf_counter()
        function()
        times.append((time.perf_counter() - start) * 1000)
    median = statistics.median(times[3:])
    cpu = f"{(cpu_ms() - used) / runs:9.1f}" if cpu_ms else ""
    slow = "  slow" if median > slowest_ms else ""
    print(f"{name:58}{median:8.1f}{min(times):9.1f}{cpu}{slow}", flush=True)


def report_heading(engine: str, rows: int, *, cpu: bool = False) -> None:
    """Print the column headings of `report`."""
    print(f"\n{engine}, {rows:,} enrollments, in ms")
    print(f"{'':58}{'median':>8}{'fastest':>9}{'CPU' if cpu else '':>9}")


@dataclass(frozen=True)
class Timing:
    """Medians in milliseconds."""

    ours: float
    bare: float

    @property
    def ratio(self) -> float:
        """The portal's time divided by the bare driver's."""
        return self.ours / self.bare


class Comparison:
    """Records the statements of a database, and replays them on a connection of its own.

    What is timed is not recorded: noting a statement takes a tenth of running it. The connection
    comes from the database's pool, so that it is set up alike, and stays out of it.
    """

    def __init__(self, database: Database) -> None:
        self._is_sqlite = database.is_sqlite
        self._borrowed = database.engine.raw_connection()
        self._bare: Any = self._borrowed.driver_connection
        self._statements: list[tuple[str, Any]] = []
        self._engine = database.engine

    def _record(self, *args: Any) -> None:
        _connection, _cursor, statement, parameters, _context, _many = args
        self._statements.append((statement, parameters))

    def measure(
        self,
        ours: Callable[[], object],
        *,
        writes: bool = False,
        before: Callable[[], object] = lambda: None,
        undo: Callable[[], object] = lambda: None,
    ) -> Timing:
        """Time a function and its statements on the bare driver.

        Args:
            ours: what to time.
            writes: whether it writes; reads see one snapshot.
            before: reads what `ours` needs; the bare driver reads it too. Not timed.
            undo: takes back what hinders the bare driver from doing the same again. Not timed.
        """
        own: list[float] = []
        bare: list[float] = []
        for _ in range(WARM_UP + RUNS):
            before()
            own.append(_timed(ours))
            preparation, recorded = self._recorded(before), self._recorded(ours)
            undo()
            self._prepare(writes)
            self._replay(preparation)
            bare.append(_timed(lambda: self._replay(recorded)))  # noqa: B023 - called at once
        return Timing(statistics.median(own[WARM_UP:]), statistics.median(bare[WARM_UP:]))

    def _record_begin(self, connection: Connection) -> None:
        # The portal starts the transactions of SQLite, psycopg its own.
        if self._is_sqlite:
            is_writing = connection.info.get("is_writing")
            self._statements.append(("BEGIN IMMEDIATE" if is_writing else "BEGIN", ()))

    def _recorded(self, function: Callable[[], object]) -> list[tuple[str, Any]]:
        self._statements.clear()
        event.listen(self._engine, "before_cursor_execute", self._record)
        event.listen(self._engine, "begin", self._record_begin)
        function()
        event.remove(self._engine, "begin", self._record_begin)
        event.remove(self._engine, "before_cursor_execute", self._record)
        # SQLAlchemy keeps looking for listeners if there was one: not the portal's time.
        self._engine._has_events = False
        return list(self._statements)

    def close(self) -> None:
        """Release the connection."""
        if not self._is_sqlite:
            self._bare.isolation_level = None
        self._borrowed.close()

    def _prepare(self, writes: bool) -> None:
        if not self._is_sqlite:
            from psycopg import IsolationLevel

            level = None if writes else IsolationLevel.REPEATABLE_READ
            if self._bare.isolation_level != level:
                self._bare.isolation_level = level

    def _replay(self, recorded: list[tuple[str, Any]]) -> None:
        # SQLite's BEGIN is among the recorded statements; psycopg starts it by itself. If a read
        # of its own started within a write, the bare driver does it in the same transaction.
        cursor = self._bare.cursor()
        for statement, parameters in recorded:
            if statement == "BEGIN" and self._bare.in_transaction:
                continue
            if statement == "BEGIN IMMEDIATE" and self._bare.in_transaction:
                self._bare.commit()  # the read before it has ended
            cursor.execute(statement, parameters)
            if cursor.description:
                cursor.fetchall()
        self._bare.commit()


def _timed(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return (time.perf_counter() - start) * 1000
