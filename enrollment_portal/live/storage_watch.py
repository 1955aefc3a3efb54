"""Telling the admins whose pages are open that nothing can be saved, and that it can be again."""

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

_LOOK_SECONDS = 1.0
_LOOKS_BEFORE_WRITING = 5
"""The file is looked at every time; whether a write succeeds is tried less often."""


class StorageWatch:
    """Looks once a second whether the database can be written, for this process's open pages."""

    def __init__(self, subscriptions: Subscriptions) -> None:
        self._subscriptions = subscriptions
        self._told: Trouble | None = None
        self._state: Any = None

    def show_in(self, state: Any) -> None:
        """Take the state whose var `trouble` holds what is told."""
        self._state = state

    async def run(self) -> None:
        """Look until cancelled."""
        looks = 0
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            looks += 1
            try:
                await self.look(tries_writing=looks % _LOOKS_BEFORE_WRITING == 0)
            except Exception:
                logger.exception("Looking after the database failed")

    async def look(self, *, tries_writing: bool = False) -> None:
        """Look once, and tell open pages what has changed since they were told last."""
        found = await asyncio.to_thread(database().look, tries_writing=tries_writing)
        if found is self._told:
            return
        self._told = found
        if found:
            logger.error("%s", found.sentence)
        else:
            logger.warning("The database can be written again.")
        for subscription in self._subscriptions:
            if found is None or works_in_portal(subscription.rights):
                await self._tell(subscription)

    async def _tell(self, subscription: Subscription) -> None:
        # A socket is a channel of its own.
        words = self._told.sentence if self._told else ""
        await wire.push(subscription.sid, {self._state: {"trouble": words}})
