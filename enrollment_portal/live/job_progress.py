"""Refreshes the open pages that show jobs and batches while these go on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Any

from enrollment_portal.live.subscriptions import BATCHES, JOBS, Subscriptions
from enrollment_portal.services.bulk.jobs import progress_of_jobs
from enrollment_portal.services.runtime import database

_SECONDS = 1.0
"""The shortest time between two refreshes of these pages, however fast a job goes on."""


class JobProgress:
    """Compares how far all jobs are, in whichever process they run, while a page shows them.

    Args:
        subscriptions: the open pages.
        call: refreshes a state of a tab.
    """

    def __init__(
        self, subscriptions: Subscriptions, call: Callable[[str, Any], Awaitable[None]]
    ) -> None:
        self._subscriptions, self._call = subscriptions, call
        self._shown: Hashable = None
        self._at = -_SECONDS

    async def show(self) -> None:
        """Refresh the pages that show jobs or batches, if any has gone on; called often."""
        watching = self._subscriptions.watching((JOBS, BATCHES))
        if not watching:
            self._shown = None
            return
        now = time.monotonic()
        if now - self._at < _SECONDS:
            return
        self._at = now
        progress = await asyncio.to_thread(progress_of_jobs, database())
        if progress == self._shown:
            return
        self._shown = progress
        for token, state in watching:
            await self._call(token, state)
