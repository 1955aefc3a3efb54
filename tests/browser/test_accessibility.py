"""No page, in either theme and on a phone, breaks a rule that axe can check."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.gallery import Show, portals, show
from tests.browser.scenes import SCENES, Scene

__all__ = ["portals", "show"]

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

_ON_A_PHONE = ("sign-in", "ledger", "ledger-drawer", "overview", "manage-conflict", "learn")


def violations(page: Page, where: str) -> list[str]:
    """Return what axe finds wrong with a page as it stands."""
    options = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": _RULES}}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{where}: {violation['id']}: {violation['help']}: {node['target']} {node['html'][:200]}"
        f" {node.get('failureSummary', '')}"
        for violation in found
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_page_breaks_no_rule_in_either_theme_or_on_a_phone(show: Show, scene: Scene) -> None:
    page = show(scene, color_scheme="light")
    html = page.locator("html")
    found: list[str] = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        expect(html).to_contain_class(theme)
        found += violations(page, theme)
    if scene.name in _ON_A_PHONE:
        page.set_viewport_size({"width": 390, "height": 844})
        found += violations(page, "phone")
    assert not found, "\n".join(found)
