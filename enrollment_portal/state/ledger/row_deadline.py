"""The deadline of an enrollment, changed in its row of the ledger."""

from __future__ import annotations

import asyncio

import reflex as rx

from enrollment_portal.domain.access.permissions import may_manage_learning
from enrollment_portal.domain.bulk.dates import DeadlineStep
from enrollment_portal.domain.enrollment.fields import Field
from enrollment_portal.domain.enrollment.messages import SOMEONE
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.day_ranges import read_day
from enrollment_portal.domain.shared.calendar import day_to_date, show_day
from enrollment_portal.domain.shared.errors import Conflict, Invalid, NotFound, PortalError
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.domain.shared.wording import sentences
from enrollment_portal.services.enrollment.enrollments import save_fields
from enrollment_portal.services.history.undoing import undo_change
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.shared.session import acting, guarded
from enrollment_portal.state.shared.views import RowView, name_in

_LONGEST_DATE = 40


class RowDeadline(rx.State):
    """Save a deadline from its row, based on the version that the row shows."""

    steps: dict[str, str] = {}
    """By step, the date that the deadline is moved to: "12 Oct 2026"."""
    error: str = ""
    """Why the last save was refused."""
    version: int = 0
    """The version to base the next save on, after one was refused because of a newer one."""
    answered: int = 0
    """Counts the saves that were answered."""
    saved: int = 0
    """Counts those that were done."""
    message: str = ""
    """What the last save or undo did."""
    refusal: str = ""
    """Why the last undo changed nothing."""
    offer: str = ""
    """Identifies the change that can be undone; "" for none."""
    offers_redo: bool = False
    """Whether that change is itself an undo."""

    _made: tuple[int, int] = (0, 0)
    """The enrollment and the change that can be undone."""

    @rx.event
    @guarded(may_manage_learning)
    async def show_steps(self, day: str):
        """Show to which dates the steps lead from a deadline; from today without one."""
        start = _start(day)
        self.steps = {step.value: show_day(step.after(start)) for step in DeadlineStep}

    @rx.event
    @guarded(may_manage_learning)
    async def save(self, enrollment_id: int, version: int, typed: str, key: str):
        """Set the deadline that was typed; remove it if nothing was.

        Args:
            enrollment_id: whose row it is.
            version: that the row shows.
            typed: the date.
            key: the idempotency key.
        """
        text = typed.strip() if isinstance(typed, str) else ""
        await self._save(enrollment_id, version, text[:_LONGEST_DATE], key)

    @rx.event
    @guarded(may_manage_learning)
    async def move(self, enrollment_id: int, version: int, day: str, step: str, key: str):
        """Move the deadline that the row shows, or set one from today; see `save`."""
        if step in list(DeadlineStep):
            moved = day_to_date(DeadlineStep(step).after(_start(day))).isoformat()
            await self._save(enrollment_id, version, moved, key)

    @rx.event
    @guarded(may_manage_learning)
    async def undo(self):
        """Undo the last save; undone again, it is redone."""
        enrollment_id, seq = self.get_value("_made")
        if not seq:
            return
        ledger, redoes = await self.get_state(Ledger), self.offers_redo
        self._report()
        try:
            details = await asyncio.to_thread(
                undo_change, database(), acting(), enrollment_id, seq, key=f"row.undo.{seq}"
            )
        except PortalError as refusal:
            self.refusal = refusal.message
        else:
            made = next((event for event in details.history if event.undoes == seq), None)
            text = messages.deadline_redone if redoes else messages.deadline_undone
            self._report(text(details.facts.name))
            if made:
                self._offer(enrollment_id, made.seq, redoes=not redoes)
        await ledger._read_again()

    @rx.event
    @guarded(may_manage_learning)
    async def dismiss(self):
        """Put the message away."""
        self._report()

    async def _save(self, enrollment_id: object, version: object, typed: str, key: object) -> None:
        number, base = read_id(enrollment_id), read_id(version)
        if not number or not base:
            return
        ledger = await self.get_state(Ledger)
        rows: list[RowView] = ledger.get_value("rows")
        self._report()
        self.error = ""
        try:
            done = await asyncio.to_thread(
                save_fields,
                database(),
                acting(),
                number,
                version=base,
                typed={Field.DEADLINE.value: typed},
                key=key,
            )
        except Conflict as conflict:
            self.version, self.error = conflict.version, _conflict_text(conflict)
        except Invalid as refusal:
            self.error = sentences(*refusal.errors.values())
        except NotFound:
            self.error = messages.ROW_GONE
        except PortalError as refusal:
            self.error = refusal.message
        else:
            self.saved += 1
            day, name = done.facts.deadline_day, name_in(rows, number) or done.facts.name
            if done.made is None:
                self._report(messages.DEADLINE_ALREADY_SO)
            elif day is None:
                self._report(messages.deadline_cleared(name))
            else:
                self._report(messages.deadline_set(name, show_day(day)))
            if done.made is not None:
                self._offer(number, done.made)
        self.answered += 1
        await ledger._read_again()

    def _report(self, message: str = "") -> None:
        """Show what was done, with nothing to undo."""
        self.message, self.refusal, self.offer, self.offers_redo = message, "", "", False
        self._made = (0, 0)

    def _offer(self, enrollment_id: int, seq: int, *, redoes: bool = False) -> None:
        """Offer to undo a change."""
        self._made, self.offer, self.offers_redo = (enrollment_id, seq), str(seq), redoes

    def _show_failure(self, why: str) -> None:
        self.error = why
        self.answered += 1


def _start(day: object) -> int:
    """Return the deadline that a row shows; today if there is none."""
    shown = read_day(day)
    return organization_of(database()).today() if shown is None else shown


def _conflict_text(conflict: Conflict) -> str:
    """Return who changed the deadline meanwhile, and what it is now."""
    for one in conflict.fields:
        if one.field == Field.DEADLINE.value:
            by = one.by or conflict.by or SOMEONE
            if isinstance(one.theirs, int):
                return messages.deadline_changed_meanwhile(by, show_day(one.theirs))
            return messages.deadline_removed_meanwhile(by)
    return conflict.message
