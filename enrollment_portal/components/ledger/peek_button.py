"""The button at the end of a row, which opens its enrollment in the panel beside the ledger."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.domain.ledger import messages


def peek_cell(*, id: Any, learner: Any, course: Any) -> rx.Component:
    """Return the cell at the end of a row; it lies over the row and takes no room of its own."""
    return rx.el.td(
        rx.el.button(
            type="button",
            aria_haspopup="dialog",
            aria_label=messages.open_in_panel(learner, course),
            title=messages.OPEN_IN_PANEL,
            custom_attrs={"data-peek": id.to(str), "data-title": learner},
        ),
        role="cell",
        class_name="peek no-print",
    )


def peek_heading() -> rx.Component:
    """Return the heading of these cells, which only screen readers need."""
    return rx.el.th(
        rx.el.span(messages.PANEL_COLUMN, class_name="sr-only"),
        role="columnheader",
        scope="col",
        class_name="peek no-print",
    )
