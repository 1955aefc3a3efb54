"""Read the ranges of filters that a person typed, with a message for each field that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.day_ranges import (
    FURTHEST,
    DayRange,
    last_days,
    more_than_ago,
    more_than_ahead,
    next_days,
    read_day,
)
from enrollment_portal.domain.ledger.filters import PercentRange
from enrollment_portal.domain.shared.errors import Invalid
from enrollment_portal.domain.shared.messages import NOT_A_DATE_OR_EMPTY
from enrollment_portal.domain.shared.typed_text import with_plain_digits

FIRST, LAST, NUMBER = "first", "last", "number"
"""The names of the fields."""
_LONGEST = 20
_MOST_DAYS = FURTHEST - 1
_DAYS_REFUSAL = messages.not_so_many_days(_MOST_DAYS)


class Relation(StrEnum):
    """How a number of days relates to today."""

    LAST = "last"
    MORE_THAN_AGO = "more_than_ago"
    NEXT = "next"
    MORE_THAN_AHEAD = "more_than_ahead"


_RANGES = {
    Relation.LAST: last_days,
    Relation.MORE_THAN_AGO: more_than_ago,
    Relation.NEXT: next_days,
    Relation.MORE_THAN_AHEAD: more_than_ahead,
}


def read_percents(form: Mapping[str, object]) -> PercentRange | None:
    """Return the range of progress that was typed, `None` for any progress.

    Raises:
        Invalid: a field is not a whole number from 0 to 100, or the first is above the last.
    """
    errors: dict[str, str] = {}
    least = _number(form, FIRST, 100, messages.PERCENT_RANGE, errors)
    most = _number(form, LAST, 100, messages.PERCENT_RANGE, errors)
    if errors:
        raise Invalid(errors)
    found_least, found_most = least or 0, 100 if most is None else most
    if found_least > found_most:
        raise Invalid({LAST: messages.LAST_BELOW_FIRST})
    found = PercentRange(found_least, found_most)
    return None if found == PercentRange() else found


def read_dates(form: Mapping[str, object]) -> DayRange:
    """Return the range of dates that was typed.

    Raises:
        Invalid: no date is typed, one is incomplete or does not exist, or the last is before the
            first.
    """
    errors: dict[str, str] = {}
    first, last = _date(form, FIRST, errors), _date(form, LAST, errors)
    if errors:
        raise Invalid(errors)
    if first is None and last is None:
        raise Invalid({FIRST: messages.ONE_DATE_NEEDED})
    if first is not None and last is not None and first > last:
        raise Invalid({LAST: messages.LAST_BEFORE_FIRST})
    return DayRange(first, last)


def read_relative(form: Mapping[str, object]) -> DayRange:
    """Return the range of days relative to today that was typed.

    Raises:
        Invalid: the number of days is missing, or too large.
    """
    relation = form.get("relation")
    if not isinstance(relation, str) or relation not in list(Relation):
        raise Invalid({NUMBER: _DAYS_REFUSAL})
    errors: dict[str, str] = {}
    days = _number(form, NUMBER, _MOST_DAYS, _DAYS_REFUSAL, errors)
    if not days:
        raise Invalid({NUMBER: _DAYS_REFUSAL})
    return _RANGES[Relation(relation)](days)


def _text(form: Mapping[str, object], name: str) -> str | None:
    typed = form.get(name, "")
    return typed.strip() if isinstance(typed, str) and len(typed) <= _LONGEST else None


def _number(
    form: Mapping[str, object], name: str, most: int, refusal: str, errors: dict[str, str]
) -> int | None:
    """Return a whole number from 0 on; `None` if nothing is typed, or it is refused."""
    typed = _text(form, name)
    if typed == "":
        return None
    digits = "" if typed is None else with_plain_digits(typed.removesuffix("%").rstrip())
    if digits.isascii() and digits.isdecimal() and int(digits) <= most:
        return int(digits)
    errors[name] = refusal
    return None


def _date(form: Mapping[str, object], name: str, errors: dict[str, str]) -> int | None:
    typed = _text(form, name)
    if typed == "":
        return None
    day = read_day(typed)
    if day is None:
        errors[name] = NOT_A_DATE_OR_EMPTY
    return day
