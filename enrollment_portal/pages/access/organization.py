"""The page of the organization's name and time zone."""

from __future__ import annotations

import reflex as rx

from enrollment_portal.components.access.settings_page import settings_page
from enrollment_portal.components.forms.fields import select_box, text_input
from enrollment_portal.domain.access import messages
from enrollment_portal.services.shared.organization import time_zones
from enrollment_portal.state.access.organization import OrganizationForm
from enrollment_portal.state.shared.views import ORGANIZATION_PATH


def organization() -> rx.Component:
    """Return the page of the organization's name and time zone."""
    return settings_page(
        OrganizationForm,
        text_input(OrganizationForm, "name", messages.ORGANIZATION_NAME),
        select_box(
            OrganizationForm,
            "time_zone",
            messages.TIME_ZONE,
            [(zone, zone.replace("_", " ")) for zone in time_zones()],
            hints=(rx.el.p(messages.TIME_ZONE_HINT),),
        ),
        title="Organization",
        subtitle=messages.ORGANIZATION_SUBTITLE,
        id="organization",
        current=ORGANIZATION_PATH,
    )
