"""The connection to the database: one engine, reads in a snapshot, writes one after another.

SQLite settings are those of a durable single file: WAL, a full fsync for each commit, and
`BEGIN IMMEDIATE` behind a lock of the process, so that writers wait in line instead of failing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text

TOUCHED = "touched"
"""Of a connection's `info`: enrollments that show otherwise now though no history says so."""

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA cache_size=-262144",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA secure_delete=OFF",
    "PRAGMA wal_autocheckpoint=4000",
)


class Database:
    """One database and how to reach it.

    Args:
        url: `sqlite:///path` or `postgresql+psycopg://user:password@host/name`.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self._writing = threading.RLock()
        self._after_commit: list[Callable[[set[int]], None]] = []
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgresql_engine(url)
        self._snapshots = (
            self.engine.execution_options(isolation_level="REPEATABLE READ")
            if (not self.is_sqlite)
            else self.engine
        )

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a connection for reading: every statement sees the same moment."""
        with self._snapshots.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction: committed, durably, when the block ends, undone if it raises."""
        if not self.is_sqlite:
            with self.engine.begin() as connection:
                connection.info.pop(TOUCHED, None)
                yield connection
                touched = connection.info.pop(TOUCHED, set())
        else:
            with self._writing, self.engine.connect() as connection:
                connection.execution_options(begin_immediate=True)
                connection.info.pop(TOUCHED, None)
                with connection.begin():
                    yield connection
                    touched = connection.info.pop(TOUCHED, set())
        for tell in self._after_commit:
            tell(touched)

    def after_commit(self, tell: Callable[[set[int]], None]) -> None:
        """Have something called after every commit, in the thread that made it.

        It is given the enrollments that `touch` named; those with new history are in the history.
        """
        self._after_commit.append(tell)

    def ping(self) -> None:
        """Ask the database for a sign of life; raises what the driver raises without one."""
        with self.read() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def touch(connection: Connection, enrollment_id: int) -> None:
    """Have open pages look at an enrollment after the commit, though its history is the same."""
    connection.info.setdefault(TOUCHED, set()).add(enrollment_id)


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(
        url,
        pool_size=8,
        max_overflow=8,
        # An error that is logged must not print what people wrote.
        hide_parameters=True,
        connect_args={"check_same_thread": False, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        for pragma in _SQLITE_PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("begin_immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def _postgresql_engine(url: str) -> Engine:
    return create_engine(url, pool_size=8, max_overflow=8, pool_pre_ping=True, hide_parameters=True)
