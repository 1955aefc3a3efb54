"""The number of a run: which of a learner's enrollments in a course it is, as text."""

from __future__ import annotations


def run_text(run: int) -> str:
    """Return the run as text: "2nd time"; "" for the first."""
    if run < 2:
        return ""
    return f"{ordinal(run)} time"


def ordinal(n: int) -> str:
    """Return the ordinal of a number: "2nd", "11th"."""
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"
