"""What an enrollment's status and progress say together."""

from __future__ import annotations

import pytest

from enrollment_portal.domain.enrollment.fields import Status, is_completed_by_hand, status_choices
from enrollment_portal.state.views import process_of


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
def test_who_completed_it(
    status: Status, progress: int, override_seq: int | None, is_by_hand: bool
) -> None:
    assert is_completed_by_hand(status, progress, override_seq) is is_by_hand


def test_only_a_change_without_a_person_has_a_process() -> None:
    assert process_of("Dana Ruiz", "group") == ""
    assert process_of("", "tracking") == "tracking"
    assert process_of("") == "system"


def test_active_is_not_offered_to_who_is_active_elsewhere() -> None:
    active, completed, cancelled = Status
    assert status_choices(completed, is_active_elsewhere=True) == (completed,)
    assert status_choices(cancelled, is_active_elsewhere=True) == (cancelled,)
    assert status_choices(active, is_active_elsewhere=True) == (active, completed, cancelled)
