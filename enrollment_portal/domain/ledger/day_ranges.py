"""Ranges of days of the ledger's filters: absolute, or relative to the organization's today.

A relative range stays relative in a URL, and is resolved each time that the ledger is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from enrollment_portal.domain.shared.calendar import (
    LAST_DAY,
    date_to_day,
    day_start,
    day_to_date,
)

FURTHEST = 3_660
"""The furthest day of a relative range, in days before or after today."""
_OFFSET = re.compile(r"0d|-?[1-9][0-9]{0,3}d")
_BETWEEN = ".."


@dataclass(frozen=True)
class Clock:
    """The day that ranges are relative to, and the organization's time zone, in which days end."""

    today: int
    """In days since 1970-01-01; of the ledger of a past day, that day."""
    zone: ZoneInfo
    stuck_before: int = 0
    """Who has made no progress since this moment is stuck, in ms: `PaceDay.stuck_before`."""

    def start_of(self, day: int) -> int:
        """Return when a day begins, in ms since 1970; of a day beyond the calendar, its end."""
        return day_start(min(max(day, 0), LAST_DAY + 1), self.zone)


Span = tuple[int | None, int | None]
"""The first and the last of some days or numbers, both included; `None` where it has no bound."""


@dataclass(frozen=True)
class Offset:
    """A day relative to today: -1 is yesterday."""

    days: int


@dataclass(frozen=True)
class DayRange:
    """Days from the first to the last, both included; `None` where it has no bound.

    A bound is a day since 1970-01-01, or relative.
    """

    first: int | Offset | None = None
    last: int | Offset | None = None

    def resolve(self, clock: Clock) -> Span:
        """Return the first and the last day."""
        return _resolved(self.first, clock.today), _resolved(self.last, clock.today)

    def text(self) -> str:
        """Return the range as URLs have it: "2026-01-01..", "0d..7d"; `read_days` reads it."""
        return f"{_bound_text(self.first)}{_BETWEEN}{_bound_text(self.last)}"


class Period(StrEnum):
    """A calendar week (from Monday) or month, relative to today; the values are those of URLs."""

    LAST_WEEK = "last_week"
    THIS_WEEK = "this_week"
    NEXT_WEEK = "next_week"
    LAST_MONTH = "last_month"
    THIS_MONTH = "this_month"
    NEXT_MONTH = "next_month"

    def resolve(self, clock: Clock) -> Span:
        """Return the first and the last day."""
        which, _, unit = self.value.partition("_")
        n = {"last": -1, "this": 0, "next": 1}[which]
        today = day_to_date(clock.today)
        if unit == "week":
            monday = date_to_day(today - timedelta(days=today.weekday())) + 7 * n
            return monday, monday + 6
        return date_to_day(_month(today, n)), date_to_day(_month(today, n + 1)) - 1

    def text(self) -> str:
        """Return the period as URLs have it."""
        return self.value


Days = DayRange | Period


def next_days(n: int) -> DayRange:
    """Return today and the next `n` days."""
    return DayRange(Offset(0), Offset(n))


def last_days(n: int) -> DayRange:
    """Return today and the last `n` days."""
    return DayRange(Offset(-n), Offset(0))


def more_than_ago(n: int) -> DayRange:
    """Return the days that are more than `n` days ago."""
    return DayRange(None, Offset(-n - 1))


def more_than_ahead(n: int) -> DayRange:
    """Return the days that are more than `n` days ahead."""
    return DayRange(Offset(n + 1), None)


def read_days(text: str) -> Days | None:
    """Parse a range of days as URLs have it; `None` for anything else, and for an empty range."""
    if text in Period._value2member_map_:
        return Period(text)
    first_text, between, last_text = text.partition(_BETWEEN)
    try:
        first, last = _read_bound(first_text), _read_bound(last_text)
    except ValueError:
        return None
    if not between or (first is None and last is None):
        return None
    if isinstance(first, Offset) and isinstance(last, Offset) and first.days > last.days:
        return None
    if isinstance(first, int) and isinstance(last, int) and first > last:
        return None
    return DayRange(first, last)


def read_day(text: object) -> int | None:
    """Parse an ISO date, in days since 1970; `None` for anything else."""
    if not isinstance(text, str) or len(text) != len("2026-01-31"):
        return None
    try:
        value = date.fromisoformat(text)
    except ValueError:
        return None
    day = date_to_day(value)
    return day if 0 <= day <= LAST_DAY and value.isoformat() == text else None


def _read_bound(text: str) -> int | Offset | None:
    if not text:
        return None
    if _OFFSET.fullmatch(text):
        days = int(text[:-1])
        if abs(days) <= FURTHEST:
            return Offset(days)
    day = read_day(text)
    if day is None:
        raise ValueError(text)
    return day


def _bound_text(bound: int | Offset | None) -> str:
    if bound is None:
        return ""
    return f"{bound.days}d" if isinstance(bound, Offset) else day_to_date(bound).isoformat()


def _resolved(bound: int | Offset | None, today: int) -> int | None:
    return today + bound.days if isinstance(bound, Offset) else bound


def _month(today: date, n: int) -> date:
    """Return the first day of the month that is `n` months after today's."""
    months = today.year * 12 + today.month - 1 + n
    return date(months // 12, months % 12 + 1, 1)
