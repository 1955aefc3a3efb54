"""The states of the list of groups, a new group, and a group's members."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import may_manage_people
from enrollment_portal.domain.people import messages
from enrollment_portal.domain.people.groups import GroupKind
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import PortalError
from enrollment_portal.domain.shared.listing import ListQuery, read_id
from enrollment_portal.services.people import groups as service
from enrollment_portal.services.runtime import database
from enrollment_portal.state.people.people_views import (
    GroupView,
    MemberView,
    group_view,
    member_view,
)
from enrollment_portal.state.shared.forms import UncontrolledForm
from enrollment_portal.state.shared.listing import Listing
from enrollment_portal.state.shared.session import acting, guarded, viewer_zone
from enrollment_portal.state.shared.views import GROUPS_PATH
from enrollment_portal.storage.shared.listing import Slice

NEW_GROUP_PATH = f"{GROUPS_PATH}/new"
_EMPTY = {"name": "", "kind": GroupKind.DEPARTMENT.value, "description": ""}


def group_in(state: rx.State) -> int | None:
    """Return the id of the group whose page is open; `None` on any other page."""
    path = state.router.url.path.rstrip("/")
    if not path.startswith(f"{GROUPS_PATH}/"):
        return None
    return read_id(path.removeprefix(f"{GROUPS_PATH}/").partition("/")[0])


class Groups(Listing, rx.State):
    """The list of all groups."""

    rows: list[GroupView] = []

    _texts = messages.GROUPS
    _may = may_manage_people
    _path = GROUPS_PATH
    _shows: ClassVar = ("group",)
    _filters = {"kind": tuple(GroupKind)}

    def _read(self, actor: Actor, query: ListQuery) -> Slice[Any]:
        return service.list_groups(database(), actor, query)

    def _views(self, rows: Sequence[Any]) -> list[Any]:
        return [group_view(row) for row in rows]


class NewGroup(UncontrolledForm, rx.State):
    """The form that creates a group."""

    @rx.event
    @guarded(may_manage_people)
    async def load(self):
        """Show an empty form, unless it is open already: then keep what is typed in it."""
        if self.form_key == "0":
            self._fill(_EMPTY)
        else:
            self._typed({})
            self._sent = ""

    @rx.event
    @guarded(may_manage_people)
    async def save(self, form: dict):
        """Create the group and open its page."""
        if self._is_again(form):
            return None
        typed = self._typed(form)
        try:
            made = await asyncio.to_thread(service.make_group, database(), acting(), typed)
        except PortalError as error:
            self._refuse(error)
            return None
        # The fields are not emptied first: the answer to a sent form may leave its page.
        return rx.redirect(f"{GROUPS_PATH}/{made}")


class Members(Listing, rx.State):
    """The list of a group's members."""

    rows: list[MemberView] = []

    _texts = messages.MEMBERS
    _may = may_manage_people
    _path = ""
    _shows: ClassVar = ("learner", "group")
    _group: int = 0

    async def _show(self, query: ListQuery, *, pushes: bool = True) -> None:
        self._group = group_in(self) or 0
        await Listing._show(self, query, pushes=pushes)

    def _read(self, actor: Actor, query: ListQuery) -> Slice[Any]:
        return service.list_members(database(), actor, self._group, query)

    def _views(self, rows: Sequence[Any]) -> list[Any]:
        tz = viewer_zone(self)
        return [member_view(row, tz) for row in rows]
