"""Fixtures for tests of services and of page states."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from enrollment_portal.domain.people.people import Actor
from enrollment_portal.services import runtime
from enrollment_portal.settings import settings
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_organization
from tests.integration.actors import make_admin, make_learner_actor
from tests.integration.office import Office


@pytest.fixture(scope="module")
def make_module_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Database]]:
    """Return a function that opens an empty database for all tests of a module."""
    opened: list[Database] = []
    urls: list[str] = []

    def make(engine: str) -> Database:
        if engine == "sqlite":
            path = Path(tmp_path_factory.mktemp("module")) / "portal.db"
            shutil.copy(request.getfixturevalue("migrated_sqlite_file"), path)
            url = f"sqlite:///{path}"
        else:
            url = request.getfixturevalue("postgresql_databases").take()
            urls.append(url)
        opened.append(Database(url))
        return opened[-1]

    yield make
    for database in opened:
        database.close()
    for url in urls:
        request.getfixturevalue("postgresql_databases").give_back(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def office(
    request: pytest.FixtureRequest,
    make_database_url: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Office]:
    """The running app's database with one enrollment."""
    monkeypatch.setenv("DATABASE_URL", make_database_url(request.param))
    settings.cache_clear()
    database = runtime.database()
    yield Office(database)
    database.close()
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def ada(database: Database) -> Actor:
    """A learner of an organization in Stockholm."""
    make_organization(database)
    return make_learner_actor(database)


@pytest.fixture
def dana(database: Database) -> Actor:
    """An admin who manages enrollments."""
    return make_admin(database)
