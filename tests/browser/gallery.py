"""The portals that the scenes are set in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import NewPage, Serve
from tests.browser.scenes import Scene, arrange_few
from tests.browser.server import Server
from tests.builders import make_account, make_organization

Show = Callable[..., Page]


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


@pytest.fixture
def show(portals: dict[str, Server], new_page: NewPage) -> Show:
    """Return a function that opens a browser and brings a scene about in it."""

    def bring(scene: Scene, **options: object) -> Page:
        portal = portals[scene.portal]
        page = new_page(portal, scene.account, allow=("404",), **options)
        scene.bring(page, portal)
        return page

    return bring
