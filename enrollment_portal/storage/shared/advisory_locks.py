"""Advisory locks: let one process, or one transaction, work at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import func, make_url
from sqlmodel import Session, select

from enrollment_portal.storage.shared.database import Database, is_sqlite

STARTUP_LOCK = 7_230_115
SIGN_IN_LOCK = 7_230_116
_LONGEST_START_SECONDS = 900


def take_advisory_lock(session: Session, key: int) -> None:
    """Wait for the lock of a key, and hold it until the transaction ends.

    No effect on SQLite, which has one writer at a time.
    """
    if not is_sqlite(session):
        session.exec(select(func.pg_advisory_xact_lock(key)))


@contextmanager
def exclusive_work(database: Database, key: int) -> Iterator[None]:
    """Let one process at a time do a block of several transactions; others wait.

    No effect on SQLite, whose portal has one process.
    """
    if database.is_sqlite:
        yield
        return
    with database.write() as session:
        take_advisory_lock(session, key)
        yield


@contextmanager
def exclusive_startup(database: Database) -> Iterator[None]:
    """Make other processes that start on the same database wait until the block ends.

    The lock is released when a process dies.

    Raises:
        sqlite3.OperationalError: another process has held a SQLite file's lock for 15 minutes.
    """
    if not database.is_sqlite:
        with database.write() as session:
            take_advisory_lock(session, STARTUP_LOCK)
            yield
        return
    # A second file: locking the database itself would keep out its own migrations as well.
    path = f"{make_url(database.url).database}.starting"
    with closing(sqlite3.connect(path, timeout=_LONGEST_START_SECONDS)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        yield
