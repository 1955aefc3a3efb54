"""The tabs of the Activity page: changes of enrollments, and batches of changes."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.ui.tabs import page_tabs, tab_link
from enrollment_portal.domain.activity.messages import CHANGES
from enrollment_portal.domain.bulk.messages import ACTIVITY, BATCHES
from enrollment_portal.state.shared.views import ACTIVITY_PATH, BATCHES_PATH


def activity_tabs(*, current: str) -> rx.Component:
    """Return the tabs; `current` is the path of the one that is shown."""
    return page_tabs(
        ACTIVITY,
        tab_link(CHANGES, to=ACTIVITY_PATH, is_selected=current == ACTIVITY_PATH),
        tab_link(BATCHES, to=BATCHES_PATH, is_selected=current == BATCHES_PATH),
        class_name="pt-2",
    )
