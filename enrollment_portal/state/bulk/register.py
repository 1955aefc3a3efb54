"""The register of batches: its list, and the page of one batch."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import Right, may_see_ledger
from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.errors import NotFound
from enrollment_portal.domain.shared.listing import ListQuery, Place
from enrollment_portal.live.subscriptions import BATCHES
from enrollment_portal.services.bulk.register import (
    BatchEntry,
    list_batches,
    read_batch,
    read_batch_rows,
    read_skipped,
)
from enrollment_portal.services.runtime import database
from enrollment_portal.state.bulk.bulk_views import (
    BatchRowView,
    BatchView,
    SkippedView,
    batch_row_view,
    batch_view,
    skipped_views,
)
from enrollment_portal.state.shared import open_pages
from enrollment_portal.state.shared.listing import Listing
from enrollment_portal.state.shared.session import acting, guarded, viewer_zone
from enrollment_portal.state.shared.views import ACTIVITY_PATH, BATCHES_PATH
from enrollment_portal.storage.shared.listing import Slice


class Batches(Listing, rx.State):
    """The list of all batches."""

    rows: list[BatchView] = []

    _texts = messages.BATCH_TEXTS
    _may: ClassVar[Right] = may_see_ledger
    _shows: ClassVar[Sequence[str]] = ("learner", "course")
    _path: ClassVar[str] = BATCHES_PATH
    _shape: ClassVar[Sequence[type]] = (int, int)

    _zone: str = "UTC"

    def _read(self, actor: Actor, query: ListQuery) -> Slice[BatchEntry]:
        return list_batches(database(), actor, query.place)

    def _views(self, rows: Sequence[Any]) -> list[BatchView]:
        tz = calendar.zone(self._zone)
        return [batch_view(one, tz) for one in rows]

    async def _show(self, query: ListQuery, *, pushes: bool = True) -> None:
        self._zone = viewer_zone(self).key
        open_pages.watch(self, BATCHES)
        await super()._show(query, pushes=pushes)


class BatchPage(Listing, rx.State):
    """One batch: what is known of it, its changes, and the rows that were skipped."""

    batch: BatchView = BatchView()
    base: str = ""
    """The path of the page."""
    rows: list[BatchRowView] = []
    skipped: list[SkippedView] = []
    n_skipped: str = ""
    has_more_skipped: bool = False

    _texts = messages.ROW_TEXTS
    _may: ClassVar[Right] = may_see_ledger
    _shows: ClassVar[Sequence[str]] = ("learner", "course")
    _path: ClassVar[str] = ""
    _shape: ClassVar[Sequence[type]] = (str, int)

    _zone: str = "UTC"
    _batch: str = ""
    _after_skipped: Place | None = None

    @rx.event
    @guarded(may_see_ledger)
    async def show_more_skipped(self):
        """Show more of the rows that were skipped."""
        if self._after_skipped is not None:
            await self._show_skipped(self._after_skipped)

    def _read(self, actor: Actor, query: ListQuery) -> Slice[Any]:
        return read_batch_rows(database(), actor, self._batch, query.place)

    def _views(self, rows: Sequence[Any]) -> list[BatchRowView]:
        tz = calendar.zone(self._zone)
        return [batch_row_view(row, tz) for row in rows]

    async def _show(self, query: ListQuery, *, pushes: bool = True) -> None:
        self._zone = viewer_zone(self).key
        path = self.router.url.path.rstrip("/")
        batch = path.removeprefix(f"{ACTIVITY_PATH}/") if path.startswith(ACTIVITY_PATH) else ""
        if batch != self._batch:
            self.reset()
            self._batch, self.base, self._zone = batch, path, viewer_zone(self).key
        open_pages.watch(self, BATCHES)
        try:
            entry = await asyncio.to_thread(read_batch, database(), acting(), batch)
        except NotFound:
            self.rows, self.batch, self.skipped = [], BatchView(), []
            self.phase = "missing"
            return
        self.batch = batch_view(entry, viewer_zone(self))
        await self._show_skipped(None)
        await super()._show(query, pushes=pushes)

    async def _show_skipped(self, place: Place | None) -> None:
        page = await asyncio.to_thread(read_skipped, database(), acting(), self._batch, place)
        before: list[SkippedView] = self.get_value("skipped") if place else []
        self.skipped = [*before, *skipped_views(page.rows)]
        self.n_skipped = messages.skipped_rows(page.total) if page.total else ""
        self._after_skipped, self.has_more_skipped = page.next, page.next is not None
