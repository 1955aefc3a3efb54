"""Pasting into the grading grid: a preview row by row, then all chosen rows are saved or none."""

from __future__ import annotations

import asyncio
from typing import Any

import reflex as rx

from enrollment_portal.domain.access.permissions import may_grade
from enrollment_portal.domain.grading import messages
from enrollment_portal.domain.history.messages import OF_LEARNERS
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, NotFound
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.domain.shared.messages import FAILED_UNKNOWN
from enrollment_portal.services.grading.grading import Moved, RowEdit, grade_many
from enrollment_portal.services.grading.pasting import PastedRow, preview_paste
from enrollment_portal.services.runtime import database
from enrollment_portal.state.grading.grading import Grading
from enrollment_portal.state.grading.grading_views import PastedRowView, pasted_row_view
from enrollment_portal.state.history.batch_undo import UNDO, BatchUndo
from enrollment_portal.state.shared.session import acting, guarded

_MOST_UNDOABLE = 20


class Pasting(BatchUndo, rx.State):
    """The preview of what was pasted; nothing is saved before it is confirmed."""

    is_open: bool = False
    rows: list[PastedRowView] = []
    preview_number: int = 0
    """Counts up when the preview has been read again."""
    refused: str = ""
    """How many rows are refused, in a sentence; "" for none."""
    confirm: str = ""
    """The label of the button that saves."""
    can_confirm: bool = False
    refusal: str = ""
    """Why nothing can be, or was, saved."""
    done: str = ""
    """What was saved or undone, in a sentence, after the dialog closed."""
    not_undone: str = ""
    """What was not undone, and why."""
    undoable: list[str] = []
    """The batches pasted into this grid that the undo key can undo, the newest last."""

    _course: int = 0
    _ids: list[int] = []
    _field: str = ""
    _text: str = ""
    _pasted: list[PastedRow] = []
    _left_out: set[int] = set()
    _moved: dict[int, str] = {}

    @rx.event
    @guarded(may_grade)
    async def load(self):
        """Discard what was pasted into another course's grid."""
        if not await self._is_here():
            self.reset()

    @rx.event
    @guarded(may_grade)
    async def paste(self, enrollment: int, field: str, clipboard: str):
        """Preview what was pasted into a cell and the cells below and beside it."""
        grading = await self.get_state(Grading)
        shown = [row.id for row in grading.get_value("rows")]
        first = read_id(enrollment)
        if first not in shown or not isinstance(field, str) or not isinstance(clipboard, str):
            return
        self._close()
        self._course, self._ids = grading._course, shown[shown.index(first) :]
        self._field, self._text = field, clipboard
        self.is_open = await self._read_preview()

    @rx.event
    @guarded(may_grade)
    async def choose(self, enrollment: int):
        """Leave a row out, or include it again."""
        row = read_id(enrollment)
        if self.is_open and row in {pasted.enrollment_id for pasted in self._pasted}:
            self._left_out = self._left_out ^ {row or 0}
            self._show()

    @rx.event
    @guarded(may_grade)
    async def cancel(self):
        """Discard what was pasted."""
        self._close()

    @rx.event
    @guarded(may_grade)
    async def apply(self):
        """Save every chosen row, or none."""
        changes = self._chosen()
        if not self.is_open or not changes or not await self._is_here():
            return None
        try:
            made = await asyncio.to_thread(grade_many, database(), acting(), self._course, changes)
        except Moved as moved:
            self._moved = {**self._moved, **moved.rows}
            self._left_out = self._left_out | set(moved.rows)
            await self._read_preview()
            self.refusal = moved.message
        except Invalid:
            # The course's scheme changed since: the rows say it themselves.
            await self._read_preview()
            self.refusal = messages.SOME_REFUSED
        except (NotFound, NotAllowed) as refusal:
            self.refusal = refusal.message
        else:
            self._close()
            self.done = messages.graded(made.count) if made.count else messages.NO_CHANGES
            if made.count:
                self._offer_undo(made.batch)
                self.undoable = [*self.undoable[1 - _MOST_UNDOABLE :], made.batch]
            return Grading.try_again
        return None

    @rx.event
    @guarded(may_grade)
    async def undo(self):
        """Undo what was just saved, or redo it; what changed since is left, and named."""
        if not self._batch or self.is_open or not await self._is_here():
            return None
        return await self._undo_offered()

    @rx.event
    @guarded(may_grade)
    async def undo_pasted(self, batch: str):
        """Undo one of the batches that were pasted into this grid, as its button would."""
        if batch not in self.get_value("undoable") or self.is_open or not await self._is_here():
            return None
        self._offer_undo(batch)
        return await self._undo_offered()

    async def _undo_offered(self) -> Any:
        """Undo or redo the offered batch, and show the result."""
        before = self._batch
        self.done, self.not_undone = await self._turn(OF_LEARNERS)
        can_be_undone = [batch for batch in self.undoable if batch != before]
        if self._batch and self.offer_label == UNDO:
            can_be_undone.append(self._batch)
        self.undoable = can_be_undone
        return Grading.try_again

    def _close(self) -> None:
        """Close the preview; earlier batches can still be undone by key."""
        course, undoable = self._course, self.get_value("undoable")
        self.reset()
        self._course, self.undoable = course, undoable

    async def _is_here(self) -> bool:
        """Tell whether the open grid is that of the course that was pasted into."""
        return (await self.get_state(Grading))._course == self._course

    async def _read_preview(self) -> bool:
        """Read a preview of the paste; tell whether there is anything to show."""
        try:
            self._pasted = await asyncio.to_thread(
                preview_paste,
                database(),
                acting(),
                self._course,
                self._ids,
                self._field,
                self._text,
            )
        except Invalid as refusal:
            self.refusal = refusal.errors.get("paste", refusal.message)
            self._pasted = []
        except (NotFound, NotAllowed):
            return False
        self.preview_number += 1
        self._show()
        return True

    def _show(self) -> None:
        self.rows = [
            pasted_row_view(
                row,
                is_chosen=row.enrollment_id not in self._left_out,
                warning=self._moved.get(row.enrollment_id or 0, ""),
            )
            for row in self._pasted
        ]
        wrong = sum(bool(row.refusal) or any(c.refusal for c in row.cells) for row in self._pasted)
        self.refused = messages.rows_refused(wrong) if wrong else ""
        chosen = len(self._chosen())
        self.can_confirm = chosen > 0
        self.confirm = messages.grade(chosen) if chosen else messages.NOTHING_TO_GRADE

    def _chosen(self) -> list[RowEdit]:
        return [
            row.change
            for row in self._pasted
            if row.change and row.enrollment_id not in self._left_out
        ]

    def _show_failure(self, why: str = FAILED_UNKNOWN) -> None:
        if self.is_open:
            self.refusal = why
        else:
            self.not_undone = why
