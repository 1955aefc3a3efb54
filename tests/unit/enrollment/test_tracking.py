"""Test tracked progress and status from lessons and grades."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.enrollment.tracking import (
    count_done,
    progress_at,
    progress_of,
    tracked_status,
)

ACTIVE, COMPLETED, CANCELLED = Status
counts = st.integers(0, 300)


@given(counts, counts)
def test_progress_is_100_exactly_when_all_lessons_are_done(done: int, total: int) -> None:
    progress = progress_of(done, total)
    assert 0 <= progress <= 100
    assert (progress == 100) == (done >= total > 0)


@pytest.mark.parametrize(
    ("done", "total", "progress"),
    [
        (1, 3, 33),
        (2, 3, 66),
        (199, 200, 99),
        (6, 4, 100),
        (0, 0, 0),
        (2, 0, 0),
    ],
)
def test_progress_is_rounded_down_and_never_above_100(done: int, total: int, progress: int) -> None:
    assert progress_of(done, total) == progress


@pytest.mark.parametrize(
    ("counted", "n_marked", "total", "were_marked", "done"),
    [
        (2, 2, 3, True, 2),
        (2, 1, 2, True, 1),  # one of them was removed
        (1, 0, 2, True, 0),  # the only one was removed
        (2, 0, 4, False, 2),  # an import counts without marking
        (4, 0, 3, False, 3),
        (3, 0, 0, False, 0),
    ],
)
def test_only_lessons_that_the_course_has_count_as_done(
    counted: int, n_marked: int, total: int, *, were_marked: bool, done: int
) -> None:
    assert count_done(counted, n_marked, total, were_marked=were_marked) == done


@pytest.mark.parametrize(
    ("status", "total", "is_tracked", "progress"),
    [
        (ACTIVE, 4, True, 25),
        (ACTIVE, 4, False, 25),
        (COMPLETED, 4, True, 100),
        (COMPLETED, 4, False, 40),
        (CANCELLED, 4, True, 40),
        (CANCELLED, 4, False, 40),
        # Without lessons there is only the status.
        (ACTIVE, 0, True, 0),
        (COMPLETED, 0, True, 100),
        (COMPLETED, 0, False, 100),
        (CANCELLED, 0, True, 0),
        (CANCELLED, 0, False, 0),
    ],
)
def test_progress_of_each_status(
    status: Status, total: int, is_tracked: bool, progress: int
) -> None:
    assert progress_at(status, 1, total, before=40, is_tracked=is_tracked) == progress


def test_a_status_counts_as_tracked_unless_a_person_set_it() -> None:
    assert progress_at(COMPLETED, 1, 4, before=40) == 100


@pytest.mark.parametrize(
    ("done", "total", "requires_grade", "is_graded", "status"),
    [
        (0, 1, False, False, ACTIVE),
        (1, 1, False, False, COMPLETED),
        (2, 1, False, False, COMPLETED),
        # A grade that is not asked for completes nothing.
        (0, 1, False, True, ACTIVE),
        (1, 1, True, False, ACTIVE),
        (1, 1, True, True, COMPLETED),
        (0, 1, True, True, ACTIVE),
        # Without lessons only a grade that is asked for completes it.
        (0, 0, False, False, ACTIVE),
        (0, 0, False, True, ACTIVE),
        (0, 0, True, False, ACTIVE),
        (0, 0, True, True, COMPLETED),
    ],
)
def test_the_last_lesson_or_a_required_passing_grade_completes_a_course(
    done: int, total: int, requires_grade: bool, is_graded: bool, status: Status
) -> None:
    tracked = tracked_status(done, total, requires_grade=requires_grade, is_graded=is_graded)
    assert tracked is status
