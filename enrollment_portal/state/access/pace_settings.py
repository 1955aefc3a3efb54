"""The state of the page that sets when an enrollment is stuck, and how its pace is measured."""

from __future__ import annotations

from typing import ClassVar

import reflex as rx

from enrollment_portal.domain.pace.pace_settings import typed_pace_settings
from enrollment_portal.services.pace import pace_settings as service
from enrollment_portal.state.access.settings_form import SettingsForm, SettingsServices


class PaceForm(SettingsForm, rx.State):
    """The settings of stuck and pace."""

    form: dict[str, str] = {"stuck_days": "", "pace_weeks": ""}
    errors: dict[str, str] = {"stuck_days": "", "pace_weeks": ""}

    _services: ClassVar = SettingsServices(
        service.pace_settings, service.save_pace_settings, typed_pace_settings, service.base_of
    )
