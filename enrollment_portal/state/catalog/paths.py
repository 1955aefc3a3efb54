"""The states of the list of learning paths, and of a path's courses and settings."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import may_manage_learning
from enrollment_portal.domain.catalog import messages
from enrollment_portal.domain.catalog.courses import CourseKind, CourseState
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.listing import ListQuery
from enrollment_portal.domain.shared.wording import with_dots
from enrollment_portal.services.catalog import paths as service
from enrollment_portal.services.catalog.courses import find_learnables
from enrollment_portal.services.catalog.paths import PathDetails
from enrollment_portal.services.runtime import database
from enrollment_portal.state.catalog.course_views import (
    ChoiceView,
    CourseView,
    StepView,
    course_view,
    named_row,
    place_text,
    step_views,
)
from enrollment_portal.state.catalog.record_page import RecordPage, Services
from enrollment_portal.state.shared.listing import Listing
from enrollment_portal.state.shared.session import acting, guarded
from enrollment_portal.state.shared.views import PATHS_PATH, name_in
from enrollment_portal.storage.shared.listing import Slice

_EMPTY = {"title": "", "description": "", "deadline_days": ""}

_SERVICES = Services(
    read=service.read_path,
    stored=lambda found: found.path,
    typed=service.typed_path,
    make=service.make_path,
    save=service.save_path,
    put=service.set_path_state,
)


class Paths(Listing, rx.State):
    """The list of all learning paths."""

    rows: list[CourseView] = []

    _texts = messages.PATHS
    _may = may_manage_learning
    _path = PATHS_PATH
    _shows: ClassVar = ("course",)
    _filters = {"state": tuple(CourseState)}

    def _read(self, actor: Actor, query: ListQuery) -> Slice[Any]:
        return service.list_paths(database(), actor, query)

    def _views(self, rows: Sequence[Any]) -> list[CourseView]:
        return [course_view(row) for row in rows]


class PathPage(RecordPage, rx.State):
    """A learning path: its heading, its courses, and its settings."""

    list_version: int = 0  # of the list of courses that is shown
    steps: list[StepView] = []
    circles: list[str] = []
    """Which courses wait for each other through this and other paths, in sentences."""
    announcement: str = ""  # of the place of the course that was moved last
    removing: int = 0  # the course whose removal awaits confirmation; 0 for none
    removing_title: str = ""
    answers: int = 0  # counts up when the boxes beside the courses must show what is stored

    _shows: ClassVar = ("course",)
    _path: ClassVar = PATHS_PATH
    _made_at: ClassVar = "courses"
    _empty: ClassVar = _EMPTY
    _services: ClassVar = _SERVICES

    @rx.event
    @guarded(may_manage_learning)
    async def add(self, course_id: int):
        """Add a course at the end, and enroll those who are active in the path."""
        title = name_in(self.get_value("candidates"), course_id)
        is_done, n_enrolled = await self._act(service.add_step, course_id)
        if is_done:
            self._clear()
            self.message = messages.added_to_path(title, n_enrolled)

    @rx.event
    @guarded(may_manage_learning)
    async def move(self, course_id: int, down: bool):
        """Swap a course with the one before or after it in the list that is shown."""
        await self._act(service.move_step, course_id, version=self.list_version, down=down is True)
        self.announcement = place_text(self.get_value("steps"), course_id)

    @rx.event
    @guarded(may_manage_learning)
    async def lock(self, course_id: int, is_on: bool):
        """Set whether a course opens only when the one before it is completed."""
        await self._act(
            service.set_needs_previous, course_id, version=self.list_version, is_on=is_on is True
        )

    @rx.event
    @guarded(may_manage_learning)
    async def ask_to_remove(self, course_id: int):
        """Open the dialog that confirms the removal of a course; close it with 0."""
        self.removing, self.removing_title = named_row(self.get_value("steps"), course_id)

    @rx.event
    @guarded(may_manage_learning)
    async def remove(self):
        """Remove the course whose removal is confirmed."""
        if not self.removing:
            return
        course_id, title, self.removing = self.removing, self.removing_title, 0
        is_done, _ = await self._act(service.remove_step, course_id, version=self.list_version)
        if is_done:
            self._clear()
            self.message = messages.removed_from_path(title)

    async def _find(self, search: str) -> list[ChoiceView]:
        return await _courses_beside(self.get_value("steps"), search)

    def _discard_unsaved(self) -> None:
        self.removing, self.answers = 0, self.answers + 1

    def _clear_messages(self) -> None:
        super()._clear_messages()
        self.answers += 1  # Whatever the result: the browser has ticked the box already.

    def _show(self, found: PathDetails) -> None:
        self.id, self.title, self.state = found.path.id, found.path.title, found.path.state
        self.version, self.list_version = found.path.version, found.path.list_version
        self.about = _about(found)
        self.steps = step_views(found.steps)
        self.circles = list(found.circles)
        self.phase = "ready"


async def _courses_beside(steps: Sequence[StepView], search: str) -> list[ChoiceView]:
    """Return the published courses that a search finds and that are not in the path."""
    found = await asyncio.to_thread(
        find_learnables, database(), acting(), search, 10, kind=CourseKind.COURSE
    )
    held = {step.id for step in steps}
    return [
        ChoiceView(one.id, one.title, messages.n_lessons(one.n_lessons))
        for one in found
        if one.id not in held
    ]


def _about(found: PathDetails) -> str:
    path = found.path
    return with_dots(
        messages.n_courses(len(found.steps)),
        messages.n_lessons(path.n_lessons),
        messages.n_active(path.n_active),
        messages.n_completed(path.n_completed),
    )
