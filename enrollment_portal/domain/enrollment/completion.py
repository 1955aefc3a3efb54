"""Validate the completion date that a person sets.

The exact moment is stored, merged and recorded in history, so that undo restores it exactly.
People type and read its date in the organization's time zone.
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
    """Validate a typed completion date, and return it in days since 1970.

    Raises:
        ValueError: it is not a date, or in the future; the message is for people.
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


def moment_on(day: int, now: int, tz: ZoneInfo, *, enrolled_at: int = 0) -> int:
    """Return the moment to store for a completion date, in ms since 1970 UTC.

    Now if it is today, else noon; not before the enrollment was created, nor in the future.
    """
    if day == calendar.day_of(now, tz):
        return max(now, enrolled_at)
    return min(max(calendar.day_start(day, tz) + _NOON_MS, enrolled_at), max(now, enrolled_at))


def day_sentence(enrolled_at: int, tz: ZoneInfo) -> str:
    """Return why a day before an enrollment's first is refused."""
    began = calendar.show_day(calendar.day_of(enrolled_at, tz))
    return messages.completed_before_enrollment(began)
