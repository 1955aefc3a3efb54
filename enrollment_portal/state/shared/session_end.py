"""When the sign-in of an open page ends, and extending it while its person is active."""

from __future__ import annotations

import asyncio

import reflex as rx

from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.services.access import cookies
from enrollment_portal.services.access.sessions import session_end
from enrollment_portal.services.runtime import database
from enrollment_portal.state.shared.session import guarded


class SessionEnd(rx.State):
    """The remaining time of the sign-in, as the server last said."""

    left: int = 0
    """In ms; 0 before the first request."""
    can_be_put_off: bool = True
    asked_at: int = 0
    """When the server answered: another number with each answer."""

    @rx.event
    @guarded()
    async def ask(self, is_active: bool):
        """Send the remaining time; extend the sign-in if its person was active."""
        token = cookies.session_token(self.router.headers.cookie)
        found = await asyncio.to_thread(session_end, database(), token, puts_off=is_active is True)
        if found:
            self.left, self.can_be_put_off = found.left, found.can_be_put_off
            self.asked_at = now_ms()
