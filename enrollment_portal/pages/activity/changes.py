"""The Activity page: the history of all enrollments."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.activity.changes import change_list, export_link
from enrollment_portal.components.activity.tabs import activity_tabs
from enrollment_portal.components.shell.shell import frame
from enrollment_portal.components.ui.headings import page_heading
from enrollment_portal.domain.activity.messages import ABOUT
from enrollment_portal.domain.bulk.messages import ACTIVITY
from enrollment_portal.state.shared.views import ACTIVITY_PATH


def changes() -> rx.Component:
    """Return the list of all changes."""
    return frame(
        page_heading(ACTIVITY, subtitle=ABOUT, actions=(export_link(),)),
        activity_tabs(current=ACTIVITY_PATH),
        change_list(),
        current=ACTIVITY_PATH,
    )
