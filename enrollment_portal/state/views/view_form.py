"""The dialog that saves a view, or renames and shares one."""

from __future__ import annotations

import asyncio

import reflex as rx

from enrollment_portal.domain.access.permissions import may_see_ledger
from enrollment_portal.domain.shared.errors import PortalError
from enrollment_portal.domain.views import messages
from enrollment_portal.domain.views.views import NAME_LENGTH, View
from enrollment_portal.services.runtime import database
from enrollment_portal.services.views.views import (
    ChangedMeanwhile,
    change_view,
    read_view,
    save_view,
)
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.ledger.shown_layout import ShownLayout
from enrollment_portal.state.ledger.shown_view import ShownView
from enrollment_portal.state.shared.forms import UncontrolledForm
from enrollment_portal.state.shared.session import acting, guarded
from enrollment_portal.state.views.acts import ViewActs


class ViewForm(UncontrolledForm, rx.State):
    """The name of a view, and whom it is shared with."""

    is_open: bool = False
    heading: str = messages.NEW_HEADING
    form: dict[str, str] = {"name": "", "audience": ""}
    errors: dict[str, str] = {"name": "", "audience": ""}

    _key: str = ""
    """The view that is changed; "" for a new one."""
    _version: int = 0

    @rx.event
    @guarded(may_see_ledger)
    async def open_new(self):
        """Open the dialog for a new view of what the ledger shows."""
        self._open("", 0, messages.NEW_HEADING, "", "")

    @rx.event
    @guarded(may_see_ledger)
    async def open_copy(self):
        """Open the dialog for a view of one's own that shows the same as the current one."""
        shown = await self.get_state(ShownView)
        first = messages.copy_of(shown.name)[:NAME_LENGTH]
        self._open("", 0, messages.COPY_HEADING, first, "")

    @rx.event
    @guarded(may_see_ledger)
    async def open_edit(self, key: str):
        """Open the dialog that renames and shares a view."""
        acts = await self.get_state(ViewActs)
        try:
            view = await asyncio.to_thread(read_view, database(), acting(), key)
        except PortalError as refusal:
            await acts._report(refusal=refusal.message)
            return
        self._open(view.key, view.version, messages.EDIT_HEADING, view.name, view.audience)

    @rx.event
    @guarded(may_see_ledger)
    async def close(self):
        """Close the dialog; nothing is saved."""
        self.is_open = False

    @rx.event
    @guarded(may_see_ledger)
    async def save(self, form: dict):
        """Save the view."""
        if not self.is_open or self._is_again(form):
            return
        typed = self._typed(form)
        acts = await self.get_state(ViewActs)
        try:
            view = await self._save(typed)
        except ChangedMeanwhile as refusal:
            # What is typed stays; the person has read what changed before they save again.
            self._version = refusal.view.version
            self._refuse(refusal)
        except PortalError as refusal:
            self._refuse(refusal)
        else:
            self.is_open = False
            await acts._show_saved(view, messages.saved(view.name), opens=not self._key)

    async def _save(self, typed: dict[str, str]) -> View:
        if self._key:
            return await asyncio.to_thread(
                change_view,
                database(),
                acting(),
                self._key,
                version=self._version,
                typed=typed,
            )
        query = (await self.get_state(Ledger))._query
        layout = (await self.get_state(ShownLayout))._layout
        return await asyncio.to_thread(save_view, database(), acting(), query, typed, layout)

    def _open(self, key: str, version: int, heading: str, name: str, audience: str) -> None:
        self._key, self._version, self.heading = key, version, heading
        self._fill({"name": name, "audience": str(audience)})
        self.message = self.refusal = ""
        self.is_open = True
