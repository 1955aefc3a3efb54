"""The ledger page's state: the rows of one page, the counts, and where in the ledger it is."""

from __future__ import annotations

import asyncio
from zoneinfo import ZoneInfo

import reflex as rx

from enrollment_portal.domain.ledger_query import LedgerQuery, Place, SortKey, Tab, clean_search
from enrollment_portal.domain.people import Actor
from enrollment_portal.domain.permissions import may_see_ledger
from enrollment_portal.services.ledger import read_ledger
from enrollment_portal.services.organization import organization_of
from enrollment_portal.services.runtime import database
from enrollment_portal.state.details import Details
from enrollment_portal.state.session import acting, guarded, viewer_zone
from enrollment_portal.state.views import LEDGER_PATH, RowView, row_view
from enrollment_portal.storage.ledger import LedgerPage


class Ledger(rx.State):
    """What the ledger shows. The URL says which rows; the database says what they hold."""

    phase: str = "loading"  # loading, ready or failed
    rows: list[RowView] = []
    counts: dict[str, str] = dict.fromkeys(Tab, "")
    tab: str = Tab.ALL
    sort: str = SortKey.ENROLLED
    descending: bool = True
    searched: str = ""
    search_field: int = 0
    """Counts up when the search box must take over `searched`, rather than what was typed."""
    span: str = ""
    has_previous: bool = False
    has_next: bool = False
    url: str = ""
    """The query string of what is shown, which the address bar is to hold."""
    pushes: bool = False
    """Whether `url` is a new step in the browser's history, or replaces the current one."""

    _query: LedgerQuery = LedgerQuery()
    _previous: Place | None = None
    _next: Place | None = None

    @rx.event
    @guarded(may_see_ledger)
    async def arrive(self):
        """Show what the address says: on load, reload, back, forward, or a pasted link."""
        if self.router.url.path.rstrip("/") != LEDGER_PATH:
            return
        query = LedgerQuery.parse(self.router.url.query_parameters)
        if query.search != self.searched:
            self.search_field += 1
        await self._show(query, pushes=False)
        await self._forget_details()

    @rx.event
    @guarded(may_see_ledger)
    async def show_tab(self, tab: str):
        """Show another tab, from its first page."""
        if tab in list(Tab):
            await self._show(self._query.on_tab(Tab(tab)))

    @rx.event(supersedes=True)
    @guarded(may_see_ledger)
    async def search(self, typed: str):
        """Search as it is typed; a newer keystroke cancels an older search."""
        query = self._query.searching(clean_search(typed))
        if query.search != self._query.search or self.phase == "failed":
            # One search is one step back, however many keys it took.
            await self._show(query, pushes=not self._query.search)

    @rx.event
    @guarded(may_see_ledger)
    async def clear_search(self):
        """Show everything again, with an empty search box."""
        self.search_field += 1
        await self._show(self._query.searching(""))

    @rx.event
    @guarded(may_see_ledger)
    async def sort_by(self, column: str):
        """Sort by a column, or the other way round where it is sorted by it already."""
        if column in list(SortKey):
            await self._show(self._query.sorted_by(SortKey(column)))

    @rx.event
    @guarded(may_see_ledger)
    async def turn(self, to: str):
        """Turn to the first, previous, next or last page."""
        places = {
            "first": None,
            "previous": self._previous,
            "next": self._next,
            "last": Place("last"),
        }
        if isinstance(to, str) and to in places and (places[to] or to in ("first", "previous")):
            await self._show(self._query.at(places[to]))

    @rx.event
    @guarded(may_see_ledger)
    async def try_again(self):
        """Read the same page once more, after it failed."""
        await self._show(self._query, pushes=False)

    async def _show(self, query: LedgerQuery, *, pushes: bool = True) -> None:
        page, rows = await asyncio.to_thread(_read, acting(), query, viewer_zone(self))
        self._query, self._previous, self._next = query, page.previous, page.next
        self.rows = rows
        self.counts = {
            tab: f"{sum(page.counts[status] for status in tab.statuses):,}" for tab in Tab
        }
        self.tab, self.sort, self.descending = query.tab, query.sort, query.descending
        self.searched = query.search
        last = page.position + len(page.rows) - 1
        self.span = f"{page.position:,}–{last:,} of {page.total:,}" if page.rows else ""
        self.has_previous, self.has_next = page.previous is not None, page.next is not None
        self.pushes, self.url = pushes, query.to_url()
        self.phase = "ready"

    async def _forget_details(self) -> None:
        # Else the next enrollment's page would show this one until its own facts arrive.
        details = await self.get_state(Details)
        if details._id and not details.is_dirty:
            details.reset()

    def _show_failure(self) -> None:
        self.phase = "failed"


def _read(actor: Actor, query: LedgerQuery, tz: ZoneInfo) -> tuple[LedgerPage, list[RowView]]:
    page = read_ledger(database(), actor, query)
    today = organization_of(database()).today()
    return page, [row_view(row, tz, today) for row in page.rows]
