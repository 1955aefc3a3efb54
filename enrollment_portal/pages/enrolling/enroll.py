"""The page that enrolls many people at once."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.enrolling.enroll_form import enroll_form
from enrollment_portal.components.forms.fields import announcement
from enrollment_portal.components.history.history_card import batch_undo_button
from enrollment_portal.components.shell.shell import frame
from enrollment_portal.components.ui.headings import breadcrumb, page_heading
from enrollment_portal.state.enrolling.enroll import Enroll
from enrollment_portal.state.shared.views import LEDGER_PATH


def enroll() -> rx.Component:
    """Return the page on which people are enrolled."""
    return frame(
        breadcrumb(("Enrollments", LEDGER_PATH), current="Enroll learners"),
        page_heading("Enroll learners"),
        rx.el.div(class_name="h-4"),
        announcement(
            message=Enroll.message,
            refusal=Enroll.refusal,
            action=batch_undo_button(Enroll),
        ),
        enroll_form(),
        current=LEDGER_PATH,
    )
