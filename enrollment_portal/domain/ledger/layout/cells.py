"""What the further columns of the ledger show of an enrollment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.layout.columns import ColumnKey
from enrollment_portal.domain.pace.messages import show_pace
from enrollment_portal.domain.pace.pace import Paced, PaceDay, explain, pace_of
from enrollment_portal.domain.shared.calendar import day_of, show_day, show_moment


class Facts(Paced, Protocol):
    """The columns of an enrollment that the cells show; times in ms since 1970."""

    @property
    def department(self) -> str: ...
    @property
    def grade(self) -> str | None: ...
    @property
    def completed_at(self) -> int | None: ...
    @property
    def last_visit_at(self) -> int | None: ...
    @property
    def origin(self) -> str: ...
    @property
    def run(self) -> int: ...
    @property
    def manager(self) -> str | None: ...
    @property
    def instructors(self) -> str: ...


@dataclass(frozen=True)
class Cell:
    """A cell of a further column.

    Attributes:
        text: what it shows; "" for nothing.
        note: a second line.
        title: what it says in full, where that is another text.
        tone: "warn" where somebody should look.
    """

    text: str = ""
    note: str = ""
    title: str = ""
    tone: str = ""


def cells_of(
    facts: Facts, columns: Sequence[ColumnKey], tz: ZoneInfo, day: PaceDay
) -> dict[str, Cell]:
    """Return the cells of some columns that show something, by column.

    Args:
        facts: of the enrollment.
        columns: which.
        tz: the viewer's time zone, for moments.
        day: the organization's today.
    """
    cells = {key.value: _cell(facts, key, tz, day) for key in columns}
    return {key: cell for key, cell in cells.items() if cell.text}


def _cell(facts: Facts, key: ColumnKey, tz: ZoneInfo, day: PaceDay) -> Cell:
    match key:
        case ColumnKey.LAST_VISIT:
            return _moment(facts.last_visit_at, tz)
        case ColumnKey.COMPLETED:
            # As on the details page, a day of the organization.
            at = facts.completed_at
            return Cell() if at is None else Cell(show_day(day_of(at, day.zone)))
        case ColumnKey.GRADE:
            return Cell(facts.grade or "")
        case ColumnKey.DEPARTMENT:
            return Cell(facts.department)
        case ColumnKey.MANAGER:
            return Cell(facts.manager or "")
        case ColumnKey.INSTRUCTOR:
            return Cell(facts.instructors)
        case ColumnKey.ORIGIN:
            return Cell(messages.ORIGINS[facts.origin])
        case ColumnKey.RUN:
            return Cell(str(facts.run))
        case ColumnKey.PACE:
            return _pace(facts, day)
        case _:
            raise RuntimeError(f"{key} is a column of every row")


def _moment(at_ms: int | None, tz: ZoneInfo) -> Cell:
    if at_ms is None:
        return Cell()
    return Cell(show_day(day_of(at_ms, tz)), title=show_moment(at_ms, tz))


def _pace(facts: Facts, day: PaceDay) -> Cell:
    pace = pace_of(facts, day)
    if pace is None:
        return Cell()
    note = "" if pace.needed is None else messages.needs_pace(show_pace(pace.needed))
    return Cell(
        messages.weekly_pace(show_pace(pace.kept)),
        note,
        explain(facts, day),
        "warn" if pace.is_stuck or pace.is_late else "",
    )
