"""Refreshes open pages when people, courses, groups or accounts that they name change.

A page's state says in `_shows` which kinds of records it shows, and reads them again in `refresh`.
These changes are rare, so all pages that show the kind are called, a few at a time; of the ledgers,
which are many, only those that show one of the changed rows.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Any

from enrollment_portal.live.subscriptions import Subscriptions
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import forget_organization
from enrollment_portal.storage.history import record_changes
from enrollment_portal.storage.history.record_changes import RecordChange

logger = logging.getLogger(__name__)

EVERYWHERE = "organization"
"""The kind of record that every page shows: the organization, with its name and time zone."""
_AT_ONCE = 10
_PAUSE_SECONDS = 0.1


class RecordPages:
    """Refreshes the pages of this process that show a changed record.

    Args:
        subscriptions: the open pages.
        call: refreshes a state of a tab.
    """

    def __init__(
        self, subscriptions: Subscriptions, call: Callable[[str, Any], Awaitable[None]]
    ) -> None:
        self._subscriptions, self._call = subscriptions, call
        self._due: dict[tuple[str, Any], None] = {}
        self._calling: asyncio.Task[None] | None = None
        self._surroundings: Any = None

    def show_in(self, state: Any) -> None:
        """Set the state of the shell around every page: the organization, and who is signed in."""
        self._surroundings = state

    async def refresh_pages(self, changed: Collection[RecordChange]) -> None:
        """Call every page that shows one of these records; returns before all are called."""
        ids: dict[str, set[int]] = {}
        for change in changed:
            ids.setdefault(change.kind, set()).add(change.record_id)
        if EVERYWHERE in ids:  # another process may have changed it
            forget_organization(database())
        rows = await asyncio.to_thread(self._ledger_rows, ids)
        self._due |= dict.fromkeys(self._showing(ids, rows))
        if self._due and (self._calling is None or self._calling.done()):
            self._calling = asyncio.get_running_loop().create_task(
                self._call_due(), context=contextvars.Context()
            )

    def _showing(
        self, ids: dict[str, set[int]], rows: Collection[str]
    ) -> Iterable[tuple[str, Any]]:
        """Return which state of which tab shows a changed record, ledgers first."""
        others: list[tuple[str, Any]] = []
        for subscription in self._subscriptions:
            if EVERYWHERE in ids or subscription.account_id in ids.get("account", ()):
                others.append((subscription.token, self._surroundings))
            for state in subscription.loaded_states:
                if not (ids.keys() & getattr(state, "_shows", ())) and EVERYWHERE not in ids:
                    continue
                if not hasattr(state, "refresh"):
                    continue
                if subscription.view is None or state is not subscription.ledger:
                    others.append((subscription.token, state))
                elif EVERYWHERE in ids or not subscription.read_at or subscription.shown & rows:
                    yield subscription.token, state
        yield from others

    def _ledger_rows(self, ids: dict[str, set[int]]) -> set[str]:
        """Return which of the rows that open ledgers show name a changed person or course."""
        learners, courses = ids.get("learner", set()), ids.get("course", set())
        shown = {
            int(id_)
            for subscription in self._subscriptions
            if subscription.view
            for id_ in subscription.shown
        }
        if not shown or not (learners or courses):
            return set()
        with database().read() as session:
            found = record_changes.enrollments_of(session, shown, learners, courses)
        return {str(id_) for id_ in found}

    async def _call_due(self) -> None:
        while self._due:
            for key in list(self._due)[:_AT_ONCE]:
                del self._due[key]
                try:
                    await self._call(*key)
                except Exception:
                    logger.exception("Calling an open page failed")
            if self._due:
                await asyncio.sleep(_PAUSE_SECONDS)
