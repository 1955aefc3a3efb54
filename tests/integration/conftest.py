"""What tests of the services and of the pages' state share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from enrollment_portal.services import runtime
from enrollment_portal.settings import settings
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
