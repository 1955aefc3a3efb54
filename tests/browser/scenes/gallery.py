"""All scenes, and their portals.

Each scene is a tab of its own, so that nothing of another one is left in it; the tabs of a portal
share a browser context, so that the portal's scripts are loaded once and not a hundred times.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Serve
from tests.browser.contexts import Visitor
from tests.browser.scenes import (
    activity,
    all_scenes,
    bulk,
    configuration,
    courses,
    learn,
    people,
    retakes,
    roles,
    rules,
    teach,
)
from tests.browser.scenes.all_scenes import Scene, arrange_few
from tests.browser.scenes.rows import column_scenes, row_scenes
from tests.browser.scenes.views import view_scenes
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
    *roles.SCENES,
    *activity.SCENES,
    *bulk.SCENES,
    *row_scenes.SCENES,
    *column_scenes.SCENES,
    *view_scenes.SCENES,
)


@pytest.fixture(scope="module")
def portals(serve: Serve, demo_file: Path, migrated_sqlite_file: Path) -> dict[str, Server]:
    """One portal for each company of a scene."""
    found = {"demo": serve(demo_file)}
    for name in ("bare", "few"):
        found[name] = serve(migrated_sqlite_file, PORTAL_DEMO="off")
        make_organization(found[name].database)
    make_account(found["bare"].database, name="Maya Lindqvist")
    arrange_few(found["few"])
    return found


@pytest.fixture(scope="module")
def visitors(browser: Browser, portals: dict[str, Server]) -> Iterator[dict[str, Visitor]]:
    """Somebody with a browser on each portal."""
    found = {name: Visitor(browser, portal, {}) for name, portal in portals.items()}
    for visitor in found.values():
        visitor.allowed = ("404",)  # scenes look at addresses that do not exist
    yield found
    for visitor in found.values():
        visitor.context.close()


@pytest.fixture(scope="module", params=SCENES, ids=lambda scene: scene.name)
def scene(request: pytest.FixtureRequest) -> Scene:
    """Each scene in turn."""
    return request.param


@pytest.fixture(scope="module")
def page(scene: Scene, portals: dict[str, Server], visitors: dict[str, Visitor]) -> Iterator[Page]:
    """A tab with the scene; errors in its console fail the last test."""
    visitor = visitors[scene.portal]
    page = visitor.open_page(scene.account)
    scene.bring(page, portals[scene.portal])
    yield page
    visitor.leave()
    problems, visitor.problems = visitor.problems, []
    assert not problems, "The browser's console held errors:\n" + "\n".join(problems)
