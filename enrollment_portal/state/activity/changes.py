"""The history of all enrollments: its list, its filters, and undoing a change in place."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import Right, may_read_notes, may_see_ledger
from enrollment_portal.domain.activity import messages
from enrollment_portal.domain.activity.activity_query import (
    ACTIVITY_FILE_PATH,
    FILTER_NAMES,
    ActivityFilters,
)
from enrollment_portal.domain.ledger.day_ranges import Clock, DayRange, read_day
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.errors import PortalError
from enrollment_portal.domain.shared.listing import ListQuery, read_id
from enrollment_portal.live.subscriptions import CHANGES
from enrollment_portal.services.activity.activity import (
    PAGE_SIZE,
    Change,
    filter_titles,
    find_filters,
    list_changes,
    read_again,
)
from enrollment_portal.services.history.undoing import undo_change
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.state.activity.changes_views import (
    ChangeRowView,
    ChipView,
    change_row,
    chips,
    span_of,
)
from enrollment_portal.state.enrollment.views.timeline import undone_text
from enrollment_portal.state.people.people_search import Picker
from enrollment_portal.state.people.people_views import FoundView
from enrollment_portal.state.shared import open_pages
from enrollment_portal.state.shared.listing import Listing
from enrollment_portal.state.shared.session import acting, guarded, viewer_zone
from enrollment_portal.state.shared.views import ACTIVITY_PATH
from enrollment_portal.storage.shared.listing import Slice

CHOSEN = "chosen"
"""The period of days that have no name."""


class Changes(Listing, rx.State):
    """The list of changes."""

    rows: list[ChangeRowView] = []
    chips: list[ChipView] = []
    is_narrowed: bool = False
    reads_notes: bool = False
    """Whether changes can be filtered by internal notes."""
    first_day: str = ""
    last_day: str = ""
    period: str = ""
    """The chosen days, as a URL has them; "chosen" for days that have no name."""
    fresh: str = ""
    """How many changes have come since the page was read: "3 new changes"."""
    file: str = ACTIVITY_FILE_PATH
    message: str = ""
    refused_seq: int = 0
    """The change whose undo was refused; the reason is shown in its row."""
    refused_why: str = ""
    act_key: str = ""
    """A random idempotency key for the next act."""

    _texts = messages.LIST_TEXTS
    _may: ClassVar[Right] = may_see_ledger
    _shows: ClassVar[Sequence[str]] = ("learner", "course")
    _path: ClassVar[str] = ACTIVITY_PATH
    _shape: ClassVar[Sequence[type]] = (int, int)
    _filters: ClassVar[Mapping[str, Sequence[str] | None]] = dict.fromkeys(FILTER_NAMES)

    _zone: str = "UTC"
    _shown: tuple[int, ...] = ()
    _first: Change | None = None
    _between: str = ""

    @rx.event
    @guarded(may_see_ledger)
    async def choose_day(self, name: str, day: str):
        """Set the "first" or the "last" day; ignore a date that is not typed completely."""
        if name not in ("first", "last"):
            return
        value = read_day(day) if isinstance(day, str) and day else None
        if value is None and day != "":
            return
        bounds = {"first": read_day(self.first_day), "last": read_day(self.last_day)} | {
            name: value
        }
        first, last = bounds["first"], bounds["last"]
        if first is not None and last is not None and first > last:
            first = last = value
        is_set = first is not None or last is not None
        await self._show(
            self._query.filtered("when", DayRange(first, last).text() if is_set else "")
        )

    @rx.event
    @guarded(may_see_ledger)
    async def clear(self):
        """Show all changes again."""
        await self._show(ListQuery())

    @rx.event
    @guarded(may_see_ledger)
    async def show_fresh(self):
        """Show the changes that have come since the page was read: open the first page."""
        await self._show(self._query.at(None), pushes=False)

    @rx.event
    @guarded(may_see_ledger)
    async def undo(self, enrollment: int, seq: int, key: str):
        """Undo a change; a refusal is shown in its row."""
        number = read_id(seq)
        self.message, self.refused_seq, self.refused_why = "", 0, ""
        try:
            details = await asyncio.to_thread(
                undo_change, database(), acting(), enrollment, number, key=f"{key}.{number}"
            )
        except PortalError as refusal:
            await self._read_rows_again()
            self.refused_seq, self.refused_why = number or 0, refusal.message
            return
        await self._show(self._query, pushes=False)
        made = next((one for one in details.history if one.undoes == number), None)
        if made is not None:
            self.message = undone_text(made, organization_of(database()).zone)

    @rx.event
    @guarded(may_see_ledger)
    async def refresh(self):
        """Show the rows as they are now, and how many changes are new."""
        if self.phase != "ready":
            return
        await self._read_rows_again()
        if self._query.place is None:
            await self._count_fresh()

    async def _read_rows_again(self) -> None:
        tz = calendar.zone(self._zone)
        found = await asyncio.to_thread(read_again, database(), acting(), self._shown)
        self._shown = tuple(seq for seq in self._shown if seq in found)
        self.rows = [change_row(found[seq], tz) for seq in self._shown]

    async def _count_fresh(self) -> None:
        page = await asyncio.to_thread(self._read, acting(), self._query)
        fresh = 0
        for one in page.rows:
            if one.seq in self._shown:
                break
            fresh += 1
        self.fresh = messages.fresh(fresh, PAGE_SIZE) if fresh else ""

    def _read(self, actor: Actor, query: ListQuery) -> Slice[Change]:
        filters = ActivityFilters.parse(query.filters, reads_notes=may_read_notes(actor))
        return list_changes(database(), actor, filters, query.place, calendar.zone(self._zone))

    def _views(self, rows: Sequence[Any]) -> list[ChangeRowView]:
        tz = calendar.zone(self._zone)
        self._shown = tuple(one.seq for one in rows)
        self._first = next(iter(rows), None)
        self._between = span_of(rows, tz, is_narrowed=bool(self._query.filters))
        return [change_row(one, tz) for one in rows]

    async def _show(self, query: ListQuery, *, pushes: bool = True) -> None:
        actor, tz = acting(), viewer_zone(self)
        self._zone, self.reads_notes = tz.key, may_read_notes(actor)
        filters = ActivityFilters.parse(query.filters, reads_notes=self.reads_notes)
        open_pages.watch(self, CHANGES)
        query = replace(query, search="", filters=filters.params)
        await super()._show(query, pushes=pushes)
        self.total, self.span = "", self._between
        self.announcement = self.span if self.is_hydrated else ""
        shown = [] if self._first is None else [self._first]
        titles = await asyncio.to_thread(filter_titles, database(), actor, filters, shown)
        self.chips, self.is_narrowed = chips(filters, titles), bool(filters.params)
        self._show_days(filters, Clock(calendar.day_of(calendar.now_ms(), tz), tz))
        self.file, self.fresh, self.message = filters.file, "", ""
        self.refused_seq, self.refused_why = 0, ""
        self.act_key = secrets.token_urlsafe(12)

    def _show_days(self, filters: ActivityFilters, clock: Clock) -> None:
        when = filters.when
        first, last = (None, None) if when is None else when.resolve(clock)
        self.first_day, self.last_day = (
            "" if day is None else calendar.day_to_date(day).isoformat() for day in (first, last)
        )
        text = "" if when is None else when.text()
        named = {value for value, _label in messages.PERIODS}
        self.period = text if text in named or not text else CHOSEN


class FilterSearch(Picker, rx.State):
    """The search for people, learners and courses to filter by."""

    _page: ClassVar = Changes
    _may: ClassVar[Right] = may_see_ledger

    @rx.event
    @guarded(may_see_ledger)
    async def choose(self, number: int):
        """Filter by one of those that were found."""
        at = read_id(number)
        found = await asyncio.to_thread(find_filters, database(), acting(), self.searched)
        if at is not None and at <= len(found):
            chosen, page = found[at - 1], await self.get_state(Changes)
            await page._show(page._query.filtered(chosen.name, str(chosen.id)))
            self._clear()

    def _find(self, actor: Actor, typed: object) -> list[FoundView]:
        found = find_filters(database(), actor, typed)
        return [FoundView(n, one.title, one.about) for n, one in enumerate(found, 1)]
