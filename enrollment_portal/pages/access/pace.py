"""The page that sets when an enrollment is stuck, and how its pace is measured."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.forms.fields import text_input, uncontrolled_form
from enrollment_portal.components.shell.shell import frame
from enrollment_portal.components.ui.headings import page_heading
from enrollment_portal.components.ui.pieces import PANEL, failure
from enrollment_portal.domain.pace import messages
from enrollment_portal.state.access.pace_settings import PaceForm
from enrollment_portal.state.shared.views import PACE_PATH


def _number(name: str, label: str, hint: str) -> rx.Component:
    return text_input(PaceForm, name, label, input_mode="numeric", hints=(rx.el.p(hint),))


def pace() -> rx.Component:
    """Return the page of the settings of stuck and pace."""
    return frame(
        page_heading("Stuck and pace", subtitle=messages.SUBTITLE),
        rx.el.div(
            rx.match(
                PaceForm.phase,
                (
                    "ready",
                    uncontrolled_form(
                        PaceForm,
                        _number("stuck_days", messages.STUCK_DAYS, messages.STUCK_DAYS_HINT),
                        _number("pace_weeks", messages.PACE_WEEKS, messages.PACE_WEEKS_HINT),
                        id="pace",
                        on_submit=PaceForm.save,
                    ),
                ),
                ("failed", failure(on_retry=PaceForm.load)),
                rx.el.div(class_name="bone h-48", role="status", aria_label="Loading"),
            ),
            class_name=f"{PANEL} mt-4 max-w-140",
        ),
        current=PACE_PATH,
    )
