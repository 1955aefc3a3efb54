"""How numbers, counts and lists are written in this language: the only place that does it.

What changes with a number is written as whole texts, one for each category of its plural (as
Unicode's CLDR names them): see `plural`. `components/ui/wording.js` does the same in the browser;
`calendar.py` formats dates and times.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


def show_number(n: int) -> str:
    """Format a number: "1,200"."""
    return f"{n:,}"


def percent(share: int) -> str:
    """Format a share of a hundred: "72%", as grades are written too."""
    return f"{share}%"


def ordinal(n: int) -> str:
    """Format the ordinal of a number: "2nd", "11th"."""
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def plural(n: int, /, *, one: str = "", other: str, **values: object) -> str:
    """Return the text that fits a number: "1 lesson", "1,200 lessons".

    Args:
        n: the number, which replaces "{n}".
        one: the whole text for one: "{n} lesson"; "" where it is the same as `other`.
        other: the whole text for any other number: "{n} lessons".
        values: what replaces the text's other placeholders.
    """
    return ((one if n == 1 else "") or other).format(n=show_number(n), **values)


def sentences(*parts: str) -> str:
    """Join finished sentences, each a text of its own; those that are "" are left out."""
    return " ".join(part for part in parts if part)


def with_dots(*parts: str) -> str:
    """Join short facts for a line about something: "3 lessons · 2 active"; "" is left out."""
    return " · ".join(part for part in parts if part)


def with_semicolon(*clauses: str) -> str:
    """Join clauses of one sentence: "5% for 3 weeks; no deadline"; "" is left out."""
    return "; ".join(clause for clause in clauses if clause)


def listed(items: Sequence[str]) -> str:
    """Join items for a sentence: "Grade, Status and Deadline"; "" for none."""
    *first, last = items or [""]
    return f"{with_commas(first)} and {last}" if first else last


def with_commas(items: Iterable[str]) -> str:
    """Join items without an "and": "Grade, Status, Deadline"; those that are "" are left out."""
    return ", ".join(item for item in items if item)


def some_of(items: Sequence[str], n_shown: int) -> str:
    """Join the first items, and count the others: "Grade, Status and 2 more"."""
    first = with_commas(items[:n_shown])
    n_more = len(items) - n_shown
    if n_more <= 0:
        return first
    return plural(n_more, other="{items} and {n} more", items=first)


@dataclass(frozen=True)
class PageTexts:
    """What a list says of the rows that its page shows."""

    one: str
    """Which of one row: "{first}–{last} of {n} enrollment"."""
    other: str
    """Which of how many rows: "{first}–{last} of {n} enrollments"."""
    none: str
    """That there are no rows."""
    no_match: str
    """That no rows are left by a search or a filter."""


def page_of(
    texts: PageTexts, first: int, count: int, total: int, *, is_narrowed: bool = False
) -> str:
    """Return which rows a page shows: "1–50 of 83 enrollments"; "No enrollments" without rows.

    Args:
        texts: of the list.
        first: the number of its first row, from 1.
        count: how many rows it shows.
        total: how many rows there are.
        is_narrowed: whether a search or a filter leaves rows out: "No enrollments match".
    """
    if not count:
        return texts.no_match if is_narrowed else texts.none
    return plural(
        total,
        one=texts.one,
        other=texts.other,
        first=show_number(first),
        last=show_number(first + count - 1),
    )
