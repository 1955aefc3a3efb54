"""Move a deadline: by days, by working days, or to the next day of the week."""

from __future__ import annotations

from functools import lru_cache

WORKING_DAYS = 5
"""Monday to Friday; the first five days of a week."""
_WEEK = 7
_THURSDAY = 3
"""1970-01-01, the day 0, was a Thursday."""


def weekday_of(day: int) -> int:
    """Return the day of the week of a stored day: 0 for Monday to 6 for Sunday."""
    return (day + _THURSDAY) % _WEEK


def next_weekday(day: int, weekday: int) -> int:
    """Return the first day after `day` that is this day of the week: 0 for Monday."""
    return day + (weekday - weekday_of(day) - 1) % _WEEK + 1


@lru_cache(maxsize=4_096)
def add_working_days(day: int, n: int) -> int:
    """Return the n-th working day after a day, or before it if n is negative.

    From a Saturday or Sunday the first one is the Monday after, or the Friday before.
    """
    step = 1 if n > 0 else -1
    for _ in range(abs(n)):
        day += step
        while weekday_of(day) >= WORKING_DAYS:
            day += step
    return day
