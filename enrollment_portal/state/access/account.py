"""The states of the pages for a forgotten password and for changing one's own."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import reflex as rx

from enrollment_portal.domain.shared.messages import FAILED_UNKNOWN
from enrollment_portal.services.access import cookies
from enrollment_portal.services.access.mail import is_mail_configured
from enrollment_portal.services.access.password_resets import has_password
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.state.shared.session import acting, guarded, phase_after_failure, public
from enrollment_portal.state.shared.views import ACCOUNT_PATH

FORGOT_PATH = "/forgot"


class Forgot(rx.State):
    """The page "Forgot your password?"; it reveals to nobody whether an account exists."""

    is_ready: bool = False
    sends_mail: bool = False
    was_sent: bool = False
    organization: str = ""
    message: str = ""
    email: str = ""

    @rx.event
    @public
    async def load(self):
        """Show the result of the last request, or whom to contact if no mail is sent."""
        notice = cookies.read_notice(self.router.headers.cookie, FORGOT_PATH)
        self.message, self.email = notice
        self.organization = (await asyncio.to_thread(organization_of, database())).name
        self.sends_mail = is_mail_configured()
        self.was_sent = self.router.url.query_parameters.get("sent") == "1" and not self.message
        self.is_ready = True


class OwnAccount(rx.State):
    """The page on which a person changes their own password."""

    phase: str = "loading"  # loading, ready, none or failed
    email: str = ""
    message: str = ""
    was_changed: bool = False

    _shows: ClassVar = ("account",)

    @rx.event
    @guarded()
    async def refresh(self):
        """Show one's current email."""
        self.email = acting().email

    @rx.event
    @guarded()
    async def load(self):
        """Show the result of the last attempt."""
        self.message, _ = cookies.read_notice(self.router.headers.cookie, ACCOUNT_PATH)
        changed = self.router.url.query_parameters.get("changed") == "1"
        self.was_changed = changed and not self.message
        actor = acting()
        self.email = actor.email
        has_one = await asyncio.to_thread(has_password, database(), actor)
        self.phase = "ready" if has_one else "none"

    def _show_failure(self, why: str = FAILED_UNKNOWN) -> None:
        self.phase = phase_after_failure(self.phase, why)
