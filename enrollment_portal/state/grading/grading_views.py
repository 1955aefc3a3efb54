"""An instructor's courses and the grading grid, ready to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from enrollment_portal.domain.catalog.messages import n_lessons
from enrollment_portal.domain.enrollment.edits import show_typed
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.enrollment.messages import OWN_TAB
from enrollment_portal.domain.grading import messages
from enrollment_portal.domain.grading.teaching import GRID_FIELDS
from enrollment_portal.domain.ledger.shown_rows import ShownRow, shown_row
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.wording import show_number
from enrollment_portal.services.enrollment.conflicts import last_changes
from enrollment_portal.services.grading.grading import CellResult
from enrollment_portal.services.grading.pasting import PastedRow
from enrollment_portal.state.shared.views import initials_of, tone_of, who_did
from enrollment_portal.storage.enrollment.enrollments import COLUMNS, StoredEvent
from enrollment_portal.storage.grading.teaching import GridRow, TaughtCourse

TEACH_PATH = "/teach"
GRID_PATH = f"{TEACH_PATH}/courses"


@dataclass(frozen=True)
class TaughtView:
    """A course that the person teaches, with its counts; "" for a count of 0."""

    id: int
    title: str
    about: str
    active: str
    completed: str
    awaiting: str
    overdue: str
    stuck: str


def taught_view(course: TaughtCourse) -> TaughtView:
    """Return a course as its instructor reads it."""
    about = messages.graded_lessons if course.requires_grade else n_lessons
    return TaughtView(
        id=course.id,
        title=course.title,
        about=about(course.n_lessons),
        active=show_number(course.n_active),
        completed=show_number(course.n_completed),
        awaiting=_unless_none(course.n_awaiting),
        overdue=_unless_none(course.n_overdue),
        stuck=_unless_none(course.n_stuck),
    )


def _unless_none(count: int) -> str:
    return show_number(count) if count else ""


@dataclass(frozen=True)
class GradingRowView(ShownRow):
    """A learner's row of the grading grid."""

    id: int
    name: str
    email: str
    initials: str
    tone: int
    status_label: str
    grade: str
    feedback: str
    note: str
    read_only: str = ""
    """Why the person may not change it here, "" if they may."""


def grading_row_view(row: GridRow, today: int, read_only: str = "") -> GradingRowView:
    """Return a row as the person who grades reads it; `today` is the organization's day."""
    return GradingRowView(
        **vars(shown_row(row, today)),
        id=row.id,
        name=row.name,
        email=row.email or "",
        initials=initials_of(row.name),
        tone=tone_of(row.learner_id),
        status_label=Status(row.status).label,
        grade=row.grade or "",
        feedback=row.feedback,
        note=row.internal_note,
        read_only=read_only,
    )


@dataclass(frozen=True)
class CellView:
    """The value of a cell, and the result of the last save of it."""

    ticket: int
    """The browser's save that this answers; 0 for none."""
    outcome: str
    value: str
    version: int
    """The version of `value`; 0 if the save was refused and the browser keeps what was typed."""
    message: str = ""
    by: str = ""
    """Who changed it meanwhile; after a save, who had already set this value."""
    ago: str = ""
    before: str = ""
    """Its value before that change."""
    is_change: bool = False
    """Whether the save wrote history, which can be undone."""
    is_own: bool = False
    """Whether that change was the reader's own, in another tab."""


@dataclass(frozen=True)
class RemoteChangeView:
    """A cell that others have just changed."""

    value: str
    version: int
    by: str
    ago: str
    before: str
    is_own: bool
    """Whether it was the reader, in another tab."""


def remote_change_views(
    row: GridRow, newer: Sequence[StoredEvent], me: int, now: int
) -> dict[str, RemoteChangeView]:
    """Return the cells of a row that changed, by key.

    Args:
        row: as it is now.
        newer: what was recorded since it was shown, newest first.
        me: the reader's account.
        now: this moment, in milliseconds since 1970 UTC.
    """
    found = {}
    for field, event in last_changes(newer).items():
        if field in GRID_FIELDS:
            first = next(e for e in reversed(newer) if field in e.changes)
            found[cell_key(row.id, field)] = RemoteChangeView(
                value=show_typed(field, getattr(row, COLUMNS[field])),
                version=row.version,
                by=who_did(event),
                is_own=event.actor_id == me,
                ago=calendar.ago(event.at, now),
                before=show_typed(field, first.changes[field][0]),
            )
    return found


def cell_key(enrollment_id: int, field: str) -> str:
    """Return the key by which `cells` holds a cell."""
    return f"{enrollment_id}.{field}"


def cell_views(
    enrollment_id: int,
    field: str,
    ticket: int,
    result: CellResult,
    known: Mapping[str, CellView],
) -> dict[str, CellView]:
    """Return the result of a cell's save, and the values of its row's other cells, by key.

    Args:
        enrollment_id: the row.
        field: the cell.
        ticket: the browser's name for the save that is answered.
        result: of the save.
        known: the answers so far; a refused cell keeps its value.
    """
    key = cell_key(enrollment_id, field)
    if result.values is None:
        before = known.get(key) or CellView(0, result.outcome, "", 0)
        return {key: replace(before, ticket=ticket, outcome=result.outcome, message=result.message)}
    found = {
        cell_key(enrollment_id, other.value): CellView(0, result.outcome, value, result.version)
        for other, value in result.values.items()
    }
    ago = calendar.ago(result.at, calendar.now_ms()) if result.at else ""
    found[key] = replace(
        found[key],
        ticket=ticket,
        by=result.by,
        ago=ago,
        before=result.before,
        is_change=result.is_change,
        is_own=result.by == OWN_TAB,
    )
    return found


@dataclass(frozen=True)
class PastedCellView:
    """One pasted cell, ready to show."""

    label: str
    before: str
    after: str
    refusal: str
    is_same: bool


@dataclass(frozen=True)
class PastedRowView:
    """One row of what was pasted, ready to show."""

    number: int
    id: int
    name: str
    cells: list[PastedCellView]
    refusal: str
    warning: str
    """Who changed it since the preview was made."""
    is_change: bool
    is_chosen: bool


def pasted_row_view(row: PastedRow, *, is_chosen: bool, warning: str) -> PastedRowView:
    """Return a row of what was pasted as the person who grades reads it."""
    return PastedRowView(
        number=row.number,
        id=row.enrollment_id or 0,
        name=row.name,
        cells=[
            PastedCellView(
                label=cell.field.label,
                before=cell.before or "empty",
                after=cell.after,
                refusal=cell.refusal,
                is_same=cell.before == cell.after and not cell.refusal,
            )
            for cell in row.cells
        ],
        refusal=row.refusal,
        warning=warning,
        is_change=row.change is not None,
        is_chosen=is_chosen and row.change is not None,
    )
