"""Every page by Tab and Shift+Tab: the focus is never lost, hidden, covered or invisible."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.scenes.all_scenes import Scene
from tests.browser.scenes.gallery import SCENES, Show, portals, show, visitors

__all__ = ["portals", "show", "visitors"]

_WALK = (Path(__file__).parent / "focus_walk.js").read_text(encoding="utf-8")
_MOST = 250
"""More elements than any page has."""


def _walk(page: Page, key: str) -> None:
    """Press a key until the focus has left the page."""
    for _ in range(_MOST):
        page.keyboard.press(key)
        if page.evaluate("document.activeElement === document.body"):
            return
    raise AssertionError(f"{key} never leaves the page")


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_focus_can_be_followed(show: Show, scene: Scene) -> None:
    page = show(scene)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.evaluate("document.activeElement.blur()")
    page.evaluate(_WALK)
    _walk(page, "Tab")
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    _walk(page, "Shift+Tab")
    assert page.evaluate("focusWalk.count") > 0
    assert page.evaluate("focusWalk.finish()") == []
