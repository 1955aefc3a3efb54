"""What tests of signing in share: settings from a given environment, and passwords that are cheap.

Real Argon2 parameters take a tenth of a second each; what is tested here does not depend on them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import text

from enrollment_portal.domain.people.people import Role
from enrollment_portal.domain.shared.errors import PortalError
from enrollment_portal.services.access import passwords, sign_in
from enrollment_portal.services.access.sessions import Browser
from enrollment_portal.settings import settings
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_account

PASSWORD = "correct horse battery"
_CHEAP = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
PASSWORD_HASH = _CHEAP.hash(PASSWORD)


class CountingHasher:
    """Hashes cheaply and counts how often a password was checked."""

    def __init__(self) -> None:
        self.n_verified = 0
        self._counting = threading.Lock()

    def hash(self, password: str) -> str:
        """Return a hash that `verify` knows."""
        return _CHEAP.hash(password)

    def verify(self, password: str, known_hash: str) -> bool:
        """Tell whether a password belongs to a hash."""
        with self._counting:
            self.n_verified += 1
        return _CHEAP.verify(password, known_hash)


def use_cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> CountingHasher:
    """Hash cheaply until the test ends."""
    hasher = CountingHasher()
    monkeypatch.setattr(passwords, "hasher", hasher)
    monkeypatch.setattr(passwords, "dummy_hash", lambda: PASSWORD_HASH)
    return hasher


def use_settings(monkeypatch: pytest.MonkeyPatch, **environment: str) -> None:
    """Set environment variables until the test ends and read the settings again.

    Settings stay cached: a test's own fixture clears them afterwards with `settings.cache_clear`.
    """
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_790_000_000_000

    def __call__(self) -> int:
        return self.now


def make_ada(database: Database, **values: object) -> int:
    """Write the account that the tests sign in with, and noise around it."""
    make_account(database, password_hash=PASSWORD_HASH)
    values = {"email": "ada@northwind.example", "password_hash": PASSWORD_HASH, **values}
    return make_account(database, Role.ADMIN, **values)  # type: ignore[arg-type]


def enter(
    database: Database,
    email: object = "ada@northwind.example",
    password: object = PASSWORD,
    *,
    client: str = "203.0.113.9",
    replacing: str | None = None,
    device: str | None = None,
) -> str:
    """Sign in, right unless a test says otherwise, and return the session's token."""
    browser = Browser(client, "", replacing, device)
    return sign_in.sign_in(database, email=email, password=password, browser=browser).session


def enter_demo(database: Database, role: object, replacing: str | None = None) -> str:
    """Enter the demo company as a role, and return the session's token."""
    return sign_in.sign_in_demo(database, role, Browser(session=replacing)).session


def refusal(attempt: Callable[[], object]) -> type[PortalError] | None:
    """Return how an attempt was refused; `None` if it was not."""
    try:
        attempt()
    except PortalError as error:
        return type(error)
    return None


def count(database: Database, table: str) -> int:
    """Return how many rows a table holds."""
    with database.read() as session:
        return session.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar_one()


def everything_stored(database: Database) -> str:
    """Return every row that signing in writes to, as text."""
    with database.read() as session:
        return repr(
            [
                session.execute(text(f"SELECT * FROM {table}")).all()
                for table in (
                    *("account", "sign_in_session", "sign_in_failure", "known_device"),
                    *("organization", "invitation"),
                )
            ]
        )
