"""What the strip over the ledger shows: how many enrollments need attention, and why."""

from __future__ import annotations

from typing import NamedTuple

import reflex as rx

from enrollment_portal.domain.ledger.attention.needs import Need
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.services.ledger.attention import needs_of
from enrollment_portal.services.runtime import database
from enrollment_portal.state.shared.changed_vars import set_changed


class NeedsAt(NamedTuple):
    """What needs attention in a ledger, and when it was counted."""

    counts: dict[Need, int]
    at: int
    """In ms since 1970; 0 where it is not counted."""


class ShownNeeds(rx.State):
    """The strip of what needs attention, on the ledger's own page."""

    needs: dict[str, int] = {}
    """By the name of the filter; empty until counted, on past days, and on other pages."""
    needs_at: int = 0
    """In ms since 1970; the feed pushes newer ones."""
    applied: str = ""
    """The one that is the only filter of the ledger; "" for none."""

    def _show(self, query: LedgerQuery, needs: NeedsAt) -> None:
        applied = next((need.value for need in Need if need.is_applied(query)), "")
        counts = {need.value: n for need, n in needs.counts.items()}
        set_changed(self, needs=counts, needs_at=needs.at, applied=applied)


def needs_at(actor: Actor, query: LedgerQuery) -> NeedsAt:
    """Count what needs attention where the strip is shown: on the ledger's own page, now."""
    if query.course is not None or query.learner is not None or query.as_of is not None:
        return NeedsAt({}, 0)
    # The moment before: what is counted and pushed later is newer.
    at = now_ms()
    return NeedsAt(needs_of(database(), actor, query.kind), at)
