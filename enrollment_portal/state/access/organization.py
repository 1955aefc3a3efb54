"""The state of the page of the organization's name and time zone."""

from __future__ import annotations

from typing import ClassVar

import reflex as rx

from enrollment_portal.services.shared import organization as service
from enrollment_portal.services.shared.organization import OrganizationFacts
from enrollment_portal.state.access.settings_form import SettingsForm, SettingsServices


def _typed(organization: OrganizationFacts) -> dict[str, str]:
    return {"name": organization.name, "time_zone": organization.time_zone}


class OrganizationForm(SettingsForm, rx.State):
    """The organization's name and time zone."""

    form: dict[str, str] = {"name": "", "time_zone": ""}
    errors: dict[str, str] = {"name": "", "time_zone": ""}

    _services: ClassVar = SettingsServices(
        service.organization_settings, service.save_organization, _typed, service.base_of
    )
