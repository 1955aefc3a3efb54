"""The Enrollments page: the global ledger."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.errors.without_scripts import javascript_needed
from enrollment_portal.components.ledger.ledger_view import ledger_view
from enrollment_portal.components.ledger.row_templates import row_templates
from enrollment_portal.components.peek.panel import enrollment_panel
from enrollment_portal.components.shell.shell import frame
from enrollment_portal.components.ui.headings import page_heading
from enrollment_portal.components.ui.pieces import PRIMARY, page_link
from enrollment_portal.domain.access.permissions import Led, Taught
from enrollment_portal.domain.ledger import messages
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.shared.session import Shell
from enrollment_portal.state.shared.views import ENROLL_PATH, LEDGER_PATH


def ledger() -> rx.Component:
    """Return the Enrollments page."""
    return frame(
        page_heading(
            "Enrollments",
            subtitle=rx.cond(
                Ledger.as_of != "",
                messages.title_as_of(Ledger.as_of_text),
                rx.match(
                    Shell.ledger_scope,
                    (Taught.name, "Everyone in the courses you teach"),
                    (Led.name, "Everyone you lead"),
                    "Every learner in every course",
                ),
            ),
            actions=(
                rx.cond(
                    Shell.sections.contains("learning") & (Ledger.as_of == ""),
                    page_link("Enroll learners", to=ENROLL_PATH, class_name=PRIMARY),
                ),
            ),
        ),
        ledger_view(),
        enrollment_panel(),
        current=LEDGER_PATH,
    )


def templates() -> rx.Component:
    """Return the page of what the server fills itself; see `FirstPages`."""
    return rx.fragment(javascript_needed(), row_templates())
