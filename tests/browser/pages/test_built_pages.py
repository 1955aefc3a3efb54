"""Test the built pages before any script has run."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from enrollment_portal.domain.shared.language import DIRECTION, LANGUAGE
from enrollment_portal.settings import PROJECT_ROOT

_NO_VALUE = re.compile(r"\b(undefined|null|NaN)\b|\[object ")


class _Words(HTMLParser):
    """Collects texts of a page that show a missing value."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._is_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_script = tag in ("script", "style")
        self.found += [f"{name}={value}" for name, value in attrs if _NO_VALUE.search(value or "")]

    def handle_endtag(self, tag: str) -> None:
        self._is_script = False

    def handle_data(self, data: str) -> None:
        if not self._is_script and _NO_VALUE.search(data):
            self.found.append(data)


def test_no_page_contains_undefined(production_build: Path) -> None:
    pages = sorted((production_build / ".web/build/client").rglob("*.html"))
    assert len(pages) > 30
    found = {}
    for page in pages:
        words = _Words()
        words.feed(page.read_text(encoding="utf-8"))
        if words.found:
            found[page.name] = words.found
    assert found == {}


def test_every_page_names_its_requirements_without_scripts(production_build: Path) -> None:
    pages = (production_build / ".web/build/client").rglob("*.html")
    # The 404 page, too, which is served for every address that is not built.
    silent = [
        page.name
        for page in pages
        if not re.search(
            "<noscript>.*needs JavaScript", page.read_text(encoding="utf-8"), re.DOTALL
        )
    ]
    assert silent == []


def test_every_page_has_its_language_and_direction(production_build: Path) -> None:
    pages = sorted((production_build / ".web/build/client").rglob("*.html"))
    opened = [re.search("<html[^>]*>", page.read_text(encoding="utf-8")) for page in pages]
    tags = {tag.group() if tag else "" for tag in opened}
    wanted = {f'lang="{LANGUAGE}"', f'dir="{DIRECTION}"', f'data-language="{LANGUAGE}"'}
    assert len(tags) == 1
    assert all(attribute in next(iter(tags)) for attribute in wanted)


def test_a_build_does_not_change_the_lock_files(production_build: Path) -> None:
    locked = {path.name: path.read_text() for path in (PROJECT_ROOT / "reflex.lock").iterdir()}
    built = {path.name: path.read_text() for path in (production_build / "reflex.lock").iterdir()}
    assert built == locked
