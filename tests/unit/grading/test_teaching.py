"""Test which tabs of the grading grid show an enrollment."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.grading.teaching import (
    GradingFilter,
    GradingThresholds,
    awaits_grade,
    is_in,
    is_overdue,
)
from enrollment_portal.domain.shared.calendar import MS_PER_DAY

NOW = 30_000 * MS_PER_DAY
LONG_AGO = NOW - 14 * MS_PER_DAY
MOMENT = GradingThresholds(30_000, LONG_AGO)


@dataclass(frozen=True)
class Enrollment:
    """An enrollment at half of a course that requires a grade, with a lesson done today."""

    status: int = Status.ACTIVE
    progress: int = 50
    grade: str | None = None
    deadline_day: int | None = None
    progress_at: int = NOW
    n_lessons: int = 4
    requires_grade: int = 1


HALFWAY = Enrollment()
DONE = replace(HALFWAY, progress=100)
WITHOUT_LESSONS = replace(HALFWAY, n_lessons=0, progress=0)


@pytest.mark.parametrize(
    ("one", "awaits"),
    [
        (HALFWAY, False),
        (DONE, True),
        (replace(DONE, grade="F"), False),
        (replace(DONE, requires_grade=0), False),
        (replace(DONE, status=Status.COMPLETED), False),
        (replace(DONE, status=Status.CANCELLED), False),
        (WITHOUT_LESSONS, True),
        (replace(WITHOUT_LESSONS, grade="Pass"), False),
        (replace(WITHOUT_LESSONS, requires_grade=0), False),
    ],
)
def test_awaits_a_grade_if_only_the_grade_is_missing(one: Enrollment, awaits: bool) -> None:
    assert awaits_grade(one) is awaits


def test_each_tab_shows_its_enrollments() -> None:
    late = replace(WITHOUT_LESSONS, deadline_day=MOMENT.today - 1)
    shown = {tab for tab in GradingFilter if is_in(tab, late, MOMENT)}
    assert shown == {GradingFilter.ALL, GradingFilter.AWAITING, GradingFilter.OVERDUE}
    on_time = replace(late, deadline_day=MOMENT.today)
    assert not is_in(GradingFilter.OVERDUE, on_time, MOMENT)
    completed = replace(late, status=Status.COMPLETED)
    assert {tab for tab in GradingFilter if is_in(tab, completed, MOMENT)} == {
        GradingFilter.ALL,
        GradingFilter.COMPLETED,
    }


@pytest.mark.parametrize(
    ("status", "deadline_day", "overdue"),
    [
        (Status.ACTIVE, MOMENT.today - 1, True),
        (Status.ACTIVE, MOMENT.today, False),
        (Status.ACTIVE, None, False),
        (Status.COMPLETED, MOMENT.today - 1, False),
        (Status.CANCELLED, MOMENT.today - 1, False),
    ],
)
def test_is_overdue_from_the_day_after_the_deadline(
    status: Status, deadline_day: int | None, overdue: bool
) -> None:
    one = replace(HALFWAY, status=status, deadline_day=deadline_day)
    assert is_overdue(one, MOMENT.today) is overdue
    assert is_in(GradingFilter.OVERDUE, one, MOMENT) is overdue


def test_the_tab_of_stuck_enrollments_has_the_one_rule_of_who_is_stuck() -> None:
    still = replace(HALFWAY, progress_at=LONG_AGO)
    assert {tab for tab in GradingFilter if is_in(tab, still, MOMENT)} == {
        GradingFilter.ALL,
        GradingFilter.STUCK,
    }
    moving = replace(HALFWAY, progress_at=LONG_AGO + 1)
    assert {tab for tab in GradingFilter if is_in(tab, moving, MOMENT)} == {GradingFilter.ALL}


def test_tabs_and_times_have_the_values_that_pages_and_statements_use() -> None:
    labels = ["All", "Awaiting grade", "Overdue", "Stuck", "Completed"]
    assert [tab.label for tab in GradingFilter] == labels
    assert GradingThresholds(3, 4).parameters == {"today": 3, "stuck_before": 4}
