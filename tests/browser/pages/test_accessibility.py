"""No page, in either theme and on a phone, breaks a rule that axe can check.

The same visit shows that a page may be translated by the browser, and left.
"""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.scenes.all_scenes import Scene
from tests.browser.scenes.gallery import SCENES, Show, portals, show, visitors
from tests.browser.translator import expect_current_text, translate

__all__ = ["portals", "show", "visitors"]

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_LEFT_OR_ASKED = "(address) => location.href !== address || document.querySelector('dialog[open]')"


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
    _leave_translated(page)


def _leave_translated(page: Page) -> None:
    """Have a page translated, and leave it for another one within the app."""
    translate(page)
    expect_current_text(page)
    address = page.url
    # Pages outside of the portal have no sidebar; what is unsaved asks before it is left.
    entry = page.locator("#sidebar a:not([aria-current])").first
    if entry.count():
        entry.dispatch_event("click")
        page.wait_for_function(_LEFT_OR_ASKED, arg=address)
    expect_current_text(page)
