"""The state of the learning paths: their list, and a path's courses and settings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import may_manage_learning
from enrollment_portal.domain.catalog.courses import CourseKind, CourseState
from enrollment_portal.domain.ledger.listing import ListQuery, read_id
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import NotFound, PortalError
from enrollment_portal.services.catalog import paths as service
from enrollment_portal.services.catalog.courses import find_learnables
from enrollment_portal.services.catalog.paths import PathDetails
from enrollment_portal.services.runtime import database
from enrollment_portal.state.catalog.course_page import STATE_WORDS, Choosing
from enrollment_portal.state.catalog.course_views import (
    ChoiceView,
    CourseView,
    StepView,
    asked_about,
    counted,
    course_view,
    id_under,
    step_views,
)
from enrollment_portal.state.shared.forms import LeanForm
from enrollment_portal.state.shared.listing import Listing
from enrollment_portal.state.shared.session import acting, guarded
from enrollment_portal.state.shared.views import PATHS_PATH
from enrollment_portal.storage.shared.listing import Slice

_EMPTY = {"title": "", "description": "", "deadline_days": ""}


class Paths(Listing, rx.State):
    """The list of all learning paths."""

    rows: list[CourseView] = []

    _may = may_manage_learning
    _path = PATHS_PATH
    _shows: ClassVar = ("course",)
    _filters = {"state": tuple(CourseState)}

    def _read(self, actor: Actor, query: ListQuery) -> Slice[Any]:
        return service.list_paths(database(), actor, query)

    def _views(self, rows: Sequence[Any]) -> list[CourseView]:
        return [course_view(row) for row in rows]


class PathPage(Choosing, LeanForm, rx.State):
    """A learning path: what stands above all its tabs, its courses, and its settings."""

    phase: str = "loading"  # loading, ready, missing or failed
    id: int = 0
    """Of the path; 0 while it is being made."""
    title: str = ""
    state: str = ""
    version: int = 0
    """Of what is shown; the form may have been filled over an older one."""
    list_version: int = 0
    """Of the courses that are shown."""
    about: str = ""
    steps: list[StepView] = []
    circles: list[str] = []
    """Which courses wait for each other through this and other paths, in sentences."""
    removing: int = 0
    """The course whose removal waits for a second word; 0 for none."""
    removing_title: str = ""
    answers: int = 0  # counts up when the boxes beside the courses must show what is stored

    _shows: ClassVar = ("course",)

    @rx.event
    @guarded(may_manage_learning)
    async def arrive(self):
        """Show the path of the page, or an empty form for a new one."""
        path_id = id_under(self, PATHS_PATH)
        if path_id is None:
            return
        self._clear_unless_ahead()
        self.removing, self.answers = 0, self.answers + 1
        if path_id != self.id:
            self.phase = "loading"
        if path_id == 0:
            self.id, self.title, self.state, self.phase = 0, "", "", "ready"
            self._fill(_EMPTY)
        elif found := await self._read(path_id):
            self._fill(service.typed_path(found.path), over=found.path.version)

    @rx.event
    @guarded(may_manage_learning)
    async def catch_up(self):
        """Show above the tabs what the path is now; what is typed into its settings stays."""
        if self.phase == "ready" and self.id and not self._is_elsewhere():
            await self._read(self.id)

    @rx.event
    @guarded(may_manage_learning)
    async def save(self, form: dict):
        """Save the settings, or make the path."""
        if self._is_elsewhere() or self._is_again(form):
            return None
        typed, actor = self._typed(form), acting()
        try:
            if not self.id:
                made = await asyncio.to_thread(service.make_path, database(), actor, typed)
                return rx.redirect(f"{PATHS_PATH}/{made}/courses")
            saved = await asyncio.to_thread(
                service.save_path,
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
        self._fill(service.typed_path(saved), "Saved.", over=saved.version)
        return None

    @rx.event
    @guarded(may_manage_learning)
    async def put(self, state: str, version: int):
        """Publish or archive the path, or make it a draft again, as a version of it is shown."""

        def act(actor: Actor) -> str:
            shown = read_id(version)
            path = service.set_path_state(database(), actor, self.id, state, version=shown)
            return STATE_WORDS[CourseState(path.state)]

        is_done = await self._act(act)
        # Otherwise somebody else changed it too, and a save must still meet that.
        if is_done and self.over == str(self.version - 1):
            self.over = str(self.version)

    @rx.event(supersedes=True)
    @guarded(may_manage_learning)
    async def search(self, typed: str):
        """Look for published courses as a title is typed."""
        self._note_search()
        await self._search(typed, self._find)

    @rx.event
    @guarded(may_manage_learning)
    async def add(self, course_id: int):
        """Add a course after the last one; it begins for who is active in the path."""

        def act(actor: Actor) -> str:
            begun = service.add_step(database(), actor, self.id, course_id)
            return "Added." + (f" It began for {begun:,} people." if begun > 1 else "")

        await self._act(act)

    @rx.event
    @guarded(may_manage_learning)
    async def move(self, course_id: int, down: bool, version: int):
        """Let a course change places with the one before or after it in the list that is shown."""
        await self._change(service.move_step, course_id, version, down=down is True)

    @rx.event
    @guarded(may_manage_learning)
    async def lock(self, course_id: int, is_on: bool, version: int):
        """Let a course open when the one before it in the list is completed, or at once."""
        await self._change(service.set_needs_previous, course_id, version, is_on=is_on is True)

    @rx.event
    @guarded(may_manage_learning)
    async def ask_to_remove(self, course_id: int):
        """Ask before a course is taken out; 0 gives it up."""
        self.removing, self.removing_title = asked_about(self.get_value("steps"), course_id)

    @rx.event
    @guarded(may_manage_learning)
    async def remove(self, version: int):
        """Take out the course that was asked about from the list that is shown."""
        if not self.removing:
            return
        course_id, title, self.removing = self.removing, self.removing_title, 0
        if await self._change(service.remove_step, course_id, version):
            self._clear()
            self.message = f"“{title}” removed. Enrollments in it stay."

    async def _find(self, search: str) -> list[ChoiceView]:
        return await _courses_beside(self.get_value("steps"), search)

    async def _read(self, path_id: int) -> PathDetails | None:
        """Show a path around its form, and return it; `None` where there is none."""
        try:
            found = await asyncio.to_thread(service.read_path, database(), acting(), path_id)
        except NotFound:
            self.id, self.title, self.phase = 0, "", "missing"
            return None
        self._show(found)
        await self._search(self.searched, self._find)
        return found

    async def _change(
        self, change: Callable[..., None], course_id: object, version: object, **how: bool
    ) -> bool:
        """Change one of the path's courses in the list that is shown; false where refused."""
        return await self._act(
            lambda actor: change(
                database(), actor, self.id, course_id, version=read_id(version), **how
            )
        )

    async def _act(self, act: Callable[[Actor], str | None]) -> bool:
        """Do something to the path; with words for it, the search is done with."""
        if self._is_elsewhere():
            return False
        self._begin_act()
        self.answers += 1  # Whatever comes of it: a box was ticked by the browser before.
        try:
            words = await asyncio.to_thread(act, acting())
        except PortalError as refusal:
            if self.id:
                await self._read(self.id)
            self._refuse(refusal)
            return False
        await self._read(self.id)
        if words:
            self._clear()
            self.message = words
        return True

    def _is_elsewhere(self) -> bool:
        return id_under(self, PATHS_PATH) != self.id

    def _show(self, found: PathDetails) -> None:
        self.id, self.title, self.state = found.path.id, found.path.title, found.path.state
        self.version, self.list_version = found.path.version, found.path.list_version
        self.about = _about(found)
        self.steps = step_views(found.steps)
        self.circles = list(found.circles)
        self.phase = "ready"


async def _courses_beside(steps: Sequence[StepView], search: str) -> list[ChoiceView]:
    """Return the published courses that a search finds, but for those of the path already."""
    found = await asyncio.to_thread(
        find_learnables, database(), acting(), search, 10, kind=CourseKind.COURSE
    )
    held = {step.id for step in steps}
    return [
        ChoiceView(one.id, one.title, counted(one.n_lessons, "lesson"))
        for one in found
        if one.id not in held
    ]


def _about(found: PathDetails) -> str:
    path = found.path
    return (
        f"{counted(len(found.steps), 'course')} · {counted(path.n_lessons, 'lesson')} · "
        f"{path.n_active:,} active · {path.n_completed:,} completed"
    )
