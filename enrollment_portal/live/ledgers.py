"""What is pushed to open ledgers: changed rows, and through their counts new enrollments."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from enrollment_portal.domain.access.permissions import Scope
from enrollment_portal.domain.ledger.shown_rows import LiveRow, live_row
from enrollment_portal.live.attention import AttentionCounts
from enrollment_portal.live.ledger_counts import LedgerCounts
from enrollment_portal.live.sockets import wire
from enrollment_portal.live.subscriptions import (
    SharedCounts,
    Subscription,
    Subscriptions,
    ledger_channel,
)
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.storage.history.changes import EnrollmentState
from enrollment_portal.storage.shared.scopes import rows_within

MANY = 500
"""If more enrollments change at once, ledgers read their rows again instead."""
MOST_ROWS = 60
"""The most changed rows kept for each channel."""


@dataclass
class _ChangedRows:
    """The rows of a scope that changed lately, oldest first, each with its row of history."""

    rows: OrderedDict[str, LiveRow] = field(default_factory=OrderedDict)
    seqs: dict[str, int] = field(default_factory=dict)


class LedgerChannels:
    """The channels of this process's open ledgers.

    Each push contains all rows of the channel, as a browser keeps only the last one; a version says
    which is newer. The rows are limited: when one is dropped, the pages that show it as it was
    before are refreshed.
    """

    def __init__(
        self, subscriptions: Subscriptions, call: Callable[[str, Any], Awaitable[None]]
    ) -> None:
        self._subscriptions, self._call = subscriptions, call
        self._channels: dict[Scope, _ChangedRows] = {}
        self._counts = LedgerCounts(subscriptions)
        self._needs = AttentionCounts()
        self._state: Any = None

    def show_in(self, state: Any) -> None:
        """Set the state whose vars `rows`, `counts`, … are overridden in the browser."""
        self._state = state
        self._counts.show_in(state)
        self._needs.show_in(state)

    async def join(
        self,
        subscription: Subscription,
        state: Any,
        view: SharedCounts,
        read_at: int,
        shown: Iterable[int] = (),
    ) -> None:
        """Push to a tab what changes in its ledger, as far as the view's scope allows.

        Call it before the page's rows are read, so that nothing is missed, and again with the
        place in history that they were read at, and the enrollments that it shows.
        """
        wanted = {ledger_channel(view.scope), view.channel}
        known = _channels_of(subscription)
        subscription.view, subscription.ledger, subscription.read_at = view, state, read_at
        subscription.shown = frozenset(str(id_) for id_ in shown)
        for channel in known - wanted:
            subscription.channels.discard(channel)
            await wire.leave(subscription.sid, channel)
        for channel in wanted - known:
            subscription.channels.add(channel)
            await wire.enter(subscription.sid, channel)
        self._channels.setdefault(view.scope, _ChangedRows())
        self.forget()

    async def leave(self, subscription: Subscription) -> None:
        """Stop pushing changes to a tab's ledger: it shows a past day."""
        for channel in _channels_of(subscription):
            subscription.channels.discard(channel)
            await wire.leave(subscription.sid, channel)
        subscription.view = None
        self.forget()

    def count(self, view: SharedCounts) -> None:
        """Count a ledger whose rows are shown without counts, and push them."""
        self._counts.count(view)

    def count_needs(self) -> None:
        """Count again what needs attention in every scope: records that decide it have changed."""
        self._needs.follow(self._channels)

    def forget(self) -> None:
        """Forget the channels that nobody watches any more."""
        views = {subscription.view for subscription in self._subscriptions if subscription.view}
        scopes = {view.scope for view in views}
        self._channels = {
            scope: channel for scope, channel in self._channels.items() if scope in scopes
        }
        self._counts.forget_others(views)

    async def push_changes(
        self,
        states: list[EnrollmentState],
        newest: int,
        moved: Mapping[int, int],
        created: Mapping[int, int],
    ) -> None:
        """Push to every open ledger what changed in its scope.

        Args:
            states: the changed enrollments, as they are now.
            newest: the last row of history among the changes.
            moved: by enrollment, the row of history that gave it its status, if just now.
            created: by enrollment, the row of history of those that have just begun.
        """
        if not self._channels or not states:
            return
        inside = await asyncio.to_thread(self._by_scope, states)
        if len(states) > MANY:
            await self._read_again(newest)
        else:
            await self._push_rows(inside, newest)
        self._counts.follow(inside, moved, created)
        self._needs.follow(scope for scope, found in inside.items() if found)

    async def _push_rows(self, inside: Mapping[Scope, list[EnrollmentState]], newest: int) -> None:
        today = organization_of(database()).today()
        for scope, states in inside.items():
            channel = self._channels.get(scope)
            if not states or channel is None:
                continue
            for one in states:
                id_ = str(one.id)
                channel.rows[id_] = live_row(one, today)
                channel.rows.move_to_end(id_)
                channel.seqs[id_] = max(newest, channel.seqs.get(id_, 0))
            await self._bound(scope, channel)
            await wire.push(ledger_channel(scope), {self._state: {"rows": dict(channel.rows)}})

    async def _read_again(self, newest: int) -> None:
        """Refresh every ledger: too many enrollments changed to push each row."""
        for subscription in self._subscriptions:
            if subscription.view and subscription.read_at < newest:
                await self._call(subscription.token, subscription.ledger)

    async def start_day(self) -> None:
        """Refresh every ledger: deadlines are shown relative to the new day."""
        self._counts.start_day()
        self._needs.follow(self._channels)
        # A ledger may be opened while the others are refreshed.
        for scope, channel in list(self._channels.items()):
            channel.rows.clear()
            channel.seqs.clear()
            await wire.push(ledger_channel(scope), {self._state: {"rows": {}}})
        for subscription in self._subscriptions:
            if subscription.view:
                await self._call(subscription.token, subscription.ledger)

    async def _bound(self, scope: Scope, channel: _ChangedRows) -> None:
        """Drop a channel's oldest rows, and refresh the pages that show one as it was before."""
        gone: dict[str, int] = {}
        while len(channel.rows) > MOST_ROWS:
            id_, _row = channel.rows.popitem(last=False)
            gone[id_] = channel.seqs.pop(id_)
        for subscription in self._subscriptions if gone else ():
            if subscription.view is None or subscription.view.scope != scope:
                continue
            if not subscription.read_at or any(
                gone[id_] > subscription.read_at for id_ in subscription.shown & gone.keys()
            ):
                await self._call(subscription.token, subscription.ledger)

    def _by_scope(self, states: list[EnrollmentState]) -> dict[Scope, list[EnrollmentState]]:
        """Return the changed enrollments in each watched scope, by current rights."""
        with database().read() as session:
            return {scope: rows_within(session, scope, states) for scope in list(self._channels)}


def _channels_of(subscription: Subscription) -> set[str]:
    return (
        {ledger_channel(subscription.view.scope), subscription.view.channel}
        if subscription.view
        else set()
    )
