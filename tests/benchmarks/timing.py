"""Times a function of ours against the same statements on the bare driver, run by run in turn."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from enrollment_portal.storage.database import Database

WARM_UP = 8
RUNS = 21


@dataclass(frozen=True)
class Timing:
    """Medians in milliseconds."""

    ours: float
    bare: float

    @property
    def ratio(self) -> float:
        """How many times as long as the bare driver ours takes."""
        return self.ours / self.bare


class Comparison:
    """Records the statements of a database, and replays them on a connection of its own.

    The connection comes from the database's pool, so that it is set up alike, and stays out of it.
    """

    def __init__(self, database: Database) -> None:
        self._is_sqlite = database.is_sqlite
        self._borrowed = database.engine.raw_connection()
        self._bare: Any = self._borrowed.driver_connection
        self._statements: list[tuple[str, Any]] = []
        event.listen(database.engine, "before_cursor_execute", self._record)

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
            _, preparation = self._timed(before)
            milliseconds, recorded = self._timed(ours)
            own.append(milliseconds)
            undo()
            self._prepare(writes)
            self._replay(preparation)
            start = time.perf_counter()
            self._replay(recorded)
            bare.append((time.perf_counter() - start) * 1000)
        return Timing(statistics.median(own[WARM_UP:]), statistics.median(bare[WARM_UP:]))

    def _timed(self, function: Callable[[], object]) -> tuple[float, list[tuple[str, Any]]]:
        self._statements.clear()
        start = time.perf_counter()
        function()
        milliseconds = (time.perf_counter() - start) * 1000
        return milliseconds, list(self._statements)

    def close(self) -> None:
        """Give the connection back."""
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
        # SQLite's BEGIN is among the recorded statements; psycopg begins by itself. Where a read
        # of its own began within a write, the bare driver does it in the same transaction.
        cursor = self._bare.cursor()
        for statement, parameters in recorded:
            if statement == "BEGIN" and self._bare.in_transaction:
                continue
            cursor.execute(statement, parameters)
            if cursor.description:
                cursor.fetchall()
        self._bare.commit()
