"""Test that a path enrollment follows its courses, and its lost state is restored."""

from __future__ import annotations

from dataclasses import replace

import pytest

from enrollment_portal.domain.enrollment.commands import (
    Command,
    Context,
    CourseRules,
    PathMoved,
    SetFields,
    Undo,
)
from enrollment_portal.domain.enrollment.fields import (
    THIS_CHANGE,
    Field,
    Hidden,
    Snapshot,
    Status,
    Tracked,
)
from enrollment_portal.domain.enrollment.lifecycle import transition

ACTIVE, COMPLETED, CANCELLED = Status
PATH = CourseRules(is_path=True)
STARTED = Snapshot(id=1, version=1, enrolled_at=10, updated_at=10, progress=40, lessons_done=2)
DONE = replace(
    STARTED,
    status=COMPLETED,
    tracked_status=COMPLETED,
    progress=100,
    completed_at=20,
    updated_at=20,
)
BY_HAND = replace(DONE, tracked_status=ACTIVE, progress=40, override_seq=3)


def after(before: Snapshot, command: Command) -> Snapshot:
    return transition(before, command, Context(30, PATH)).after


@pytest.mark.parametrize("before", [DONE, replace(DONE, override_seq=3)])
def test_a_path_started_again_keeps_its_earlier_completion(before: Snapshot) -> None:
    context = Context(30, PATH, has_other_active=True)
    lost, still = PathMoved(40, 2, ACTIVE), PathMoved(100, 4, COMPLETED)
    is_kept = before.follows_tracking
    assert (transition(before, lost, context).after == before) is is_kept
    assert transition(before, still, context).after.status is COMPLETED
    active = transition(STARTED, PathMoved(60, 3, ACTIVE), context)
    assert active.after.progress == 60


class TestRestore:
    def test_a_completion_has_its_original_time(self) -> None:
        change = transition(STARTED, PathMoved(100, 4, COMPLETED, 17), Context(30, PATH))
        assert (change.after.status, change.after.completed_at) == (COMPLETED, 17)
        assert change.after.follows_tracking
        assert change.recorded == {
            Tracked.PROGRESS: (40, 100),
            Field.STATUS: (0, 1),
            Field.COMPLETED: (None, 17),
        }

    def test_a_completion_is_not_before_the_paths_start(self) -> None:
        assert after(STARTED, PathMoved(100, 4, COMPLETED, 9)).completed_at == 10

    def test_a_new_completion_has_the_current_time(self) -> None:
        assert after(STARTED, PathMoved(100, 4, COMPLETED)).completed_at == 30

    @pytest.mark.parametrize("before", [DONE, BY_HAND])
    def test_a_completed_path_keeps_its_time(self, before: Snapshot) -> None:
        assert after(before, PathMoved(100, 4, COMPLETED, 17)).completed_at == 20

    @pytest.mark.parametrize("before", [STARTED, DONE])
    def test_an_active_path_has_no_completion_time(self, before: Snapshot) -> None:
        held = after(before, PathMoved(60, 3, ACTIVE, 17))
        assert (held.status, held.completed_at) == (ACTIVE, None)

    def test_a_reopening_refers_to_the_change_that_reopened_it(self) -> None:
        change = transition(
            STARTED, PathMoved(100, 4, COMPLETED, override_seq=5), Context(30, PATH)
        )
        held = change.after
        assert (held.status, held.tracked_status, held.override_seq) == (ACTIVE, COMPLETED, 5)
        assert held.completed_at is None
        assert change.recorded == {
            Tracked.PROGRESS: (40, 100),
            Tracked.STATUS: (0, 1),
            Hidden.OVERRIDE: (None, 5),
        }

    def test_a_later_override_is_kept(self) -> None:
        held = after(BY_HAND, PathMoved(100, 4, COMPLETED, override_seq=5))
        assert (held.status, held.override_seq) == (COMPLETED, 3)


class TestProgress:
    """The progress of a path depends only on its courses."""

    @pytest.mark.parametrize("status", [COMPLETED, CANCELLED])
    def test_is_unchanged_if_a_person_sets_the_status(self, status: Status) -> None:
        held = after(STARTED, SetFields({Field.STATUS: int(status)}))
        assert (held.status, held.progress, held.override_seq) == (status, 40, THIS_CHANGE)

    def test_is_restored_with_the_status(self) -> None:
        held = after(STARTED, Undo(1, {Field.STATUS: 1}, COMPLETED, progress=100))
        assert (held.status, held.progress) == (COMPLETED, 100)

    def test_is_unchanged_if_its_previous_value_is_unknown(self) -> None:
        assert after(DONE, Undo(1, {Field.STATUS: 0}, ACTIVE)).progress == 100
