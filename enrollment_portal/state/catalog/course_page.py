"""The state of a course's page: what stands above all its tabs, and its settings."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import may_manage_learning
from enrollment_portal.domain.catalog.courses import CourseState, shown_state
from enrollment_portal.domain.catalog.grades import PASS_PERCENT, GradingScheme
from enrollment_portal.domain.ledger.ledger_query import clean_search
from enrollment_portal.domain.ledger.listing import read_id
from enrollment_portal.domain.shared.errors import NotFound, PortalError
from enrollment_portal.services.catalog import courses as service
from enrollment_portal.services.catalog.courses import CourseDetails
from enrollment_portal.services.runtime import database
from enrollment_portal.state.catalog.course_views import ChoiceView, counted, id_under, teacher_view
from enrollment_portal.state.shared.forms import LeanForm
from enrollment_portal.state.shared.open_pages import look_again_everywhere
from enrollment_portal.state.shared.session import acting, guarded
from enrollment_portal.state.shared.views import COURSES_PATH

_EMPTY = {
    "title": "",
    "description": "",
    "deadline_days": "",
    "scheme": GradingScheme.FREE.value,
    "points": "",
    "requires_grade": "",
    "pass_percent": str(PASS_PERCENT),
    "may_be_retaken": "",
}
STATE_WORDS = {
    CourseState.PUBLISHED: "Published. It can be begun now.",
    CourseState.ARCHIVED: "Archived. Its enrollments stay as they are.",
    CourseState.DRAFT: "A draft again. Nobody new can begin it.",
}


Find = Callable[[str], Awaitable[list[ChoiceView]]]
"""Finds what can be added, by a search."""


class Choosing(rx.State, mixin=True):
    """A page with a search whose results can be added to what it shows."""

    candidates: list[ChoiceView] = []
    searched: str = ""
    search_field: int = 0

    _searched_ahead: str = ""
    """The address of a page on which something was searched for before it arrived."""

    async def _search(self, typed: object, find: Find) -> None:
        self.searched, self.candidates = clean_search(typed), []
        if self.searched:
            self.candidates = await find(self.searched)

    def _note_search(self) -> None:
        self._searched_ahead = "" if self.is_hydrated else self.router.url.path

    def _clear(self) -> None:
        # A box that holds no search is left alone: somebody may be typing into it already.
        if self.searched or self.get_value("candidates"):
            self.candidates, self.searched = [], ""
            self.search_field += 1

    def _clear_unless_ahead(self) -> None:
        """Empty the box of a page that arrives, unless it was searched in since it is drawn."""
        if self._searched_ahead != self.router.url.path:
            self._clear()
        self._searched_ahead = ""


class CoursePage(Choosing, LeanForm, rx.State):
    """A course: what stands above all its tabs, and its settings."""

    phase: str = "loading"  # loading, ready, missing or failed
    id: int = 0
    """Of the course; 0 while it is being made."""
    title: str = ""
    state: str = ""
    version: int = 0
    """Of what is shown; the form may have been filled over an older one."""
    about: str = ""
    teachers: list[ChoiceView] = []

    _shows: ClassVar = ("course", "account")

    @rx.event
    @guarded(may_manage_learning)
    async def arrive(self):
        """Show the course of the page, or an empty form for a new one."""
        course_id = id_under(self, COURSES_PATH)
        if course_id is None:
            return
        self._clear_unless_ahead()
        if course_id != self.id:
            self.phase = "loading"
        if course_id == 0:
            self.id, self.title, self.state, self.phase = 0, "", "", "ready"
            self._fill(_EMPTY)
            return
        try:
            found = await asyncio.to_thread(service.read_course, database(), acting(), course_id)
        except NotFound:
            self.id, self.title, self.phase = 0, "", "missing"
            return
        self._show(found)
        self._fill(service.typed_course(found.course), over=found.course.version)
        await self._search(self.searched, self._find)

    @rx.event
    @guarded(may_manage_learning)
    async def catch_up(self):
        """Show above the tabs what the course is now; what is typed into its settings stays."""
        if self.phase == "ready" and self.id and not self._is_elsewhere():
            await self._read_again()

    @rx.event
    @guarded(may_manage_learning)
    async def save(self, form: dict):
        """Save the settings, or make the course."""
        if self._is_elsewhere() or self._is_again(form):
            return None
        typed, actor = self._typed(form), acting()
        try:
            if not self.id:
                made = await asyncio.to_thread(service.make_course, database(), actor, typed)
                return rx.redirect(f"{COURSES_PATH}/{made}/lessons")
            saved = await asyncio.to_thread(
                service.save_course,
                database(),
                actor,
                self.id,
                version=read_id(self._sent_over(form)),
                typed=typed,
            )
        except PortalError as refusal:
            self._refuse(refusal)
            return None
        self.title, self.version = saved.title, saved.version
        self._fill(service.typed_course(saved), "Saved.", over=saved.version)
        return None

    @rx.event
    @guarded(may_manage_learning)
    async def put(self, state: str, version: int):
        """Publish or archive the course, or make it a draft again, as a version of it is shown."""
        if self._is_elsewhere():
            return
        self._begin_act()
        try:
            course = await asyncio.to_thread(
                service.set_course_state,
                database(),
                acting(),
                self.id,
                state,
                version=read_id(version),
            )
        except PortalError as refusal:
            if self.id:
                await self._read_again()
            self._refuse(refusal)
            return
        # Otherwise somebody else changed it too, and a save must still meet that.
        if self.over == str(course.version - 1):
            self.over = str(course.version)
        self.state, self.version = course.state, course.version
        self.message = STATE_WORDS[CourseState(course.state)]

    @rx.event(supersedes=True)
    @guarded(may_manage_learning)
    async def search(self, typed: str):
        """Look for instructors as a name is typed."""
        self._note_search()
        await self._search(typed, self._find)

    @rx.event
    @guarded(may_manage_learning)
    async def add_teacher(self, account_id: int):
        """Let an instructor teach the course."""
        await self._change(service.add_teacher, account_id, "Added. They can grade it now.")

    @rx.event
    @guarded(may_manage_learning)
    async def remove_teacher(self, account_id: int):
        """Let an instructor teach the course no more."""
        await self._change(service.remove_teacher, account_id, "Removed.")

    async def _read_again(self) -> None:
        """Show above the tabs what the course is now."""
        try:
            found = await asyncio.to_thread(service.read_course, database(), acting(), self.id)
        except NotFound:
            self.id, self.title, self.phase = 0, "", "missing"
            return
        self._show(found)
        await self._search(self.searched, self._find)

    async def _find(self, search: str) -> list[ChoiceView]:
        try:
            found = await asyncio.to_thread(
                service.find_instructors, database(), acting(), self.id, search
            )
        except NotFound:
            return []
        return [teacher_view(one) for one in found]

    async def _change(self, act: Callable[..., None], account_id: object, message: str) -> None:
        if self._is_elsewhere():
            return
        self._begin_act()
        actor = acting()
        try:
            await asyncio.to_thread(act, database(), actor, self.id, account_id)
            await look_again_everywhere(account_id)
            found = await asyncio.to_thread(service.read_course, database(), actor, self.id)
        except PortalError as refusal:
            self._refuse(refusal)
            return
        self._show(found)
        self._clear()
        self.message = message

    def _is_elsewhere(self) -> bool:
        return id_under(self, COURSES_PATH) != self.id

    def _show(self, found: CourseDetails) -> None:
        course = found.course
        self.id, self.title, self.version = course.id, course.title, course.version
        self.state = shown_state(course.kind, course.state, course.n_lessons, course.requires_grade)
        self.about = (
            f"{counted(course.n_lessons, 'lesson')} · {course.n_active:,} active · "
            f"{course.n_completed:,} completed"
        )
        self.teachers = [teacher_view(one) for one in found.teachers]
        self.phase = "ready"
