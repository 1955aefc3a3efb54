"""The state of one's own open sessions, on the page of one's account."""

from __future__ import annotations

import asyncio

import reflex as rx

from enrollment_portal.domain.access import messages
from enrollment_portal.domain.shared.errors import NotFound
from enrollment_portal.live.feed import feed
from enrollment_portal.services.access import cookies
from enrollment_portal.services.access.access import end_own_session, read_sessions
from enrollment_portal.services.runtime import database
from enrollment_portal.state.access.access_views import SessionView, session_views
from enrollment_portal.state.shared.session import acting, guarded, viewer_zone


class OwnSessions(rx.State):
    """The open sessions of the signed-in person."""

    sessions: list[SessionView] = []
    message: str = ""
    refusal: str = ""

    @rx.event
    @guarded()
    async def load(self):
        """Show the open sessions."""
        self.message = self.refusal = ""
        await self._read()

    @rx.event
    @guarded()
    async def end(self, id_hash: str):
        """End one of the sessions.

        Args:
            id_hash: the hash of its token.
        """
        self.message = self.refusal = ""
        try:
            await asyncio.to_thread(end_own_session, database(), acting(), id_hash)
        except NotFound as refusal:
            self.refusal = refusal.message
        else:
            self.message = messages.SIGNED_OUT_THERE
            await feed.end_session(id_hash)
        await self._read()

    async def _read(self) -> None:
        actor, token = acting(), cookies.session_token(self.router.headers.cookie)
        found = await asyncio.to_thread(read_sessions, database(), actor, actor.account_id, token)
        self.sessions = session_views(found, viewer_zone(self))

    def _show_failure(self, why: str) -> None:
        self.refusal = why
