"""The saved view with which the ledger was opened, and whether the ledger still shows it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import reflex as rx

from enrollment_portal.domain.access.permissions import may_share_views
from enrollment_portal.domain.ledger.layout.columns import Layout
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.views import messages
from enrollment_portal.domain.views.addresses import ALL, search_of
from enrollment_portal.domain.views.views import View, may_change_view
from enrollment_portal.services.runtime import database
from enrollment_portal.services.views.opening import open_ledger
from enrollment_portal.state.ledger.shown_layout import ShownLayout
from enrollment_portal.state.shared.changed_vars import set_changed
from enrollment_portal.state.shared.session import acting
from enrollment_portal.state.shared.views import LEDGER_PATH


class ShownView(rx.State):
    """The view that the ledger shows. A filter that the viewer does not have is in none of it."""

    key: str = ""
    """Of the view; "all" for all enrollments where there is a default; "" for none."""
    name: str = ""
    note: str = ""
    """Whom it is shared with, or by whom; "" for a view of one's own."""
    is_product: bool = False
    may_change: bool = False
    may_share: bool = False
    is_default: bool = False
    is_changed: bool = False
    """Whether the ledger shows something else than the view."""
    is_outdated: bool = False
    """Whether someone else changed the view since the ledger was opened with it."""
    can_save: bool = False
    """Whether the ledger shows something that is worth a view."""
    notice: str = ""
    """Why the view that the address names is not shown."""

    _view: View | None = None
    """As the ledger was opened with it, or has saved it: what a save is based on."""
    _latest: View | None = None
    """As someone else has changed it since."""
    _default: str = ""
    """The key of the view with which the ledger opens."""

    async def _open(self, base: str) -> LedgerQuery:
        """Return what the address of a ledger opens, and remember with which view."""
        params = self.router.url.query_parameters
        await self._apply(None)
        if base != LEDGER_PATH:
            return LedgerQuery.parse(params)
        opened = await asyncio.to_thread(open_ledger, database(), acting(), params)
        await self._apply(opened.view)
        self._default = opened.default
        set_changed(self, notice=messages.OPENED_INSTEAD if opened.is_missing else "")
        return opened.query

    async def _apply(self, view: View | None) -> None:
        """Open the ledger with a view, and with its columns; without, with the person's own."""
        self._hold(view)
        has_layout = view is not None and view.layout is not None
        # The person's own are read again: they were perhaps stored anew elsewhere.
        layout = Layout.parse(view.layout) if view and has_layout else None
        (await self.get_state(ShownLayout))._layout = layout

    def _hold(self, view: View | None) -> None:
        """Base the next save on a view; `None` for no view."""
        self._view, self._latest = view, None

    async def _show(self, base: str, query: LedgerQuery) -> str:
        """Show the view beside what the ledger shows; return the query string of the address."""
        actor, view = acting(), self._view
        shown, is_own_ledger = _without_place(query), base == LEDGER_PATH
        is_plain = shown == LedgerQuery()
        layout = (await self.get_state(ShownLayout))._layout
        is_changed = view is not None and (
            shown != view.query
            or (view.layout is not None and layout is not None and layout.text() != view.layout)
        )
        key = key_of(view, query, self._default if is_own_ledger else "")
        set_changed(
            self,
            key=key,
            name=view.name if view else "",
            note=note_of(view, actor.account_id) if view else "",
            is_product=view is not None and view.is_product,
            may_change=view is not None and may_change_view(actor, view),
            may_share=may_share_views(actor),
            is_default=view is not None and view.key == self._default,
            is_changed=is_changed,
            is_outdated=self._latest is not None,
            can_save=is_own_ledger and not is_plain,
        )
        return search_of(key, query, is_as_saved=view is not None and query == view.query)

    def _follow(self, view: View | None) -> None:
        """Take over what someone else has changed; the ledger keeps its rows.

        Args:
            view: as it is now; `None` if it is deleted, or no longer shared with the viewer.
        """
        known = self._view
        if known is None:
            return
        if view is None:
            self._hold(None)
            set_changed(self, notice=messages.GONE)
        elif (view.query, view.layout) == (known.query, known.layout):
            self._hold(view)
        elif view.version != known.version:
            self._latest = view


def _without_place(query: LedgerQuery) -> LedgerQuery:
    return replace(query, place=None, clock=None)


def key_of(view: View | None, query: LedgerQuery, default: str) -> str:
    """Return the key by which addresses name what is shown; "" for none.

    Args:
        view: with which the ledger was opened.
        query: that is shown.
        default: the key of the view that the address without parameters opens; "" for none.
    """
    if view:
        return view.key
    return ALL if default and _without_place(query) == LedgerQuery() else ""


def note_of(view: View, account_id: int) -> str:
    """Tell somebody whom a view is shared with, or by whom; "" for a private one."""
    if view.owner_id not in (None, account_id):
        return messages.shared_by(view.owner)
    return messages.shared_with(view.audience.label) if view.audience else ""
