"""The state of one group's pages: its settings, its members, and the result of a change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import may_manage_learning, may_manage_people
from enrollment_portal.domain.history.messages import OF_ENROLLMENTS
from enrollment_portal.domain.people import messages
from enrollment_portal.domain.people.groups import GroupKind
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import Invalid, NotFound, PortalError
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.domain.shared.messages import FAILED_UNKNOWN, SAVED
from enrollment_portal.domain.shared.wording import sentences, show_number
from enrollment_portal.services.enrolling.group_rule import Applied
from enrollment_portal.services.people import groups as service
from enrollment_portal.services.runtime import database
from enrollment_portal.state.history.batch_undo import BatchUndo
from enrollment_portal.state.people.groups import Members, group_in
from enrollment_portal.state.people.people_search import (
    LearnablePicker,
    PeoplePicker,
    refresh_pickers,
)
from enrollment_portal.state.people.people_views import (
    AssignedView,
    FoundView,
    MemberView,
    applied_notes,
    assigned_view,
    lead_view,
)
from enrollment_portal.state.shared.forms import UncontrolledForm
from enrollment_portal.state.shared.open_pages import reload_pages_everywhere
from enrollment_portal.state.shared.session import (
    acting,
    guarded,
    is_reconnecting,
    keeps_message,
    viewer_zone,
)
from enrollment_portal.state.shared.views import GROUPS_PATH
from enrollment_portal.storage.people.groups import StoredGroup


class GroupPage(BatchUndo, UncontrolledForm, rx.State):
    """One group: its settings, leads, assigned courses, and changes of its members."""

    phase: str = "loading"  # loading, ready, missing or failed
    name: str = ""
    kind: str = ""
    path: str = ""
    counts: dict[str, str] = {"members": "", "leads": "", "assigned": ""}
    leads: list[MemberView] = []
    assigned: list[AssignedView] = []
    may_assign: bool = False
    is_pasting: bool = False
    pasted_error: str = ""
    notes: list[FoundView] = []
    """Who was not enrolled or not found, each with why."""
    circles: list[str] = []
    """Which newly assigned courses wait for each other, in sentences."""

    _id: int = 0

    _shows: ClassVar = ("group", "account", "learner", "course")

    @rx.event
    @guarded(may_manage_people)
    async def refresh(self):
        """Show current names around the forms; keep what is typed in them."""
        if self.phase == "ready" and not self._is_elsewhere():
            await self._show_around()
            await refresh_pickers(self, PeoplePicker, LearnablePicker)

    @rx.event
    @guarded(may_manage_people)
    async def load(self):
        """Show the group that the address names."""
        found = group_in(self)
        if found is None:
            self.phase = "missing"
            return
        if found != self._id:
            # The fields only follow the key: a counter that starts again could repeat a used one.
            key = self.form_key
            self.reset()
            self._id, self.form_key = found, key
        if not keeps_message():
            self.notes, self.circles = [], []
            self._offer_undo("")
        if not is_reconnecting():
            self.is_pasting, self.pasted_error = False, ""
            (await self.get_state(PeoplePicker))._clear()
            if may_manage_learning(acting()):
                (await self.get_state(LearnablePicker))._clear()
        await self._show("")

    @rx.event
    @guarded(may_manage_people)
    async def save(self, form: dict):
        """Save the group's settings."""
        if self._is_elsewhere() or self._is_again(form):
            return
        typed, version = self._typed(form), read_id(self._sent_base_version(form))
        await self._do(
            lambda actor: service.save_group(
                database(), actor, self._id, version=version, typed=typed
            ),
            SAVED,
        )

    @rx.event
    @guarded(may_manage_people)
    async def open_paste(self, is_open: bool):
        """Open or close the dialog that takes a list of emails."""
        self.is_pasting, self.pasted_error = is_open is True, ""

    @rx.event
    @guarded(may_manage_people)
    async def paste(self, form: dict):
        """Add the people whose emails were pasted."""
        if not self.is_pasting:
            return
        emails = form.get("emails") if isinstance(form, dict) else None
        done = await self._change(
            lambda actor: service.add_members_by_email(database(), actor, self._id, emails),
            "joined",
        )
        self.is_pasting = not done
        self.pasted_error = "" if done else self.refusal

    @rx.event
    @guarded(lambda actor: may_manage_people(actor) and may_manage_learning(actor))
    async def undo(self):
        """Undo what the group's rule has just enrolled, or redo it; the group stays."""
        if self._is_elsewhere() or not self._batch:
            return
        self.notes, self.circles = [], []
        done, left = await self._turn(OF_ENROLLMENTS)
        self.message = sentences(done, messages.GROUP_STAYS) if done else ""
        self.refusal = left
        await self._show_members()

    async def _change(self, act: Callable[[Actor], Applied], what: str, name: str = "") -> bool:
        applied: list[Applied] = []

        def run(actor: Actor) -> None:
            applied.append(act(actor))

        if not await self._do(run, ""):
            return False
        done = applied[0]
        self.message, self.notes = _done_text(done, what, name), applied_notes(done)
        self.circles = list(done.circles)
        if may_manage_learning(acting()):
            self._offer_undo(done.batch)
        await self._show_members()
        if what != "assigned":
            await self._reload_leads_pages()
        return True

    async def _reload_leads_pages(self) -> None:
        """Reload the open pages of the leads, as their permissions have changed."""
        for lead in self.get_value("leads"):
            await reload_pages_everywhere(lead.id)

    async def _show_members(self) -> None:
        await (await self.get_state(Members))._show_again()

    async def _do(self, act: Callable[[Actor], object], message: str) -> bool:
        if self._is_elsewhere():
            return False
        self.notes, self.circles = [], []
        self._offer_undo("")
        try:
            await asyncio.to_thread(act, acting())
        except PortalError as error:
            self._refuse(error)
            if isinstance(error, Invalid) and set(error.errors) - set(self.get_value("form")):
                self.refusal = next(iter(error.errors.values()))
            return False
        (await self.get_state(PeoplePicker))._clear()
        await self._show(message)
        return True

    def _is_elsewhere(self) -> bool:
        return group_in(self) != self._id

    async def _show(self, message: str) -> None:
        group = await self._show_around()
        if group:
            self._fill(service.typed_group(group), message, base_version=group.version)

    async def _show_around(self) -> StoredGroup | None:
        """Show the group around its settings form, and return it."""
        try:
            details = await asyncio.to_thread(service.read_group, database(), acting(), self._id)
        except NotFound:
            self.phase = "missing"
            return None
        group, tz = details.group, viewer_zone(self)
        self.name, self.kind = group.name, GroupKind(group.kind).label
        self.path = f"{GROUPS_PATH}/{group.id}"
        self.counts = {
            "members": show_number(group.n_members),
            "leads": show_number(group.n_leads),
            "assigned": show_number(group.n_assigned),
        }
        self.leads = [lead_view(lead) for lead in details.leads]
        self.assigned = [assigned_view(row, tz) for row in details.assigned]
        self.may_assign = details.may_assign
        self.phase = "ready"
        return group

    def _show_failure(self, why: str = FAILED_UNKNOWN) -> None:
        message = self.message if self.offer else ""
        UncontrolledForm._show_failure(self, why)
        # What can still be undone stays.
        self.message, self.pasted_error = message, self.refusal if self.is_pasting else ""


def _done_text(done: Applied, what: str, name: str) -> str:
    """Return what a change did: people "joined", or "left", or something was "assigned".

    The name is that of the only one.
    """
    sentence = {
        "joined": messages.joined(done.n_changed, name),
        "left": messages.left(done.n_changed, name),
        "assigned": messages.assigned(name),
    }[what]
    return sentences(sentence, messages.created(done.n_enrolled))
