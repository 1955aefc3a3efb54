"""The handlers of the dialog of bulk changes: preview, start, and undo."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

import reflex as rx

from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.bulk.actions import may_change_many, read_action
from enrollment_portal.domain.bulk.selection import Selection, read_selection
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import Invalid, NotFound, PortalError
from enrollment_portal.services.bulk.jobs import start
from enrollment_portal.services.bulk.previewing import Changed, Preview, preview, preview_undo
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.state.bulk.jobs import BulkJobs
from enrollment_portal.state.bulk.shown_preview import ShownPreview
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.shared.session import acting, guarded


class BulkChanges(rx.State):
    """Preview what an action does to the selected enrollments, and start what was shown."""

    _page: ClassVar = BulkJobs

    @rx.event
    @guarded(may_change_many)
    async def preview(self, form: dict, selected: dict):
        """Show what an action would do; change nothing.

        Args:
            form: `action`, its values (see `actions.read_action`), and the `reason`.
            selected: see `selection.read_selection`.
        """
        shown, ledger = await self.get_state(ShownPreview), await self.get_state(Ledger)
        typed = form if isinstance(form, dict) else {}
        try:
            selection = read_selection(ledger._query, ledger.selects, selected)
            made = await asyncio.to_thread(_preview, acting(), selection, typed)
        except Invalid as refusal:
            errors = dict(refusal.errors)
            shown._refuse_form(errors.pop("selection", ""), errors)
        except PortalError as refusal:
            shown._refuse_form(refusal.message, {})
        else:
            shown._show(made)

    @rx.event
    @guarded(may_change_many)
    async def start(self, preview_id: str, fingerprint: str):
        """Start what a preview shows; where too much has changed since, show a new preview."""
        shown, jobs = await self.get_state(ShownPreview), await self.get_state(BulkJobs)
        try:
            job = await asyncio.to_thread(start, database(), acting(), preview_id, fingerprint)
        except Changed as changed:
            shown._show_changed(changed)
        except NotFound:
            shown._refuse(messages.PREVIEW_GONE)
        except PortalError as refusal:
            shown._refuse(refusal.message)
        else:
            shown._started()
            await jobs._follow(job.id)

    @rx.event
    @guarded(may_change_many)
    async def preview_undo(self, batch: str):
        """Show what undoing a batch would do; change nothing."""
        shown, jobs = await self.get_state(ShownPreview), await self.get_state(BulkJobs)
        jobs.refusal = ""
        try:
            made = await asyncio.to_thread(preview_undo, database(), acting(), batch)
        except PortalError as refusal:
            jobs.refusal = refusal.message
            shown.answered += 1
        else:
            shown._show(made, is_undo=True)

    @rx.event
    @guarded(may_change_many)
    async def close(self):
        """Forget the preview: the dialog is closed."""
        (await self.get_state(ShownPreview))._close()


def _preview(actor: Actor, selection: Selection, typed: dict[str, Any]) -> Preview:
    tz = organization_of(database()).zone
    action = read_action(typed.get("action"), typed, tz)
    return preview(database(), actor, selection, action, typed.get("reason") or "")
