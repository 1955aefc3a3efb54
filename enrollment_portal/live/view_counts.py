"""The counts of the views in the sidebar of open pages.

They are counted beside the events of pages, one view at a time, and at most so often: a round of
counting is followed by a pause of several times its length. People with the same views in the same
scope share their counts.
"""

from __future__ import annotations

import asyncio
import contextvars
import itertools
import logging
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from enrollment_portal.domain.shared.wording import show_number
from enrollment_portal.live.sockets import wire
from enrollment_portal.live.subscriptions import SharedViews, Subscription, Subscriptions
from enrollment_portal.services.runtime import database
from enrollment_portal.services.views.counting import count_view, start_round

logger = logging.getLogger(__name__)

_PAUSE_SECONDS = 2.0
"""The shortest time between two rounds of counting, however fast changes come."""
_PAUSE_SHARE = 5
"""How many times as long as a round the pause after it is at least."""


class ViewCounts:
    """Counts the views of the pages that are open in this process."""

    def __init__(self, subscriptions: Subscriptions) -> None:
        self._subscriptions = subscriptions
        self._sent: dict[SharedViews, tuple[int, Mapping[str, str]]] = {}
        """What was sent last for each list of views, and the number of that round."""
        self._rounds = itertools.count(1)
        self._counter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="views")
        """One view is counted at a time: who has the same one then finds it counted. The threads
        that answer events are not used."""
        self._changed = False
        self._counting: asyncio.Task[None] | None = None
        self._first: set[asyncio.Task[None]] = set()
        self._state: Any = None

    def show_in(self, state: Any) -> None:
        """Set the state whose vars `view_counts` and `views_channel` are overridden."""
        self._state = state

    async def join(self, subscription: Subscription, views: SharedViews | None) -> None:
        """Push the counts of these views to a tab, now and when they have changed."""
        before, subscription.views = subscription.views, views
        if before and before != views:
            subscription.channels.discard(before.channel)
            await wire.leave(subscription.sid, before.channel)
        self._forget()
        if views is None:
            return
        if views.channel not in subscription.channels:
            subscription.channels.add(views.channel)
            await wire.enter(subscription.sid, views.channel)
        # The event that joins does not wait for it.
        first = asyncio.get_running_loop().create_task(
            self._count(views, is_new=True), context=contextvars.Context()
        )
        self._first.add(first)
        first.add_done_callback(self._first.discard)

    def follow(self) -> None:
        """Count all views again soon: something has changed."""
        self._changed = True
        if self._counting is None or self._counting.done():
            self._counting = asyncio.get_running_loop().create_task(
                self._count_changed(), context=contextvars.Context()
            )

    async def _count_changed(self) -> None:
        while self._changed:
            self._changed = False
            start_round(database())
            start = time.monotonic()
            for views in self._watched():
                await self._count(views)
            took = time.monotonic() - start
            await asyncio.sleep(max(_PAUSE_SECONDS, _PAUSE_SHARE * took))

    async def _count(self, views: SharedViews, *, is_new: bool = False) -> None:
        number, counts = next(self._rounds), {}
        try:
            for key, query in views.queries:
                n = await asyncio.get_running_loop().run_in_executor(
                    self._counter, count_view, database(), views.scope, query
                )
                if n is not None:
                    counts[key] = show_number(n)
        except Exception:
            logger.exception("Counting views failed")
            return
        sent_number, sent = self._sent.get(views, (0, {}))
        # A round that began later may have been faster: what it pushed is newer.
        if number > sent_number and (is_new or sent != counts):
            self._sent[views] = (number, counts)
            values = {"view_counts": counts, "views_channel": views.channel}
            await wire.push(views.channel, {self._state: values})

    def _watched(self) -> set[SharedViews]:
        return {subscription.views for subscription in self._subscriptions if subscription.views}

    def _forget(self) -> None:
        watched = self._watched()
        self._sent = {views: sent for views, sent in self._sent.items() if views in watched}
