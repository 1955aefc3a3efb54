"""The states of the list of courses and of a course's lessons."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import may_manage_learning
from enrollment_portal.domain.catalog import messages
from enrollment_portal.domain.catalog.courses import CourseState
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import NotFound, PortalError
from enrollment_portal.domain.shared.listing import ListQuery, read_id
from enrollment_portal.services.catalog import courses as service
from enrollment_portal.services.catalog import lessons as lesson_service
from enrollment_portal.services.runtime import database
from enrollment_portal.state.catalog.course_page import CoursePage
from enrollment_portal.state.catalog.course_views import (
    CourseView,
    LessonView,
    course_view,
    id_under,
    lesson_views,
    named_row,
    place_text,
)
from enrollment_portal.state.shared.forms import LONGEST_KEPT, UncontrolledForm
from enrollment_portal.state.shared.listing import Listing
from enrollment_portal.state.shared.session import acting, guarded, is_reconnecting
from enrollment_portal.state.shared.views import COURSES_PATH
from enrollment_portal.storage.catalog.lessons import StoredLesson
from enrollment_portal.storage.shared.listing import Slice

NOTHING = -1


class Courses(Listing, rx.State):
    """The list of all courses."""

    rows: list[CourseView] = []

    _texts = messages.COURSES
    _may = may_manage_learning
    _path = COURSES_PATH
    _shows: ClassVar = ("course",)
    _filters = {"state": tuple(CourseState)}

    def _read(self, actor: Actor, query: ListQuery) -> Slice[Any]:
        return service.list_courses(database(), actor, query)

    def _views(self, rows: Sequence[Any]) -> list[CourseView]:
        return [course_view(row) for row in rows]


class Lessons(UncontrolledForm, rx.State):
    """A course's lessons, and the form that adds or changes one."""

    phase: str = "loading"  # loading, ready, missing or failed
    rows: list[LessonView] = []
    version: int = 0
    """The version of the list that is shown."""
    editing: int = 0
    """The lesson in the form; 0 for a new one."""
    announcement: str = ""
    """The place of the lesson that was moved last, which is announced."""
    removing: int = 0
    """The lesson whose removal awaits confirmation; 0 for none."""
    removing_title: str = ""
    opening: int = NOTHING
    """The lesson to open once unsaved text may be discarded; 0 for a new one."""

    _shows: ClassVar = ("course",)
    _course: int = 0
    _typing: dict[str, str] = {}
    """What was typed since the form was filled, by field."""

    @rx.event
    @guarded(may_manage_learning)
    async def load(self):
        """Show the lessons of the page's course."""
        course_id = id_under(self, COURSES_PATH)
        if not course_id:
            return
        if course_id != self._course:
            self.phase = "loading"
        is_back = is_reconnecting() and self.phase == "ready"
        self._course = course_id
        lessons = await self._show()
        if is_back:
            self._open_again(lessons)
        else:
            self.removing = 0
            self._open()

    @rx.event
    @guarded(may_manage_learning)
    async def refresh(self):
        """Show the current list of lessons; an open form stays."""
        if self.phase == "ready" and not self._is_elsewhere():
            await self._show()

    @rx.event
    @guarded(may_manage_learning)
    async def keep(self, name: str, typed: str):
        """Note what was typed into a field, so that opening another lesson can ask first."""
        if isinstance(typed, str) and name in self.get_value("form"):
            self._typing = {**self._typing, name: typed.replace("\r\n", "\n")[:LONGEST_KEPT]}

    @rx.event
    @guarded(may_manage_learning)
    async def edit(self, lesson_id: int):
        """Open a lesson in the form; 0 for a new one. Ask first if something is typed there."""
        wanted = 0 if lesson_id == 0 else read_id(lesson_id)
        if wanted is None:
            return
        if self._is_typed():
            self.opening = wanted
        else:
            await self._edit(wanted)

    @rx.event
    @guarded(may_manage_learning)
    async def stay(self):
        """Keep the unsaved lesson in the form instead of opening another one."""
        self.opening = NOTHING

    @rx.event
    @guarded(may_manage_learning)
    async def discard(self):
        """Discard what is typed, and open the requested lesson."""
        if self.opening != NOTHING:
            await self._edit(self.opening)

    @rx.event
    @guarded(may_manage_learning)
    async def save(self, form: dict):
        """Add or change the lesson in the form."""
        if self._is_elsewhere() or self._is_again(form):
            return None
        typed, actor = self._typed(form), acting()
        self._typing = typed
        try:
            if not self.editing:
                await asyncio.to_thread(
                    lesson_service.add_lesson, database(), actor, self._course, typed
                )
                confirm = messages.added
            else:
                await asyncio.to_thread(
                    lesson_service.save_lesson,
                    database(),
                    actor,
                    self._course,
                    self.editing,
                    version=read_id(self._sent_base_version(form)),
                    typed=typed,
                )
                confirm = messages.saved
        except PortalError as refusal:
            self._refuse(refusal)
            return None
        await self._show()
        self._open(message=confirm(" ".join(typed["title"].split())))
        return CoursePage.load

    @rx.event
    @guarded(may_manage_learning)
    async def move(self, lesson_id: int, down: bool):
        """Swap a lesson with the one before or after it in the list that is shown."""
        await self._act(
            lambda actor: lesson_service.move_lesson(
                database(),
                actor,
                self._course,
                lesson_id,
                down=down is True,
                version=self.version,
            )
        )
        self.announcement = place_text(self.get_value("rows"), lesson_id)

    @rx.event
    @guarded(may_manage_learning)
    async def ask_to_remove(self, lesson_id: int):
        """Open the dialog that confirms the removal of a lesson; close it with 0."""
        self.removing, self.removing_title = named_row(self.get_value("rows"), lesson_id)

    @rx.event
    @guarded(may_manage_learning)
    async def remove(self):
        """Remove the lesson whose removal is confirmed."""
        if not self.removing:
            return None
        lesson_id, title, self.removing = self.removing, self.removing_title, 0
        done = await self._act(
            lambda actor: lesson_service.remove_lesson(
                database(), actor, self._course, lesson_id, version=self.version
            )
        )
        if done:
            if self.editing == lesson_id:
                self._open()
            self.message = messages.removed(title)
        return CoursePage.load

    async def _act(self, act: Callable[[Actor], None]) -> bool:
        if self._is_elsewhere():
            return False
        self._clear_messages()
        try:
            await asyncio.to_thread(act, acting())
        except PortalError as refusal:
            self._refuse(refusal)
            return False
        finally:
            await self._show()
        return True

    def _is_elsewhere(self) -> bool:
        return id_under(self, COURSES_PATH) != self._course

    def _is_typed(self) -> bool:
        return dict(self._typing) != {
            name: text for name, text in self.get_value("form").items() if name in self._typing
        }

    async def _edit(self, lesson_id: int) -> None:
        if lesson_id == 0:
            self._open()
            return
        self.opening = NOTHING
        for lesson in await self._show():
            if lesson.id == lesson_id:
                self._open(lesson)

    def _open_again(self, lessons: Sequence[StoredLesson]) -> None:
        """Fill the form with its lesson again; then restore what is typed there."""
        opening, typing = self.opening, dict(self._typing)
        for lesson in lessons:
            # If it was removed meanwhile, the form stays: what is typed can still be copied.
            if lesson.id == self.editing:
                self._open(lesson)
        self.opening, self._typing = opening, typing

    def _open(self, lesson: StoredLesson | None = None, message: str = "") -> None:
        self.editing, self.opening, self._typing = lesson.id if lesson else 0, NOTHING, {}
        self.record = str(self.editing)
        self._fill(
            {
                "title": lesson.title if lesson else "",
                "content": lesson.content if lesson else "",
            },
            message,
            base_version=lesson.version if lesson else "",
        )

    async def _show(self) -> list[StoredLesson]:
        try:
            course, lessons = await asyncio.to_thread(
                lesson_service.read_lessons, database(), acting(), self._course
            )
        except NotFound:
            self.rows, self.phase = [], "missing"
            return []
        self.rows, self.version, self.phase = lesson_views(lessons), course.list_version, "ready"
        return lessons
