"""All scenes, and the portals that they are set in.

Each scene is a tab of its own, so that nothing of another one is left in it; the tabs of a portal
share a browser context, so that the portal's scripts are loaded once and not a hundred times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import Serve, open_context
from tests.browser.page_objects.sessions import open_session
from tests.browser.scenes import (
    all_scenes,
    configuration,
    courses,
    learn,
    people,
    retakes,
    rules,
    teach,
)
from tests.browser.scenes.all_scenes import Scene, arrange_few
from tests.browser.server import Server
from tests.builders import make_account, make_organization

# In this order: later scenes add people and courses to the portals of those before them.
SCENES: tuple[Scene, ...] = (
    *all_scenes.SCENES,
    *configuration.SCENES,
    *courses.SCENES,
    *people.SCENES,
    *learn.SCENES,
    *teach.SCENES,
    *rules.SCENES,
    *retakes.SCENES,
)

Show = Callable[[Scene], Page]


@pytest.fixture(scope="module")
def portals(serve: Serve, demo_file: Path, migrated_sqlite_file: Path) -> dict[str, Server]:
    """One portal for each company that a scene is set in."""
    found = {"demo": serve(demo_file)}
    for name in ("bare", "few"):
        found[name] = serve(migrated_sqlite_file, PORTAL_DEMO="off")
        make_organization(found[name].database)
    make_account(found["bare"].database, name="Maya Lindqvist")
    arrange_few(found["few"])
    return found


@pytest.fixture(scope="module")
def problems() -> list[str]:
    """What the browsers' consoles said was wrong while a scene was on."""
    return []


@pytest.fixture(scope="module")
def contexts(
    browser: Browser, portals: dict[str, Server], problems: list[str]
) -> Iterator[dict[str, BrowserContext]]:
    """A browser of its own on each portal."""

    def note(problem: str) -> None:
        # Scenes look at addresses that do not exist.
        if "404" not in problem:
            problems.append(problem)

    opened = {name: open_context(browser, portal, note) for name, portal in portals.items()}
    yield opened
    for context in opened.values():
        context.close()


@pytest.fixture
def show(
    portals: dict[str, Server], contexts: dict[str, BrowserContext], problems: list[str]
) -> Iterator[Show]:
    """Return a function that opens a tab and brings a scene about in it; errors fail the test."""
    pages: list[Page] = []
    problems.clear()

    def bring(scene: Scene) -> Page:
        portal, context = portals[scene.portal], contexts[scene.portal]
        context.clear_cookies()
        if scene.account is not None:
            open_session(context, portal, scene.account)
        page = context.new_page()
        pages.append(page)
        scene.bring(page, portal)
        return page

    yield bring
    for page in pages:
        page.close()
    assert not problems, "The browser's console held errors:\n" + "\n".join(problems)
