"""The details pages of one enrollment: Overview and Manage."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.enrollment.enrollment_facts import (
    enrollment_facts,
    enrollment_heading,
    enrollment_page,
)
from enrollment_portal.components.enrollment.enrollment_progress import enrollment_progress
from enrollment_portal.components.enrollment.manage_form import manage_form
from enrollment_portal.components.history.enrollment_timeline import enrollment_timeline
from enrollment_portal.components.shell.shell import frame
from enrollment_portal.state.shared.views import LEDGER_PATH

_BESIDE = "mt-4.5 grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_25rem]"


def overview() -> rx.Component:
    """Return the page that shows all facts of one enrollment."""
    return frame(
        enrollment_page(
            enrollment_heading(is_managing=False),
            rx.el.div(
                rx.el.div(
                    enrollment_facts(), enrollment_progress(), class_name="grid min-w-0 gap-4"
                ),
                enrollment_timeline(),
                class_name=_BESIDE,
            ),
        ),
        current=LEDGER_PATH,
    )


def manage() -> rx.Component:
    """Return the page that overrides an enrollment, with its facts and history beside the form."""
    return frame(
        enrollment_page(
            enrollment_heading(is_managing=True),
            rx.el.div(
                manage_form(),
                rx.el.div(
                    enrollment_facts(is_short=True),
                    enrollment_timeline(),
                    class_name="grid min-w-0 gap-4",
                ),
                class_name=_BESIDE,
            ),
        ),
        current=LEDGER_PATH,
    )
