"""The handlers of the dialog of bulk changes: preview, start, and undo."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, ClassVar

import reflex as rx

from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.bulk.actions import Action, may_change_many, read_action
from enrollment_portal.domain.bulk.selection import read_selection
from enrollment_portal.domain.shared.errors import Invalid, NotFound, PortalError
from enrollment_portal.services.bulk.jobs import start
from enrollment_portal.services.bulk.previewing import Changed, Preview, preview, preview_undo
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.state.bulk import made_previews
from enrollment_portal.state.bulk.jobs import BulkJobs
from enrollment_portal.state.bulk.shown_preview import ShownPreview
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.shared import open_pages
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
        typed, actor = form if isinstance(form, dict) else {}, acting()
        try:
            selection = read_selection(ledger._query, ledger.selects, selected)
            action = await asyncio.to_thread(_read_action, typed)
        except Invalid as refusal:
            made_previews.cancel(_token(self))
            shown._refuse_form(refusal)
            return

        def make(is_wanted: Callable[[], bool]) -> Preview:
            reason = typed.get("reason") or ""
            return preview(database(), actor, selection, action, reason, is_wanted=is_wanted)

        await self._make(make, is_undo=False)

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
        (await self.get_state(BulkJobs)).refusal = ""
        actor = acting()

        def make(is_wanted: Callable[[], bool]) -> Preview:
            return preview_undo(database(), actor, batch, is_wanted=is_wanted)

        await self._make(make, is_undo=True)

    @rx.event
    @guarded(may_change_many)
    async def refresh(self):
        """Show the preview that was made meanwhile, if any was."""
        await self._show_made()

    async def _make(self, make: made_previews.Make, *, is_undo: bool) -> None:
        """Make a preview; one that takes long is shown by `refresh`, and other events go on."""
        token = _token(self)
        making = made_previews.Making(acting().account_id, is_undo)
        if await made_previews.begin(token, making, make):
            await self._show_made()
        else:
            page = type(self)
            made_previews.when_done(token, making, lambda: open_pages.refresh_soon(token, page))

    async def _show_made(self) -> None:
        found = made_previews.take(_token(self), acting().account_id)
        if found is None:
            return
        making, made = found
        shown = await self.get_state(ShownPreview)
        if isinstance(made, Preview):
            shown._show(made, is_undo=making.is_undo)
        elif not isinstance(made, PortalError):
            shown.answered += 1
            raise made
        elif making.is_undo:
            (await self.get_state(BulkJobs)).refusal = made.message
            shown.answered += 1
        else:
            shown._refuse_form(made)

    @rx.event
    @guarded(may_change_many)
    async def close(self):
        """Forget the preview, or stop making it: the dialog is closed."""
        made_previews.cancel(_token(self))
        (await self.get_state(ShownPreview))._close()


def _token(state: rx.State) -> str:
    return state.router.session.client_token


def _read_action(typed: dict[str, Any]) -> Action:
    return read_action(typed.get("action"), typed, organization_of(database()).zone)
