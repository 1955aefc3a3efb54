"""Test enlarged, narrow, spaced and right-to-left pages: nothing overlaps or is cut off.

`PICTURES_DIR` says where to keep pictures of each.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.scenes.all_scenes import Scene
from tests.browser.scenes.gallery import SCENES, page, portals, visitors

__all__ = ["page", "portals", "visitors"]

_PAGES = {
    *("sign-in", "ledger", "ledger-past", "ledger-no-match", "overview", "overview-long-name"),
    *("manage", "manage-errors", "manage-conflict", "learn-busy", "learn-catalog", "learn-course"),
    *("learn-path", "learn-lesson", "teach-courses", "grid", "courses", "course-lessons"),
    *("course-settings", "path-courses", "users", "user", "groups", "group-members"),
    *("group-settings", "enroll-shown", "admins", "access", "access-person", "own-account"),
    "shortcuts",
    # Lists, beside those above.
    *("ledger-three-rows", "ledger-paths", "ledger-second-time", "course-ledger", "user-learner"),
    *("users-three-rows", "courses-few-rows", "paths", "group-leads", "group-assigned"),
    *("user-history", "user-enrolling", "admins-adding", "ledger-requests"),
}
_SCENES = [scene for scene in SCENES if scene.name in _PAGES]

_FAULTS = """() => {
  const faults = [];
  const root = document.documentElement;
  const named = (part) => part.outerHTML.slice(0, 120);
  if (root.scrollWidth > root.clientWidth) {
    for (const part of document.querySelectorAll('body *')) {
      const box = part.getBoundingClientRect();
      const isOut = box.right > root.clientWidth + 1 || box.left < -1;
      if (isOut && box.width && !part.closest('.grid-scroller, .sr-only, #sidebar'))
        faults.push(`out: ${named(part)}`);
    }
  }
  const scope = document.querySelector('dialog:modal') ?? document.body;
  const controls = [...scope.querySelectorAll('a[href], button, input, select, textarea, summary')]
    .filter((part) => part.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .filter((part) => !part.closest('.sr-only, .sticky-top, #sidebar, .save-bar, .pager, .fixed'))
    // A link in a text has a box on each line.
    .flatMap((part) => [...part.getClientRects()].map((box) => [part, box]))
    .filter(([, box]) => box.width > 1 && box.height > 1);
  for (const [one, a] of controls) {
    for (const [other, b] of controls) {
      if (one === other || one.contains(other) || other.contains(one)) continue;
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 3 && high > 5) faults.push(`overlap: ${named(one)} and ${named(other)}`);
    }
  }
  for (const part of scope.querySelectorAll('h1, h2, h3, p, button, label, legend, summary, dt')) {
    const style = getComputedStyle(part);
    if (!part.checkVisibility() || part.closest('.sr-only, .truncate, [title]')) continue;
    if (style.overflow === 'hidden' && part.scrollHeight > part.clientHeight + 2)
      faults.push(`cut: ${named(part)}`);
  }
  return faults.slice(0, 8);
}"""
_ROWS = Path(__file__).with_name("narrow.js").read_text()
_WIDTHS = (1440, 1024, 1000, 760, 390, 320)
_SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
  word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }"""


def _usual(page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})


def _right_to_left(page: Page) -> None:
    _usual(page)
    page.evaluate("document.documentElement.dir = 'rtl'")


def _right_to_left_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("document.documentElement.dir = 'rtl'")


def _enlarged(page: Page) -> None:
    page.evaluate("document.documentElement.dir = 'ltr'")
    page.set_viewport_size({"width": 1280, "height": 900})
    client = page.context.new_cdp_session(page)
    client.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"


def _at_400_percent(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 256})


def _spaced(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.add_style_tag(content=_SPACED)


_WAYS: tuple[Callable[[Page], None], ...] = (
    _usual,
    _at_400_percent,
    _right_to_left,
    _right_to_left_on_a_phone,
    _enlarged,
    _spaced,
)


@pytest.fixture(scope="module", params=_SCENES, ids=lambda scene: scene.name)
def scene(request: pytest.FixtureRequest) -> Scene:
    """Each page once."""
    return request.param


def _lost(wide: list[Any], narrow: list[Any]) -> list[str]:
    """Return what the rows of a wide page show, and those of a narrow one do not."""
    assert len(wide) == len(narrow)
    found = []
    for number, (before, after) in enumerate(zip(wide, narrow, strict=True), 1):
        shown = "".join(after["texts"])
        found += [f"row {number}: {text!r}" for text in before["texts"] if text not in shown]
        if after["bars"] < before["bars"]:
            found.append(f"row {number}: a bar")
    return found


def test_narrow_page_shows_every_value_of_its_rows_and_cuts_off_no_text(
    page: Page, scene: Scene
) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": _WIDTHS[0], "height": 900})
    wide = page.evaluate(_ROWS)
    faults = [f"{_WIDTHS[0]} px: {fault}" for fault in wide["faults"]]
    for width in _WIDTHS[1:]:
        page.set_viewport_size({"width": width, "height": 900})
        shown = page.evaluate(_ROWS)
        if folder := os.environ.get("PICTURES_DIR"):
            page.screenshot(path=f"{folder}/{scene.name}_{width}.png")
        found = shown["faults"] + _lost(wide["rows"], shown["rows"])
        faults += [f"{width} px: {fault}" for fault in found[:8]]
    assert not faults, "\n".join(faults)


def test_page_fits_in_every_layout(page: Page, scene: Scene) -> None:
    page.emulate_media(reduced_motion="reduce")
    faults = []
    for way in _WAYS:
        way(page)
        if folder := os.environ.get("PICTURES_DIR"):
            page.screenshot(path=f"{folder}/{scene.name}{way.__name__}.png")
        faults += [f"{way.__name__}: {fault}" for fault in page.evaluate(_FAULTS)]
    assert not faults, "\n".join(faults)
