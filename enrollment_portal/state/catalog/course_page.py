"""The state of a course's page: its heading, its tabs, and its settings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import may_manage_learning
from enrollment_portal.domain.catalog import messages
from enrollment_portal.domain.catalog.courses import shown_state
from enrollment_portal.domain.catalog.grades import PASS_PERCENT, GradingScheme
from enrollment_portal.domain.shared.errors import NotFound
from enrollment_portal.domain.shared.wording import with_dots
from enrollment_portal.services.catalog import courses as service
from enrollment_portal.services.catalog.courses import CourseDetails
from enrollment_portal.services.runtime import database
from enrollment_portal.state.catalog.course_views import ChoiceView, teacher_view
from enrollment_portal.state.catalog.record_page import RecordPage, Services
from enrollment_portal.state.shared.open_pages import reload_pages_everywhere
from enrollment_portal.state.shared.session import acting, guarded
from enrollment_portal.state.shared.views import COURSES_PATH, name_in

_EMPTY = {
    "title": "",
    "description": "",
    "deadline_days": "",
    "scheme": GradingScheme.FREE.value,
    "points": "",
    "requires_grade": "",
    "pass_percent": str(PASS_PERCENT),
    "may_be_retaken": "",
    "admin_completes": "",
}

_SERVICES = Services(
    read=service.read_course,
    stored=lambda found: found.course,
    typed=service.typed_course,
    make=service.make_course,
    save=service.save_course,
    put=service.set_course_state,
)


class CoursePage(RecordPage, rx.State):
    """A course: its heading, and its settings."""

    teachers: list[ChoiceView] = []

    _shows: ClassVar = ("course", "account")
    _path: ClassVar = COURSES_PATH
    _made_at: ClassVar = "lessons"
    _empty: ClassVar = _EMPTY
    _services: ClassVar = _SERVICES

    @rx.event
    @guarded(may_manage_learning)
    async def add_teacher(self, account_id: int):
        """Make an instructor a teacher of the course."""
        name = name_in(self.get_value("candidates"), account_id)
        await self._change(service.add_teacher, account_id, messages.instructor_added(name))

    @rx.event
    @guarded(may_manage_learning)
    async def remove_teacher(self, account_id: int):
        """Remove an instructor from the teachers of the course."""
        name = name_in(self.get_value("teachers"), account_id)
        await self._change(service.remove_teacher, account_id, messages.instructor_removed(name))

    async def _find(self, search: str) -> list[ChoiceView]:
        try:
            found = await asyncio.to_thread(
                service.find_instructors, database(), acting(), self.id, search
            )
        except NotFound:
            return []
        return [teacher_view(one) for one in found]

    async def _change(self, act: Callable[..., None], account_id: object, message: str) -> None:
        is_done, _ = await self._act(act, account_id)
        if is_done:
            await reload_pages_everywhere(account_id)
            self._clear()
            self.message = message

    def _show(self, found: CourseDetails) -> None:
        course = found.course
        self.id, self.title, self.version = course.id, course.title, course.version
        self.state = shown_state(course)
        self.about = with_dots(
            messages.n_lessons(course.n_lessons),
            messages.n_active(course.n_active),
            messages.n_completed(course.n_completed),
        )
        self.teachers = [teacher_view(one) for one in found.teachers]
        self.phase = "ready"
