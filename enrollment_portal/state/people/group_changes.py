"""Changing a group's members, leads and assigned courses, one by one."""

from __future__ import annotations

from typing import ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import may_manage_learning, may_manage_people
from enrollment_portal.domain.people import messages
from enrollment_portal.services.people import groups as service
from enrollment_portal.services.runtime import database
from enrollment_portal.state.people.group_page import GroupPage
from enrollment_portal.state.people.groups import Members
from enrollment_portal.state.people.people_search import LearnablePicker, PeoplePicker
from enrollment_portal.state.shared.open_pages import reload_pages_everywhere
from enrollment_portal.state.shared.session import guarded
from enrollment_portal.state.shared.views import name_in


class GroupChanges(rx.State):
    """The handlers of a group's lists; the page shows what they did."""

    _page: ClassVar = GroupPage

    @rx.event
    @guarded(may_manage_people)
    async def add_person(self, person: int):
        """Add a found person to the group."""
        page = await self.get_state(GroupPage)
        name = name_in((await self.get_state(PeoplePicker)).get_value("found"), person)
        await page._change(
            lambda actor: service.add_members(database(), actor, page._id, [person]), "joined", name
        )

    @rx.event
    @guarded(may_manage_people)
    async def remove_person(self, person: int):
        """Remove a member from the group; their enrollments stay."""
        page = await self.get_state(GroupPage)
        name = name_in((await self.get_state(Members)).get_value("rows"), person)
        await page._change(
            lambda actor: service.remove_members(database(), actor, page._id, [person]),
            "left",
            name,
        )

    @rx.event
    @guarded(may_manage_people)
    async def add_lead(self, person: int):
        """Make a found person a lead of the group."""
        page = await self.get_state(GroupPage)
        name = name_in((await self.get_state(PeoplePicker)).get_value("found"), person)
        if await page._do(
            lambda actor: service.add_lead(database(), actor, page._id, person),
            messages.lead_added(name),
        ):
            await page._reload_leads_pages()

    @rx.event
    @guarded(may_manage_people)
    async def remove_lead(self, account: int):
        """Remove a lead of the group."""
        page = await self.get_state(GroupPage)
        name = name_in(page.get_value("leads"), account)
        if await page._do(
            lambda actor: service.remove_lead(database(), actor, page._id, account),
            messages.lead_removed(name),
        ):
            await reload_pages_everywhere(account)

    @rx.event
    @guarded(lambda actor: may_manage_people(actor) and may_manage_learning(actor))
    async def assign(self, course: int):
        """Assign a found course or path, and enroll the members."""
        page = await self.get_state(GroupPage)
        name = name_in((await self.get_state(LearnablePicker)).get_value("found"), course)
        await page._change(
            lambda actor: service.assign(database(), actor, page._id, course), "assigned", name
        )

    @rx.event
    @guarded(lambda actor: may_manage_people(actor) and may_manage_learning(actor))
    async def unassign(self, course: int):
        """Unassign a course or path; nobody's enrollment is cancelled."""
        page = await self.get_state(GroupPage)
        assigned = page.get_value("assigned")
        title = next((one.title for one in assigned if one.id == course), "")
        await page._do(
            lambda actor: service.unassign(database(), actor, page._id, course),
            messages.unassigned(title),
        )
