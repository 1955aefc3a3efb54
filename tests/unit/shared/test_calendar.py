"""Test formatting of times, dates and deadlines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.calendar import Deadline

NOW = 1_790_000_000_000


TODAY = 20_728  # 2 Oct 2026
STOCKHOLM, TOKYO = ZoneInfo("Europe/Stockholm"), ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("left", "is_active", "shown"),
    [
        (-9, True, Deadline("23 Sep 2026", "23 Sep", "9 days overdue", "overdue")),
        (-1, True, Deadline("1 Oct 2026", "1 Oct", "1 day overdue", "overdue")),
        (-400, True, Deadline("28 Aug 2025", "28 Aug 2025", "400 days overdue", "overdue")),
        (0, True, Deadline("2 Oct 2026", "2 Oct", "today", "soon")),
        (1, True, Deadline("3 Oct 2026", "3 Oct", "tomorrow", "soon")),
        (3, True, Deadline("5 Oct 2026", "5 Oct", "in 3 days", "soon")),
        (7, True, Deadline("9 Oct 2026", "9 Oct", "in 7 days", "soon")),
        (8, True, Deadline("10 Oct 2026", "10 Oct")),
        (-9, False, Deadline("23 Sep 2026", "23 Sep")),
        (3, False, Deadline("5 Oct 2026", "5 Oct")),
    ],
)
def test_a_deadline_always_has_its_date(left: int, is_active: bool, shown: Deadline) -> None:
    deadline = calendar.show_deadline(TODAY + left, TODAY, is_active=is_active)
    assert replace(deadline, iso="") == shown
    assert deadline.iso == calendar.day_to_date(TODAY + left).isoformat()


def test_no_deadline_is_blank() -> None:
    nothing = calendar.show_deadline(
        None, TODAY, is_active=True, organization=STOCKHOLM, viewer=TOKYO
    )
    assert nothing == Deadline()


@pytest.mark.parametrize(
    ("organization", "viewer", "words"),
    [
        ("Europe/Stockholm", "Asia/Tokyo", "23:59 Stockholm time"),
        ("Europe/Stockholm", "Europe/Stockholm", ""),
        ("Europe/Stockholm", "Europe/Berlin", ""),  # the same time under another name
        ("America/Argentina/Buenos_Aires", "UTC", "23:59 Buenos Aires time"),
        ("UTC", "Asia/Tokyo", "23:59 UTC"),
        ("Etc/GMT+5", "Asia/Tokyo", "23:59 UTC-05"),
        ("Etc/UTC", "UTC", ""),
    ],
)
def test_a_deadline_names_its_time_zone(organization: str, viewer: str, words: str) -> None:
    zones = {"organization": ZoneInfo(organization), "viewer": ZoneInfo(viewer)}
    for left in (-3, 0, 3, 100):
        shown = calendar.show_deadline(TODAY + left, TODAY, is_active=True, **zones)
        assert shown.ends == words
    # What is over does not end any more.
    assert calendar.show_deadline(TODAY, TODAY, is_active=False, **zones).ends == ""


@pytest.mark.parametrize(
    ("zone", "words"), [("Europe/Stockholm", "Stockholm time"), ("UTC", "UTC")]
)
def test_the_deadline_field_says_when_the_day_ends(zone: str, words: str) -> None:
    hint = calendar.deadline_hint(TODAY, ZoneInfo(zone))
    assert hint == f"The deadline is the end of that day in {words}."


def test_zones_are_compared_at_the_deadline() -> None:
    """Stockholm and Lagos show the same time in winter only."""
    zones = {"organization": ZoneInfo("Europe/Stockholm"), "viewer": ZoneInfo("Africa/Lagos")}
    winter, summer = 20_820, 20_728
    assert calendar.show_deadline(winter, TODAY, is_active=True, **zones).ends == ""
    assert calendar.show_deadline(summer, TODAY, is_active=True, **zones).ends


@pytest.mark.parametrize(
    ("back", "words"),
    [
        (0, "just now"),
        (-5_000, "just now"),
        (61_000, "1 minute ago"),
        (3 * 3_600_000, "3 hours ago"),
        (19 * calendar.MS_PER_DAY, "19 days ago"),
        (70 * calendar.MS_PER_DAY, "2 months ago"),
        (800 * calendar.MS_PER_DAY, "2 years ago"),
    ],
)
def test_how_long_ago(back: int, words: str) -> None:
    assert calendar.ago(NOW - back, NOW) == words


def test_a_time_is_shown_in_the_viewers_zone() -> None:
    assert calendar.show_moment(NOW, ZoneInfo("Europe/Stockholm")) == "21 Sep 2026, 16:13 CEST"
    assert (
        calendar.day_of(NOW, ZoneInfo("Pacific/Kiritimati"))
        == calendar.day_of(NOW, ZoneInfo("UTC")) + 1
    )


def test_a_time_is_exact_for_checking_history() -> None:
    assert calendar.exact_moment(NOW) == "2026-09-21 at 14:13:20 UTC"
    assert calendar.exact_moment(10**18) == f"the impossible moment {10**18}"
    assert calendar.iso_moment(NOW) == "2026-09-21T14:13:20Z"


def test_every_month_has_its_own_short_name() -> None:
    """It does not depend on the locale of the server, as `strftime` does."""
    firsts = [calendar.date_to_day(date(2026, month, 1)) for month in range(1, 13)]
    assert [calendar.show_day(day) for day in firsts] == [
        *("1 Jan 2026", "1 Feb 2026", "1 Mar 2026", "1 Apr 2026", "1 May 2026", "1 Jun 2026"),
        *("1 Jul 2026", "1 Aug 2026", "1 Sep 2026", "1 Oct 2026", "1 Nov 2026", "1 Dec 2026"),
    ]


def test_a_time_for_spreadsheets_has_no_offset() -> None:
    assert calendar.spreadsheet_moment(NOW, ZoneInfo("Europe/Stockholm")) == "2026-09-21 16:13"


@given(st.text(max_size=40))
def test_any_zone_name_is_read_as_a_zone(name: str) -> None:
    assert calendar.day_of(NOW, calendar.zone(name)) in (20_716, 20_717, 20_718)


@given(st.integers(0, calendar.LAST_DAY))
def test_days_are_converted_to_dates_and_back(day: int) -> None:
    assert calendar.date_to_day(calendar.day_to_date(day)) == day
