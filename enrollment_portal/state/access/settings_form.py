"""The form of a page of settings in Configuration."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import reflex as rx

from enrollment_portal.domain.access.messages import SETTINGS_SAVED
from enrollment_portal.domain.access.permissions import may_see_configuration
from enrollment_portal.domain.shared.errors import PortalError
from enrollment_portal.services.runtime import database
from enrollment_portal.state.shared.forms import UncontrolledForm
from enrollment_portal.state.shared.session import acting, guarded


@dataclass
class SettingsServices:
    """What a form of settings is read and saved with."""

    read: Callable[..., Any]
    """Returns the settings, for a database and an actor."""
    save: Callable[..., Any]
    """Saves typed texts (`typed`) over `base`, and returns the settings."""
    typed: Callable[[Any], dict[str, str]]
    """Returns settings as the fields show them."""
    base_of: Callable[[Any], str]
    """Returns what identifies the settings that a form was filled with."""


class SettingsForm(UncontrolledForm, mixin=True):
    """Settings of the organization, in an uncontrolled form."""

    phase: str = "loading"  # loading, ready or failed

    _services: ClassVar[SettingsServices]

    @rx.event
    @guarded(may_see_configuration)
    async def load(self):
        """Show the settings."""
        self._clear_messages()
        settings = await asyncio.to_thread(self._services.read, database(), acting())
        self._set(settings, "")
        self.phase = "ready"

    @rx.event
    @guarded(may_see_configuration)
    async def save(self, form: dict):
        """Save the settings."""
        if self.phase != "ready" or self._is_again(form):
            return
        typed, base = self._typed(form), self._sent_base_version(form)
        try:
            saved = await asyncio.to_thread(
                self._services.save, database(), acting(), base=base, typed=typed
            )
        except PortalError as error:
            self._refuse(error)
            return
        self._set(saved, SETTINGS_SAVED)

    def _set(self, settings: Any, message: str) -> None:
        services = self._services
        self._fill(services.typed(settings), message, base_version=services.base_of(settings))
