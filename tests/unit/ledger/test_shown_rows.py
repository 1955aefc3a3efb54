"""Test that pages, pushed changes and the grading grid format a row alike."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from enrollment_portal.domain.ledger.shown_rows import LiveRow, live_row, shown_row
from enrollment_portal.domain.shared.calendar import Deadline
from enrollment_portal.state.grading.grading_views import grading_row_view
from enrollment_portal.state.shared.views import row_view
from enrollment_portal.storage.grading.teaching import GridRow
from enrollment_portal.storage.history.changes import EnrollmentState
from enrollment_portal.storage.ledger import LedgerRow

TODAY = 20_000


def _ledger_row(status: int, progress: int, day: int | None, wanted: int | None) -> LedgerRow:
    return LedgerRow(7, 3, "Ana", None, 2, "Art", status, progress, 0, day, 5, wanted, 9)


def _state(status: int, progress: int, day: int | None, wanted: int | None) -> EnrollmentState:
    return EnrollmentState(7, 3, 2, "course", "ana", status, progress, day, 5, wanted, 9)


def _grid_row(status: int, progress: int, day: int | None) -> GridRow:
    return GridRow(7, 3, "Ana", None, status, progress, day, None, 5, None, "", "")


@pytest.mark.parametrize("status", [0, 1, 2])
@pytest.mark.parametrize("day", [None, TODAY - 3, TODAY, TODAY + 400])
@pytest.mark.parametrize(("progress", "wanted"), [(40, TODAY + 9), (100, None)])
def test_a_row_is_formatted_alike_everywhere(
    status: int, day: int | None, progress: int, wanted: int | None
) -> None:
    pushed = vars(live_row(_state(status, progress, day, wanted), TODAY))
    page = vars(row_view(_ledger_row(status, progress, day, wanted), ZoneInfo("UTC"), TODAY))
    assert pushed == {name: page[name] for name in pushed}
    grid = vars(grading_row_view(_grid_row(status, progress, day), TODAY))
    shown = vars(shown_row(_grid_row(status, progress, day), TODAY))
    assert shown == {name: pushed[name] for name in shown} == {name: grid[name] for name in shown}


def test_texts_of_a_row() -> None:
    assert live_row(_state(0, 40, TODAY - 3, TODAY + 9), TODAY) == LiveRow(
        version=5,
        status="active",
        progress=40,
        deadline=Deadline("1 Oct 2024", "1 Oct", "3 days overdue", "overdue", iso="2024-10-01"),
        request="Asks for 13 Oct",
        by_hand=False,
    )
    completed = live_row(_state(1, 40, TODAY - 3, None), TODAY)
    assert (completed.status, completed.by_hand, completed.request) == ("completed", True, "")
    assert completed.deadline == Deadline("1 Oct 2024", "1 Oct", iso="2024-10-01")
