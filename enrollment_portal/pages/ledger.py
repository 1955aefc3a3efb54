"""The Enrollments page: the global ledger."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.client import LedgerAddress
from enrollment_portal.components.ledger_table import ledger_table
from enrollment_portal.components.ledger_tools import ledger_pager, ledger_search, ledger_tabs
from enrollment_portal.components.shell import frame
from enrollment_portal.state.ledger import Ledger
from enrollment_portal.state.session import Shell
from enrollment_portal.state.views import LEDGER_PATH


def ledger() -> rx.Component:
    """Return the page."""
    return frame(
        LedgerAddress.create(
            path=LEDGER_PATH, search=Ledger.url, pushes=Ledger.pushes, on_return=Ledger.arrive
        ),
        rx.el.h1("Enrollments", class_name="text-xl font-semibold tracking-tight"),
        rx.el.p(
            rx.match(
                Shell.role,
                ("Instructor", "Everyone in the courses you teach"),
                ("Group Lead", "Everyone you lead"),
                "Every learner in every course",
            ),
            class_name="text-[13px] text-ink3",
        ),
        rx.el.div(ledger_tabs(), class_name="no-print mt-4"),
        rx.el.div(ledger_search(), class_name="no-print flex items-center gap-2 py-3"),
        ledger_table(),
        ledger_pager(),
        current=LEDGER_PATH,
    )
