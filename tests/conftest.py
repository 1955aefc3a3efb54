"""Fixtures shared by all tests: empty, migrated databases on both engines."""

from __future__ import annotations

import gc
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from enrollment_portal.storage.migrate import migrate
from enrollment_portal.storage.shared.database import Database
from tests.builders import restart_hours
from tests.postgresql import Databases, running_server
from tests.shared_statements import share_statements

_numbers = itertools.count(1)

# How long an example takes says more of the machine than of the code.
settings.register_profile(
    "portal", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("portal")

share_statements()


_MEMORY, _MEMORY_BYTES = Path("/dev/shm"), 4 * 2**30
"""Where the tests' files go if there is enough space: making a database on a disk takes ten
times as long as in memory, and there are thousands of them."""

if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _MEMORY_BYTES:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))

_LONGEST = (
    "browser/pages/test_every_page",
    "past/test_past_pages",  # while the first worker builds the portal
    "security/test_matrix_events",
    "browser/durability/test_crash",
    "browser/durability/test_jepsen.py",
    "browser/durability/test_week",
    "shared/test_crash",
    "live/test_live",
    "live/test_connection",
    "grading/test_grading_grid",
    "access/test_rights",
    "ledger/test_exporting",
    "security/test_canary",
    "security/test_handlers",
    "past/test_past_plans",
    "people/test_record_changes",
)
"""Modules of half a minute and more, which start first: nobody waits for them at the end."""
_BROWSER = {"browser", "production_build"}
"""Fixtures that start Chromium or build the portal for its own servers."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser or a server, and start the longest modules first."""
    for item in items:
        if _BROWSER & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")
    order = {name: place for place, name in enumerate(_LONGEST)}
    items.sort(
        key=lambda item: min(
            (place for name, place in order.items() if name in item.nodeid), default=len(order)
        )
    )


def pytest_collection_finish() -> None:
    """Let the garbage collector look at what tests make, and rarely: a sixth of their time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Name a failure when it happens: the summary comes after all other tests."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        lines = report.longreprtext.splitlines()
        reason = next((line for line in reversed(lines) if line.startswith("E ")), "")
        print(f"\n{report.when} of {report.nodeid} failed. {reason}", flush=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the test with many writers and a killed server."""
    parser.addoption(
        "--jepsen-seconds",
        type=float,
        default=60.0,
        help="for how long people write in test_jepsen.py, both feeds together",
    )
    parser.addoption(
        "--jepsen-seed", default="", help="repeat the choices of a run that printed this seed"
    )


@pytest.fixture(scope="module", autouse=True)
def _first_hour() -> None:
    restart_hours()


@pytest.fixture(scope="session")
def migrated_sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the current schema and no rows, to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def postgresql_databases() -> Iterator[Databases]:
    """Databases on a real PostgreSQL: `TEST_POSTGRESQL_URL`, or a server started here."""
    given = os.environ.get("TEST_POSTGRESQL_URL")
    root = os.environ.get("PYTEST_DEBUG_TEMPROOT")
    with nullcontext(given) if given else running_server(root) as url:
        databases = Databases(url)
        yield databases
        databases.close()


@pytest.fixture
def make_database_url(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[str], str]]:
    """Return a function that makes an empty, migrated database of an engine; gives its URL."""
    taken: list[str] = []

    def make(engine: str) -> str:
        if engine == "sqlite":
            path = tmp_path / f"portal-{next(_numbers)}.db"
            shutil.copy(request.getfixturevalue("migrated_sqlite_file"), path)
            return f"sqlite:///{path}"
        taken.append(request.getfixturevalue("postgresql_databases").take())
        return taken[-1]

    yield make
    for url in taken:
        request.getfixturevalue("postgresql_databases").give_back(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, make_database_url: Callable[[str], str]
) -> Iterator[Database]:
    """An empty, migrated database; each test runs on SQLite and on PostgreSQL."""
    database = Database(make_database_url(request.param))
    yield database
    database.close()
