"""Times, dates and deadlines: how they are stored and shown, and when a deadline has passed.

Moments are whole milliseconds since 1970-01-01 UTC. A deadline is a day, stored as whole days
since 1970-01-01, and ends when that day ends in the organization's time zone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from enrollment_portal.domain.shared import messages

_EPOCH = date(1970, 1, 1)
MS_PER_DAY = 86_400_000
LAST_DAY = (date(2199, 12, 31) - _EPOCH).days
SOON_DAYS = 7
"""A deadline is due soon when at most this many days are left."""
_NEAR_DAYS = 180
"""Dates within this many days are shown without the year."""
_MONTHS = (*("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),)


def now_ms() -> int:
    """Return the current time in milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name; UTC where the name is unknown.

    The name may come from a browser, so it can be any text.
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
    """Format a day: "2 Oct 2026"."""
    return _date_text(day_to_date(day))


def _date_text(value: date) -> str:
    return f"{_short_date_text(value)} {value.year:04}"


def _short_date_text(value: date) -> str:
    # Not by strftime, whose names of months are those of the server's locale.
    return f"{value.day} {_MONTHS[value.month - 1]}"


def show_moment(at_ms: int, tz: ZoneInfo) -> str:
    """Format a moment in a zone: "2 Oct 2026, 14:40 CEST"."""
    value = moment(at_ms, tz)
    return f"{_date_text(value)}, {_time_text(value)} {value.tzname()}"


def show_time(at_ms: int, tz: ZoneInfo) -> str:
    """Format the time of day of a moment in a zone: "14:40"."""
    return _time_text(moment(at_ms, tz))


def _time_text(value: datetime) -> str:
    return f"{value.hour:02}:{value.minute:02}"


def exact_moment(at_ms: int) -> str:
    """Format a moment to the second, in UTC: "2026-10-02 at 12:40:00 UTC".

    It may come from a damaged database, and lie outside of any calendar.
    """
    try:
        value = datetime.fromtimestamp(at_ms / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return messages.impossible_moment(at_ms)
    return f"{value.date().isoformat()} at {value.time().isoformat('seconds')} UTC"


def iso_moment(at_ms: int) -> str:
    """Return a moment for machines: "2026-10-02T12:40:00Z"."""
    value = datetime.fromtimestamp(at_ms // 1000, UTC).replace(tzinfo=None)
    return f"{value.isoformat(timespec='seconds')}Z"


def spreadsheet_moment(at_ms: int, tz: ZoneInfo) -> str:
    """Format a moment in a zone for spreadsheets: "2026-10-02 14:40".

    Excel, LibreOffice and Google Sheets take an offset or a "T" in it for text, not for a date.
    """
    local = datetime.fromtimestamp(at_ms // 1000, tz).replace(tzinfo=None)
    return local.isoformat(" ", "minutes")


def file_moment(value: datetime) -> str:
    """Format a moment for the name of a file: "2026-10-02-1440"."""
    return f"{value.date().isoformat()}-{value.hour:02}{value.minute:02}"


_AGO: tuple[tuple[int, Callable[[int], str]], ...] = (
    (31_557_600, messages.years_ago),
    (2_629_800, messages.months_ago),
    (86_400, messages.days_ago),
    (3_600, messages.hours_ago),
    (60, messages.minutes_ago),
)


def ago(at_ms: int, now: int) -> str:
    """Return how long ago a moment was: "just now", "5 minutes ago", "19 days ago"."""
    seconds = max(0, now - at_ms) // 1000
    for size, text in _AGO:
        if seconds >= size:
            return text(seconds // size)
    return messages.JUST_NOW


def show_near_day(day: int, today: int) -> str:
    """Format a date in short: "2 Oct", with the year if it is not near today."""
    value = day_to_date(day)
    return _short_date_text(value) if abs(day - today) <= _NEAR_DAYS else _date_text(value)


def request_text(requested_day: int | None, today: int) -> str:
    """Return the deadline that a learner asks for as a ledger says it, "" for none."""
    if requested_day is None:
        return ""
    return messages.asks_for(show_near_day(requested_day, today))


@dataclass(frozen=True)
class Deadline:
    """A formatted deadline; all texts are "" if there is none."""

    date: str = ""
    """The date: "10 Dec 2026"."""
    short: str = ""
    """The short date, without the year if it is near: "10 Dec"."""
    left: str = ""
    """How far away it is, if overdue or due soon: "3 days overdue", "today"."""
    tone: str = ""
    """The tone: "overdue", "soon" or ""."""
    ends: str = ""
    """When its day ends, if the viewer's time zone differs: "23:59 Stockholm time"."""
    iso: str = ""
    """The date for machines: "2026-12-10"."""


def show_deadline(
    deadline_day: int | None,
    today: int,
    *,
    is_active: bool,
    organization: ZoneInfo | None = None,
    viewer: ZoneInfo | None = None,
) -> Deadline:
    """Format a deadline, for pages and pushed changes.

    Args:
        deadline_day: the day, or `None` if there is none.
        today: the current day in the organization's time zone.
        is_active: only an active enrollment can be overdue or due.
        organization: the zone in which the day ends.
        viewer: the viewer's zone; without both zones, `ends` is "".
    """
    if deadline_day is None:
        return Deadline()
    left = deadline_day - today
    date, short = show_day(deadline_day), show_near_day(deadline_day, today)
    iso = day_to_date(deadline_day).isoformat()
    if not is_active:
        return Deadline(date, short, iso=iso)
    ends = day_end_text(deadline_day, organization, viewer) if organization and viewer else ""
    if left < 0:
        return Deadline(date, short, messages.days_overdue(-left), "overdue", ends, iso)
    if left <= SOON_DAYS:
        return Deadline(date, short, messages.days_left(left), "soon", ends, iso)
    return Deadline(date, short, ends=ends, iso=iso)


def day_end_text(day: int, organization: ZoneInfo, viewer: ZoneInfo) -> str:
    """Return when a day of the organization ends: "23:59 Stockholm time".

    It is "" for a viewer whose time zone has the same time then.
    """
    end = moment(day_start(day + 1, organization) - 1, organization)
    if end.utcoffset() == end.astimezone(viewer).utcoffset():
        return ""
    return messages.time_in_zone("23:59", _zone_text(organization, end))


def deadline_hint(day: int, organization: ZoneInfo) -> str:
    """Return when a deadline ends, for whoever sets one.

    Args:
        day: about when it is, for zones that are named by what they differ from UTC.
        organization: the zone in which the day ends.
    """
    text = _zone_text(organization, moment(day_start(day, organization), organization))
    return messages.deadline_ends(text)


def _zone_text(tz: ZoneInfo, at: datetime) -> str:
    area, _, place = tz.key.rpartition("/")
    if area and not area.startswith("Etc"):
        return messages.time_zone_of(place.replace("_", " "))
    name = at.tzname() or ""
    return f"UTC{name}" if name[:1] in ("+", "-") else name
