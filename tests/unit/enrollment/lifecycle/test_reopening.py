"""Test that a reopened enrollment stays active even if its course would complete it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from enrollment_portal.domain.enrollment.commands import (
    Change,
    Command,
    Context,
    CourseRules,
    SetFields,
    Undo,
)
from enrollment_portal.domain.enrollment.fields import (
    THIS_CHANGE,
    Field,
    Snapshot,
    Status,
    Tracked,
    Value,
)
from enrollment_portal.domain.enrollment.lifecycle import transition
from enrollment_portal.domain.enrollment.messages import NEEDS_GRADE, TWO_ACTIVE
from enrollment_portal.domain.shared.errors import Invalid

ACTIVE, COMPLETED, CANCELLED = Status
FOUR = CourseRules(n_lessons=4)
ASKS = replace(FOUR, requires_grade=True)
DONE = Snapshot(
    id=1,
    version=1,
    status=COMPLETED,
    tracked_status=COMPLETED,
    progress=100,
    lessons_done=4,
    enrolled_at=10,
    updated_at=20,
    completed_at=20,
    grade="A",
)
BY_HAND = replace(DONE, tracked_status=ACTIVE, progress=25, lessons_done=1, override_seq=3)
GRADE_BACK = Undo(1, {Field.GRADE: None, Field.STATUS: 0}, tracked=ACTIVE)
STATUS_TO_ACTIVE = SetFields({Field.STATUS: 0})


def made(before: Snapshot, command: Command, course: CourseRules = FOUR, **more: int) -> Change:
    return transition(before, command, Context(30, course, **more))  # type: ignore[arg-type]


def held(change: Change) -> tuple[Status, Status, int | None]:
    after = change.after
    return after.status, after.tracked_status, after.override_seq


class TestUndoingAGrade:
    def test_that_the_course_requires_makes_it_active_without_an_override(self) -> None:
        change = made(DONE, GRADE_BACK, ASKS)
        assert held(change) == (ACTIVE, ACTIVE, None)
        assert change.recorded[Tracked.STATUS] == (COMPLETED, ACTIVE)

    def test_that_the_course_no_longer_requires_reopens_it(self) -> None:
        change = made(DONE, GRADE_BACK)
        assert held(change) == (ACTIVE, COMPLETED, THIS_CHANGE)
        assert change.recorded == {
            Field.STATUS: (1, 0),
            Field.GRADE: ("A", None),
            Field.COMPLETED: (20, None),
            Tracked.STATUS: (1, 1),
        }

    def test_counts_the_lessons_currently_done(self) -> None:
        fewer = replace(DONE, lessons_done=2)
        assert held(made(fewer, GRADE_BACK)) == (ACTIVE, ACTIVE, None)
        assert held(made(fewer, GRADE_BACK, lessons_done=4)) == (ACTIVE, COMPLETED, THIS_CHANGE)

    def test_of_an_overridden_completion_follows_the_tracked_status(self) -> None:
        change = made(replace(BY_HAND, lessons_done=4), GRADE_BACK)
        assert held(change) == (ACTIVE, ACTIVE, None)


def test_undoing_a_status_alone_does_not_change_the_tracked_status() -> None:
    change = made(DONE, Undo(1, {Field.STATUS: 0}))
    assert held(change) == (ACTIVE, COMPLETED, THIS_CHANGE)
    assert change.recorded == {Field.STATUS: (1, 0), Field.COMPLETED: (20, None)}


@pytest.mark.parametrize(
    ("lessons_done", "expected"),
    [(1, (ACTIVE, ACTIVE, None)), (4, (ACTIVE, COMPLETED, THIS_CHANGE))],
)
def test_overridden_to_active_it_is_reopened_if_all_lessons_are_done(
    lessons_done: int, expected: tuple[Status, Status, int | None]
) -> None:
    assert held(made(BY_HAND, STATUS_TO_ACTIVE, lessons_done=lessons_done)) == expected


def test_a_path_whose_courses_complete_it_is_reopened() -> None:
    path = CourseRules(is_path=True)
    back = Undo(1, {Field.STATUS: 0}, tracked=ACTIVE)
    assert held(made(DONE, back, path)) == (ACTIVE, COMPLETED, THIS_CHANGE)
    assert held(made(BY_HAND, STATUS_TO_ACTIVE, path)) == (ACTIVE, ACTIVE, None)


def test_progress_is_unchanged_when_removing_the_grade_ends_an_override_to_active() -> None:
    reopened = replace(DONE, status=ACTIVE, completed_at=None, override_seq=3, lessons_done=2)
    change = made(reopened, Undo(1, {Field.GRADE: None}, tracked=ACTIVE), ASKS)
    assert held(change) == (ACTIVE, ACTIVE, None)
    assert change.after.progress == 100


@pytest.mark.parametrize(
    ("command", "errors"),
    [
        (STATUS_TO_ACTIVE, {Field.STATUS: TWO_ACTIVE}),
        (Undo(1, {Field.STATUS: 0}, tracked=ACTIVE), {Field.STATUS: TWO_ACTIVE}),
        (Undo(1, {Field.STATUS: 0}), {Field.STATUS: TWO_ACTIVE}),
        (Undo(1, {Field.GRADE: None, Field.STATUS: 0}), {Field.STATUS: TWO_ACTIVE}),
        (SetFields({Field.GRADE: None, Field.STATUS: 0}), {Field.STATUS: TWO_ACTIVE}),
        (GRADE_BACK, {Field.GRADE: NEEDS_GRADE}),
        (SetFields({Field.GRADE: None}), {Field.GRADE: NEEDS_GRADE}),
    ],
)
def test_with_another_active_enrollment_the_refusal_names_the_field(
    command: Command, errors: dict[Field, Value]
) -> None:
    with pytest.raises(Invalid) as refusal:
        made(DONE, command, ASKS, has_other_active=True, rests_on_grade=True)
    assert refusal.value.errors == errors
