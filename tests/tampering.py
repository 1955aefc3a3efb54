"""Altering history, which the database refuses: only tests take its guards off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session

from enrollment_portal.storage.shared.database import Database

_TABLES = ("enrollment_event", "history_seal", "admin_event")


@contextmanager
def unguarded(database: Database) -> Iterator[Session]:
    """Open a transaction that may alter history; afterwards the same guards are restored."""
    with database.write() as session:
        run = session.connection().exec_driver_sql
        if not database.is_sqlite:
            for table in _TABLES:
                run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield session
            # A reference that is still to be checked would keep the table from being altered.
            run("SET CONSTRAINTS ALL IMMEDIATE")
            for table in _TABLES:
                run(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            return
        guards = run(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            " AND tbl_name IN ('enrollment_event', 'history_seal', 'admin_event')"
        ).all()
        for name, _definition in guards:
            run(f'DROP TRIGGER "{name}"')
        yield session
        for _name, definition in guards:
            run(definition)
