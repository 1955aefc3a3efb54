"""Printing the ledger: the print button and the printed table."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.browser_modules import browser_module
from enrollment_portal.components.ui.pieces import BUTTON, icon
from enrollment_portal.components.ui.status import status_label
from enrollment_portal.components.ui.wording import sentence
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.ledger_query import Kind, SortKey
from enrollment_portal.domain.shared.wording import percent
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.ledger.printing import Printing
from enrollment_portal.state.shared.views import RowView

_PRINT = browser_module(__file__, "print_rows.jsx")
_CELL = "border-b border-line px-1.5 py-1 text-start align-top break-words"


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


def _row(row: rx.Var[RowView], index: rx.Var[int]) -> rx.Component:
    status = status_label(row.status)
    cells = (
        row.name,
        row.email,
        row.course + rx.cond(row.run != "", ", " + row.run, ""),
        rx.cond(row.by_hand, messages.by_hand(status), status),
        percent(row.progress),
        row.enrolled,
        row.deadline.date,
    )
    return rx.el.tr(*(rx.el.td(cell, class_name=_CELL) for cell in cells), key=index)


def printed_ledger() -> rx.Component:
    """Return what only appears on paper: all rows, or how to print them."""
    is_path = Ledger.kind == Kind.PATHS.value
    headings = (
        SortKey.LEARNER.label,
        "Email",
        rx.cond(is_path, Kind.PATHS.heading, Kind.COURSES.heading),
        SortKey.STATUS.label,
        SortKey.PROGRESS.label,
        SortKey.ENROLLED.label,
        SortKey.DEADLINE.label,
    )
    return rx.cond(
        Printing.rows.length() > 0,
        rx.el.div(
            rx.el.p(Printing.summary, class_name="mb-2 text-mini"),
            rx.el.table(
                rx.el.thead(
                    rx.el.tr(*(rx.el.th(one, scope="col", class_name=_CELL) for one in headings))
                ),
                rx.el.tbody(rx.foreach(Printing.rows, _row)),
                class_name="w-full border-collapse text-micro leading-4",
            ),
            class_name="print-only print-rows",
        ),
        rx.el.p(
            *sentence(messages.HOW_TO_PRINT, rows=Ledger.span),
            class_name="print-only mb-2 text-mini",
        ),
    )
