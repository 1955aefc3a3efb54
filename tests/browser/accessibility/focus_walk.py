"""Move the keyboard focus over a page, forwards and backwards."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, ViewportSize

_WALK = (Path(__file__).parent / "focus_walk.js").read_text(encoding="utf-8")
_MOST = 400
"""More elements than any page has."""
_SMALL: ViewportSize = {"width": 800, "height": 600}


def walk_focus(page: Page) -> list[str]:
    """Press Tab from the first to the last element, and Shift+Tab back: dark, in a small window.

    On a low screen, more of a page is under what stays in view while it is scrolled.

    Returns:
        Where the focus was hidden, covered, off screen or invisible, and what it never reached.
    """
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.evaluate("document.activeElement.blur()")
    page.evaluate(_WALK)
    _press_to_the_end(page, "Tab")
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    if (page.viewport_size or _SMALL)["width"] > _SMALL["width"]:
        page.set_viewport_size(_SMALL)
    _press_to_the_end(page, "Shift+Tab")
    assert page.evaluate("focusWalk.count") > 0
    return page.evaluate("focusWalk.finish()")


def _press_to_the_end(page: Page, key: str) -> None:
    for _ in range(_MOST):
        page.keyboard.press(key)
        if page.evaluate("document.activeElement === document.body"):
            return
    raise AssertionError(f"{key} never leaves the page")
