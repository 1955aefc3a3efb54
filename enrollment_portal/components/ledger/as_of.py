"""The ledger of a past day: choosing the day, and the banner that says so."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.lists.search import FILTER
from enrollment_portal.components.ui.pieces import BUTTON, icon
from enrollment_portal.domain.ledger import messages
from enrollment_portal.state.ledger.ledger import Ledger


def day_picker() -> rx.Component:
    """Return the field that chooses the day of the ledger."""
    return rx.el.label(
        rx.el.span("As of", class_name="text-small whitespace-nowrap text-ink2"),
        rx.el.input(
            # Anew only where the field must take over another day than was typed: it keeps its
            # focus, and what is half typed.
            key=Ledger.day_field,
            id="as-of",
            type="date",
            min=Ledger.first_day,
            max=Ledger.last_day,
            default_value=Ledger.as_of,
            on_change=lambda day: Ledger.show_as_of(day).debounce(400),
            aria_describedby="as-of-help",
            class_name=FILTER,
        ),
        rx.el.span(messages.AS_OF_HELP, id="as-of-help", hidden=True),
        title=messages.AS_OF_HELP,
        class_name="flex items-center gap-2",
    )


def past_banner() -> rx.Component:
    """Return the banner for a past day, with the way back; nothing for today."""
    is_past = Ledger.as_of != ""
    return rx.el.div(
        rx.cond(is_past, icon("history", 16)),
        # Announced without the button.
        rx.el.div(
            rx.cond(is_past, rx.el.p(messages.as_of(Ledger.as_of_text))),
            role="status",
            aria_label="Day",
            class_name="min-w-0 flex-1 basis-60",
        ),
        rx.cond(
            is_past,
            rx.el.button(
                "Back to today",
                type="button",
                on_click=Ledger.show_now,
                data_focus_next="#as-of",
                class_name=f"{BUTTON} no-print shrink-0",
            ),
        ),
        class_name=rx.cond(
            is_past,
            "mb-3 flex flex-wrap items-center gap-x-2.5 gap-y-2 rounded-lg border border-info "
            "bg-info-soft px-3.5 py-2 text-small text-ink",
            "",
        ),
    )
