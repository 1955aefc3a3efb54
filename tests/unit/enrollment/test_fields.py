"""Test combinations of an enrollment's status and progress."""

from __future__ import annotations

import pytest

from enrollment_portal.domain.enrollment.fields import (
    Basis,
    Field,
    Hidden,
    Origin,
    Status,
    Tracked,
    history_field,
    is_completed_by_hand,
    status_choices,
)
from enrollment_portal.state.shared.views import process_of


@pytest.mark.parametrize(
    ("status", "progress", "override_seq", "is_by_hand"),
    [
        (Status.COMPLETED, 40, 7, True),
        (Status.COMPLETED, 100, 7, False),
        # Lessons were added to a course that had been finished.
        (Status.COMPLETED, 80, None, False),
        (Status.CANCELLED, 40, 7, False),
        (Status.ACTIVE, 40, 7, False),
    ],
)
def test_text_of_who_completed_it(
    status: Status, progress: int, override_seq: int | None, is_by_hand: bool
) -> None:
    assert is_completed_by_hand(status, progress, override_seq) is is_by_hand


def test_only_a_change_without_a_person_has_a_process() -> None:
    assert process_of("Dana Ruiz", "group") == ""
    assert process_of("", "tracking") == "tracking"
    assert process_of("") == "system"


def test_active_is_not_offered_beside_another_active_enrollment() -> None:
    active, completed, cancelled = Status
    assert status_choices(completed, is_active_elsewhere=True) == (completed,)
    assert status_choices(cancelled, is_active_elsewhere=True) == (cancelled,)
    assert status_choices(active, is_active_elsewhere=True) == (active, completed, cancelled)


def test_an_ended_enrollment_must_first_be_made_active() -> None:
    active, completed, cancelled = Status
    assert status_choices(active) == (active, completed, cancelled)
    assert status_choices(completed) == (active, completed)
    assert status_choices(cancelled) == (active, cancelled)


def test_history_names_overridden_and_tracked_values() -> None:
    for name in (*Field, *Tracked, *Basis, *Hidden):
        assert history_field(name.value) is name
    assert [name.label for name in (*Field, *Tracked, *Basis)] == [
        *("Status", "Completed on", "Deadline", "Grade", "Instructor Feedback"),
        *("Internal Note", "Progress", "Tracked status", "Completed by a grade"),
    ]
    assert [status.label for status in Status] == ["Active", "Completed", "Cancelled"]
    assert [origin.sentence for origin in Origin] == [
        "The learner started the course",
        "Enrolled by an admin",
        "Enrolled with a group",
        "Enrolled with a learning path",
        "Imported",
    ]
