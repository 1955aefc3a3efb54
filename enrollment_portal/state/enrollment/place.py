"""The neighbours of the open enrollment in the ledger that it was opened from."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import reflex as rx

from enrollment_portal.domain.access.permissions import may_see_ledger
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import NotFound
from enrollment_portal.live.subscriptions import ROWS_MOVED, Subject
from enrollment_portal.services.enrollment.enrollments import EnrollmentDetails
from enrollment_portal.services.ledger.ledger import as_seen_by, in_time
from enrollment_portal.services.ledger.neighbours import read_neighbours
from enrollment_portal.services.runtime import database
from enrollment_portal.state.enrollment.views.place import PlaceView, place_view
from enrollment_portal.state.shared import open_pages
from enrollment_portal.state.shared.changed_vars import set_changed
from enrollment_portal.state.shared.opened_from import OpenedFrom
from enrollment_portal.state.shared.session import acting, guarded


class LedgerPlace(rx.State):
    """The enrollments before and after the open one; updated while the page is open."""

    place: PlaceView = PlaceView()

    _id: int = 0
    _opened: OpenedFrom | None = None
    _watched: tuple[Subject, ...] = ()

    @rx.event
    @guarded(may_see_ledger)
    async def refresh(self):
        """Read the neighbours again: one of them changed, or rows were added or removed."""
        await self._read()

    def _show(self, details: EnrollmentDetails) -> None:
        """Note the open enrollment; its neighbours are read when the page is loaded."""
        self._id = details.facts.id

    async def _open(self, opened: OpenedFrom) -> None:
        """Show the neighbours in a ledger, and subscribe to their changes."""
        self._opened, self._watched = opened, ()
        await self._read()

    async def _read(self) -> None:
        opened = self.get_value("_opened")
        if not self._id or opened is None:
            return
        place, subjects = await asyncio.to_thread(_find, acting(), self._id, opened)
        set_changed(self, place=place)
        # A new subscription may be refreshed at once.
        if subjects != self.get_value("_watched"):
            self._watched = subjects
            open_pages.watch(self, *subjects)


def _find(
    actor: Actor, enrollment_id: int, opened: OpenedFrom
) -> tuple[PlaceView, tuple[Subject, ...]]:
    """Return an enrollment's neighbours in a ledger, and the changes that may move them."""
    query = in_time(database(), as_seen_by(actor, opened.query))
    try:
        around = read_neighbours(database(), actor, enrollment_id, query)
    except NotFound:
        around = None
    view = place_view(replace(opened, query=query), around)
    if around is None or query.as_of is not None:  # what was on a past day does not change
        return view, ()
    rows = (row for row in (around.previous, around.next) if row)
    return view, (ROWS_MOVED, *(("neighbour", row.id) for row in rows))
