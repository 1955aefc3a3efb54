"""What open ledgers are told: the rows that changed, and through their counts what began."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from enrollment_portal.domain.access.permissions import Everything, Scope
from enrollment_portal.domain.enrollment.extension_requests import requests_words
from enrollment_portal.domain.ledger.shown_rows import LiveRow, live_row
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.live.ledger_counts import LedgerCounts
from enrollment_portal.live.seats import Seat, Seats, View, ledger_room
from enrollment_portal.live.sockets import wire
from enrollment_portal.services.ledger.ledger import count_requests
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.storage.history.changes import Standing
from enrollment_portal.storage.shared.scopes import rows_within

MANY = 500
"""With more enrollments changed at once, ledgers read their rows again instead of being told."""
MOST_ROWS = 60
"""So many changed rows are kept for each room."""


@dataclass
class _Room:
    """The rows that changed lately in a scope, oldest first, each with its place in history."""

    rows: OrderedDict[str, LiveRow] = field(default_factory=OrderedDict)
    seqs: dict[str, int] = field(default_factory=dict)


class LedgerRooms:
    """The rooms of this process's open ledgers.

    The rows of a room are pushed whole each time, as a browser keeps only what it got last: a
    version says which is newer. They are bounded: where one goes, the pages that show it as it
    was before are called to read their rows again.
    """

    def __init__(self, seats: Seats, call: Callable[[str, Any], Awaitable[None]]) -> None:
        self._seats, self._call = seats, call
        self._rooms: dict[Scope, _Room] = {}
        self._counts = LedgerCounts(seats)
        self._state: Any = None

    def show_in(self, state: Any) -> None:
        """Take the state whose vars `rows`, `counts`, … are laid over in the browser."""
        self._state = state
        self._counts.show_in(state)

    async def join(
        self, seat: Seat, state: Any, view: View, read_at: int, shown: Iterable[int] = ()
    ) -> None:
        """Let a seat have what changes in its ledger; it may see what the view's scope holds.

        Call it before the page's rows are read, so that nothing is missed, and again with the
        place in history that they were read at, and the enrollments that it shows.
        """
        wanted = {ledger_room(view.scope), view.room}
        known = _rooms_of(seat)
        seat.view, seat.ledger, seat.read_at = view, state, read_at
        seat.shown = frozenset(str(id_) for id_ in shown)
        for room in known - wanted:
            seat.rooms.discard(room)
            await wire.leave(seat.sid, room)
        for room in wanted - known:
            seat.rooms.add(room)
            await wire.enter(seat.sid, room)
        self._rooms.setdefault(view.scope, _Room())
        self.forget()

    async def leave(self, seat: Seat) -> None:
        """Let a seat have nothing more of a ledger: what it shows is of the past."""
        for room in _rooms_of(seat):
            seat.rooms.discard(room)
            await wire.leave(seat.sid, room)
        seat.view = None
        self.forget()

    def forget(self) -> None:
        """Forget what nobody watches any more."""
        views = {seat.view for seat in self._seats if seat.view}
        scopes = {view.scope for view in views}
        self._rooms = {scope: room for scope, room in self._rooms.items() if scope in scopes}
        self._counts.forget_others(views)

    async def tell(
        self,
        held: list[Standing],
        newest: int,
        moved: Mapping[int, int],
        began: Mapping[int, int],
        *,
        requests_changed: bool = False,
    ) -> None:
        """Tell every open ledger of what changed, as far as its scope holds it.

        Args:
            held: what the changed enrollments hold now.
            newest: the last row of history among the changes.
            moved: by enrollment, the row of history that gave it its status, if just now.
            began: by enrollment, the row of history of those that have just begun.
            requests_changed: whether a request for an extension was made or closed.
        """
        if not self._rooms or not held:
            return
        inside = await asyncio.to_thread(self._by_scope, held)
        if len(held) > MANY:
            await self._read_again(newest)
        else:
            await self._push_rows(inside, newest)
        self._counts.follow(inside, moved, began)
        if requests_changed and Everything() in self._rooms:
            await self._push_requests()

    async def _push_requests(self) -> None:
        """Tell those who may answer them how many requests for an extension are open."""
        # What a page reads after this moment is newer.
        at = now_ms()
        counts = await asyncio.to_thread(count_requests, database())
        words = {kind.value: requests_words(n) for kind, n in counts.items()}
        values = {"requests": words, "requests_at": at}
        await wire.push(ledger_room(Everything()), {self._state: values})

    async def _push_rows(self, inside: Mapping[Scope, list[Standing]], newest: int) -> None:
        today = organization_of(database()).today()
        for scope, held in inside.items():
            room = self._rooms.get(scope)
            if not held or room is None:
                continue
            for one in held:
                id_ = str(one.id)
                room.rows[id_] = live_row(one, today)
                room.rows.move_to_end(id_)
                room.seqs[id_] = max(newest, room.seqs.get(id_, 0))
            await self._bound(scope, room)
            await wire.push(ledger_room(scope), {self._state: {"rows": dict(room.rows)}})

    async def _read_again(self, newest: int) -> None:
        """Have every ledger read its rows again: too many changed to tell each of them."""
        for seat in self._seats:
            if seat.view and seat.read_at < newest:
                await self._call(seat.token, seat.ledger)

    async def begin_day(self) -> None:
        """Have every ledger read its rows again: a new day tells other words of each deadline."""
        # A ledger may be opened while the others are told.
        for scope, room in list(self._rooms.items()):
            room.rows.clear()
            room.seqs.clear()
            await wire.push(ledger_room(scope), {self._state: {"rows": {}}})
        for seat in self._seats:
            if seat.view:
                await self._call(seat.token, seat.ledger)

    async def _bound(self, scope: Scope, room: _Room) -> None:
        """Let the oldest rows of a room go, and call who shows one as it was before it changed."""
        gone: dict[str, int] = {}
        while len(room.rows) > MOST_ROWS:
            id_, _row = room.rows.popitem(last=False)
            gone[id_] = room.seqs.pop(id_)
        for seat in self._seats if gone else ():
            if seat.view is None or seat.view.scope != scope:
                continue
            if not seat.read_at or any(
                gone[id_] > seat.read_at for id_ in seat.shown & gone.keys()
            ):
                await self._call(seat.token, seat.ledger)

    def _by_scope(self, held: list[Standing]) -> dict[Scope, list[Standing]]:
        """Return what each scope that is watched holds of these, by the rights of this moment."""
        with database().read() as session:
            return {scope: rows_within(session, scope, held) for scope in list(self._rooms)}


def _rooms_of(seat: Seat) -> set[str]:
    return {ledger_room(seat.view.scope), seat.view.room} if seat.view else set()
