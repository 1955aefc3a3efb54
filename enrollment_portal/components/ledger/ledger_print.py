"""Printing the ledger: the print button and the printed table."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module
from enrollment_portal.components.ui.pieces import BUTTON, icon
from enrollment_portal.components.ui.wording import sentence
from enrollment_portal.domain.ledger import messages
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.ledger.printing import Printing

_PRINT = browser_module(__file__, "print_rows.jsx")
_HEADING = "border-b border-line px-1.5 py-1 text-start align-top"
_CELL = f"{_HEADING} break-words"


def _ticket_spec(ticket: rx.Var[int]) -> tuple[rx.Var[int]]:
    return (ticket,)


class _PrintRows(rx.Component):
    """A button that prints all rows of a list, once the server has added them to the page."""

    library = _PRINT
    tag = "PrintRows"

    title: rx.Var[str]
    ready: rx.Var[int]
    on_load: rx.EventHandler[_ticket_spec]
    on_end: rx.EventHandler[rx.event.no_args_event_spec]


def print_button() -> rx.Component:
    """Return the button that prints all rows."""
    return _PrintRows.create(
        icon("printer", 15),
        rx.el.span(messages.PRINT, class_name="sr-only"),
        title=messages.PRINT_ALL,
        ready=Printing.ready,
        on_load=Printing.load_rows,
        on_end=Printing.end,
        class_name=f"{BUTTON} !px-2 max-sm:hidden",
    )


def _row(texts: rx.Var[list[str]], index: rx.Var[int]) -> rx.Component:
    def cell(text: rx.Var[str], at: rx.Var[int]) -> rx.Component:
        # A day, whose blanks do not break, has no other breaks either.
        class_name = rx.cond(text.contains("\u00a0"), _HEADING, _CELL)
        return rx.el.td(text, key=at, class_name=class_name)

    return rx.el.tr(rx.foreach(texts, cell), key=index)


def printed_ledger() -> rx.Component:
    """Return what only appears on paper: all rows, or how to print them."""
    printed = Printing.printed
    return rx.cond(
        printed.rows.length() > 0,
        rx.el.div(
            rx.el.p(printed.summary, class_name="text-mini"),
            rx.el.p(printed.totals, class_name="text-mini empty:hidden"),
            rx.el.table(
                rx.el.thead(
                    rx.el.tr(
                        rx.foreach(
                            printed.headings,
                            lambda one, at: rx.el.th(one, key=at, scope="col", class_name=_HEADING),
                        )
                    )
                ),
                rx.el.tbody(rx.foreach(printed.rows, _row)),
                class_name="mt-2 w-full border-collapse text-micro leading-4",
            ),
            class_name="print-only print-rows",
        ),
        rx.el.p(
            *sentence(messages.HOW_TO_PRINT, rows=Ledger.span),
            class_name="print-only mb-2 text-mini",
        ),
    )
