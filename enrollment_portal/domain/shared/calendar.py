"""Times, dates and deadlines: how they are stored and shown, and when a deadline has passed.

Moments are whole milliseconds since 1970-01-01 UTC. A deadline is a day, stored as whole days
since 1970-01-01, and ends when that day ends in the organization's time zone.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from enrollment_portal.domain.shared import messages
from enrollment_portal.domain.shared.wording import counted

_EPOCH = date(1970, 1, 1)
MS_PER_DAY = 86_400_000
LAST_DAY = (date(2199, 12, 31) - _EPOCH).days
SOON_DAYS = 7
"""A deadline is due soon when at most this many days are left."""
_NEAR_DAYS = 180
"""Dates within this many days are shown without the year."""


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
    """Return a day as shown to people here: "2 Oct 2026"."""
    value = day_to_date(day)
    return f"{value.day} {value:%b %Y}"


def show_moment(at_ms: int, tz: ZoneInfo) -> str:
    """Format a moment in a zone: "2 Oct 2026, 14:40 CEST"."""
    value = moment(at_ms, tz)
    return f"{value.day} {value:%b %Y, %H:%M %Z}"


def iso_moment(at_ms: int) -> str:
    """Return a moment for machines: "2026-10-02T12:40:00Z"."""
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def spreadsheet_moment(at_ms: int, tz: ZoneInfo) -> str:
    """Format a moment in a zone for spreadsheets: "2026-10-02 14:40".

    Excel, LibreOffice and Google Sheets take an offset or a "T" in it for text, not for a date.
    """
    local = datetime.fromtimestamp(at_ms // 1000, tz).replace(tzinfo=None)
    return local.isoformat(" ", "minutes")


def ago(at_ms: int, now: int) -> str:
    """Return how long ago a moment was: "just now", "5 minutes ago", "19 days ago"."""
    seconds = max(0, now - at_ms) // 1000
    for size, unit in ((31_557_600, "year"), (2_629_800, "month"), (86_400, "day")):
        if seconds >= size:
            return f"{counted(seconds // size, unit)} ago"
    if seconds >= 3600:
        return f"{counted(seconds // 3600, 'hour')} ago"
    if seconds >= 60:
        return f"{counted(seconds // 60, 'minute')} ago"
    return "just now"


def show_near_day(day: int, today: int) -> str:
    """Format a date in short: "2 Oct", with the year if it is not near today."""
    shown = show_day(day)
    return shown[:-5] if abs(day - today) <= _NEAR_DAYS else shown


def request_text(requested_day: int | None, today: int) -> str:
    """Return the deadline that a learner asks for as a ledger says it, "" for none."""
    return "" if requested_day is None else f"Asks for {show_near_day(requested_day, today)}"


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
    if not is_active:
        return Deadline(date, short)
    ends = day_end_text(deadline_day, organization, viewer) if organization and viewer else ""
    if left < 0:
        return Deadline(date, short, f"{counted(-left, 'day')} overdue", "overdue", ends)
    if left <= SOON_DAYS:
        text = ("today", "tomorrow")[left] if left < 2 else f"in {left} days"
        return Deadline(date, short, text, "soon", ends)
    return Deadline(date, short, ends=ends)


def day_end_text(day: int, organization: ZoneInfo, viewer: ZoneInfo) -> str:
    """Return when a day of the organization ends: "23:59 Stockholm time".

    It is "" for a viewer whose time zone has the same time then.
    """
    end = moment(day_start(day + 1, organization) - 1, organization)
    if end.utcoffset() == end.astimezone(viewer).utcoffset():
        return ""
    return f"23:59 {_zone_text(organization, end)}"


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
        return f"{place.replace('_', ' ')} time"
    name = at.strftime("%Z")
    return f"UTC{name}" if name[:1] in ("+", "-") else name
