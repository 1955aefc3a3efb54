"""Test how deadlines are moved, against Python's calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.bulk.dates import add_working_days, next_weekday, weekday_of
from enrollment_portal.domain.shared.calendar import date_to_day, day_to_date

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
