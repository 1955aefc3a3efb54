"""The state of the page that sets when an enrollment is stuck, and how its pace is measured."""

from __future__ import annotations

import asyncio

import reflex as rx

from enrollment_portal.domain.access.permissions import may_see_configuration
from enrollment_portal.domain.pace import messages
from enrollment_portal.domain.pace.pace import PaceSettings
from enrollment_portal.domain.pace.pace_settings import typed_pace_settings
from enrollment_portal.domain.shared.errors import PortalError
from enrollment_portal.services.pace import pace_settings as service
from enrollment_portal.services.runtime import database
from enrollment_portal.state.shared.forms import UncontrolledForm
from enrollment_portal.state.shared.session import acting, guarded


class PaceForm(UncontrolledForm, rx.State):
    """The settings of stuck and pace."""

    phase: str = "loading"  # loading, ready or failed
    form: dict[str, str] = {"stuck_days": "", "pace_weeks": ""}
    errors: dict[str, str] = {"stuck_days": "", "pace_weeks": ""}

    @rx.event
    @guarded(may_see_configuration)
    async def load(self):
        """Show the settings."""
        self._clear_messages()
        await self._show()

    @rx.event
    @guarded(may_see_configuration)
    async def save(self, form: dict):
        """Save the settings."""
        if self.phase != "ready" or self._is_again(form):
            return
        typed, base = self._typed(form), self._sent_base_version(form)
        try:
            saved = await asyncio.to_thread(
                service.save_pace_settings, database(), acting(), base=base, typed=typed
            )
        except PortalError as error:
            self._refuse(error)
            return
        self._set(saved, messages.SAVED)

    async def _show(self) -> None:
        settings = await asyncio.to_thread(service.pace_settings, database(), acting())
        self._set(settings, "")
        self.phase = "ready"

    def _set(self, settings: PaceSettings, message: str) -> None:
        self._fill(typed_pace_settings(settings), message, base_version=service.base_of(settings))
