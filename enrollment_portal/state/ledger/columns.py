"""The handlers of the ledger's columns: save the layout, and read further cells again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import ClassVar
from zoneinfo import ZoneInfo

import reflex as rx

from enrollment_portal.domain.access.permissions import ledger_columns, may_see_ledger
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.layout.columns import ColumnKey, Layout
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import NotFound
from enrollment_portal.services.ledger.columns import save_layout
from enrollment_portal.services.ledger.ledger import read_rows
from enrollment_portal.services.runtime import database
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.ledger.shown_layout import Cells, ShownLayout, read_cells
from enrollment_portal.state.ledger.shown_view import ShownView
from enrollment_portal.state.shared.session import acting, guarded, viewer_zone


class LedgerColumns(rx.State):
    """Store which columns a person sees in the ledger, and read the cells of its page."""

    _page: ClassVar = Ledger

    @rx.event
    @guarded(may_see_ledger)
    async def save(self, text: str):
        """Store a layout, and show its columns; what is not understood is left out.

        Where the ledger shows a view with columns of its own, these are changed: they are stored
        once the view is saved.
        """
        shown = await self.get_state(ShownLayout)
        shown.answered += 1
        shown.refusal = messages.COLUMNS_NOT_SAVED  # unless it is
        view = (await self.get_state(ShownView))._view
        if view is not None and view.layout is not None:
            layout = Layout.parse(text).only(ledger_columns(acting()))
        else:
            layout = await asyncio.to_thread(save_layout, database(), acting(), text)
        shown.refusal = ""
        await self._read(layout)
        await (await self.get_state(Ledger))._show_address()

    @rx.event
    @guarded(may_see_ledger)
    async def refresh(self):
        """Read the cells of the open page again."""
        shown = await self.get_state(ShownLayout)
        if shown._layout is not None and shown.get_value("read"):
            await self._read(shown._layout)

    async def _read(self, layout: Layout) -> None:
        ledger, shown = await self.get_state(Ledger), await self.get_state(ShownLayout)
        ids = [row.id for row in ledger.get_value("rows")]
        query = ledger._query
        shown._show(
            *await asyncio.to_thread(_read_by_ids, acting(), query, layout, ids, viewer_zone(self))
        )


def _read_by_ids(
    actor: Actor, query: LedgerQuery, layout: Layout, ids: Sequence[int], tz: ZoneInfo
) -> tuple[Layout, tuple[ColumnKey, ...], Cells]:
    if query.as_of is not None or not ids or not layout.more_columns:
        return read_cells(actor, query, layout, (), tz)
    try:
        rows = read_rows(database(), actor, query, ids).rows
    except NotFound:  # the page's course or learner is gone, which the page says
        rows = ()
    return read_cells(actor, query, layout, rows, tz)
