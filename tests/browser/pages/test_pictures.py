"""Pictures of every page, in both themes, on a screen and on a phone: nothing is cut off.

`PICTURES_DIR` says where to keep them; with `UPDATE_PICTURES=1` those of the README are taken anew.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from enrollment_portal.settings import PROJECT_ROOT
from tests.browser.scenes.all_scenes import Scene
from tests.browser.scenes.gallery import SCENES, Show, portals, show, visitors

__all__ = ["portals", "show", "visitors"]

README_PICTURES = PROJECT_ROOT / ".github/pictures"
_IN_README = ("ledger", "overview", "manage", "grid")
_UPDATES = os.environ.get("UPDATE_PICTURES") == "1"
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
            if size == "screen" and scene.name in _IN_README and _UPDATES:
                page.screenshot(path=README_PICTURES / f"{scene.name}-{theme}.png")


def test_readme_shows_the_pictures_that_are_taken() -> None:
    readme = (PROJECT_ROOT / "README.md").read_text()
    names = {f"{name}-{theme}.png" for name in _IN_README for theme in ("light", "dark")}
    assert {path.name for path in README_PICTURES.iterdir()} == names
    assert set(re.findall(r"\.github/pictures/([\w-]+\.png)", readme)) == names
    assert {scene.name for scene in SCENES} >= set(_IN_README)
