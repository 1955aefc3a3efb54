"""The day on which an enrollment was completed, where a person sets it.

Stored, merged and recorded in history is the moment, so that taking a change back gives exactly
that moment back. People type and read the day on which it falls in the organization's time zone.
"""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from enrollment_portal.domain.enrollment import messages
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.messages import NOT_A_DATE

_NOON_MS = calendar.MS_PER_DAY // 2
_FIRST_DAY = calendar.date_to_day(date(1970, 1, 2))
"""Moments before 1970 are not stored, in whatever zone."""


def read_day(text: str, today: int) -> int:
    """Return a typed day of completion, in days since 1970.

    Raises:
        ValueError: it is no day, or in the future; the message is for people.
    """
    try:
        day = calendar.date_to_day(date.fromisoformat(text))
    except ValueError:
        raise ValueError(NOT_A_DATE) from None
    if day > today:
        raise ValueError(messages.IN_FUTURE)
    if day < _FIRST_DAY:
        raise ValueError(messages.TOO_LONG_AGO)
    return day


def moment_on(day: int, now: int, tz: ZoneInfo, *, began_at: int = 0) -> int:
    """Return the moment that stands for a day of completion, in ms since 1970 UTC.

    This moment for today, else noon; never before the enrollment began, nor after this moment.
    """
    if day == calendar.day_of(now, tz):
        return max(now, began_at)
    return min(max(calendar.day_start(day, tz) + _NOON_MS, began_at), max(now, began_at))


def day_sentence(began_at: int, tz: ZoneInfo) -> str:
    """Return why a day before an enrollment's first is refused."""
    began = calendar.show_day(calendar.day_of(began_at, tz))
    return messages.completed_before_enrollment(began)
