"""Fixtures of the sign-in tests: cheap password hashes, a fixed clock, known settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from enrollment_portal.services.access import sessions, sign_in, throttling
from enrollment_portal.settings import settings
from enrollment_portal.storage.shared.database import Database
from tests.signing_in import Clock, CountingHasher, use_cheap_passwords, use_settings


@pytest.fixture(autouse=True)
def hasher(monkeypatch: pytest.MonkeyPatch) -> CountingHasher:
    """The password hasher, which counts checks."""
    return use_cheap_passwords(monkeypatch)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of sign-ins, which tests move."""
    clock = Clock()
    for module in (sign_in, sessions, throttling):
        monkeypatch.setattr(module, "now_ms", clock)
    return clock


@pytest.fixture(autouse=True)
def _defaults(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    use_settings(monkeypatch, PORTAL_DEMO="auto", PORTAL_SESSION_HOURS="12")
    yield
    settings.cache_clear()


@pytest.fixture
def embedded(make_database_url: Callable[[str], str]) -> Iterator[Database]:
    """An empty SQLite database, for rules that do not depend on the engine."""
    database = Database(make_database_url("sqlite"))
    yield database
    database.close()
