"""Extension requests: their states, and validation of requested and granted deadlines."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from enrollment_portal.domain.requests import messages
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.messages import TOO_FAR_AWAY


class RequestState(StrEnum):
    """The state of an extension request; stored by value."""

    OPEN = "open"
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    """The learner undid it."""
    CLOSED = "closed"
    """It no longer applies: the enrollment ended, or its deadline was removed."""


def read_granted_day(
    typed: object, requested_day: int, today: int, deadline_day: int | None
) -> int:
    """Return the deadline that granting a request sets, in days since 1970.

    Args:
        typed: another day than the learner asked for, as year-month-day, or nothing; anything at
            all may arrive.
        requested_day: the day that the learner asked for.
        today: the current day in the organization's zone.
        deadline_day: the deadline that stands, `None` for none.

    Raises:
        ValueError: the day is over, or breaks another rule; the sentence says what to do.
    """
    has_passed = requested_day < today
    if typed is None or (isinstance(typed, str) and not typed.strip()):
        if has_passed:
            raise ValueError(messages.requested_day_over(calendar.show_day(requested_day)))
        return requested_day
    day = _read_day(typed, messages.CHOOSE_NEW_DEADLINE)
    if day == requested_day and not has_passed:
        return day
    if day <= today:
        raise ValueError(messages.AFTER_TODAY)
    if deadline_day is not None and day <= deadline_day:
        raise ValueError(messages.after_deadline(calendar.show_day(deadline_day)))
    return day


def _read_day(typed: object, missing: str) -> int:
    try:
        day = calendar.date_to_day(date.fromisoformat(typed.strip()))  # type: ignore[union-attr]
    except (AttributeError, ValueError):
        raise ValueError(missing) from None
    if day > calendar.LAST_DAY:
        raise ValueError(TOO_FAR_AWAY)
    return day


def read_requested_day(typed: object, today: int, deadline_day: int | None) -> int:
    """Return the later deadline that a learner asks for, in days since 1970.

    Args:
        typed: the date as year-month-day; anything at all may arrive.
        today: the current day in the organization's zone.
        deadline_day: the deadline that stands, `None` for none.

    Raises:
        ValueError: a sentence that says what is wrong and what to do.
    """
    day = _read_day(typed, messages.CHOOSE_REQUESTED_DEADLINE)
    if day <= today:
        raise ValueError(messages.AFTER_TODAY)
    if deadline_day is not None and day <= deadline_day:
        raise ValueError(messages.after_your_deadline(calendar.show_day(deadline_day)))
    return day
