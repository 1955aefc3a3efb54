"""Tells open pages of admins that nothing can be saved, and that it can be again."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from enrollment_portal.domain.access.permissions import works_in_portal
from enrollment_portal.live.sockets import wire
from enrollment_portal.live.subscriptions import Subscription, Subscriptions
from enrollment_portal.services.runtime import database
from enrollment_portal.storage.shared.trouble import Trouble

logger = logging.getLogger(__name__)

_CHECK_SECONDS = 1.0
_CHECKS_PER_WRITE = 5
"""The file is checked every time; a write is tried only every so many times."""


class StorageWatch:
    """Checks once a second whether the database can be written, for this process's open pages."""

    def __init__(self, subscriptions: Subscriptions) -> None:
        self._subscriptions = subscriptions
        self._sent: Trouble | None = None
        self._state: Any = None

    def show_in(self, state: Any) -> None:
        """Set the state whose var `trouble` is pushed."""
        self._state = state

    async def run(self) -> None:
        """Check until cancelled."""
        n_checks = 0
        while True:
            await asyncio.sleep(_CHECK_SECONDS)
            n_checks += 1
            try:
                await self.check(tries_writing=n_checks % _CHECKS_PER_WRITE == 0)
            except Exception:
                logger.exception("Looking after the database failed")

    async def check(self, *, tries_writing: bool = False) -> None:
        """Check once, and push what has changed since the last push."""
        found = await asyncio.to_thread(database().look, tries_writing=tries_writing)
        if found is self._sent:
            return
        self._sent = found
        if found:
            logger.error("%s", found.sentence)
        else:
            logger.warning("The database can be written again.")
        for subscription in self._subscriptions:
            if found is None or works_in_portal(subscription.rights):
                await self._push(subscription)

    async def _push(self, subscription: Subscription) -> None:
        # A socket is a channel of its own.
        text = self._sent.sentence if self._sent else ""
        await wire.push(subscription.sid, {self._state: {"trouble": text}})
