"""Moments and days: how they are stored, shown, and when a deadline is over.

Moments are whole milliseconds since 1970-01-01 UTC. A deadline is a day, stored as whole days
since 1970-01-01, and ends when that day ends in the organization's time zone.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_EPOCH = date(1970, 1, 1)
MS_PER_DAY = 86_400_000
LAST_DAY = (date(2199, 12, 31) - _EPOCH).days
SOON_DAYS = 7
"""A deadline is due soon when at most this many days are left."""


def now_ms() -> int:
    """Return this moment in milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name; UTC where the name is unknown.

    The name may come from a browser, so anything at all may arrive here.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def moment(at_ms: int, tz: ZoneInfo) -> datetime:
    """Return a stored moment as a date and time in a zone."""
    return datetime.fromtimestamp(at_ms / 1000, tz)


def day_of(at_ms: int, tz: ZoneInfo) -> int:
    """Return the day, in days since 1970-01-01, on which a moment falls in a zone."""
    return (moment(at_ms, tz).date() - _EPOCH).days


def day_start(day: int, tz: ZoneInfo) -> int:
    """Return when a stored day begins in a zone, in milliseconds since 1970 UTC."""
    value = day_to_date(day)
    start = datetime(value.year, value.month, value.day, tzinfo=tz)
    return int(start.timestamp() * 1000)


def day_to_date(day: int) -> date:
    """Return a stored day as a date."""
    return _EPOCH + timedelta(days=day)


def date_to_day(value: date) -> int:
    """Return a date as a stored day."""
    return (value - _EPOCH).days


def show_day(day: int) -> str:
    """Return a day as people read it here: "2 Oct 2026"."""
    value = day_to_date(day)
    return f"{value.day} {value:%b %Y}"


def show_whole_day(day: int) -> str:
    """Return a day with its month written out: "2 October 2026"."""
    value = day_to_date(day)
    return f"{value.day} {value:%B %Y}"


def show_moment(at_ms: int, tz: ZoneInfo) -> str:
    """Return the exact moment in a zone: "2 Oct 2026, 14:40 CEST"."""
    value = moment(at_ms, tz)
    return f"{value.day} {value:%b %Y, %H:%M %Z}"


def iso_moment(at_ms: int) -> str:
    """Return a moment for machines: "2026-10-02T12:40:00Z"."""
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def spreadsheet_moment(at_ms: int, tz: ZoneInfo) -> str:
    """Return a moment as the clocks of a zone show it, for spreadsheets: "2026-10-02 14:40".

    Excel, LibreOffice and Google Sheets take an offset or a "T" in it for text, not for a date.
    """
    local = datetime.fromtimestamp(at_ms // 1000, tz).replace(tzinfo=None)
    return local.isoformat(" ", "minutes")


def _count(n: int, unit: str) -> str:
    return f"{n} {unit}" if n == 1 else f"{n} {unit}s"


def ago(at_ms: int, now: int) -> str:
    """Return how long ago a moment was: "just now", "5 minutes ago", "19 days ago"."""
    seconds = max(0, now - at_ms) // 1000
    for size, unit in ((31_557_600, "year"), (2_629_800, "month"), (86_400, "day")):
        if seconds >= size:
            return f"{_count(seconds // size, unit)} ago"
    if seconds >= 3600:
        return f"{_count(seconds // 3600, 'hour')} ago"
    if seconds >= 60:
        return f"{_count(seconds // 60, 'minute')} ago"
    return "just now"


def asks_words(wanted_day: int | None) -> str:
    """Return the deadline that a learner asks for as a ledger says it, "" for none."""
    return "" if wanted_day is None else f"Asks for {show_day(wanted_day)}"


def deadline_words(deadline_day: int | None, today: int, *, is_active: bool) -> tuple[str, str]:
    """Return a deadline as shown, and its tone.

    Args:
        deadline_day: the day, or `None` where there is none.
        today: the current day in the organization's time zone.
        is_active: only an active enrollment can be overdue or due.

    Returns:
        The words ("" without a deadline, "3 days overdue", "today", "in 3 days", "10 Dec 2026")
        and the tone: "overdue", "soon" or "".
    """
    if deadline_day is None:
        return "", ""
    left = deadline_day - today
    if is_active and left < 0:
        return f"{_count(-left, 'day')} overdue", "overdue"
    if is_active and left <= SOON_DAYS:
        return ("today", "tomorrow")[left] if left < 2 else f"in {left} days", "soon"
    return show_day(deadline_day), ""
