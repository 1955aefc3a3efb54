"""Format counts, lists and percentages in texts, the same on every page."""

from __future__ import annotations

from collections.abc import Sequence


def counted(n: int, noun: str, plural: str = "") -> str:
    """Return a count with its noun: "1 lesson", "1,200 lessons", "2 people".

    Args:
        n: how many.
        noun: in the singular.
        plural: in the plural, if that does not just add "s".
    """
    return f"{n:,} {noun if n == 1 else plural or f'{noun}s'}"


def page_of(first: int, count: int, total: str, *, is_narrowed: bool = False) -> str:
    """Return which rows a page shows: "1–50 of 83 enrollments"; "No enrollments" without rows.

    Args:
        first: the number of its first row, from 1.
        count: how many rows it shows.
        total: how many rows there are, with their noun; see `counted`.
        is_narrowed: whether a search or a filter leaves rows out: "No enrollments match".
    """
    if not count:
        return f"No {total.partition(' ')[2]}{' match' if is_narrowed else ''}"
    return f"{first:,}–{first + count - 1:,} of {total}"


def listed(items: Sequence[str]) -> str:
    """Join items for a sentence: "Grade, Status and Deadline"; "" for none."""
    *first, last = items or [""]
    return f"{', '.join(first)} and {last}" if first else last


def percent(share: int) -> str:
    """Return a share of a hundred: "72%", as grades are written too."""
    return f"{share}%"
