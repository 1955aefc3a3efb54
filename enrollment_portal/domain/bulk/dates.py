"""Move a deadline: by days, by working days, by a month, or to the next day of the week."""

from __future__ import annotations

from calendar import monthrange
from enum import StrEnum
from functools import lru_cache

from enrollment_portal.domain.shared.calendar import LAST_DAY, date_to_day, day_to_date

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


def add_months(day: int, n: int) -> int:
    """Return the same day n months later; where that month has no such day, its last day."""
    start = day_to_date(day)
    months = start.year * 12 + start.month - 1 + n
    year, month = months // 12, months % 12 + 1
    return date_to_day(
        start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]))
    )


class DeadlineStep(StrEnum):
    """By how much a deadline is moved in its row of the ledger."""

    WEEK = "week"
    TWO_WEEKS = "two_weeks"
    MONTH = "month"

    def after(self, day: int) -> int:
        """Return the day after the step; at most the last day that a deadline can have."""
        if self is DeadlineStep.MONTH:
            return min(add_months(day, 1), LAST_DAY)
        return min(day + (_WEEK if self is DeadlineStep.WEEK else 2 * _WEEK), LAST_DAY)
