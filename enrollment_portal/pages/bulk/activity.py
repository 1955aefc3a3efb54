"""The Activity pages: the register of batches, and one batch."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.activity.tabs import activity_tabs
from enrollment_portal.components.bulk.register import (
    batch_details,
    batch_list,
    batch_subtitle,
    undo_button,
)
from enrollment_portal.components.shell.shell import frame
from enrollment_portal.components.ui.headings import breadcrumb, page_heading
from enrollment_portal.components.ui.pieces import missing_page
from enrollment_portal.domain.bulk import messages
from enrollment_portal.state.bulk.register import BatchPage
from enrollment_portal.state.shared.views import ACTIVITY_PATH, BATCHES_PATH


def batches() -> rx.Component:
    """Return the list of all batches."""
    return frame(
        page_heading(messages.ACTIVITY, subtitle=messages.ACTIVITY_ABOUT),
        activity_tabs(current=BATCHES_PATH),
        batch_list(),
        current=ACTIVITY_PATH,
    )


def batch() -> rx.Component:
    """Return the page of one batch."""
    title = rx.cond(BatchPage.batch.title != "", BatchPage.batch.title, messages.BATCH)
    return frame(
        rx.cond(
            BatchPage.phase == "missing",
            missing_page(messages.BATCHES, to=BATCHES_PATH, title=messages.BATCH_GONE),
            rx.fragment(
                breadcrumb((messages.BATCHES, BATCHES_PATH), current=title),
                page_heading(title, subtitle=batch_subtitle(), actions=(undo_button(),)),
                batch_details(),
            ),
        ),
        current=ACTIVITY_PATH,
    )
