"""The counts of what needs attention, pushed to the open ledgers of each scope."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Iterable
from typing import Any

from enrollment_portal.domain.access.permissions import Scope
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.live.sockets import wire
from enrollment_portal.live.subscriptions import ledger_channel
from enrollment_portal.services.ledger.attention import count_needs_within
from enrollment_portal.services.runtime import database

logger = logging.getLogger(__name__)

_COUNT_SECONDS = 0.25
"""The shortest time between two counts of a scope, however fast changes come."""


class AttentionCounts:
    """Counts what needs attention in each scope whose ledger is open in this process."""

    def __init__(self) -> None:
        self._due: set[Scope] = set()
        self._counting: asyncio.Task[None] | None = None
        self._state: Any = None

    def show_in(self, state: Any) -> None:
        """Set the state whose vars `needs` and `needs_at` are overridden in the browser."""
        self._state = state

    def follow(self, scopes: Iterable[Scope]) -> None:
        """Count again within some scopes."""
        self._due.update(scopes)
        if self._due and (self._counting is None or self._counting.done()):
            self._counting = asyncio.get_running_loop().create_task(
                self._count_due(), context=contextvars.Context()
            )

    async def _count_due(self) -> None:
        while self._due:
            due, self._due = self._due, set()
            for scope in due:
                try:
                    await self._push(scope)
                except Exception:
                    logger.exception("Counting what needs attention failed")
            await asyncio.sleep(_COUNT_SECONDS)

    async def _push(self, scope: Scope) -> None:
        # The moment before it is counted: what a page counts later is newer.
        at = now_ms()
        counts = await asyncio.to_thread(count_needs_within, database(), scope)
        needs = {
            kind.value: {need.value: n for need, n in of_kind.items()}
            for kind, of_kind in counts.items()
        }
        await wire.push(ledger_channel(scope), {self._state: {"needs": needs, "needs_at": at}})
