"""Combine given and family names of one culture, each with a romanized form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from enrollment_portal.domain.shared.text_search import fold

Part = tuple[str, str]
"""A part of a name, and its romanized form in lower case for an email address."""


@dataclass(frozen=True)
class Culture:
    """Given and family names that go together.

    Both are written as words between spaces; `_` stands for a space inside a part, and
    `written/romanized` gives the romanization where folding the letters would not do.
    """

    title: str
    weight: int
    given_words: str
    family_words: str
    family_first: bool = False
    between: str = " "
    middle: bool = False
    """Whether people with the same name get a second given name."""

    @cached_property
    def given(self) -> tuple[Part, ...]:
        """The given names."""
        return _parts(self.given_words)

    @cached_property
    def family(self) -> tuple[Part, ...]:
        """The family names."""
        return _parts(self.family_words)

    def full_name(self, given: str, family: str) -> str:
        """Return a full name in the order and spacing of the culture."""
        first, second = (family, given) if self.family_first else (given, family)
        return f"{first}{self.between}{second}"


def _parts(words: str) -> tuple[Part, ...]:
    return tuple(_part(word) for word in words.split())


def _part(word: str) -> Part:
    written, _, romanized = word.partition("/")
    written = written.replace("_", " ")
    return written, re.sub(r"[^a-z]", "", romanized or fold(written))
