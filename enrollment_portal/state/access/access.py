"""The state of the Access page: the access log and open sessions."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

import reflex as rx

from enrollment_portal.domain.access import messages
from enrollment_portal.domain.access.admin_log import Action
from enrollment_portal.domain.access.permissions import Right, may_see_configuration
from enrollment_portal.domain.activity.activity_query import ActivityFilters
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.errors import NotFound, PortalError
from enrollment_portal.domain.shared.listing import ListQuery
from enrollment_portal.services.access import cookies
from enrollment_portal.services.access.access import (
    Sessions,
    read_access_log,
    read_sessions,
    sign_out_everywhere,
)
from enrollment_portal.services.runtime import database
from enrollment_portal.state.access.access_views import (
    ActView,
    SessionView,
    act_view,
    session_views,
)
from enrollment_portal.state.shared.listing import Listing
from enrollment_portal.state.shared.open_pages import reload_pages_everywhere
from enrollment_portal.state.shared.session import acting, guarded, viewer_zone
from enrollment_portal.state.shared.views import ACCESS_PATH, ACTIVITY_PATH
from enrollment_portal.storage.access.access import Act
from enrollment_portal.storage.shared.listing import Slice


class AccessLog(Listing, rx.State):
    """The access log, and the open sessions of the person it is filtered by."""

    rows: list[ActView] = []
    person: str = ""
    """The name of the person that the log is filtered by; "" for everybody."""
    sessions: list[SessionView] = []
    may_end: bool = False
    activity: str = ACTIVITY_PATH
    """The address of the changes of enrollments by the same person, in the same days."""
    message: str = ""
    refusal: str = ""

    _texts = messages.ENTRIES
    _may: ClassVar[Right] = may_see_configuration
    _path: ClassVar[str] = ACCESS_PATH
    _shape: ClassVar[Sequence[type]] = (int, int)
    _filters: ClassVar[Mapping[str, Sequence[str] | None]] = {
        "action": [action.value for action in Action],
        "person": None,
        "from": None,
        "to": None,
    }

    _zone: str = "UTC"

    @rx.event
    @guarded(may_see_configuration)
    async def sign_out_person(self):
        """End every open session of the person that the log is filtered by."""
        account_id = self._query.filters.get("person")
        try:
            ended = await asyncio.to_thread(sign_out_everywhere, database(), acting(), account_id)
        except PortalError as refusal:
            self.refusal = refusal.message
            return
        await reload_pages_everywhere(account_id)
        await self._show(self._query.at(None), pushes=False)
        self.message = messages.signed_out(ended)

    def _read(self, actor: Actor, query: ListQuery) -> Slice[Act]:
        return read_access_log(database(), actor, query, calendar.zone(self._zone))

    def _views(self, rows: Sequence[Any]) -> list[ActView]:
        tz, now = calendar.zone(self._zone), calendar.now_ms()
        return [act_view(act, tz, now) for act in rows]

    async def _show(self, query: ListQuery, *, pushes: bool = True) -> None:
        self._zone = viewer_zone(self).key
        self.message = self.refusal = ""
        await super()._show(query, pushes=pushes)
        found = await asyncio.to_thread(self._read_sessions, acting(), query)
        self.person = found.account.name if found else ""
        self.sessions = session_views(found, viewer_zone(self)) if found else []
        self.may_end = bool(found and found.may_end)
        self.activity = _activity_address(query)

    def _read_sessions(self, actor: Actor, query: ListQuery) -> Sessions | None:
        token = cookies.session_token(self.router.headers.cookie)
        try:
            return read_sessions(database(), actor, query.filters.get("person"), token)
        except NotFound:
            return None


def _activity_address(query: ListQuery) -> str:
    first, last = (query.filters.get(name, "") for name in ("from", "to"))
    asked = {"person": query.filters.get("person"), "when": f"{first}..{last}"}
    params = ActivityFilters.parse(asked, reads_notes=False).params
    return f"{ACTIVITY_PATH}?{urlencode(params)}" if params else ACTIVITY_PATH
