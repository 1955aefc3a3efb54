"""The buttons beside the view that the ledger shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import may_see_ledger
from enrollment_portal.domain.shared.errors import PortalError
from enrollment_portal.domain.views import messages
from enrollment_portal.domain.views.views import View, may_see_view
from enrollment_portal.services.runtime import database
from enrollment_portal.services.views.views import (
    ChangedMeanwhile,
    delete_view,
    restore_view,
    set_default,
    update_view,
)
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.ledger.shown_layout import ShownLayout
from enrollment_portal.state.ledger.shown_view import ShownView
from enrollment_portal.state.shared.changed_vars import set_changed
from enrollment_portal.state.shared.session import acting, guarded
from enrollment_portal.state.views.saved_views import SavedViews


class ViewActs(rx.State):
    """Update, delete, restore and choose views; each act is answered beside the ledger."""

    _page: ClassVar = SavedViews

    @rx.event
    @guarded(may_see_ledger)
    async def update_shown(self):
        """Save what the ledger shows as the view that it was opened with."""
        ledger, shown = await self.get_state(Ledger), await self.get_state(ShownView)
        if shown._view is None:
            return
        known = shown._view
        try:
            view = await asyncio.to_thread(
                update_view,
                database(),
                acting(),
                known.key,
                ledger._query,
                version=known.version,
                layout=(await self.get_state(ShownLayout))._layout,
            )
        except ChangedMeanwhile as changed:
            shown._hold(changed.view)
            await ledger._show_address()
            await self._report(refusal=changed.message)
        except PortalError as refusal:
            await self._report(refusal=refusal.message)
        else:
            await self._show_saved(view, messages.SAVED_CHANGES)

    @rx.event
    @guarded(may_see_ledger)
    async def show_saved(self):
        """Show what the view has, instead of what was changed since."""
        ledger, shown = await self.get_state(Ledger), await self.get_state(ShownView)
        if shown._view is None:
            return
        await self._report()
        view = shown._latest or shown._view
        await shown._apply(view)
        await ledger._show(view.query)

    @rx.event
    @guarded(may_see_ledger)
    async def delete(self, key: str):
        """Delete a view; the ledger keeps its rows, without a view."""
        view = await self._act(delete_view, key)
        if view is None:
            return
        shown = await self.get_state(ShownView)
        if shown._view is not None and shown._view.key == view.key:
            shown._hold(None)
        await self._report(messages.DELETED, undo=view.key)
        await self._list()

    @rx.event
    @guarded(may_see_ledger)
    async def undo_delete(self, key: str):
        """Restore a view that was deleted."""
        view = await self._act(restore_view, key)
        if view is not None:
            shown = await self.get_state(ShownView)
            opens = shown._view is None
            await self._show_saved(view, messages.restored(view.name), opens=opens)

    @rx.event
    @guarded(may_see_ledger)
    async def make_default(self, key: str):
        """Open the ledger with a view from now on."""
        view = await self._act(set_default, key)
        if view is not None:
            await self._report(messages.default_set(view.name))
            await self._list()

    @rx.event
    @guarded(may_see_ledger)
    async def clear_default(self):
        """Open the ledger without a view again."""
        await self._act(set_default, "")
        await self._report(messages.DEFAULT_CLEARED)
        await self._list()

    async def _report(self, message: str = "", *, refusal: str = "", undo: str = "") -> None:
        (await self.get_state(SavedViews))._report(message, refusal=refusal, undo=undo)

    async def _act(self, act: Callable[..., Any], key: object) -> View | None:
        """Do something to a view; report why it was refused."""
        try:
            return await asyncio.to_thread(act, database(), acting(), key)
        except PortalError as refusal:
            await self._report(refusal=refusal.message)
            await self._list()
            return None

    async def _show_saved(self, view: View, message: str, *, opens: bool = False) -> None:
        """Show a view that was just saved, and the list with it.

        Args:
            view: as it is now.
            message: what was done.
            opens: whether the ledger shows it from now on, whatever it was opened with.
        """
        shown = await self.get_state(ShownView)
        if opens or (shown._view is not None and shown._view.key == view.key):
            # Whoever unshares another's view does not see it any more.
            shown._hold(view if may_see_view(acting(), view) else None)
        set_changed(shown, notice="")
        await self._report(message)
        await self._list()

    async def _list(self) -> None:
        """List the views again: the change feed does so, too, but later."""
        views, shown = await self.get_state(SavedViews), await self.get_state(ShownView)
        found = await views._show()
        if found is not None:
            ledger = await self.get_state(Ledger)
            shown._default = found.default
            await ledger._show_address()
