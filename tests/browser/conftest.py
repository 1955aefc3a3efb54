"""Fixtures of the browser tests: one browser, the production build, servers, and checked pages."""

from __future__ import annotations

import fcntl
import itertools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from enrollment_portal.demo.company import build_company
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.storage.shared.database import Database
from tests.browser import chromium, server
from tests.browser.contexts import TIMEOUT_MS, Visitor, Visitors
from tests.browser.page_objects.enrollment_page import DANA, MAYA, make_full, open_manage
from tests.browser.server import Server
from tests.builders import make_account, make_organization

DEMO_ENROLLMENTS = 1_000
_numbers = itertools.count(1)


# Package, not session: while Playwright's loop runs, no other test could run a loop of its own.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all browser tests; each page has a context of its own."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=TIMEOUT_MS)
        browser = chromium.launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def production_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with its production build, made once for all workers of a run."""
    run = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        run = run.parent
    folder, built = run / "build", run / "built"
    with (run / "build.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not built.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            server.build(folder)
            built.touch()
    return folder


class Serve(Protocol):
    """Starts a portal over a copy of a database; further arguments are its environment."""

    def __call__(self, database_file: Path, **environment: str) -> Server: ...


@pytest.fixture(scope="module")
def serve(production_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Return a function that starts a portal; all of them end with the module."""
    running: list[Server] = []

    def start(database_file: Path, **environment: str) -> Server:
        folder = tmp_path_factory.mktemp("server")
        own_file = folder / "portal.db"
        shutil.copy(database_file, own_file)
        portal = Server(production_build, folder, f"sqlite:///{own_file}", **environment)
        running.append(portal)
        portal.start()
        return portal

    yield start
    for portal in running:
        portal.close()


@pytest.fixture(scope="session")
def demo_file(migrated_sqlite_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo company as a SQLite file, to copy."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    shutil.copy(migrated_sqlite_file, path)
    database = Database(f"sqlite:///{path}")
    build_company(database, enrollments=DEMO_ENROLLMENTS, seed=1, now=now_ms())
    checkpoint(database)
    return path


@pytest.fixture(scope="module")
def demo(serve: Serve, demo_file: Path) -> Server:
    """A portal with the demo company, for this module alone."""
    return serve(demo_file)


@pytest.fixture(scope="module")
def empty_database(
    migrated_sqlite_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """A migrated database without rows, to fill before a portal is started over it."""
    path = tmp_path_factory.mktemp("rows") / "rows.db"
    shutil.copy(migrated_sqlite_file, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture(scope="module")
def portal(serve: Serve, empty_database: Database) -> Server:
    """A portal of two Super Admins, Maya and Dana; a module may make its own."""
    make_organization(empty_database)
    make_account(empty_database, name=MAYA)
    make_account(empty_database, name=DANA)
    return serve(checkpoint(empty_database))


@pytest.fixture
def enrollment(portal: Server) -> int:
    """An active enrollment with something in every field."""
    return make_full(portal.database)


@pytest.fixture
def page(portal: Server, new_page: NewPage, enrollment: int) -> Page:
    """Maya's browser on the form of that enrollment."""
    page = new_page(portal, 1)
    open_manage(page, enrollment)
    return page


def checkpoint(database: Database) -> Path:
    """Write everything into the database file, close it, and return its path."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return Path(database.url.removeprefix("sqlite:///"))


@pytest.fixture(scope="module")
def visitors(browser: Browser) -> Iterator[Visitors]:
    """The visitors of the module's portals, each with a browser of their own."""
    visitors = Visitors(browser)
    yield visitors
    visitors.close()


class NewPage(Protocol):
    """Opens a separate browser on a portal.

    Args:
        portal: whose address relative paths belong to.
        account: who is signed in already, by account id.
        allow: console errors that the test provokes, as regular expressions.
        options: of Playwright's browser context.
    """

    def __call__(
        self,
        portal: Server,
        account: int | None = None,
        *,
        allow: tuple[str, ...] = (),
        **options: Any,
    ) -> Page: ...


@pytest.fixture
def new_page(visitors: Visitors) -> Iterator[NewPage]:
    """Return a function that opens pages; a console error or CSP violation fails the test."""
    here: list[Visitor] = []

    def open_page(
        portal: Server,
        account: int | None = None,
        *,
        allow: tuple[str, ...] = (),
        **options: Any,
    ) -> Page:
        visitor = visitors.take(portal, options)
        here.append(visitor)
        visitor.allowed = allow
        return visitor.open_page(account)

    yield open_page
    problems = [problem for visitor in here for problem in visitors.give_back(visitor)]
    assert not problems, "The browser's console held errors:\n" + "\n".join(problems)
