"""Test what filters mean on one day, and which of them contradict each other."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.day_ranges import Clock
from enrollment_portal.domain.ledger.filter_bounds import Bounds, bounds_of
from enrollment_portal.domain.ledger.filters import Filters
from enrollment_portal.domain.shared.calendar import date_to_day, day_start

ZONE = ZoneInfo("Europe/Stockholm")
TODAY = date_to_day(date(2026, 3, 29))  # a day of 23 hours
CLOCK = Clock(TODAY, ZONE, stuck_before=day_start(TODAY - 13, ZONE) - 1)
ALL = tuple(Status)


def _bounds(**params: str) -> Bounds:
    return bounds_of(Filters.parse({"is": params.pop("flags", ""), **params}), CLOCK)


def test_no_filters_leave_everything() -> None:
    assert _bounds() == Bounds(ALL)
    assert not Bounds(ALL).is_impossible


def test_days_of_moments_begin_and_end_in_the_organizations_zone() -> None:
    today = (day_start(TODAY, ZONE), day_start(TODAY + 1, ZONE) - 1)
    assert today[1] - today[0] == 23 * 3_600_000 - 1
    assert _bounds(enrolled="0d..0d").enrolled == today
    assert _bounds(visited="0d..0d").last_visit == today
    assert _bounds(completed="0d..0d").completed == today


def test_deadline_filters_are_one_range_of_days() -> None:
    assert _bounds(flags="overdue").deadline == (None, TODAY - 1)
    assert _bounds(flags="due_soon").deadline == (TODAY, TODAY + 7)
    assert _bounds(flags="overdue", deadline="-9d..3d").deadline == (TODAY - 9, TODAY - 1)
    assert _bounds(flags="no_deadline").has_deadline is False


def test_what_follows_enrolling_limits_its_date_too() -> None:
    yesterday = day_start(TODAY, ZONE) - 1
    assert _bounds(visited="..-1d").enrolled == (None, yesterday)
    assert _bounds(completed="..-1d", enrolled="-9d..").enrolled == (
        day_start(TODAY - 9, ZONE),
        yesterday,
    )
    assert _bounds(flags="stuck").enrolled == (None, CLOCK.stuck_before)


@pytest.mark.parametrize("flag", ["overdue", "due_soon", "awaiting_grade", "stuck"])
def test_some_flags_are_of_active_enrollments_only(flag: str) -> None:
    assert _bounds(flags=flag).statuses == (Status.ACTIVE,)
    assert _bounds(flags=flag, status="completed,cancelled").is_impossible
    assert _bounds(flags=flag, completed="-9d..").is_impossible


@pytest.mark.parametrize(
    "params",
    [
        {"flags": "overdue,due_soon"},
        {"flags": "no_deadline,overdue"},
        {"flags": "no_deadline", "deadline": "0d.."},
        {"flags": "never_visited", "visited": "0d.."},
        {"status": "active", "completed": "-9d.."},
        {"enrolled": "0d..", "visited": "..-1d"},
        {"enrolled": "0d..", "completed": "..-1d"},
        {"enrolled": "0d..", "flags": "stuck"},
        {"deadline": "2027-01-01..0d"},
    ],
)
def test_filters_that_contradict_each_other_leave_nothing(params: dict[str, str]) -> None:
    assert _bounds(**params).is_impossible
