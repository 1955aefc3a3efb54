"""The page that enrolls many people at once."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.enroll_form import enroll_form
from enrollment_portal.components.fields import announcement
from enrollment_portal.components.headings import breadcrumb, page_heading
from enrollment_portal.components.shell import frame
from enrollment_portal.components.timeline import batch_undo_button
from enrollment_portal.state.enroll import Enroll
from enrollment_portal.state.views import LEDGER_PATH


def enroll() -> rx.Component:
    """Return the page."""
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
