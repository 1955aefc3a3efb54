"""The state of the ledger: the rows of one page, the counts, and the place of the page."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import (
    may_manage_learning,
    may_see_ledger,
    may_see_paths,
)
from enrollment_portal.domain.bulk.actions import may_change_many
from enrollment_portal.domain.bulk.selection import selection_key
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.day_ranges import read_day
from enrollment_portal.domain.ledger.ledger_export import EXPORT_PATH, export_address
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery, SortKey, Tab
from enrollment_portal.domain.shared.calendar import (
    day_to_date,
    show_day,
)
from enrollment_portal.domain.shared.errors import NotFound
from enrollment_portal.domain.shared.listing import Place, clean_search, read_id
from enrollment_portal.domain.shared.messages import FAILED_UNKNOWN
from enrollment_portal.services.ledger.ledger import (
    as_seen_by,
    in_time,
)
from enrollment_portal.services.runtime import database
from enrollment_portal.state.enrollment.details import Details
from enrollment_portal.state.enrollment.form import ManageForm
from enrollment_portal.state.ledger.reading import (
    count_texts,
    read_again,
    read_shown,
    span_of,
)
from enrollment_portal.state.ledger.shown_filters import ShownFilters
from enrollment_portal.state.ledger.shown_layout import ShownLayout
from enrollment_portal.state.ledger.shown_needs import ShownNeeds
from enrollment_portal.state.ledger.shown_view import ShownView
from enrollment_portal.state.shared import open_pages
from enrollment_portal.state.shared.address import Address, answer
from enrollment_portal.state.shared.opened_from import OpenedFrom, ledger_filter_of
from enrollment_portal.state.shared.session import (
    acting,
    guarded,
    phase_after_failure,
    reset_page,
    viewer_zone,
)
from enrollment_portal.state.shared.views import LEDGER_PATH, RowView

PEEK = "peek"
"""The parameter of the address with the enrollment that the panel shows."""


class Ledger(rx.State):
    """The ledger. The URL says which rows are shown; the database says what they contain.

    It has a page of its own, and is part of those of a course, a path and a user, with their rows.
    """

    phase: str = "loading"  # loading, ready, missing or failed
    base: str = LEDGER_PATH
    """The path of the page that it is on."""
    hides: str = ""
    """The column that is the same in every row: "course", "learner", or ""."""
    kind: str = Kind.COURSES
    has_kinds: bool = False
    """Whether both courses and paths can be chosen."""
    as_of: str = ""
    """The past day that is shown, as an ISO date; "" for now."""
    as_of_text: str = ""
    day_field: int = 0
    """Counts up when the date field must show `as_of` instead of what was typed."""
    first_day: str = ""
    last_day: str = ""
    """The first and last day that can be chosen; "" if unknown or not for this person."""
    deadline_ends: str = ""
    """When deadlines end, if the viewer is in another time zone: "23:59 Stockholm time"."""
    rows: list[RowView] = []
    counts: dict[str, str] = dict.fromkeys(Tab, "")
    tab: str = Tab.ALL
    sort: str = SortKey.ENROLLED
    descending: bool = True
    searched: str = ""
    search_field: int = 0
    """Counts up when the search box must show `searched` instead of what was typed."""
    may_select: bool = True
    """Whether rows can be selected; true until it is known, so that nothing moves."""
    may_edit: bool = False
    """Whether the deadlines of the rows can be changed."""
    selects: str = ""
    """What rows are selected among: another text for a query with other rows, "" for none."""
    span: str = ""
    """Which rows are shown, of how many; "" until they are counted."""
    position: int = 0
    """The number of the first row, until they are counted; an estimate within the ledger."""
    announces_span: bool = False
    """Whether to announce the span once they are counted."""
    announcement: str = ""
    """What is announced of the rows that an act asked for; the same when they are read again."""
    has_previous: bool = False
    has_next: bool = False
    address: Address = Address()
    """What the address bar must show, without the panel."""
    opens: str = ""
    """What is appended to an enrollment's address in a row: the ledger it is opened from."""
    file: str = EXPORT_PATH
    """The address of the CSV file of all rows."""
    peek: int = 0
    """The enrollment that the panel beside the rows shows; 0 while it is closed."""
    channel: str = ""
    """The channel of its counts, by which a page recognizes its own."""
    known: int = 0
    """The newest row of history that the rows and counts include; -1 on a past day."""
    known_at_open: int = 0
    """The same when this page of rows was opened: what began since is not among its rows."""

    _shows: ClassVar = ("learner", "course")
    _parts: ClassVar = (ShownFilters, ShownLayout, ShownNeeds, ShownView)
    _query: LedgerQuery = LedgerQuery()
    _previous: Place | None = None
    _next: Place | None = None
    _typed_ahead: str | None = None
    """What was searched for before the page was loaded, which its address does not contain."""

    @rx.event
    @guarded(may_see_ledger)
    async def load(self):
        """Show what the address says: on load, reload, back, forward, or a pasted link."""
        base = self.router.url.path.rstrip("/")
        ledger_filter = ledger_filter_of(base)
        if ledger_filter is None:
            return
        query = replace(await (await self.get_state(ShownView))._open(base), **ledger_filter)
        self.peek = read_id(self.router.url.query_parameters.get(PEEK)) or 0
        if base != self.base:
            self.base, self.phase, self.rows = base, "loading", []
            self._show_day(query.as_of)
            self.hides = next((name for name in ("course", "learner") if name in ledger_filter), "")
        if self._typed_ahead is not None:
            query, self._typed_ahead = query.searching(self._typed_ahead), None
        elif query.search != self.searched:
            self.search_field += 1
        if query.as_of != self._query.as_of:
            self.day_field += 1
        await self._show(query, pushes=False)
        await self._forget_details()

    @rx.event
    @guarded(may_see_ledger)
    async def show_kind(self, kind: str):
        """Show the enrollments in courses, or those in learning paths."""
        if kind in list(Kind) and self.has_kinds:
            await self._show(self._query.of_kind(Kind(kind)))

    @rx.event
    @guarded(may_see_ledger)
    async def show_as_of(self, day: str):
        """Show the ledger at the end of a past day; ignore a date that is not typed completely."""
        wanted = read_day(day)
        if wanted is None or wanted == self._query.as_of:
            return
        await self._show(self._query.on_day(wanted))
        if self._query.as_of != wanted:
            self.day_field += 1

    @rx.event
    @guarded(may_see_ledger)
    async def show_now(self):
        """Show the current ledger again."""
        self.day_field += 1
        await self._show(self._query.on_day(None))
        self.announcement = messages.back_to_today(self.span)

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
        if not self.is_hydrated:
            self._typed_ahead = query.search
        if query.search != self._query.search or self.phase == "failed":
            # One search is one step back, however many keys it took.
            await self._show(query, pushes=not self._query.search)
        else:
            # A search that was cancelled half way may have subscribed to another query.
            await self._read_again()

    @rx.event
    @guarded(may_see_ledger)
    async def clear_search(self):
        """Show everything again, with an empty search box."""
        self.search_field += 1
        await self._show(self._query.searching(""))

    @rx.event
    @guarded(may_see_ledger)
    async def sort_by(self, column: str):
        """Sort by a column; reverse the order if it is sorted by it already."""
        if column in list(SortKey):
            key = SortKey(column)
            await self._show(self._query.sorted_by(key))
            column = Kind(self.kind).heading if key is SortKey.COURSE else key.label
            self.announcement = messages.sorted_by(column, descending=self.descending)

    @rx.event
    @guarded(may_see_ledger)
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
    @guarded(may_see_ledger)
    async def show_new_rows(self):
        """Show the enrollments created since the page was read: open the first page."""
        await self._show(self._query.at(None), pushes=False)

    @rx.event
    @guarded(may_see_ledger)
    async def refresh(self):
        """Read the rows that are shown again, each in its place."""
        if self.phase == "ready" and self.known < 0:
            announced = self.announcement
            await self._show(self._query, pushes=False)
            self.announcement = announced
        else:
            await self._read_again()

    @rx.event
    @guarded(may_see_ledger)
    async def try_again(self):
        """Read the same page again after a failure."""
        await self._show(self._query, pushes=False)

    async def _read_again(self) -> None:
        if self.phase != "ready" or self.known < 0:
            return
        shown: list[RowView] = self.get_value("rows")
        layout, ids = await self.get_state(ShownLayout), [row.id for row in shown]
        page, rows, names, needs, cells = await asyncio.to_thread(
            read_again, acting(), self._query, viewer_zone(self), ids, layout._layout
        )
        self.rows = [rows.get(row.id, row) for row in shown]
        layout._show_again(cells)
        self._show_counts(page.counts)
        (await self.get_state(ShownFilters))._show_chips(self._query, names)
        (await self.get_state(ShownNeeds))._show(self._query, needs)
        self.known = page.known
        await open_pages.follow_ledger(self, self._query, page.known, [row.id for row in shown])

    async def _show(self, query: LedgerQuery, *, pushes: bool = True) -> None:
        actor = acting()
        query = as_seen_by(actor, query)
        if query.as_of is not None:
            query = await asyncio.to_thread(in_time, database(), query)
        # Subscribed before it is read, so that no change between is missed.
        await open_pages.follow_ledger(self, query, 0 if query.as_of is None else -1)
        try:
            layout = await self.get_state(ShownLayout)
            counts_later = open_pages.is_followed(self)
            shown = await asyncio.to_thread(
                read_shown,
                actor,
                query,
                viewer_zone(self),
                layout._layout,
                counts_later=counts_later,
            )
        except NotFound:
            self._show_nothing(query)
            for part in self._parts:
                (await self.get_state(part)).reset()
            return
        page, rows = shown.page, shown.rows
        is_global = query.course is None and query.learner is None
        self.has_kinds = is_global and may_see_paths(actor)
        self.kind = query.kind
        self._query, self._previous, self._next = query, page.previous, page.next
        self._show_day(query.as_of)
        self.first_day, self.last_day = shown.first_day, shown.last_day
        self.deadline_ends = shown.deadline_ends
        self.rows = rows
        layout._show(*shown.layout)
        self._show_counts(page.counts if page.is_counted else {})
        self.channel, self.known = open_pages.channel_of(actor, query), page.known
        self.known_at_open = page.known
        await open_pages.follow_ledger(self, query, page.known, [row.id for row in rows])
        if not page.is_counted:
            open_pages.count_ledger(self, query)
        self.tab, self.sort, self.descending = query.tab, query.sort, query.descending
        self.may_select = may_change_many(actor) and query.as_of is None
        self.selects = selection_key(self.base, query) if self.may_select else ""
        self.may_edit = may_manage_learning(actor) and query.as_of is None
        (await self.get_state(ShownFilters))._show(actor, query, shown.filter_names)
        (await self.get_state(ShownNeeds))._show(query, shown.needs)
        self.searched = query.search
        self.span, self.position = span_of(page, query), 0 if page.is_counted else page.position
        # A page is read when it opens.
        self.announcement = self.span if self.is_hydrated else ""
        self.announces_span = self.is_hydrated
        self.has_previous, self.has_next = page.previous is not None, page.next is not None
        await self._show_address(pushes=pushes)
        self.file = export_address(query)
        self.phase = "ready"

    async def _show_address(self, *, pushes: bool = False) -> None:
        view = await self.get_state(ShownView)
        search = await view._show(self.base, self._query)
        self.address = answer(self, search, pushes=pushes)
        self.opens = OpenedFrom(self.base, self._query, view.key).suffix

    def _show_counts(self, counts: Mapping[Status, int]) -> None:
        self.counts = count_texts(counts)

    def _show_nothing(self, query: LedgerQuery) -> None:
        self._query, self._previous, self._next = query, None, None
        self._show_day(query.as_of)
        self.rows, self.counts, self.span = [], dict.fromkeys(Tab, ""), ""
        self.position = 0
        self.may_select, self.selects, self.may_edit = False, "", False
        self.peek = 0
        self.has_previous = self.has_next = self.has_kinds = False
        self.address = answer(self, query.to_url(), pushes=False)
        self.phase = "missing"

    def _show_day(self, day: int | None) -> None:
        self.as_of = "" if day is None else day_to_date(day).isoformat()
        self.as_of_text = "" if day is None else show_day(day)

    async def _forget_details(self) -> None:
        # Otherwise the next enrollment's page would show this one until it is loaded.
        details = await self.get_state(Details)
        if details._in_panel:
            return
        if details._id and not (await self.get_state(ManageForm)).is_dirty:
            await reset_page(details)

    def _show_failure(self, why: str = FAILED_UNKNOWN) -> None:
        self.phase = phase_after_failure(self.phase, why)
