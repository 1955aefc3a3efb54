"""Pictures of every page, in both themes, on a screen and on a phone: nothing is cut off.

`PICTURES_DIR` says where to keep them; with `UPDATE_PICTURES=1` the README's picture of the
ledger is taken anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from enrollment_portal.settings import PROJECT_ROOT
from tests.browser.scenes.all_scenes import Scene
from tests.browser.scenes.gallery import SCENES, Show, contexts, portals, problems, show

__all__ = ["contexts", "portals", "problems", "show"]

README_PICTURE = PROJECT_ROOT / "tests/browser/ledger.png"
_SIZES = {"screen": (1440, 900), "phone": (390, 844)}
_TOO_WIDE = """() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    return [...document.querySelectorAll('body *')]
        .filter(part => part.getBoundingClientRect().right > root.clientWidth + 1)
        .map(part => part.outerHTML.slice(0, 150));
}"""


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_page_fits_the_screen(show: Show, scene: Scene, tmp_path: Path) -> None:
    folder = Path(os.environ.get("PICTURES_DIR") or tmp_path)
    page = show(scene)
    for size, (width, height) in _SIZES.items():
        if scene.name == "ledger-drawer" and size == "screen":
            continue
        page.set_viewport_size({"width": width, "height": height})
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            expect(page.locator("html")).to_contain_class(theme)
            assert page.evaluate(_TOO_WIDE) == [], (size, theme)
            page.screenshot(path=folder / f"{scene.name}-{size}-{theme}.png")
            is_readme = (scene.name, size, theme) == ("ledger", "screen", "light")
            if is_readme and os.environ.get("UPDATE_PICTURES") == "1":
                page.screenshot(path=README_PICTURE)
