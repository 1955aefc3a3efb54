"""The way from the ledger to a file of all that it shows."""

from __future__ import annotations

from typing import Any

import reflex as rx

from enrollment_portal.components.pieces import BUTTON, PlainLink, icon
from enrollment_portal.state.ledger import Ledger


def export_link(*, count: Any) -> rx.Component:
    """Return the link that downloads every row of what is shown, in its order.

    Args:
        count: how many rows that is, as it is written.
    """
    rows = count + rx.cond(count == "1", " row", " rows")
    of_day = rx.cond(Ledger.as_of != "", " as of " + Ledger.as_of_words, "")
    return PlainLink.create(
        icon("download", 15),
        # On a phone there is room for its icon.
        rx.el.span("Export", class_name="sr-only sm:not-sr-only"),
        rx.el.span(" " + rows + of_day + " as CSV", class_name="sr-only"),
        href=Ledger.file,
        title="Export " + rows + of_day + " as CSV",
        # Its name comes with the file.
        custom_attrs={"download": ""},
        class_name=[
            f"{BUTTON} ml-auto max-sm:w-8 max-sm:!px-0",
            # Without anything to export it keeps its place, so that nothing moves.
            rx.cond((Ledger.phase == "ready") & (count != "0") & (count != ""), "", "invisible"),
        ],
    )
