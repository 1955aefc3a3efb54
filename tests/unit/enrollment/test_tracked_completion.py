"""Test finding in history when tracking completed an enrollment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from enrollment_portal.domain.enrollment.commands import (
    CourseRules,
    LessonsDone,
    RevertToTracked,
    SetFields,
)
from enrollment_portal.domain.enrollment.fields import Field, Status, Tracked
from enrollment_portal.domain.enrollment.tracked_completion import tracked_completion
from tests.unit.enrollment.model import STARTED, TRACKING, Event, Model

ACTIVE, COMPLETED, CANCELLED = Status
GRADED = CourseRules(n_lessons=2, requires_grade=True)


def set_status(model: Model, *statuses: Status) -> None:
    for status in statuses:
        model.make(SetFields({Field.STATUS: int(status)}))


def do_all(model: Model) -> int:
    """Do all lessons, and return when."""
    model.make(LessonsDone(model.course.n_lessons), TRACKING)
    return model.now


def revert(model: Model) -> int | None:
    """Revert to tracked, and return since when it is completed."""
    model.make(RevertToTracked(model.tracked_completion()))
    assert model.stored.follows_tracking
    return model.stored.completed_at


@pytest.mark.parametrize("by_hand", [[ACTIVE], [ACTIVE, CANCELLED], [ACTIVE, CANCELLED, ACTIVE]])
def test_is_found_behind_later_overrides(by_hand: list[Status]) -> None:
    model = Model(CourseRules(2))
    done_at = do_all(model)
    set_status(model, *by_hand)
    assert revert(model) == done_at


def test_a_completion_from_before_history_is_found() -> None:
    stored = replace(STARTED, status=COMPLETED, tracked_status=COMPLETED, completed_at=1_500)
    model = Model(CourseRules(2), stored, now=2_000)
    assert tracked_completion(stored, []) == 1_500
    set_status(model, ACTIVE, CANCELLED)
    assert revert(model) == 1_500


def test_a_corrected_date_is_used() -> None:
    model = Model(CourseRules(2), now=5_000)
    do_all(model)
    model.make(SetFields({Field.COMPLETED: 2_000}))
    model.make(SetFields({Field.NOTE: "x"}))
    set_status(model, ACTIVE, CANCELLED)
    assert revert(model) == 2_000


def test_a_later_override_to_completed_is_used() -> None:
    model = Model(CourseRules(2))
    do_all(model)
    set_status(model, ACTIVE, COMPLETED)
    again = model.now
    set_status(model, ACTIVE, CANCELLED)
    assert revert(model) == again


@pytest.mark.parametrize("by_hand", [[], [ACTIVE], [ACTIVE, CANCELLED]])
def test_an_earlier_override_counts_from_the_tracked_completion(
    by_hand: list[Status],
) -> None:
    model = Model(CourseRules(2))
    set_status(model, COMPLETED)
    done_at = do_all(model)
    set_status(model, *by_hand)
    assert revert(model) == done_at


def test_a_grade_under_a_cancellation_completed_it_when_given() -> None:
    model = Model(GRADED)
    do_all(model)
    set_status(model, CANCELLED)
    model.make(SetFields({Field.GRADE: "A"}))
    graded_at = model.now
    model.make(SetFields({Field.NOTE: "x"}))
    assert revert(model) == graded_at


def test_restored_after_reopening_it_has_the_earlier_completion() -> None:
    reopened = replace(STARTED, tracked_status=COMPLETED, override_seq=1)
    history = [
        Event(3, 30, TRACKING, {Tracked.STATUS: (0, 1)}),
        Event(2, 20, TRACKING, {Tracked.STATUS: (1, 0)}),
        Event(1, 10, "person", {Field.STATUS: (1, 0), Field.COMPLETED: (5, None)}),
    ]
    assert tracked_completion(reopened, history) == 5
    # Any other override is older only where a person had completed it.
    over = replace(reopened, status=COMPLETED, completed_at=10)
    assert tracked_completion(over, history) == 30


def test_older_history_without_times_is_read() -> None:
    reopened = replace(STARTED, tracked_status=COMPLETED, override_seq=2)
    history = [
        Event(2, 20, "person", {Field.STATUS: (1, 0)}),
        Event(1, 10, TRACKING, {Field.STATUS: (0, 1)}),
    ]
    assert tracked_completion(reopened, history) == 10
    assert tracked_completion(reopened, history[:1]) is None


@pytest.mark.parametrize("tracked", [ACTIVE, CANCELLED])
def test_none_if_another_status_is_tracked(tracked: Status) -> None:
    over = replace(
        STARTED, status=COMPLETED, tracked_status=tracked, completed_at=5, override_seq=1
    )
    assert tracked_completion(over, []) is None


def test_an_override_equal_to_the_tracked_status_ends_and_is_restored() -> None:
    model = Model(CourseRules(2))
    set_status(model, COMPLETED)
    completed_at = model.now
    done_at = do_all(model)
    assert revert(model) == done_at
    for _ in range(2):
        model.make(model.inverse_of_last())
        assert model.stored.override_seq == 1
        assert (model.stored.status, model.stored.completed_at) == (COMPLETED, completed_at)
        model.make(model.inverse_of_last())
        assert model.stored.follows_tracking
        assert model.stored.completed_at == done_at


def test_a_reverted_completion_ends_with_its_grade() -> None:
    model = Model(GRADED)
    do_all(model)
    set_status(model, COMPLETED)
    model.make(SetFields({Field.GRADE: "A"}))
    revert(model)
    model.make(SetFields({Field.GRADE: None}))
    assert (model.stored.status, model.stored.follows_tracking) == (ACTIVE, True)
