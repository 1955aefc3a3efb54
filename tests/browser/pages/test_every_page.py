"""Test every page in every scene: nothing cut off, no axe violation, a visible focus.

One visit serves all tests of a scene. `PICTURES_DIR` says where to keep pictures of it in both
themes, on a screen and on a phone; with `UPDATE_PICTURES=1` those of the README are taken again.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from enrollment_portal.settings import PROJECT_ROOT
from tests.browser.accessibility.focus_walk import walk_focus
from tests.browser.axe import EVERYTHING, violations
from tests.browser.scenes.all_scenes import Scene
from tests.browser.scenes.gallery import SCENES, page, portals, scene, visitors
from tests.browser.translator import expect_current_text, translate

__all__ = ["page", "portals", "scene", "visitors"]

README_PICTURES = PROJECT_ROOT / ".github/pictures"
_IN_README = ("ledger", "overview", "manage", "grid")
_PICTURES = os.environ.get("PICTURES_DIR")
_UPDATES = os.environ.get("UPDATE_PICTURES") == "1"
_SIZES = {"screen": (1440, 900), "phone": (390, 844)}
_COLOURS = {"type": "rule", "values": ["color-contrast"]}
# The themes differ in nothing but their colours, and the sizes in none of them.
_CHECKS = {
    ("screen", "light"): EVERYTHING,
    ("screen", "dark"): _COLOURS,
    ("phone", "dark"): EVERYTHING,
}
_TOO_WIDE = """() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    return [...document.querySelectorAll('body *')]
        .filter(part => part.getBoundingClientRect().right > root.clientWidth + 1)
        .map(part => part.outerHTML.slice(0, 150));
}"""
# Checking fifty rows of one kind takes most of the time; the scene "ledger" checks all of its own.
_ROWS_CHECKED = 12
_LEAVE_OUT_ROWS = """most => {
    for (const row of document.querySelectorAll('tbody > tr')) row.inert = row.rowIndex > most;
}"""
_LEFT_OR_ASKED = "(address) => location.href !== address || document.querySelector('dialog[open]')"


@dataclass
class Visit:
    """What was found on a page in all sizes and themes."""

    too_wide: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def visit(page: Page, scene: Scene) -> Visit:
    """A page, checked in both sizes and both themes, with pictures on request."""
    found = Visit()
    if scene.name != "ledger":
        page.evaluate(_LEAVE_OUT_ROWS, _ROWS_CHECKED)
    for size, (width, height) in _SIZES.items():
        is_drawer = scene.name == "ledger-drawer" and size == "screen"  # there is none on a screen
        if not is_drawer:
            page.set_viewport_size({"width": width, "height": height})
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            expect(page.locator("html")).to_contain_class(theme)
            where = f"{size}, {theme}"
            if not is_drawer:
                too_wide = page.evaluate(_TOO_WIDE)
                found.too_wide += [f"{where}: {part}" for part in too_wide]
                if _PICTURES:
                    page.screenshot(path=Path(_PICTURES, f"{scene.name}-{size}-{theme}.png"))
                if size == "screen" and scene.name in _IN_README and _UPDATES:
                    page.screenshot(path=README_PICTURES / f"{scene.name}-{theme}.png")
            if (size, theme) in _CHECKS:
                found.violations += violations(page, where, _CHECKS[size, theme])
    return found


def test_a_page_fits_the_screen(visit: Visit) -> None:
    assert not visit.too_wide, "\n".join(visit.too_wide)


def test_a_page_has_no_violation_in_either_theme_or_on_a_phone(visit: Visit) -> None:
    assert not visit.violations, "\n".join(visit.violations)


def test_the_focus_can_be_followed_by_tab_and_back(visit: Visit, page: Page, scene: Scene) -> None:
    if scene.name != "ledger-drawer":
        page.set_viewport_size({"width": 1440, "height": 900})
    faults = walk_focus(page)
    assert not faults, "\n".join(faults)


def test_a_translated_page_can_be_left(visit: Visit, page: Page) -> None:
    """For another one within the app."""
    translate(page)
    expect_current_text(page)
    address = page.url
    # Pages outside of the portal have no sidebar; what is unsaved asks before it is left.
    entry = page.locator("#sidebar a:not([aria-current])").first
    if entry.count():
        entry.dispatch_event("click")
        page.wait_for_function(_LEFT_OR_ASKED, arg=address)
    expect_current_text(page)


def test_readme_shows_the_pictures_that_are_taken() -> None:
    readme = (PROJECT_ROOT / "README.md").read_text()
    names = {f"{name}-{theme}.png" for name in _IN_README for theme in ("light", "dark")}
    assert {path.name for path in README_PICTURES.iterdir()} == names
    assert set(re.findall(r"\.github/pictures/([\w-]+\.png)", readme)) == names
    assert {scene.name for scene in SCENES} >= set(_IN_README)
