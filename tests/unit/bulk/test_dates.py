"""Test how deadlines are moved, against Python's calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.bulk.dates import (
    DeadlineStep,
    add_months,
    add_working_days,
    next_weekday,
    weekday_of,
)
from enrollment_portal.domain.shared.calendar import LAST_DAY, date_to_day, day_to_date

DAYS = st.integers(0, 80_000)


@given(DAYS)
def test_the_day_of_the_week_is_that_of_the_calendar(day: int) -> None:
    assert weekday_of(day) == day_to_date(day).weekday()


@given(DAYS, st.integers(0, 6))
def test_the_next_weekday_is_the_first_such_day_after(day: int, weekday: int) -> None:
    found = day_to_date(next_weekday(day, weekday))
    after = (day_to_date(day) + timedelta(n) for n in range(1, 8))
    assert found == next(one for one in after if one.weekday() == weekday)


@given(DAYS, st.integers(1, 60))
def test_between_two_working_days_are_as_many_working_days(day: int, n: int) -> None:
    found = add_working_days(day, n)
    between = [d for d in range(day + 1, found + 1) if day_to_date(d).weekday() < 5]
    assert len(between) == n
    assert between[-1] == found


@given(DAYS, st.integers(1, 60))
def test_going_back_as_many_working_days_returns_to_a_working_day(day: int, n: int) -> None:
    start = add_working_days(day, 1)
    assert add_working_days(add_working_days(start, n), -n) == start


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        (date(2026, 10, 2), 1, date(2026, 10, 5)),  # Friday to Monday
        (date(2026, 10, 3), 1, date(2026, 10, 5)),  # Saturday to Monday
        (date(2026, 10, 3), -1, date(2026, 10, 2)),
        (date(2026, 10, 1), 5, date(2026, 10, 8)),
    ],
)
def test_weekends_are_no_working_days(start: date, n: int, expected: date) -> None:
    assert add_working_days(date_to_day(start), n) == date_to_day(expected)


@pytest.mark.parametrize(
    ("before", "n", "after"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-03-31", 1, "2026-04-30"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-02-28", 1, "2026-03-28"),
        ("2026-01-31", 13, "2027-02-28"),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_of_its_month(
    before: str, n: int, after: str
) -> None:
    assert add_months(_day(before), n) == _day(after)


@given(DAYS)
def test_a_month_later_is_in_the_next_month(day: int) -> None:
    start, later = day_to_date(day), day_to_date(add_months(day, 1))
    assert (later.year * 12 + later.month) - (start.year * 12 + start.month) == 1
    assert later.day <= start.day
    assert later.day == start.day or day_to_date(date_to_day(later) + 1).day == 1


@given(st.integers(0, LAST_DAY), st.sampled_from(DeadlineStep))
def test_a_step_moves_a_deadline_on_but_not_past_the_last_day(day: int, step: DeadlineStep) -> None:
    assert min(day + 7, LAST_DAY) <= step.after(day) <= min(day + 31, LAST_DAY)


def _day(text: str) -> int:
    return date_to_day(date.fromisoformat(text))
