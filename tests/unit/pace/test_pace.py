"""Test who is stuck, the pace needed and kept, the projected finish, and the sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.pace import messages
from enrollment_portal.domain.pace.pace import (
    PaceDay,
    PaceSettings,
    explain,
    first_progress_at,
    is_stuck,
    kept_pace,
    pace_of,
)
from enrollment_portal.domain.pace.pace_settings import read_pace_settings, typed_pace_settings
from enrollment_portal.domain.shared.calendar import LAST_DAY, day_start
from enrollment_portal.domain.shared.errors import Invalid

ZONE = ZoneInfo("Europe/Stockholm")
TODAY = 20_700
DAY = PaceDay(TODAY, ZONE)


def days_ago(n: int, hours: int = 12) -> int:
    """Return a time of day so many days ago, in ms."""
    return day_start(TODAY - n, ZONE) + hours * 3_600_000


@dataclass(frozen=True)
class Enrollment:
    """An active enrollment at 5% for three weeks, with ten weeks less a day to go."""

    status: int = Status.ACTIVE
    progress: int = 5
    progress_at: int = days_ago(21)
    pace: int | None = 0
    deadline_day: int | None = TODAY + 160
    n_lessons: int = 20


FIVE = Enrollment()

enrollments = st.builds(
    Enrollment,
    status=st.sampled_from(Status),
    progress=st.integers(0, 100),
    progress_at=st.integers(days_ago(400), days_ago(0)),
    pace=st.one_of(st.none(), st.integers(0, 1000)),
    deadline_day=st.one_of(st.none(), st.integers(TODAY - 400, TODAY + 400)),
    n_lessons=st.integers(0, 3),
)
weeks = st.integers(1, 26)
percents = st.integers(0, 100)
ages = st.integers(0, 900)


class TestStuck:
    @pytest.mark.parametrize(
        ("one", "stuck"),
        [
            (replace(FIVE, progress_at=days_ago(14, 0)), True),
            (replace(FIVE, progress_at=days_ago(14, 23)), True),
            (replace(FIVE, progress_at=days_ago(13, 0)), False),
            (replace(FIVE, progress=0), True),
            (replace(FIVE, progress=99), True),
            (replace(FIVE, progress=100), False),
            (replace(FIVE, n_lessons=0, progress=0), False),
            (replace(FIVE, deadline_day=None), True),
            (replace(FIVE, status=Status.COMPLETED), False),
            (replace(FIVE, status=Status.CANCELLED), False),
        ],
    )
    def test_is_active_with_lessons_left_and_none_done_for_two_weeks(
        self, one: Enrollment, stuck: bool
    ) -> None:
        assert is_stuck(one, DAY.stuck_before) is stuck

    @given(enrollments, st.integers(1, 365), st.integers(0, 400))
    def test_stays_stuck_until_progress_is_made(
        self, one: Enrollment, days: int, later: int
    ) -> None:
        settings = PaceSettings(stuck_days=days)
        today, then = (PaceDay(TODAY + n, ZONE, settings) for n in (0, later))
        assert not is_stuck(one, today.stuck_before) or is_stuck(one, then.stuck_before)
        assert not is_stuck(replace(one, progress_at=days_ago(0)), today.stuck_before)

    def test_a_day_of_the_clock_change_counts_as_a_day(self) -> None:
        # Stockholm's 29 March 2026 has 23 hours.
        changed = PaceDay(20_541, ZONE, PaceSettings(stuck_days=1))
        assert changed.stuck_before == day_start(20_541, ZONE) - 1
        assert day_start(20_542, ZONE) - day_start(20_541, ZONE) == 23 * 3_600_000


class TestKept:
    @pytest.mark.parametrize(
        ("progress", "lowest", "age", "kept"),
        [
            (5, 5, 300, 0),
            (45, 5, 300, 100),
            (6, 5, 300, 3),  # 1 % in four weeks
            (10, 0, 0, 100),  # enrolled today: measured over a week
            (10, 0, 14, 50),
            (10, 10, 14, 50),  # newer than the weeks: from 0, whatever was stored first
            (100, 0, 0, 1000),
            (20, 80, 300, 0),  # lowered, and nothing done since
        ],
    )
    def test_is_the_rise_per_week(self, progress: int, lowest: int, age: int, kept: int) -> None:
        assert kept_pace(progress, lowest, days_ago(age), DAY) == kept

    @given(percents, percents, percents, ages, weeks)
    def test_never_falls_with_progress(
        self, progress: int, more: int, lowest: int, age: int, n: int
    ) -> None:
        day = PaceDay(TODAY, ZONE, PaceSettings(pace_weeks=n))
        less, most = sorted((progress, more))
        slow, fast = (kept_pace(one, min(lowest, less), days_ago(age), day) for one in (less, most))
        assert 0 <= slow <= fast <= 1000

    @given(percents, percents, ages, weeks, st.integers(1, 60), st.data())
    def test_never_rises_from_day_to_day_without_progress(
        self, progress: int, lowest: int, age: int, n: int, later: int, data: st.DataObject
    ) -> None:
        lowest = min(lowest, progress)
        # As days pass, old intervals are left out: the lowest progress can only be higher.
        lowest_then = data.draw(st.integers(lowest, progress))
        today, then = (PaceDay(TODAY + k, ZONE, PaceSettings(14, n)) for k in (0, later))
        before = kept_pace(progress, lowest, days_ago(age), today)
        assert kept_pace(progress, lowest_then, days_ago(age), then) <= before


class TestPace:
    @given(enrollments)
    def test_only_active_enrollments_with_lessons_left_have_one(self, one: Enrollment) -> None:
        has_pace = one.status == Status.ACTIVE and one.n_lessons > 0 and one.progress < 100
        assert (pace_of(one, DAY) is not None) is has_pace
        assert (explain(one, DAY) != "") is has_pace

    @given(enrollments, st.integers(0, 500))
    def test_is_never_projected_before_today(self, one: Enrollment, later: int) -> None:
        pace = pace_of(one, PaceDay(TODAY + later, ZONE))
        if pace and pace.finish_day is not None:
            assert TODAY + later < pace.finish_day <= LAST_DAY
            assert pace.kept > 0

    @given(enrollments, st.integers(0, 99))
    def test_with_more_progress_it_is_finished_earlier_and_needs_less(
        self, one: Enrollment, more: int
    ) -> None:
        ahead = replace(one, progress=max(one.progress, more))
        slow, fast = pace_of(one, DAY), pace_of(ahead, DAY)
        if slow and fast:
            assert (fast.needed or 0) <= (slow.needed or 0)
            assert (fast.finish_day or 0) <= (slow.finish_day or 0)
            assert slow.is_late or not fast.is_late

    @given(enrollments, st.integers(0, 500))
    def test_as_days_pass_without_progress_more_is_needed_and_the_finish_is_later(
        self, one: Enrollment, later: int
    ) -> None:
        today, then = (pace_of(one, PaceDay(TODAY + n, ZONE)) for n in (0, later))
        if today and then:
            assert then.needed is None or today.needed is not None
            assert (then.needed or 10**9) >= (today.needed or 0)
            assert (then.finish_day or LAST_DAY) >= (today.finish_day or 0)
            assert then.is_late or not today.is_late

    @given(enrollments)
    def test_who_keeps_the_pace_needed_is_in_time(self, one: Enrollment) -> None:
        needed = (pace := pace_of(one, DAY)) and pace.needed
        if needed:
            keeping = pace_of(replace(one, pace=needed), DAY)
            # Finished with the end of the deadline's day, which is the next day's start.
            assert keeping
            assert keeping.days_late is not None
            assert keeping.days_late <= 1

    def test_an_unreachable_finish_is_none(self) -> None:
        pace = pace_of(replace(FIVE, pace=0), DAY)
        assert pace
        assert pace.finish_day is None
        assert pace.is_late
        assert pace.days_late is None
        pace = pace_of(replace(FIVE, pace=0, deadline_day=None), DAY)
        assert pace
        assert not pace.is_late


class TestSentence:
    @pytest.mark.parametrize(
        ("one", "text"),
        [
            (FIVE, "5% for 3 weeks; needs 4.2% a week, kept 0"),
            (
                replace(FIVE, progress=45, pace=100, progress_at=days_ago(0, 1)),
                "45% since today; needs 2.4% a week, kept 10%",
            ),
            (
                replace(FIVE, progress_at=days_ago(1), pace=13),
                "5% since yesterday; needs 4.2% a week, kept 1.3%",
            ),
            (
                replace(FIVE, progress_at=days_ago(13), deadline_day=TODAY + 6),
                "5% for 13 days; needs 95% a week, kept 0",
            ),
            (
                replace(FIVE, progress_at=days_ago(14), deadline_day=TODAY + 1),
                "5% for 2 weeks; needs 95% in 2 days, kept 0 a week",
            ),
            (
                replace(FIVE, deadline_day=TODAY),
                "5% for 3 weeks; needs 95% by the end of today, kept 0 a week",
            ),
            (
                replace(FIVE, deadline_day=TODAY - 1),
                "5% for 3 weeks; the deadline has passed, kept 0 a week",
            ),
            (
                replace(FIVE, deadline_day=None),
                "5% for 3 weeks; no deadline, kept 0 a week",
            ),
            (replace(FIVE, progress=100), ""),
        ],
    )
    def test_says_why(self, one: Enrollment, text: str) -> None:
        assert explain(one, DAY) == text

    def test_the_projected_finish_is_compared_with_the_deadline(self) -> None:
        late = [messages.days_after_deadline(n) for n in (0, 1, 9, -1, -30)]
        assert late == [
            "on the day of the deadline",
            "1 day after the deadline",
            "9 days after the deadline",
            "1 day before the deadline",
            "30 days before the deadline",
        ]


@pytest.mark.parametrize(
    ("progress", "visited", "at"),
    [(0, None, 10), (0, 90, 10), (40, 90, 90), (40, None, 10)],
)
def test_progress_of_an_import_was_made_by_the_last_visit(
    progress: int, visited: int | None, at: int
) -> None:
    assert first_progress_at(progress, 10, visited) == at


class TestSettings:
    def test_reads_back_what_it_shows(self) -> None:
        settings = PaceSettings(30, 8)
        assert read_pace_settings(typed_pace_settings(settings)) == settings
        assert read_pace_settings({"stuck_days": " ７ ", "pace_weeks": "٢٦"}) == PaceSettings(7, 26)

    @pytest.mark.parametrize("raw", ["", "0", "-1", "1.5", "two", "1e3", "9" * 400, None, 7, "\0"])
    def test_refuses_what_is_no_number_of_the_range(self, raw: object) -> None:
        with pytest.raises(Invalid) as refused:
            read_pace_settings({"stuck_days": raw, "pace_weeks": "4"})
        assert set(refused.value.errors) == {"stuck_days"}

    def test_each_field_has_its_own_refusal(self) -> None:
        with pytest.raises(Invalid) as refused:
            read_pace_settings({"stuck_days": "366", "pace_weeks": "27"})
        assert refused.value.errors == {
            "stuck_days": "Enter a whole number from 1 to 365.",
            "pace_weeks": "Enter a whole number from 1 to 26.",
        }
