"""When the sign-in of an open page ends, and putting that off while its person is active."""

from __future__ import annotations

import asyncio

import reflex as rx

from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.services.access import cookies
from enrollment_portal.services.access.sessions import session_end
from enrollment_portal.services.runtime import database
from enrollment_portal.state.shared.session import guarded


class SessionEnd(rx.State):
    """How long the sign-in still lasts, as the server last said."""

    left: int = 0
    """In ms; 0 while nobody has asked."""
    can_be_put_off: bool = True
    asked_at: int = 0
    """When the server said so: another number with each answer."""

    @rx.event
    @guarded()
    async def ask(self, is_active: bool):
        """Say how long it still lasts; where its person was active, for the full time again."""
        token = cookies.session_token(self.router.headers.cookie)
        found = await asyncio.to_thread(session_end, database(), token, puts_off=is_active is True)
        if found:
            self.left, self.can_be_put_off = found.left, found.can_be_put_off
            self.asked_at = now_ms()
