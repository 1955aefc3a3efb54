"""The states of a course and its lessons for the learner, and of the two forms beside them."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import reflex as rx

from enrollment_portal.domain.access.links import TextPart, with_links
from enrollment_portal.domain.access.permissions import may_learn
from enrollment_portal.domain.learning import messages
from enrollment_portal.domain.requests.messages import ASKED, WITHDRAWN
from enrollment_portal.domain.shared.errors import Invalid, NotFound, PortalError, Refused
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.domain.shared.messages import FAILED_UNKNOWN
from enrollment_portal.services.learning.learning import (
    cancel_enrollment,
    read_course,
    read_lesson,
    start_course,
)
from enrollment_portal.services.learning.lessons_done import mark_done
from enrollment_portal.services.requests.extensions import request_extension, withdraw_extension
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.state.learning.learner_news import LearnerNews, own_news
from enrollment_portal.state.learning.learning_views import COURSE_PATH, CourseView, course_view
from enrollment_portal.state.shared import open_pages
from enrollment_portal.state.shared.forms import UncontrolledForm
from enrollment_portal.state.shared.session import (
    acting,
    guarded,
    keeps_message,
    phase_after_failure,
    viewer_zone,
)


def _ids(state: rx.State) -> tuple[str, str]:
    """Return the course's and the lesson's id as the address has them, "" for none."""
    parts = state.router.url.path.strip("/").split("/")
    is_course = len(parts) > 2 and f"/{parts[0]}/{parts[1]}" == COURSE_PATH
    is_lesson = is_course and len(parts) == 5 and parts[3] == "lessons"
    return parts[2] if is_course else "", parts[4] if is_lesson else ""


def _watch(state: rx.State) -> None:
    """Subscribe a learner's page to what others change in their learning."""
    learner = acting().learner_id
    if learner:
        open_pages.watch(state, ("learner", learner))


class CourseHome(LearnerNews, rx.State):
    """A course as its learner sees it."""

    phase: str = "loading"  # loading, ready, missing or failed
    course: CourseView = CourseView()
    refusal: str = ""
    """Why the last act did not work."""
    message: str = ""

    _shows: ClassVar = ("course",)

    @rx.event
    @guarded(may_learn)
    async def load(self):
        """Open the course that the address names."""
        wanted, _lesson = _ids(self)
        if wanted != str(self.course.id):
            self.reset()
        if not keeps_message():
            self.refusal = self.message = ""
        await self._load(wanted)
        for form in (CancelForm, RequestForm):
            (await self.get_state(form))._clear()
        self.news = ""
        _watch(self)

    @rx.event
    @guarded(may_learn)
    async def refresh(self):
        """Show what others changed meanwhile, and announce it; keep what is typed."""
        if self.phase != "ready":
            return
        before = self.get_value("course")
        await self._load(str(before.id), is_visit=False)
        now = self.get_value("course")
        if self.phase == "ready" and before.has_own and now.has_own:
            self._show_news(own_news([before.own], [now.own]))

    @rx.event
    @guarded(may_learn)
    async def start(self):
        """Start the course, or start it again."""
        wanted = self.course.id
        if self._is_elsewhere():
            return
        self.refusal = self.message = ""
        try:
            await asyncio.to_thread(start_course, database(), acting(), wanted)
        except (NotFound, Refused) as refusal:
            self.refusal = refusal.message
        else:
            self.message = messages.STARTED
        await self._load(str(wanted))

    @rx.event
    @guarded(may_learn)
    async def withdraw(self):
        """Withdraw the request that is shown."""
        wanted, request = self.course.id, self.course.request.id
        if self._is_elsewhere() or not request:
            return
        self.refusal = self.message = ""
        try:
            await asyncio.to_thread(withdraw_extension, database(), acting(), request)
        except (NotFound, Refused) as refusal:
            self.refusal = refusal.message
        else:
            self.message = WITHDRAWN
        await self._load(str(wanted))

    def _is_elsewhere(self) -> bool:
        """Tell whether the address names another course than the one that is loaded."""
        return read_id(_ids(self)[0]) != self.course.id

    async def _load(self, wanted: str, *, is_visit: bool = True) -> None:
        try:
            page = await asyncio.to_thread(
                read_course, database(), acting(), wanted, is_visit=is_visit
            )
        except NotFound:
            self.reset()
            self.phase = "missing"
            return
        facts = organization_of(database())
        self.course = course_view(page, viewer_zone(self), facts.zone, facts.today())
        self.phase = "ready"

    def _show_failure(self, why: str = FAILED_UNKNOWN) -> None:
        self.phase = phase_after_failure(self.phase, why)


class CancelForm(UncontrolledForm, rx.State):
    """Cancelling one's own enrollment; its field has another name than those of the other form."""

    form: dict[str, str] = {"why": ""}
    errors: dict[str, str] = {"why": ""}

    @rx.event
    @guarded(may_learn)
    async def send(self, form: dict):
        """Cancel the enrollment of the course that is open."""
        home = await self.get_state(CourseHome)
        if home._is_elsewhere() or self._is_again(form):
            return
        typed = self._typed(form)
        try:
            await asyncio.to_thread(
                cancel_enrollment, database(), acting(), home.course.own.id, typed["why"]
            )
        except Invalid as refusal:
            self._refuse(Invalid({"why": refusal.errors["reason"]}))
            return
        except (Refused, NotFound) as refusal:
            self._refuse(refusal)
            return
        self._clear()
        home.refusal, home.message = "", messages.CANCELLED_BY_YOU
        await home._load(str(home.course.id))

    def _clear(self) -> None:
        self._fill({"why": ""})


class RequestForm(UncontrolledForm, rx.State):
    """Requesting a later deadline."""

    form: dict[str, str] = {"day": "", "reason": ""}
    errors: dict[str, str] = {"day": "", "reason": ""}

    @rx.event
    @guarded(may_learn)
    async def send(self, form: dict):
        """Request a later deadline in the course that is open."""
        home = await self.get_state(CourseHome)
        if home._is_elsewhere() or self._is_again(form):
            return
        typed = self._typed(form)
        try:
            await asyncio.to_thread(
                request_extension,
                database(),
                acting(),
                home.course.own.id,
                typed["day"],
                typed["reason"],
            )
        except (Invalid, Refused, NotFound) as refusal:
            self._refuse(refusal)
            return
        self._clear()
        home.refusal, home.message = "", ASKED
        await home._load(str(home.course.id))

    def _clear(self) -> None:
        self._fill({"day": "", "reason": ""})


class LessonRoom(rx.State):
    """One lesson, to read and to mark as done."""

    phase: str = "loading"  # loading, ready, refused, missing or failed
    course_id: int = 0
    course: str = ""
    lesson_id: int = 0
    title: str = ""
    content: list[TextPart] = []
    place: str = ""
    """The lesson's number in the course: "Lesson 3 of 12"."""
    progress: int = 0
    status: str = "active"
    is_done: bool = False
    previous_id: int = 0
    next_id: int = 0
    message: str = ""
    refusal: str = ""
    """Why it cannot be opened, or marked."""

    _shows: ClassVar = ("course",)

    @rx.event
    @guarded(may_learn)
    async def load(self):
        """Open the lesson that the address names."""
        course, lesson = _ids(self)
        if (course, lesson) != (str(self.course_id), str(self.lesson_id)):
            self.reset()
        if not keeps_message():
            self.message = self.refusal = ""
        await self._load(course, lesson)
        _watch(self)

    @rx.event
    @guarded(may_learn)
    async def refresh(self):
        """Show what others changed meanwhile around the lesson that is being read."""
        if self.phase == "ready":
            await self._load(str(self.course_id), str(self.lesson_id), is_visit=False)

    @rx.event
    @guarded(may_learn)
    async def mark(self):
        """Mark the lesson that is open as done."""
        if [read_id(one) for one in _ids(self)] != [self.course_id, self.lesson_id]:
            return  # the page is on its way to another lesson
        course, lesson = str(self.course_id), str(self.lesson_id)
        self.message = self.refusal = ""
        try:
            marked = await asyncio.to_thread(mark_done, database(), acting(), course, lesson)
        except (NotFound, Refused) as refusal:
            self.refusal = refusal.message
            return
        if marked.is_completed:
            self.message = messages.COURSE_DONE
        elif marked.awaits_grade:
            self.message = messages.COURSE_AWAITS_GRADE
        else:
            self.message = messages.LESSON_DONE
        await self._load(course, lesson)
        # On the way back there, "Continue" leads on at once.
        home = await self.get_state(CourseHome)
        if home.course.id == self.course_id:
            await home._load(course, is_visit=False)

    async def _load(self, course: str, lesson: str, *, is_visit: bool = True) -> None:
        try:
            page = await asyncio.to_thread(
                read_lesson, database(), acting(), course, lesson, is_visit=is_visit
            )
        except PortalError as refusal:
            self.reset()
            self.phase = "missing"
            if isinstance(refusal, Refused):
                self.phase, self.refusal = "refused", refusal.message
                self.course_id = int(course)
            return
        ids = [one.id for one in page.lessons]
        at = ids.index(page.lesson.id)
        self.course_id, self.course = page.course.id, page.course.title
        self.lesson_id, self.title = page.lesson.id, page.lesson.title
        self.content = with_links(page.content)
        self.place = messages.lesson_of(at + 1, len(ids))
        self.progress = page.enrollment.progress
        self.status = ("active", "completed", "cancelled")[page.enrollment.status]
        self.is_done = page.lesson.id in page.done
        self.previous_id = ids[at - 1] if at else 0
        self.next_id = ids[at + 1] if at + 1 < len(ids) else 0
        self.phase = "ready"

    def _show_failure(self, why: str = FAILED_UNKNOWN) -> None:
        if self.phase == "ready":
            self.refusal = messages.FAILED_UNCHANGED if why == FAILED_UNKNOWN else why
        else:
            self.phase = "failed"
