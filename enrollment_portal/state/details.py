"""The details page's state: one enrollment, its history, and the form that overrides it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import reflex as rx

from enrollment_portal.domain import calendar
from enrollment_portal.domain.edits import show_value, typed_form
from enrollment_portal.domain.enrollments import Field
from enrollment_portal.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from enrollment_portal.domain.permissions import may_see_ledger
from enrollment_portal.services.enrollments import (
    EnrollmentDetails,
    read_enrollment,
    save_enrollment,
)
from enrollment_portal.services.organization import organization_of
from enrollment_portal.services.runtime import database
from enrollment_portal.state.session import acting, guarded, viewer_zone
from enrollment_portal.state.views import (
    ConflictView,
    DetailsView,
    EventView,
    details_view,
    event_view,
)

REASON = "reason"
FIELDS = (*(field.value for field in Field), REASON)
_LONGEST_KEPT = 20_000
"""More than any field takes, so that a text that is too long is kept to be shortened."""


class Details(rx.State):
    """One enrollment and what is being typed over it."""

    phase: str = "loading"  # loading, ready, missing or failed
    facts: DetailsView = DetailsView()
    history: list[EventView] = []
    may_edit: dict[str, bool] = dict.fromkeys(FIELDS, False)
    reads_notes: bool = False

    form: dict[str, str] = dict.fromkeys(FIELDS, "")
    """What the fields hold; they follow it only when `form_key` changes or the page loads, so
    that no answer of the server overtakes what is being typed."""
    form_key: str = ""
    lengths: dict[str, str] = dict.fromkeys(FIELDS, "0")
    errors: dict[str, str] = dict.fromkeys(FIELDS, "")
    is_dirty: bool = False
    message: str = ""
    """What the last save did, in a sentence."""
    refusal: str = ""
    """Why the last save changed nothing."""
    conflicts: list[ConflictView] = []
    conflict_by: str = ""

    _id: int = 0
    _version: int = 0
    _stored: dict[str, str] = {}
    _fills: int = 0

    @rx.event
    @guarded(may_see_ledger)
    async def arrive(self):
        """Open the enrollment that the address names; keeps what is being typed over it."""
        raw = self.router.url.path.rstrip("/").removesuffix("/manage").rpartition("/")[2]
        wanted = int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 17 else 0
        if wanted != self._id:
            self.reset()
        try:
            details = await asyncio.to_thread(read_enrollment, database(), acting(), wanted)
        except NotFound:
            self.reset()
            self.phase = "missing"
            return
        is_current = wanted == self._id and details.facts.version == self._version
        self._id = wanted
        self._show(details)
        if is_current and self._typed() == self._stored:
            # Filling the fields anew would take away what is being typed into them already.
            self.message = self.refusal = ""
        elif not self.is_dirty:
            self._fill(details)

    @rx.event
    @guarded(may_see_ledger)
    async def leave(self):
        """Give up what was typed: the fields hold again what is stored."""
        if not self._id:
            return
        try:
            details = await asyncio.to_thread(read_enrollment, database(), acting(), self._id)
        except NotFound:
            self.reset()
            self.phase = "missing"
        else:
            self._show(details)
            self._fill(details)

    @rx.event
    @guarded(may_see_ledger)
    async def type_in(self, field: str, typed: str, key: str):
        """Take note of what a field holds now; `key` says which filling of the form it is in."""
        if field not in FIELDS or not isinstance(typed, str) or not self._id:
            return
        if key != self.form_key:
            return  # typed into fields that have been filled anew: it is no longer there
        self.form = {**self._typed(), field: typed[:_LONGEST_KEPT]}
        self.lengths = {**self.lengths, field: f"{len(typed.strip()):,}"}
        self._compare()
        if self.errors[field]:
            self.errors = {**self.errors, field: ""}
        self.message = self.refusal = ""

    @rx.event
    @guarded(may_see_ledger)
    async def remove_deadline(self):
        """Empty the deadline's field; saving removes the deadline."""
        if self._id and self.may_edit[Field.DEADLINE]:
            self.form = self._typed() | {Field.DEADLINE.value: ""}
            self._refill()

    @rx.event
    @guarded(may_see_ledger)
    async def save(self, form: dict):
        """Save what the form holds, on top of the version it was filled from."""
        if not isinstance(form, dict) or not self._id:
            return
        sent = {name: form[name] for name in FIELDS if isinstance(form.get(name), str)}
        self.form = self._typed() | {
            name: text.replace("\r\n", "\n")[:_LONGEST_KEPT] for name, text in sent.items()
        }
        if self.conflicts:
            self.refusal = "Choose first which values to keep."
            return
        self.errors = dict.fromkeys(FIELDS, "")
        self.message = self.refusal = ""
        typed = self._typed()
        reason = typed.pop(REASON)
        typed = {name: text for name, text in typed.items() if self.may_edit[name]}
        try:
            details = await asyncio.to_thread(
                save_enrollment,
                database(),
                acting(),
                self._id,
                version=self._version,
                typed=typed,
                reason=reason,
            )
        except Invalid as refusal:
            self.errors = {**self.errors, **refusal.errors}
            self.refusal = refusal.message
        except Conflict as conflict:
            await self._show_conflict(conflict)
        except NotFound:
            self.reset()
            self.phase = "missing"
        except NotAllowed as refusal:
            self.refusal = refusal.message
        else:
            self._show(details)
            self._fill(details)
            self.message = "Changes saved."

    @rx.event
    @guarded(may_see_ledger)
    async def keep(self, field: str, whose: str):
        """Decide a conflict on one field: keep "mine" or "theirs"."""
        self.conflicts = [
            replace(c, keeps_mine=whose == "mine") if c.field == field else c
            for c in self.get_value("conflicts")
        ]

    @rx.event
    @guarded(may_see_ledger)
    async def settle(self):
        """Fill the form with the values that were chosen, ready to be saved."""
        if not self.conflicts:
            return
        theirs = [c.field for c in self.get_value("conflicts") if not c.keeps_mine]
        self.form = self._typed() | {field: self._stored[field] for field in theirs}
        self.conflicts = []
        self._refill()
        self.refusal = ""
        self.message = "Your choice is in the form. Save to keep it."

    def _show(self, details: EnrollmentDetails) -> None:
        tz, now = viewer_zone(self), calendar.now_ms()
        self.facts = details_view(details, tz, organization_of(database()).today(), now)
        self.history = [event_view(event, self.facts.origin, tz, now) for event in details.history]
        editable = {field.value for field in details.editable}
        self.may_edit = {f: f in editable or (f == REASON and bool(editable)) for f in FIELDS}
        self.reads_notes = details.reads_notes
        self.phase = "ready"

    def _fill(self, details: EnrollmentDetails) -> None:
        self._version = details.facts.version
        self._stored = {**typed_form(details.facts.values), REASON: ""}
        self.form = dict(self._stored)
        self.errors = dict.fromkeys(FIELDS, "")
        self.conflicts = []
        self.message = self.refusal = ""
        self._refill()

    def _refill(self) -> None:
        self._fills += 1
        self.form_key = f"{self._id}.{self._version}.{self._fills}"
        self.lengths = {name: f"{len(text):,}" for name, text in self._typed().items()}
        self._compare()

    def _typed(self) -> dict[str, str]:
        return dict(self.get_value("form"))

    def _compare(self) -> None:
        typed = self._typed()
        is_dirty = any(typed[n].strip() != self._stored[n] for n in FIELDS if n != REASON)
        if is_dirty != self.is_dirty:
            self.is_dirty = is_dirty

    async def _show_conflict(self, conflict: Conflict) -> None:
        details = await asyncio.to_thread(read_enrollment, database(), acting(), self._id)
        self._show(details)
        self._version = conflict.version
        self._stored = {**typed_form(details.facts.values), REASON: ""}
        met = {c.field for c in conflict.fields}
        self.form = self._typed() | {
            f: v for f, v in self._stored.items() if f not in met | {REASON}
        }
        self.conflicts = [
            ConflictView(
                field=c.field,
                label=Field(c.field).label,
                before=show_value(Field(c.field), c.base),  # type: ignore[arg-type]
                theirs=show_value(Field(c.field), c.theirs),  # type: ignore[arg-type]
                mine=show_value(Field(c.field), c.mine),  # type: ignore[arg-type]
                is_only_theirs=c.mine == c.base,
                keeps_mine=c.mine != c.base,
            )
            for c in conflict.fields
        ]
        self.conflict_by = f"{conflict.by}, {calendar.ago(conflict.at, calendar.now_ms())}"
        self.refusal = conflict.message
        self._compare()

    def _show_failure(self) -> None:
        # A page that already shows something keeps it, and what was typed, beside the message.
        if self.phase == "ready":
            self.refusal = "That did not work, and nothing was saved. Try again in a moment."
        else:
            self.phase = "failed"
