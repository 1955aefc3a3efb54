"""The state that all list pages share: load, search, filter and turn pages, as the URL says."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import Right
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import NotFound
from enrollment_portal.domain.shared.listing import ListQuery, Place
from enrollment_portal.domain.shared.messages import FAILED_UNKNOWN
from enrollment_portal.domain.shared.wording import PageTexts, page_of, show_number
from enrollment_portal.state.shared.address import Address, answer
from enrollment_portal.state.shared.session import acting, guarded_by_page, phase_after_failure
from enrollment_portal.storage.shared.listing import Slice


class Listing(rx.State, mixin=True):
    """The state of a list page.

    A page's own state must set `_may`, `_texts` (see `page_of`) and `_path`, declare `rows` with
    its own view, and implement `_read` and `_views`; it may override `_show` and call it.
    """

    if TYPE_CHECKING:
        rows: Any
    phase: str = "loading"  # loading, ready, missing or failed
    searched: str = ""
    search_field: int = 0
    """Counts up when the search box must show `searched` instead of what was typed."""
    filters: dict[str, str] = {}
    span: str = ""
    announcement: str = ""  # of the rows that an act asked for; the same when they are read again
    total: str = ""
    has_previous: bool = False
    has_next: bool = False
    address: Address = Address()
    """What the address bar must show."""

    _query: ListQuery = ListQuery()
    _previous: Place | None = None
    _next: Place | None = None
    _typed_ahead: str | None = None
    """What was searched for before the page was loaded, which its address does not contain."""

    _may: ClassVar[Right]
    _texts: ClassVar[PageTexts]
    _path: ClassVar[str]
    """The page's path; "" for a list on pages with ids in their paths."""
    _shape: ClassVar[Sequence[type]] = (str, int)
    _filters: ClassVar[Mapping[str, Sequence[str] | None]] = {}
    _shows: ClassVar[Sequence[str]] = ()
    """The kinds of records that its rows name; see `live.records`."""

    @rx.event
    @guarded_by_page
    async def load(self):
        """Show what the address says: on load, reload, back, forward, or a pasted link."""
        if self._path and self.router.url.path.rstrip("/") != self._path:
            return
        query = ListQuery.parse(
            self.router.url.query_parameters, shape=self._shape, filters=self._filters
        )
        if self._typed_ahead is not None:
            query, self._typed_ahead = query.searching(self._typed_ahead), None
        elif query.search != self.searched:
            self.search_field += 1
        await self._show(query, pushes=False)

    @rx.event(supersedes=True)
    @guarded_by_page
    async def search(self, typed: str):
        """Search as it is typed; a newer keystroke cancels an older search."""
        query = self._query.searching(typed)
        if not self.is_hydrated:
            self._typed_ahead = query.search
        if query.search != self._query.search or self.phase == "failed":
            # One search is one step back, however many keys it took.
            await self._show(query, pushes=not self._query.search)

    @rx.event
    @guarded_by_page
    async def clear_search(self):
        """Show everything again, with an empty search box."""
        self.search_field += 1
        await self._show(self._query.searching(""))

    @rx.event
    @guarded_by_page
    async def filter_by(self, name: str, value: str):
        """Set one of the page's filters, or clear it with ""."""
        allowed = self._filters.get(name, ()) if isinstance(name, str) else ()
        if not isinstance(value, str) or (value and allowed is not None and value not in allowed):
            return
        if name in self._filters:
            await self._show(self._query.filtered(name, value[:100]))

    @rx.event
    @guarded_by_page
    async def turn(self, to: str):
        """Open the first, previous, next or last page."""
        places = {
            "first": None,
            "previous": self._previous,
            "next": self._next,
            "last": Place("last"),
        }
        if isinstance(to, str) and to in places and (places[to] or to in ("first", "previous")):
            await self._show(self._query.at(places[to]))

    @rx.event
    @guarded_by_page
    async def try_again(self):
        """Read the same page again after a failure."""
        await self._show_again()

    @rx.event
    @guarded_by_page
    async def refresh(self):
        """Read the same page again: a record that it shows was changed."""
        if self.phase == "ready":
            await self._show_again()

    @abstractmethod
    def _read(self, actor: Actor, query: ListQuery) -> Slice[Any]:
        """Return a page through a service; runs in a thread, so it only reads plain values."""

    @abstractmethod
    def _views(self, rows: Sequence[Any]) -> list[Any]:
        """Return rows of `_read` ready to show, for `rows`."""

    async def _show_again(self) -> None:
        """Read the same page again without an announcement."""
        announced = self.announcement
        await self._show(self._query, pushes=False)
        self.announcement = announced

    async def _show(self, query: ListQuery, *, pushes: bool = True) -> None:
        try:
            page = await asyncio.to_thread(self._read, acting(), query)
        except NotFound:
            self.rows = []
            self.phase = "missing"
            return
        self._query, self._previous, self._next = query, page.previous, page.next
        self.rows = self._views(page.rows)
        self.span = _span(page, query, self._texts)
        self.announcement = self.span if self.is_hydrated else ""  # a page is read when it opens
        self.total = show_number(page.total)
        self.has_previous, self.has_next = page.previous is not None, page.next is not None
        self.searched, self.filters = query.search, dict(query.filters)
        self.address = answer(self, query.to_url(), pushes=pushes)
        self.phase = "ready"

    def _show_failure(self, why: str = FAILED_UNKNOWN) -> None:
        self.phase = phase_after_failure(self.phase, why)


def _span(page: Slice[Any], query: ListQuery, texts: PageTexts) -> str:
    """Return which of how many rows a page shows."""
    is_narrowed = bool(query.search or query.filters)
    return page_of(texts, page.position, len(page.rows), page.total, is_narrowed=is_narrowed)
