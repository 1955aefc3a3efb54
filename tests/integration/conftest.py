"""Fixtures for tests of services and of page states."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from enrollment_portal.domain.people.people import Actor
from enrollment_portal.services import runtime
from enrollment_portal.settings import settings
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_organization
from tests.integration.actors import make_admin, make_learner_actor
from tests.integration.office import Office


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
