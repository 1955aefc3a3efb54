"""The states of the directory, of inviting somebody, and of the page of a one-time link."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar

import reflex as rx

from enrollment_portal.domain.access import messages
from enrollment_portal.domain.access.permissions import may_manage_people, roles_to_give
from enrollment_portal.domain.people.messages import USERS
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.people.user_edits import NO_ACCESS, PersonStatus
from enrollment_portal.domain.shared.errors import PortalError
from enrollment_portal.domain.shared.listing import ListQuery, read_id
from enrollment_portal.services.access import cookies
from enrollment_portal.services.access.invitations import Invitation, invite
from enrollment_portal.services.access.password_resets import SentLink
from enrollment_portal.services.people.users import list_users, read_user
from enrollment_portal.services.runtime import database
from enrollment_portal.state.people.people_search import PeoplePicker
from enrollment_portal.state.people.people_views import UserRow, user_row
from enrollment_portal.state.shared.forms import UncontrolledForm
from enrollment_portal.state.shared.listing import Listing
from enrollment_portal.state.shared.session import (
    acting,
    guarded,
    is_reconnecting,
    public,
    viewer_zone,
)
from enrollment_portal.state.shared.views import USERS_PATH
from enrollment_portal.storage.shared.listing import Slice

INVITE_PATH = f"{USERS_PATH}/new"
_EMPTY = {"name": "", "email": "", "job_title": "", "department": "", "access": "learner"}


class Users(Listing, rx.State):
    """The directory: a list of all people."""

    rows: list[UserRow] = []

    _texts = USERS
    _may = may_manage_people
    _path = USERS_PATH
    _shows: ClassVar = ("learner", "account")
    _filters = {
        "access": (NO_ACCESS, *Role),
        "status": tuple(PersonStatus),
    }

    def _read(self, actor: Actor, query: ListQuery) -> Slice[Any]:
        return list_users(database(), actor, query)

    def _views(self, rows: Sequence[Any]) -> list[Any]:
        tz = viewer_zone(self)
        return [user_row(row, tz) for row in rows]


def link_text(invitation: Invitation) -> str:
    """Return the note beside a new invitation's link."""
    if invitation.mailed is None:
        return messages.COPY_INVITATION
    if invitation.mailed:
        return messages.invitation_mailed(invitation.email)
    return messages.invitation_not_mailed(invitation.email)


def sent_text(sent: SentLink) -> str:
    """Return the note on a link for a new password, beside it if it is shown."""
    if sent.mailed:
        return messages.link_mailed(sent.email)
    if sent.mailed is None:
        return messages.copy_link(sent.name)
    return messages.link_not_mailed(sent.email)


class Invite(UncontrolledForm, rx.State):
    """The form that adds and invites somebody, and the resulting link."""

    roles: list[tuple[str, str]] = []
    manager: int = 0
    manager_name: str = ""
    link: str = ""
    link_note: str = ""
    invited: str = ""
    invited_id: int = 0

    @rx.event
    @guarded(may_manage_people)
    async def load(self):
        """Show an empty form without an earlier link, unless only the socket was lost."""
        if not (is_reconnecting() and self.get_value("roles") == _roles()):
            await self._clear()

    @rx.event
    @guarded(may_manage_people)
    async def pick_manager(self, person: int):
        """Choose the manager by id, or nobody with 0."""
        self.manager, self.manager_name = await manager_of(person)
        (await self.get_state(PeoplePicker))._clear()

    @rx.event
    @guarded(may_manage_people)
    async def save(self, form: dict):
        """Add the person, invite them, and show their link."""
        if self._is_again(form):
            return
        typed = self._typed(form) | {"manager_id": str(self.manager or "")}
        try:
            made = await asyncio.to_thread(invite, database(), acting(), typed)
        except PortalError as error:
            self._refuse(error)
            return
        await self._clear()
        if made.link:
            self.link, self.link_note = made.link, link_text(made)
        else:
            self.message = messages.account_linked(made.name)
        self.invited, self.invited_id = made.name, made.learner_id

    async def _clear(self) -> None:
        self.roles = _roles()
        self.manager, self.manager_name = 0, ""
        self.link = self.link_note = self.invited = ""
        self.invited_id = 0
        (await self.get_state(PeoplePicker))._clear()
        self._fill(_EMPTY)


def _roles() -> list[tuple[str, str]]:
    return [(role.value, role.label) for role in roles_to_give(acting())]


async def manager_of(person: object) -> tuple[int, str]:
    """Return a person's id and name; 0 and "" for nobody, or somebody who does not exist."""
    found = read_id(person)
    if found is None:
        return 0, ""
    try:
        user = await asyncio.to_thread(read_user, database(), acting(), found)
    except PortalError:
        return 0, ""
    return found, user.person.name


class Welcome(rx.State):
    """The page of a one-time link; the link's token stays in the browser."""

    message: str = ""

    @rx.event
    @public
    async def load(self):
        """Show the result of the last attempt."""
        self.message, _ = cookies.read_notice(self.router.headers.cookie, "/welcome")
