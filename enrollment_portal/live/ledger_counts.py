"""The counts of open ledgers, and which enrollments came into their tabs since they were read."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Collection, Mapping
from typing import Any

from enrollment_portal.domain.access.permissions import Scope
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery, Tab
from enrollment_portal.domain.shared.text_search import finds_titles, search_terms
from enrollment_portal.domain.shared.wording import show_number
from enrollment_portal.live.sockets import wire
from enrollment_portal.live.subscriptions import SharedCounts, Subscriptions
from enrollment_portal.services.ledger.ledger import count_ledger, passing
from enrollment_portal.services.runtime import database
from enrollment_portal.storage.history.changes import EnrollmentState

logger = logging.getLogger(__name__)

MOST_FRESH = 100
"""The most new enrollments counted for each ledger; beyond that, it says "100 or more"."""
NewRow = tuple[int, int, str, int]
"""An enrollment that began or changed its status: its id, the row of history with which it did so,
the status, and the row of history with which it began; 0 if it began earlier."""
_COUNT_SECONDS = 0.25
"""The shortest time between two counts of a ledger, however fast changes come."""


class LedgerCounts:
    """The counts of each ledger that is open in this process, shared by all who see the same."""

    def __init__(self, subscriptions: Subscriptions) -> None:
        self._subscriptions = subscriptions
        self._fresh: dict[SharedCounts, dict[int, NewRow]] = {}
        self._sent: dict[SharedCounts, tuple[Mapping[str, Any], int]] = {}
        """What was last sent for each ledger, and the newest row of history it includes."""
        self._due: set[SharedCounts] = set()
        self._counting: asyncio.Task[None] | None = None
        self._asked: dict[SharedCounts, asyncio.Task[None]] = {}
        """The counts of ledgers whose rows are shown already, by what counts them."""
        self._state: Any = None

    def show_in(self, state: Any) -> None:
        """Set the state whose vars `counts`, `fresh`, … are overridden in the browser."""
        self._state = state

    def forget_others(self, views: Collection[SharedCounts]) -> None:
        """Forget all ledgers but these."""
        self._fresh = {view: came for view, came in self._fresh.items() if view in views}
        self._sent = {view: sent for view, sent in self._sent.items() if view in views}

    def follow(
        self,
        inside: Mapping[Scope, list[EnrollmentState]],
        moved: Mapping[int, int],
        created: Mapping[int, int],
    ) -> None:
        """Count the ledgers again that show one of the changed enrollments, and note the new ones.

        Args:
            inside: by scope, the changed enrollments in it, as they are now.
            moved: by enrollment, the row of history that has just changed its status.
            created: by enrollment, the row of history that has just created it.
        """
        for view in {
            subscription.view for subscription in self._subscriptions if subscription.view
        }:
            states = [one for one in inside.get(view.scope, ()) if _may_hold(view.query, one)]
            if not states:
                continue
            self._due.add(view)
            self._remember(self._fresh.setdefault(view, {}), states, moved, created)
        self._count_soon()

    def count(self, view: SharedCounts) -> None:
        """Count a ledger at once and push it: its rows are shown without counts until then."""
        if view not in self._asked:
            self._asked[view] = asyncio.get_running_loop().create_task(
                self._count_asked(view), context=contextvars.Context()
            )

    async def _count_asked(self, view: SharedCounts) -> None:
        try:
            await self._push_counts(view, is_asked=True)
        except Exception:
            logger.exception("Counting an open ledger failed")
            # With the next change at the latest, but rather soon.
            self._due.add(view)
            self._count_soon()
        finally:
            del self._asked[view]

    def start_day(self) -> None:
        """Count the filtered ledgers again: their filters may be relative to the day."""
        self._due |= {
            subscription.view
            for subscription in self._subscriptions
            if subscription.view and subscription.view.query.filters
        }
        self._count_soon()

    def _count_soon(self) -> None:
        if self._due and (self._counting is None or self._counting.done()):
            self._counting = asyncio.get_running_loop().create_task(
                self._count_due(), context=contextvars.Context()
            )

    @staticmethod
    def _remember(
        fresh: dict[int, NewRow],
        states: list[EnrollmentState],
        moved: Mapping[int, int],
        created: Mapping[int, int],
    ) -> None:
        for one in states:
            if one.id not in moved:
                continue
            before = fresh.pop(one.id, None)
            created_at = created.get(one.id, before[3] if before else 0)
            fresh[one.id] = (one.id, moved[one.id], Status(one.status).key, created_at)
        for id_ in list(fresh)[:-MOST_FRESH]:
            del fresh[id_]

    async def _count_due(self) -> None:
        while self._due:
            due, self._due = self._due, set()
            for view in due:
                try:
                    await self._push_counts(view)
                except Exception:
                    logger.exception("Counting for open ledgers failed")
            await asyncio.sleep(_COUNT_SECONDS)

    async def _push_counts(self, view: SharedCounts, *, is_asked: bool = False) -> None:
        counts, newest = await asyncio.to_thread(self._count, view)
        fresh = list(self._fresh.get(view, {}).values())
        if fresh and (view.query.filters or view.query.search):
            fresh = await asyncio.to_thread(self._passing, view, fresh)
        shown = {tab.value: show_number(_sum(counts, tab)) for tab in Tab}
        values = {
            "counts": shown,
            "fresh": fresh,
            "channel": view.channel,
        }
        before, sent_at = self._sent.get(view, ({}, 0))
        # Most changes change no count. Pages that have read theirs since the last push, or are
        # reading them, may show others, and get the counts all the same.
        is_known = all(
            0 < subscription.read_at <= sent_at
            for subscription in self._subscriptions
            if subscription.view == view
        )
        if newest < sent_at or (values == before and is_known and not is_asked):
            return  # newer ones were sent meanwhile, or the same
        self._sent[view] = (values, newest)
        await wire.push(view.channel, {self._state: {**values, "counted_at": newest}})

    def _count(self, view: SharedCounts) -> tuple[dict[Status, int], int]:
        return count_ledger(database(), view.scope, view.query)

    def _passing(self, view: SharedCounts, rows: list[NewRow]) -> list[NewRow]:
        """Return the new rows that pass the filters of a ledger."""
        ids = passing(database(), view.scope, view.query, [row[0] for row in rows])
        return [row for row in rows if row[0] in ids]


def _may_hold(query: LedgerQuery, one: EnrollmentState) -> bool:
    """Tell whether a query may contain an enrollment of its scope, whatever the tab.

    Filters are not asked: before its change, the enrollment may have passed those that it does not
    pass now, and be among the rows that were counted.
    """
    if query.course is not None and one.course_id != query.course:
        return False
    if query.learner is not None and one.learner_id != query.learner:
        return False
    if query.course is None and (one.kind == "path") != (query.kind is Kind.PATHS):
        return False
    terms = search_terms(query.search)
    if terms is None:
        return False
    return finds_titles(terms) or all(term in one.search for term in terms)


def _sum(counts: Mapping[Status, int], tab: Tab) -> int:
    return sum(counts[status] for status in tab.statuses)
