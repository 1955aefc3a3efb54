"""The state of a printed ledger: all its rows, up to a limit."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from zoneinfo import ZoneInfo

import reflex as rx

from enrollment_portal.domain.access.permissions import may_see_ledger
from enrollment_portal.domain.ledger.filter_chips import chips
from enrollment_portal.domain.ledger.ledger_query import OPEN_REQUEST, LedgerQuery, print_heading
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import NotFound
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.services.ledger.filter_values import filter_names
from enrollment_portal.services.ledger.ledger import as_seen_by, read_ledger
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.shared.session import acting, guarded, viewer_zone
from enrollment_portal.state.shared.views import RowView, row_view

PRINTED_ROWS = 1_000
"""The most rows that are printed."""


class Printing(rx.State):
    """The rows of the ledger while its browser prints them."""

    rows: list[RowView] = []
    summary: str = ""
    """What the rows are: their tab, search and order, and how many of how many they are."""
    ready: int = 0
    """The number of the request that the rows answer; 0 for none."""

    _ticket: int = 0

    @rx.event
    @guarded(may_see_ledger)
    async def load_rows(self, ticket: int):
        """Read all rows for a browser that waits to print them."""
        self._ticket = read_id(ticket) or 0
        query = (await self.get_state(Ledger))._query
        try:
            self.rows, self.summary = await asyncio.to_thread(
                _read, acting(), query, viewer_zone(self)
            )
        except NotFound:
            self.rows, self.summary = [], ""
        self.ready = self._ticket

    @rx.event
    @guarded(may_see_ledger)
    async def end(self):
        """Forget the printed rows."""
        self.reset()

    def _show_failure(self, _why: str) -> None:
        # The browser then prints the current page of rows.
        self.rows, self.summary, self.ready = [], "", self._ticket


def _read(actor: Actor, query: LedgerQuery, tz: ZoneInfo) -> tuple[list[RowView], str]:
    query = replace(as_seen_by(actor, query), place=None)
    page = read_ledger(database(), actor, query, PRINTED_ROWS)
    today = organization_of(database()).today() if query.as_of is None else query.as_of
    rows = [row_view(row, tz, today, page.runs.get(row.id, 1)) for row in page.rows]
    found = chips(query, filter_names(database(), actor, query))
    texts = [chip.text for chip in found if chip.name != OPEN_REQUEST]
    return rows, print_heading(query, len(rows), page.total, *texts)
