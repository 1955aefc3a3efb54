"""A built page into which the server puts what its person sees, before it answers with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from itertools import accumulate

from enrollment_portal.domain.shared.html_templates import Filling
from enrollment_portal.http.first.late_start import starting_late, starts_app

_MODULES = re.compile(r'<link rel="modulepreload"[^>]*>')
_START = re.compile(r'(<script type="module"[^>]*>)(.*?)</script>', re.DOTALL)
_VOID = frozenset(("input", "link", "meta", "br", "hr", "img"))


@dataclass(frozen=True)
class _Slot:
    """A part of the page that is replaced: a start tag, or what is in an element."""

    start: int
    end: int
    id: str = ""
    part: str = ""
    is_inside: bool = False


class _Slots(HTMLParser):
    """Collects the slots of a page: start tags with an id, and elements with `data-first`."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[_Slot] = []
        lines = html.split("\n")
        self._lines = [0, *accumulate(len(line) + 1 for line in lines)]
        self._open: list[tuple[str, str, int]] = []
        self.feed(html)
        self.close()

    def _position(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known, start = dict(attrs), self._position()
        end = start + len(self.get_starttag_text() or "")
        id_, part = known.get("id") or "", known.get("data-first") or ""
        if id_ or part or tag == "table":
            self.found.append(_Slot(start, end, id_, part))
        if tag not in _VOID:
            self._open.append((tag, part, end))

    def handle_endtag(self, tag: str) -> None:
        # Also called for an element without an end tag, such as `<input/>`.
        if not any(name == tag for name, _, _ in self._open):
            return
        while True:
            name, part, start = self._open.pop()
            if name == tag:
                break
        if part:
            self.found.append(_Slot(start, self._position(), part=part, is_inside=True))


class BuiltPage:
    """The HTML of a built page.

    Args:
        html: as it was built.
    """

    def __init__(self, html: str) -> None:
        self._html = _ordered(html)
        # What is in an element comes before the tags in it.
        self._slots = sorted(
            _Slots(self._html).found, key=lambda slot: (slot.start, not slot.is_inside)
        )

    def fill(self, filling: Filling) -> str:
        """Return the page with a filling: what was waiting for it waits no longer."""
        done, at = [], 0
        for slot in self._slots:
            if slot.start < at or (slot.is_inside and slot.part not in filling.parts):
                continue
            own = self._html[slot.start : slot.end]
            new = filling.parts[slot.part] if slot.is_inside else _tag(own, slot, filling)
            done += (self._html[at : slot.start], new)
            at = slot.end
        return "".join((*done, self._html[at:]))


def _tag(tag: str, slot: _Slot, filling: Filling) -> str:
    """Return the start tag of an element in a page with a filling."""
    # The page itself is busy until its app is there.
    if tag.startswith("<table"):
        tag = tag.replace(' aria-busy="true"', ' aria-busy="false"')
    if slot.part in filling.parts:
        tag = tag.replace(' aria-hidden="true"', "").replace("data-first=", "data-filled=")
    for name, value in filling.attributes.get(slot.id, {}).items():
        tag = re.sub(rf' {name}="[^"]*"', lambda _, n=name, v=value: f' {n}="{escape(v)}"', tag)
    return tag


def _ordered(html: str) -> str:
    """Return a page that is painted before it loads its modules and starts its app."""
    modules, html = "".join(_MODULES.findall(html)), _MODULES.sub("", html)
    late = modules.replace("<link", '<link fetchpriority="low"')

    def start(found: re.Match[str]) -> str:
        script = starting_late(found[2]) if starts_app(found[2]) else found[2]
        return f"{late}{found[1]}{script}</script>"

    return _START.sub(start, html, count=1)
