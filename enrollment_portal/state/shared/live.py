"""What is pushed to open pages: changed rows, counts, and who else is there.

No handler sets these vars: they are pushed to the browser past the state; see `live.sockets.wire`.
"""

from __future__ import annotations

from dataclasses import dataclass

import reflex as rx

from enrollment_portal.domain.ledger.shown_rows import LiveRow
from enrollment_portal.live.feed import feed
from enrollment_portal.live.ledger_counts import NewRow
from enrollment_portal.live.presence import Someone
from enrollment_portal.state.shared.views import initials_of, tone_of


@dataclass(frozen=True)
class HereView:
    """Somebody who has an enrollment open now."""

    account_id: int
    name: str
    initials: str
    tone: int
    enrollment_id: int
    is_editing: bool


class Live(rx.State):
    """What the change feed pushes to the open page."""

    rows: dict[str, LiveRow] = {}
    """By enrollment, its current row."""
    counts: dict[str, str] = {}
    """By tab, the counts of the ledger whose channel is `view`, as known at `counted_at`."""
    channel: str = ""
    counted_at: int = 0
    needs: dict[str, dict[str, int]] = {}
    """By kind, how many enrollments need attention, by the reason's name."""
    needs_at: int = 0
    """When they were counted, in ms since 1970."""
    fresh: list[NewRow] = []
    """The enrollments of this ledger that were lately created or changed their status."""
    view_counts: dict[str, str] = {}
    """By the key of a view, how many enrollments it has in the viewer's scope."""
    views_channel: str = ""
    """The channel of these counts, by which a page recognizes its own."""
    here: list[HereView] = []
    """Who has the open enrollment, or course, open; oneself included."""


def _here_view(one: Someone) -> HereView:
    return HereView(
        account_id=one.account_id,
        name=one.name,
        initials=initials_of(one.name),
        tone=tone_of(one.account_id),
        enrollment_id=one.enrollment_id,
        is_editing=one.is_editing,
    )


feed.ledgers.show_in(Live)
feed.presence.show_in(Live, _here_view)
feed.views.show_in(Live)
