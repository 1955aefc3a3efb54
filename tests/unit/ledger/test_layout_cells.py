"""Test what the further columns of the ledger show."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from enrollment_portal.domain.ledger.layout.cells import Cell, cells_of
from enrollment_portal.domain.ledger.layout.columns import MORE_COLUMNS, STANDARD_COLUMNS
from enrollment_portal.domain.pace.pace import PaceDay
from enrollment_portal.storage.ledger.columns.facts import RowFacts

UTC = ZoneInfo("UTC")
TODAY = 20_000
DAY_MS = 86_400_000
NOON = TODAY * DAY_MS + DAY_MS // 2
NOTHING = RowFacts("", None, None, None, "self", 1)


def _cells(tz: ZoneInfo = UTC, **values: Any) -> dict[str, Cell]:
    facts = NOTHING._replace(**values)
    return cells_of(facts, MORE_COLUMNS, tz, PaceDay(TODAY, UTC))


def test_only_cells_that_show_something_are_there() -> None:
    assert _cells() == {"origin": Cell("Started by the learner"), "run": Cell("1")}


def test_texts_are_shown_as_they_are() -> None:
    cells = _cells(
        grade="B+", department="Sales", manager="Ada", instructors="Bo, Cy", origin="path", run=3
    )
    shown = {key: cell.text for key, cell in cells.items()}
    assert shown == {
        "grade": "B+",
        "department": "Sales",
        "manager": "Ada",
        "instructor": "Bo, Cy",
        "origin": "Enrolled with a learning path",
        "run": "3",
    }


def test_a_visit_is_of_the_viewers_zone_and_a_completion_of_the_organizations() -> None:
    kiritimati = ZoneInfo("Pacific/Kiritimati")
    cells = _cells(kiritimati, last_visit_at=NOON, completed_at=NOON)
    assert cells["visited"] == Cell("5 Oct 2024", title="5 Oct 2024, 02:00 +14")
    assert cells["completed"] == Cell("4 Oct 2024")


def test_the_pace_has_what_is_needed_and_why() -> None:
    moving: dict[str, Any] = {"n_lessons": 10, "progress": 30, "progress_at": NOON, "pace": 50}
    assert _cells(**moving)["pace"] == Cell(
        "5% a week", title="30% since today; no deadline, kept 5% a week"
    )
    late = _cells(**moving, deadline_day=TODAY + 27)["pace"]
    assert (late.text, late.note, late.tone) == ("5% a week", "needs 17.5%", "warn")
    assert "needs 17.5% a week" in late.title
    still: dict[str, Any] = moving | {"progress_at": NOON - 40 * DAY_MS, "pace": 0}
    stuck = _cells(**still)["pace"]
    assert (stuck.text, stuck.tone) == ("0 a week", "warn")
    assert "pace" not in _cells(**moving, status=1)


def test_a_standard_column_has_no_such_cell() -> None:
    with pytest.raises(RuntimeError, match="every row"):
        cells_of(NOTHING, STANDARD_COLUMNS[:1], UTC, PaceDay(TODAY, UTC))
