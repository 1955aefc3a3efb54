"""Test which enrollment counts for a path, restored completions, and moved deadlines."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.paths.learning_paths import (
    LostCompletion,
    PathState,
    StepProgress,
    counting,
    deadline_along,
    path_state,
)
from enrollment_portal.domain.shared.calendar import LAST_DAY

ACTIVE, COMPLETED, CANCELLED = Status
LATER = StepProgress(2, True, ACTIVE, 50, 1, enrolled_at=30, ids=(2,))
FIRST = StepProgress(2, True, CANCELLED, 50, 1, enrolled_at=10, ids=(1,))
DONE = StepProgress(2, True, COMPLETED, 100, 2, enrolled_at=20, completed_at=25, ids=(3,))
HALF = StepProgress(2, True, ACTIVE, 50, 1, enrolled_at=20)
NOT_STARTED = StepProgress(2, True)


class TestCountingEnrollment:
    def test_completed_counts_before_active_and_active_before_cancelled(self) -> None:
        assert counting([LATER, DONE, FIRST]).status == COMPLETED
        newest = replace(FIRST, enrolled_at=40)
        assert counting([LATER, newest]).status == ACTIVE
        assert counting([newest, LATER]).status == ACTIVE

    @pytest.mark.parametrize("status", Status)
    def test_of_the_same_status_the_newest_counts(self, status: Status) -> None:
        older = StepProgress(2, True, status, 20, 1, enrolled_at=10)
        newer = replace(older, progress=70, enrolled_at=11)
        assert counting([older, newer]).progress == 70
        assert counting([newer, older]).progress == 70

    def test_the_times_are_those_of_the_earliest_and_all_are_listed(self) -> None:
        again = replace(DONE, enrolled_at=50, completed_at=55, ids=(4,))
        one = counting([again, DONE, FIRST, LATER])
        assert (one.enrolled_at, one.completed_at) == (10, 25)
        assert sorted(one.ids) == [1, 2, 3, 4]
        unfinished = counting([FIRST, LATER])
        assert (unfinished.enrolled_at, unfinished.completed_at) == (10, None)

    @pytest.mark.parametrize("one", [FIRST, LATER, DONE, NOT_STARTED])
    def test_a_single_enrollment_counts_unchanged(self, one: StepProgress) -> None:
        assert counting([one]) == one


class TestCountsBefore:
    """Whether a path required a course when the path was completed, at 30."""

    @pytest.mark.parametrize(
        ("step", "counts"),
        [
            (NOT_STARTED, False),
            (DONE, True),
            (replace(DONE, enrolled_at=30), True),
            (replace(DONE, enrolled_at=31), False),
            # Added later: it was not completed then, nor since.
            (HALF, False),
            (replace(HALF, uncompleted_at=29), False),
            (replace(HALF, uncompleted_at=30), True),
            (replace(HALF, uncompleted_at=31, enrolled_at=31), False),
            # Whatever was done in it, where it is known that it was added later.
            (replace(DONE, added_at=30), True),
            (replace(DONE, added_at=31), False),
            (replace(HALF, uncompleted_at=31, added_at=30), True),
            (replace(HALF, uncompleted_at=32, added_at=31), False),
            (replace(HALF, added_at=1), False),
        ],
    )
    def test_if_the_learner_was_enrolled_in_it_and_it_was_completed(
        self, step: StepProgress, counts: bool
    ) -> None:
        assert step.counts_before(30) is counts

    def test_an_uncompleted_path_requires_all_courses_of_the_learner(self) -> None:
        assert HALF.counts_before(None) is True
        assert replace(HALF, added_at=99).counts_before(None) is True
        assert NOT_STARTED.counts_before(None) is False


class TestLostCompletion:
    """The path was completed at 30 and lost that at 40."""

    LOST = LostCompletion(30, 40)

    @pytest.mark.parametrize(
        ("steps", "is_back"),
        [
            ([DONE], True),
            ([DONE, replace(DONE, completed_at=40)], True),
            # Completed again since.
            ([DONE, replace(DONE, completed_at=41)], False),
            ([DONE, replace(HALF, uncompleted_at=40)], False),
            # Added to the path after it was completed.
            ([DONE, HALF, NOT_STARTED], True),
            ([DONE, replace(DONE, enrolled_at=41, completed_at=45)], True),
            # What nobody asks for any more.
            ([replace(HALF, status=CANCELLED, is_offered=False, uncompleted_at=40), DONE], True),
            # Nothing is left that could give it back.
            ([NOT_STARTED], False),
            ([], False),
        ],
    )
    def test_is_restored_when_all_courses_are_completed_as_before(
        self, steps: list[StepProgress], is_back: bool
    ) -> None:
        assert self.LOST.is_back(steps) is is_back

    def test_a_completion_without_a_time_counts_as_earlier(self) -> None:
        assert self.LOST.is_back([replace(DONE, completed_at=None)])

    def test_a_reopened_path_requires_all_courses_of_the_learner(self) -> None:
        reopened = LostCompletion(None, 40, override_seq=7)
        assert reopened.is_back([DONE, NOT_STARTED])
        assert not reopened.is_back([DONE, HALF])
        assert reopened.override_seq == 7
        assert LostCompletion(None, 40).override_seq is None


def state(*steps: StepProgress, tracked: Status, lost: LostCompletion | None = None) -> object:
    """Return the state of an active path that was never completed, or lost its completion."""
    return path_state(steps, status=ACTIVE, tracked=tracked, completed_at=None, lost=lost)


class TestPathState:
    LOST = LostCompletion(30, 40)

    def test_an_active_path_requires_also_courses_not_started(self) -> None:
        assert state(NOT_STARTED, tracked=ACTIVE) == PathState(0, 0, ACTIVE)
        assert state(DONE, NOT_STARTED, tracked=ACTIVE) == PathState(50, 2, ACTIVE)

    def test_a_lost_completion_is_restored_despite_added_courses(self) -> None:
        held = state(DONE, NOT_STARTED, tracked=ACTIVE, lost=self.LOST)
        assert held == PathState(100, 2, COMPLETED, self.LOST)
        # Its courses were completed again: all of them complete it.
        completed_again = replace(DONE, completed_at=45)
        assert state(completed_again, NOT_STARTED, tracked=ACTIVE, lost=self.LOST) == PathState(
            50, 2, ACTIVE
        )

    def test_a_path_tracked_as_completed_lost_nothing(self) -> None:
        held = state(DONE, tracked=COMPLETED, lost=self.LOST)
        assert held == PathState(100, 2, COMPLETED)
        # Reopened by a person: it requires the learner's courses.
        assert state(DONE, HALF, tracked=COMPLETED) == PathState(75, 3, ACTIVE)

    def test_a_path_without_courses_is_unchanged(self) -> None:
        assert state(tracked=ACTIVE) is None
        gone = replace(NOT_STARTED, is_offered=False)
        assert state(gone, tracked=ACTIVE) is None


days = st.integers(0, LAST_DAY)


class TestDeadlineAlong:
    @pytest.mark.parametrize(
        ("day", "path_day", "until", "moved"),
        [
            (15, 10, 20, 25),
            (5, 10, 20, 15),
            (19, 10, 20, 29),
            (20, 10, 20, None),
            (21, 10, 20, None),
            (15, 20, 20, None),
            (15, 20, 18, None),
            (None, 10, 20, None),
            (15, None, 20, None),
            (LAST_DAY - 3, LAST_DAY - 9, LAST_DAY, LAST_DAY),
        ],
    )
    def test_moves_by_as_many_days_as_the_paths(
        self, day: int | None, path_day: int | None, until: int, moved: int | None
    ) -> None:
        assert deadline_along(day, path_day, until) == moved

    @given(st.none() | days, st.none() | days, days)
    def test_is_never_earlier_than_it_was_nor_after_the_last_day(
        self, day: int | None, path_day: int | None, until: int
    ) -> None:
        moved = deadline_along(day, path_day, until)
        assert moved is None or (day or 0) < moved <= LAST_DAY
