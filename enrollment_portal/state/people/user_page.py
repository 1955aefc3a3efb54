"""The state of one person's page: their details, and what can be done about them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, ClassVar

import reflex as rx

from enrollment_portal.domain.access.messages import account_linked
from enrollment_portal.domain.access.permissions import (
    may_manage_learning,
    may_manage_people,
    roles_to_give,
)
from enrollment_portal.domain.enrolling.completed_elsewhere import TypedCompletion
from enrollment_portal.domain.enrolling.enroll_request import Outcome
from enrollment_portal.domain.enrolling.messages import not_chosen
from enrollment_portal.domain.people import messages
from enrollment_portal.domain.people.people import Role
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import Invalid, NotFound, PortalError
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.domain.shared.messages import FAILED_UNKNOWN, SAVED
from enrollment_portal.services.access.invitations import invite_again
from enrollment_portal.services.access.password_resets import send_link
from enrollment_portal.services.people.users import (
    User,
    enroll_user,
    preview_enroll_user,
    read_user,
    reinstate_user,
    save_user,
    suspend_user,
    typed_person,
)
from enrollment_portal.services.runtime import database
from enrollment_portal.state.people.people_search import (
    LearnablePicker,
    PeoplePicker,
    refresh_pickers,
)
from enrollment_portal.state.people.people_views import (
    DecisionView,
    FoundView,
    UserView,
    act_view,
    decision_view,
    user_view,
)
from enrollment_portal.state.people.users import link_text, manager_of, sent_text
from enrollment_portal.state.shared.forms import UncontrolledForm
from enrollment_portal.state.shared.open_pages import reload_pages_everywhere
from enrollment_portal.state.shared.session import acting, guarded, is_reconnecting, viewer_zone
from enrollment_portal.state.shared.views import USERS_PATH, EventView, name_in


def user_in(state: rx.State) -> int | None:
    """Return the id of the person whose page is open; `None` on any other page."""
    path = state.router.url.path.rstrip("/")
    if not path.startswith(f"{USERS_PATH}/"):
        return None
    return read_id(path.removeprefix(f"{USERS_PATH}/").partition("/")[0])


def _person_in(base_version: str) -> dict[str, Any]:
    """Return the person whom a form was filled with; `None` if the text names none."""
    try:
        filled = json.loads(base_version)
    except (ValueError, RecursionError):
        return {}
    return filled if isinstance(filled, dict) else {}


class UserPage(UncontrolledForm, rx.State):
    """One person: the form with their details, their access, and actions."""

    phase: str = "loading"  # loading, ready, missing or failed
    user: UserView = UserView()
    events: list[EventView] = []
    roles: list[tuple[str, str]] = []
    manager: int = 0
    manager_name: str = ""
    is_suspending: bool = False
    link: str = ""
    link_note: str = ""
    link_label: str = ""

    _id: int = 0
    _account: int = 0
    _access: tuple[object, ...] = ()
    """What determines their permissions; when it changes, their open pages are reloaded."""

    _shows: ClassVar = ("learner", "account", "group")

    @rx.event
    @guarded(may_manage_people)
    async def load(self):
        """Show the person that the address names."""
        found = user_in(self)
        if found is None:
            self.phase = "missing"
            return
        if found != self._id:
            # The fields only follow the key: a counter that starts again could repeat a used one.
            key = self.form_key
            self.reset()
            self._id, self.form_key = found, key
            (await self.get_state(EnrollUser))._start_over()
        if not is_reconnecting():
            self.is_suspending = False
            self.link = self.link_note = ""
            (await self.get_state(PeoplePicker))._clear()
        try:
            user = await asyncio.to_thread(read_user, database(), acting(), found)
        except NotFound:
            self.phase = "missing"
            return
        picked, before = (self.manager, self.manager_name), _person_in(self.base_version)
        self._show(user)
        self._fill_from(user)
        if is_reconnecting():
            self._pick_again(*picked, before.get("manager_id", ""))

    @rx.event
    @guarded(may_manage_people)
    async def refresh(self):
        """Show the current person; keep what is typed into the form."""
        if self.phase != "ready" or self._is_elsewhere():
            return
        try:
            user = await asyncio.to_thread(read_user, database(), acting(), self._id)
        except NotFound:
            self.phase = "missing"
            return
        self._show(user)
        if self.manager and self.manager == user.person.manager_id:
            self.manager_name = user.person.manager or ""
        await refresh_pickers(self, PeoplePicker, LearnablePicker)

    @rx.event
    @guarded(may_manage_people)
    async def pick_manager(self, person: int):
        """Choose the manager by id, or nobody with 0."""
        self.manager, self.manager_name = await manager_of(person)
        (await self.get_state(PeoplePicker))._clear()

    @rx.event
    @guarded(may_manage_people)
    async def save(self, form: dict):
        """Save the form."""
        if self._is_elsewhere() or self._is_again(form):
            return
        typed = self._typed(form) | {"manager_id": str(self.manager or "")}
        version = _person_in(self._sent_base_version(form)).get("version")
        saved = await self._do(
            lambda actor: save_user(database(), actor, self._id, version=version, typed=typed),
        )
        if saved:
            self._fill_from(saved, SAVED)

    @rx.event
    @guarded(may_manage_people)
    async def open_suspend(self, is_open: bool):
        """Open or close the dialog that confirms suspending the person."""
        self.is_suspending = is_open is True

    @rx.event
    @guarded(may_manage_people)
    async def suspend(self):
        """Suspend the person: their sessions end at once."""
        self.is_suspending = False
        await self._do(
            lambda actor: suspend_user(database(), actor, self._id),
            messages.ACCESS_SUSPENDED,
        )

    @rx.event
    @guarded(may_manage_people)
    async def reinstate(self):
        """Let the person sign in again."""
        await self._do(
            lambda actor: reinstate_user(database(), actor, self._id), messages.ACCESS_REINSTATED
        )

    @rx.event
    @guarded(may_manage_people)
    async def invite(self, access: str):
        """Invite the person, with this role if they have no account, and show the link."""
        if self._is_elsewhere():
            return
        typed = {"access": access}
        try:
            made = await asyncio.to_thread(invite_again, database(), acting(), self._id, typed)
            self.message = self.refusal = ""
            if made.link:
                self.link, self.link_note = made.link, link_text(made)
                self.link_label = "Invitation link"
            else:
                self.link = self.link_note = ""
                self.message = account_linked(made.name)
            user = await asyncio.to_thread(read_user, database(), acting(), self._id)
        except PortalError as error:
            self._refuse(error)
            if sentence := next(iter(getattr(error, "errors", {}).values()), ""):
                self.refusal = sentence
            return
        self._show(user)

    @rx.event
    @guarded(may_manage_people)
    async def send_link(self):
        """Send the person a link for a new password, or show it where no mail is sent."""
        if self._is_elsewhere():
            return
        account = self._account
        try:
            sent = await asyncio.to_thread(send_link, database(), acting(), account)
            user = await asyncio.to_thread(read_user, database(), acting(), self._id)
        except PortalError as error:
            self._refuse(error)
            return
        self.message = self.refusal = ""
        self.link, self.link_note, self.link_label = sent.link, sent_text(sent), "Sign-in link"
        if not sent.link:
            self.message, self.link_note = self.link_note, ""
        self._show(user)

    def _pick_again(self, manager: int, name: str, before: str) -> None:
        """Keep the picked manager that is not saved, unless others changed the manager."""
        if str(manager or "") == before:
            return
        if str(self.manager or "") == before:
            self.manager, self.manager_name = manager, name
        else:
            self.refusal = messages.MANAGER_CHANGED

    async def _do(self, act: Callable[..., User], message: str = "") -> User | None:
        if self._is_elsewhere():
            return None
        before = self.get_value("_access")
        try:
            user = await asyncio.to_thread(act, acting())
        except PortalError as error:
            self._refuse(error)
            return None
        self._show(user)
        self.message, self.refusal = message, ""
        if self.get_value("_access") != before:
            await reload_pages_everywhere(user.person.account_id)
        return user

    def _is_elsewhere(self) -> bool:
        return user_in(self) != self._id

    def _show(self, user: User) -> None:
        """Show the person around the form, and keep what is typed in it."""
        tz, now, person = viewer_zone(self), now_ms(), user.person
        self.user = user_view(user, tz)
        self.events = [act_view(act, person.name, tz, now) for act in user.acts]
        roles = roles_to_give(acting())
        if person.role and Role(person.role) not in roles:
            roles = (*roles, Role(person.role))
        self.roles = [(role.value, role.label) for role in roles]
        self.may_edit = user.may_edit
        self._account = person.account_id or 0
        self._access = person.email, person.role, person.is_suspended
        filled = _person_in(self.base_version)
        if person.role and filled and not filled.get("access"):
            # Its field is added to the form only now.
            access = {"access": typed_person(person.fields)["access"]}
            if isinstance(before := filled.get("version"), int):
                filled["version"] = before + (person.account_version or 0)
            self.form, self.base_version = self.form | access, json.dumps(filled | access)
        self.phase = "ready"

    def _fill_from(self, user: User, message: str = "") -> None:
        person = user.person
        self.manager, self.manager_name = person.manager_id or 0, person.manager or ""
        filled = typed_person(person.fields)
        self._fill(
            {n: v for n, v in filled.items() if n != "manager_id"},
            message,
            base_version=json.dumps(filled | {"version": person.version}),
        )


_TYPED = ("deadline", "completed", "grade")
"""The fields of the dialog that enrolls."""


class EnrollUser(rx.State):
    """The dialog that enrolls the person whose page is open."""

    is_open: bool = False
    chosen: list[FoundView] = []
    deadline: str = ""
    completed: str = ""
    """The day on which they completed it elsewhere; "" if they have not."""
    grade: str = ""
    """The grade of that completion."""
    fills: int = 0
    """Counts up when the fields must show these values instead of what was typed."""
    again: bool = False
    """Whether to enroll them again in what they have completed."""
    has_completed: bool = False
    """Whether they have completed something that is chosen."""
    decisions: list[DecisionView] = []
    circles: list[str] = []
    """Which courses of the chosen paths wait for each other, in sentences."""
    can_enroll: bool = False
    errors: dict[str, str] = dict.fromkeys(_TYPED, "")
    """By field, why it is refused."""
    error: str = ""
    """Why nothing can be done, if no field is at fault."""
    message: str = ""
    announcement: str = ""
    """What was removed last, which is announced."""

    _learner: int = 0
    """The person for whom the dialog was opened."""

    @rx.event
    @guarded(may_manage_learning)
    async def open_form(self, is_open: bool):
        """Open the dialog empty, or close it."""
        self._start_over()
        self.is_open, self._learner = is_open is True, user_in(self) or 0
        (await self.get_state(LearnablePicker))._clear()

    @rx.event
    @guarded(may_manage_learning)
    async def choose(self, course: int):
        """Choose one of the found courses and paths, and update the preview."""
        picker = await self.get_state(LearnablePicker)
        found = next((f for f in picker.get_value("found") if f.id == course), None)
        if found and found not in self.get_value("chosen"):
            self.chosen = [*self.get_value("chosen"), found]
            picker._clear()
            self.announcement = ""
            await self._preview()

    @rx.event
    @guarded(may_manage_learning)
    async def drop(self, course: int):
        """Remove a choice."""
        name = name_in(self.get_value("chosen"), course)
        self.chosen = [f for f in self.get_value("chosen") if f.id != course]
        await self._preview()
        self.announcement = not_chosen([name] if name else [])

    @rx.event
    @guarded(may_manage_learning)
    async def change_deadline(self, typed: str):
        """Set another deadline for all of them."""
        self.deadline = typed[:20] if isinstance(typed, str) else ""
        await self._preview()

    @rx.event
    @guarded(may_manage_learning)
    async def change_completion(self, name: str, typed: str):
        """Set another day on which they "completed" it elsewhere, or another "grade"."""
        if name in ("completed", "grade") and isinstance(typed, str):
            setattr(self, name, typed[:200])
            await self._preview()

    @rx.event
    @guarded(may_manage_learning)
    async def choose_again(self, again: bool):
        """Set whether to enroll them again in what they have completed; update the preview."""
        self.again = again is True
        await self._preview()

    @rx.event
    @guarded(may_manage_learning)
    async def enroll(self):
        """Enroll as the preview shows."""
        courses, deadline, again = self._courses(), self.deadline, self.again
        completed = TypedCompletion(self.completed, self.grade)
        if user_in(self) != self._learner:
            return  # the page is on its way to somebody else, for whom nothing was shown
        try:
            decisions = await asyncio.to_thread(
                enroll_user,
                database(),
                acting(),
                self._learner,
                courses,
                deadline,
                again,
                completed,
            )
        except PortalError as error:
            self._refuse(error)
            return
        n = sum(decision.outcome is Outcome.ENROLLED for decision in decisions)
        self._start_over()
        self.message = messages.enrolled_in(n)

    def _start_over(self) -> None:
        fills = self.fills
        self.reset()
        self.fills = fills + 1

    async def _preview(self) -> None:
        self.decisions, self.circles, self.can_enroll = [], [], False
        self.error, self.errors = "", dict.fromkeys(_TYPED, "")
        self.has_completed = False
        courses = self._courses()
        if not courses:
            return
        try:
            preview = await asyncio.to_thread(
                preview_enroll_user,
                database(),
                acting(),
                self._learner,
                courses,
                self.deadline,
                self.again,
                TypedCompletion(self.completed, self.grade),
            )
        except PortalError as error:
            self._refuse(error)
            return
        decisions, self.circles = preview.decisions, list(preview.circles)
        self.decisions = [decision_view(decision) for decision in decisions]
        self.has_completed = any(d.has_completed for d in decisions)
        self.can_enroll = any(d.outcome is Outcome.ENROLLED for d in decisions)

    def _courses(self) -> list[int]:
        return [found.id for found in self.get_value("chosen")]

    def _show_failure(self, why: str = FAILED_UNKNOWN) -> None:
        self.error = why

    def _refuse(self, error: PortalError) -> None:
        errors = error.errors if isinstance(error, Invalid) else {}
        self.errors = {name: errors.get(name, "") for name in _TYPED}
        elsewhere = next((message for name, message in errors.items() if name not in _TYPED), "")
        self.error = "" if any(self.errors.values()) else elsewhere or error.message
        self.can_enroll = False
