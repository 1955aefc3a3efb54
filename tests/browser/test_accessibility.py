"""No page, in either theme and on a phone, breaks a rule that axe can check."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.gallery import SCENES, Show, contexts, portals, problems, show
from tests.browser.scenes import Scene

__all__ = ["contexts", "portals", "problems", "show"]

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page, where: str, run_only: dict[str, object]) -> list[str]:
    """Return what axe finds wrong with a page as it stands."""
    options = {"resultTypes": ["violations"], "runOnly": run_only}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{where}: {violation['id']}: {violation['help']}: {node['target']} {node['html'][:200]}"
        f" {node.get('failureSummary', '')}"
        for violation in found
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_page_breaks_no_rule_in_either_theme_or_on_a_phone(show: Show, scene: Scene) -> None:
    page = show(scene)
    everything = {"type": "tag", "values": _RULES}
    expect(page.locator("html")).to_contain_class("light")
    found = violations(page, "screen", everything)
    # The themes differ in nothing but their colours.
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    expect(page.locator("html")).to_contain_class("dark")
    found += violations(page, "dark", {"type": "rule", "values": ["color-contrast"]})
    page.set_viewport_size({"width": 390, "height": 844})
    found += violations(page, "phone", everything)
    assert not found, "\n".join(found)
