"""Moments and days as people read them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain import calendar

NOW = 1_790_000_000_000


@pytest.mark.parametrize(
    ("left", "is_active", "words", "tone"),
    [
        (-9, True, "9 days overdue", "overdue"),
        (-1, True, "1 day overdue", "overdue"),
        (0, True, "today", "soon"),
        (1, True, "tomorrow", "soon"),
        (3, True, "in 3 days", "soon"),
        (7, True, "in 7 days", "soon"),
        (8, True, "10 Oct 2026", ""),
        (-9, False, "23 Sep 2026", ""),
    ],
)
def test_a_deadline_is_said_in_words(left: int, is_active: bool, words: str, tone: str) -> None:
    today = 20_728  # 2 Oct 2026
    assert calendar.deadline_words(today + left, today, is_active=is_active) == (words, tone)


def test_no_deadline_is_blank() -> None:
    assert calendar.deadline_words(None, 20_728, is_active=True) == ("", "")


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


def test_a_moment_is_shown_in_the_viewers_zone() -> None:
    assert calendar.show_moment(NOW, ZoneInfo("Europe/Stockholm")) == "21 Sep 2026, 16:13 CEST"
    assert (
        calendar.day_of(NOW, ZoneInfo("Pacific/Kiritimati"))
        == calendar.day_of(NOW, ZoneInfo("UTC")) + 1
    )


def test_a_moment_for_spreadsheets_has_no_offset() -> None:
    assert calendar.spreadsheet_moment(NOW, ZoneInfo("Europe/Stockholm")) == "2026-09-21 16:13"


@given(st.text(max_size=40))
def test_any_zone_name_gives_a_zone(name: str) -> None:
    assert calendar.day_of(NOW, calendar.zone(name)) in (20_716, 20_717, 20_718)


@given(st.integers(0, calendar.LAST_DAY))
def test_days_and_dates_are_the_same(day: int) -> None:
    assert calendar.date_to_day(calendar.day_to_date(day)) == day
