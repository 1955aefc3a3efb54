"""HTML with marks in the places of values, as the build makes it of a component.

The server fills it without running the component, and yet both show the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import product
from typing import Any

_MARK = re.compile(r"__VALUE_([a-z_]+?)__")


def mark(name: str) -> str:
    """Return what stands in the place of a value: letters that no part of a page changes."""
    return f"__VALUE_{name}__"


@dataclass(frozen=True)
class HtmlTemplate:
    """HTML whose marks are filled with escaped values."""

    texts: Sequence[str]
    names: Sequence[str]
    """Of the values between the texts."""

    @classmethod
    def parse(cls, html: str) -> HtmlTemplate:
        """Return the template of HTML with marks."""
        parts = _MARK.split(html)
        return cls(parts[::2], parts[1::2])

    def fill(self, values: Mapping[str, object]) -> str:
        """Return the HTML with values, by name, in the places of their marks."""
        parts = [self.texts[0]]
        for name, text in zip(self.names, self.texts[1:], strict=True):
            parts += (escape(str(values[name])), text)
        return "".join(parts)


@dataclass(frozen=True)
class Variants:
    """The templates of one part, which differ in more than the texts in it.

    Attributes:
        names: of the values that decide which template it is.
        choices: by name, the values that each have a template of their own. Of any other value, it
            matters only whether there is one.
    """

    names: Sequence[str]
    choices: Mapping[str, Sequence[Any]]

    def of(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return which template shows some values."""
        return tuple(
            values[name] if name in self.choices else bool(values[name]) for name in self.names
        )

    def samples(self) -> list[dict[str, Any]]:
        """Return values for each template, with marks as texts."""
        values = (self.choices.get(name) or ("", mark(name)) for name in self.names)
        return [dict(zip(self.names, one, strict=True)) for one in product(*values)]


@dataclass(frozen=True)
class Filling:
    """What the server puts into a built page.

    Attributes:
        parts: by the `data-first` of an element, its inner HTML.
        attributes: by the id of an element, values of attributes that it has.
    """

    parts: Mapping[str, str]
    attributes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
