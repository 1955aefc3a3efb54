"""The strip over the ledger: what needs attention, each a filter in one click."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.ui.wording import plural_of
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.attention.needs import Need
from enrollment_portal.state.ledger.filtering import LedgerFilters
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.ledger.shown_needs import ShownNeeds
from enrollment_portal.state.shared.live import Live

_TONES = {
    Need.OVERDUE: "bg-bad",
    Need.STUCK: "bg-warn",
    Need.AWAITING_GRADE: "bg-accent",
    Need.REQUESTS: "bg-accent",
}
_ITEM = (
    "flex h-7 shrink-0 items-center gap-1.5 rounded-lg border border-transparent px-2 text-small "
    "whitespace-nowrap tabular-nums hover:bg-hover "
    "aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent-text"
)


def needs_attention() -> rx.Component:
    """Return the strip. It keeps its place while nothing is counted, so that nothing moves."""
    is_newer = (ShownNeeds.needs_at > 0) & (Live.needs_at >= ShownNeeds.needs_at)
    return rx.el.div(
        *(_item(need, is_newer) for need in Need),
        role="group",
        aria_label=messages.NEEDS_ATTENTION,
        class_name="no-print -mx-2 flex min-h-9 flex-wrap items-center gap-1 pt-2",
    )


def _item(need: Need, is_newer: Any) -> rx.Component:
    name = need.value
    read = ShownNeeds.needs[name].to(int)
    n = rx.cond(is_newer, Live.needs[Ledger.kind].to(dict[str, int])[name], read).to(int)
    one, several = messages.NEEDS[name]
    spoken_one, spoken_several = messages.NEEDS_SPOKEN[name]
    is_applied = ShownNeeds.applied == name
    return rx.cond(
        ShownNeeds.needs.contains(name),
        rx.el.button(
            rx.el.span(
                aria_hidden="true",
                class_name=["size-2 rounded-full", rx.cond(n > 0, _TONES[need], "bg-line")],
            ),
            rx.el.span(plural_of(n, one=one, other=several), aria_hidden="true"),
            rx.el.span(plural_of(n, one=spoken_one, other=spoken_several), class_name="sr-only"),
            type="button",
            aria_pressed=rx.cond(is_applied, "true", "false"),
            on_click=LedgerFilters.show_need(name),
            class_name=[_ITEM, rx.cond(n > 0, "text-ink2 font-medium", "text-ink3")],
        ),
    )
