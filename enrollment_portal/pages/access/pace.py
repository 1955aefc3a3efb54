"""The page that sets when an enrollment is stuck, and how its pace is measured."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.access.settings_page import settings_page
from enrollment_portal.components.forms.fields import text_input
from enrollment_portal.domain.pace import messages
from enrollment_portal.state.access.pace_settings import PaceForm
from enrollment_portal.state.shared.views import PACE_PATH


def _number(name: str, label: str, hint: str) -> rx.Component:
    return text_input(PaceForm, name, label, input_mode="numeric", hints=(rx.el.p(hint),))


def pace() -> rx.Component:
    """Return the page of the settings of stuck and pace."""
    return settings_page(
        PaceForm,
        _number("stuck_days", messages.STUCK_DAYS, messages.STUCK_DAYS_HINT),
        _number("pace_weeks", messages.PACE_WEEKS, messages.PACE_WEEKS_HINT),
        title="Stuck and pace",
        subtitle=messages.SUBTITLE,
        id="pace",
        current=PACE_PATH,
    )
