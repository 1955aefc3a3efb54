"""The state of the Admins page: who is an admin, and changing that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import reflex as rx

from enrollment_portal.domain.access import messages
from enrollment_portal.domain.access.permissions import may_change_admins, may_see_configuration
from enrollment_portal.domain.people.messages import FOUND_PEOPLE
from enrollment_portal.domain.people.people import Role, Section
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.errors import PortalError
from enrollment_portal.domain.shared.listing import clean_search, read_id
from enrollment_portal.domain.shared.messages import FAILED_UNKNOWN
from enrollment_portal.domain.shared.wording import plural
from enrollment_portal.services.access.admins import (
    add_admin,
    find_candidates,
    list_admins,
    remove_admin,
    set_super_admin,
    switch_section,
)
from enrollment_portal.services.access.password_resets import send_link
from enrollment_portal.services.people.users import find_people
from enrollment_portal.services.runtime import database
from enrollment_portal.state.people.people_views import FoundView, found_person, given_up_text
from enrollment_portal.state.people.users import sent_text
from enrollment_portal.state.shared.open_pages import reload_pages_everywhere
from enrollment_portal.state.shared.session import acting, guarded, phase_after_failure, viewer_zone
from enrollment_portal.state.shared.views import initials_of, tone_of
from enrollment_portal.storage.access.admins import AdminRow


@dataclass(frozen=True)
class AdminView:
    """An admin, ready to show; `sections` are the names of those switched on."""

    id: int
    name: str
    email: str
    initials: str
    tone: int
    role: str
    is_super: bool
    is_me: bool
    status: str
    last_sign_in: str
    sections: list[str]
    may_send_link: bool
    """Whether a password link can be sent: to somebody else with a password, not suspended."""


@dataclass(frozen=True)
class CandidateView:
    """Someone who could become an admin."""

    id: int
    name: str
    email: str
    role: str
    given_up: str
    """What they teach or lead and would give up as an admin, in a sentence; "" for nothing."""


def admin_view(row: AdminRow, me: int, tz: ZoneInfo) -> AdminView:
    """Return an admin as the viewer reads it; `me` is the viewer's account."""
    last = row.last_sign_in_at
    is_super = row.role is Role.SUPER_ADMIN
    return AdminView(
        id=row.id,
        name=row.name,
        email=row.email,
        initials=initials_of(row.name),
        tone=tone_of(row.id),
        role=row.role.label,
        is_super=is_super,
        is_me=row.id == me,
        status="Suspended" if row.is_suspended else "Active",
        last_sign_in="Never" if last is None else calendar.show_day(calendar.day_of(last, tz)),
        may_send_link=row.has_password and not row.is_suspended and row.id != me,
        sections=[str(s.name).lower() for s in Section if is_super or s in row.sections],
    )


class Admins(rx.State):
    """The list of admins, and the search for people to add."""

    phase: str = "loading"  # loading, ready or failed
    rows: list[AdminView] = []
    may_edit: bool = False
    is_adding: bool = False
    candidates: list[CandidateView] = []
    announcement: str = ""
    """How many people the search has found, in words."""
    searched: str = ""
    search_field: int = 0
    removing: int = 0
    """The admin whose removal awaits confirmation; 0 for none."""
    removing_name: str = ""
    message: str = ""
    refusal: str = ""
    link: str = ""
    link_note: str = ""
    without_account: list[FoundView] = []
    """People of the directory that the search finds and who have no account yet."""
    answers: int = 0
    """Counts up with each answer, so that the switches show what is stored."""

    _shows: ClassVar = ("account",)

    @rx.event
    @guarded(may_see_configuration)
    async def refresh(self):
        """Show the current admins; open dialogs stay."""
        if self.phase == "ready":
            await self._show()

    @rx.event
    @guarded(may_see_configuration)
    async def load(self):
        """Show all admins."""
        self.message = self.refusal = self.link = ""
        self.removing, self.is_adding = 0, False
        await self._show()

    @rx.event
    @guarded(may_see_configuration)
    async def try_again(self):
        """Read the list again after a failure."""
        await self._show()

    @rx.event
    @guarded(may_change_admins)
    async def open_adding(self, is_open: bool):
        """Open or close the dialog that adds an admin."""
        self.is_adding = is_open is True
        self.candidates, self.without_account, self.searched = [], [], ""
        self.announcement = ""
        self.search_field += 1

    @rx.event(supersedes=True)
    @guarded(may_change_admins)
    async def search(self, typed: str):
        """Search for people by name or email as it is typed, with and without an account."""
        found = await asyncio.to_thread(find_candidates, database(), acting(), typed)
        people = await asyncio.to_thread(find_people, database(), acting(), typed)
        self.searched = clean_search(typed)
        self.without_account = [found_person(person) for person in people if person.role is None]
        self.candidates = [
            CandidateView(c.id, c.name, c.email, c.role.label, given_up_text(c.assignments))
            for c in found
        ]
        n = len(self.candidates) + len(self.without_account)
        self.announcement = plural(n, **FOUND_PEOPLE) if self.searched else ""

    @rx.event
    @guarded(may_change_admins)
    async def add(self, account_id: int, is_super: bool):
        """Make someone an admin."""
        confirm = messages.is_super_admin if is_super is True else messages.is_new_admin
        done = await self._change(
            account_id,
            lambda: add_admin(database(), acting(), account_id, is_super=is_super is True),
            confirm,
        )
        self.is_adding = self.is_adding and not done

    @rx.event
    @guarded(may_change_admins)
    async def switch(self, account_id: int, section: str, is_on: bool):
        """Switch one section of an admin on or off."""
        label = section.capitalize() if isinstance(section, str) else ""
        confirm = messages.section_on if is_on is True else messages.section_off
        await self._change(
            account_id,
            lambda: switch_section(database(), acting(), account_id, section, is_on=is_on is True),
            partial(confirm, label),
        )

    @rx.event
    @guarded(may_change_admins)
    async def make_super(self, account_id: int, is_super: bool):
        """Make an admin a Super Admin, or a Super Admin an admin."""
        await self._change(
            account_id,
            lambda: set_super_admin(database(), acting(), account_id, is_super=is_super is True),
            messages.is_super_admin if is_super is True else messages.is_admin,
        )

    @rx.event
    @guarded(may_change_admins)
    async def send_link(self, account_id: int):
        """Send an admin a link for a new password, or show it where no mail is sent."""
        self.message = self.refusal = self.link = ""
        try:
            sent = await asyncio.to_thread(send_link, database(), acting(), account_id)
        except PortalError as refusal:
            self.refusal = refusal.message
            return
        self.link, self.link_note = sent.link, sent_text(sent)
        if not sent.link:
            self.message = self.link_note

    @rx.event
    @guarded(may_change_admins)
    async def ask_to_remove(self, account_id: int):
        """Open the dialog that confirms the removal of an admin; close it with 0."""
        names = {row.id: row.name for row in self.get_value("rows")}
        wanted = read_id(account_id) or 0
        self.removing = wanted if wanted in names else 0
        self.removing_name = names.get(self.removing, "")

    @rx.event
    @guarded(may_change_admins)
    async def remove(self):
        """Remove the admin whose removal is confirmed."""
        if not self.removing:
            return
        account_id, self.removing = self.removing, 0
        await self._change(
            account_id,
            lambda: remove_admin(database(), acting(), account_id),
            messages.is_no_admin,
        )

    async def _change(
        self, account_id: object, change: Callable[[], AdminRow], confirm: Callable[[str], str]
    ) -> bool:
        self.message = self.refusal = ""
        try:
            changed = await asyncio.to_thread(change)
        except PortalError as refusal:
            self.refusal = refusal.message
            await self._show()
            return False
        await self._show()
        self.message = confirm(changed.name)
        await reload_pages_everywhere(account_id)
        return True

    async def _show(self) -> None:
        actor: Any = acting()
        rows = await asyncio.to_thread(list_admins, database(), actor)
        tz = viewer_zone(self)
        self.rows = [admin_view(row, actor.account_id, tz) for row in rows]
        self.may_edit = may_change_admins(actor)
        self.answers += 1
        self.phase = "ready"

    def _show_failure(self, why: str = FAILED_UNKNOWN) -> None:
        self.answers += 1
        self.phase = phase_after_failure(self.phase, why)
