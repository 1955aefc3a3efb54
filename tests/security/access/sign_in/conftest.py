"""Fixtures: a portal with Ada in it, and someone's browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from enrollment_portal.http import sign_in_routes
from enrollment_portal.services.runtime import database as own_database
from enrollment_portal.settings import settings
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_organization
from tests.signing_in import make_ada, use_cheap_passwords, use_settings


@pytest.fixture
def portal(
    monkeypatch: pytest.MonkeyPatch, make_database_url: Callable[[str], str]
) -> Iterator[Database]:
    """The database behind the routes, on SQLite, with Ada in it."""
    use_cheap_passwords(monkeypatch)
    use_settings(
        monkeypatch,
        DATABASE_URL=make_database_url("sqlite"),
        PORTAL_URL="http://localhost:3000",
        PORTAL_DEMO="auto",
        PORTAL_SESSION_HOURS="12",
        REFLEX_TRUSTED_PROXY_HOPS="0",
    )
    make_organization(own_database(), is_demo=0)
    make_ada(own_database())
    yield own_database()
    own_database().close()
    settings.cache_clear()


@pytest.fixture
def browser(portal: Database) -> TestClient:
    """Someone's browser, which follows no redirect by itself."""
    app = Starlette(routes=sign_in_routes.ROUTES)
    return TestClient(app, base_url="http://localhost:3000", follow_redirects=False)
