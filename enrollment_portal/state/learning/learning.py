"""The states of My learning and the catalog: a learner's courses, and those they can start."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import Right, may_learn
from enrollment_portal.domain.catalog.messages import COURSES, n_active, n_completed
from enrollment_portal.domain.learning import messages
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import NotFound, Refused
from enrollment_portal.domain.shared.listing import ListQuery
from enrollment_portal.domain.shared.messages import FAILED_UNKNOWN
from enrollment_portal.domain.shared.wording import with_dots
from enrollment_portal.services.learning.learning import (
    CatalogRow,
    mark_message,
    read_catalog,
    read_dashboard,
    read_feedback,
    start_course,
)
from enrollment_portal.services.requests.extensions import see_answer, withdraw_extension
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.state.learning.learner_news import (
    LearnerNews,
    message_news,
    own_news,
    request_news,
)
from enrollment_portal.state.learning.learning_views import (
    CATALOG_PATH,
    COURSE_PATH,
    CatalogView,
    MessageView,
    OwnView,
    PathView,
    RequestView,
    catalog_view,
    dashboard_view,
)
from enrollment_portal.state.shared import open_pages
from enrollment_portal.state.shared.listing import Listing
from enrollment_portal.state.shared.session import (
    acting,
    guarded,
    guarded_by_page,
    phase_after_failure,
    viewer_zone,
)
from enrollment_portal.storage.shared.listing import Slice


class Learning(LearnerNews, rx.State):
    """A learner's own courses and paths."""

    phase: str = "loading"  # loading, ready or failed
    overdue: list[OwnView] = []
    active: list[OwnView] = []
    completed: list[OwnView] = []
    cancelled: list[OwnView] = []
    paths: list[PathView] = []
    requests: list[RequestView] = []
    messages: list[MessageView] = []
    summary: str = ""
    announcement: str = ""
    """What the last act did, which is announced."""

    _shows: ClassVar = ("course",)

    @rx.event
    @guarded()
    async def load(self):
        """Show the person's courses and paths."""
        await self._load()
        learner = acting().learner_id
        if learner:
            open_pages.watch(self, ("learner", learner))

    @rx.event
    @guarded()
    async def refresh(self):
        """Show what others changed meanwhile, and announce it."""
        if self.phase != "ready":
            return
        own, requests = self._own(), self.get_value("requests")
        known = {message.id for message in self.get_value("messages")}
        await self._load()
        new = [one for one in self.get_value("messages") if one.id not in known]
        self._show_news(
            [
                *message_news(new),
                *own_news(own, self._own()),
                *request_news(requests, self.get_value("requests")),
            ]
        )

    def _own(self) -> list[OwnView]:
        groups = (self.get_value(name) for name in ("overdue", "active", "completed", "cancelled"))
        paths = (path.own for path in self.get_value("paths"))
        return [*(own for group in groups for own in group), *paths]

    @rx.event
    @guarded(may_learn)
    async def mark_read(self, enrollment_id: int):
        """Record that the feedback of one enrollment, as it is shown, has been read."""
        shown = next((own for own in self._own() if own.id == enrollment_id), None)
        if shown:
            await asyncio.to_thread(read_feedback, database(), acting(), shown.id, shown.feedback)
        await self._load()
        self.announcement = messages.feedback_read(shown.course) if shown else ""

    @rx.event
    @guarded(may_learn)
    async def read_message(self, message_id: int):
        """Record that a message has been read."""
        await self._mark_message(message_id, is_dismissed=False)

    @rx.event
    @guarded(may_learn)
    async def dismiss_message(self, message_id: int):
        """Show a message no longer."""
        await self._mark_message(message_id, is_dismissed=True)

    async def _mark_message(self, message_id: object, *, is_dismissed: bool) -> None:
        shown: list[MessageView] = self.get_value("messages")
        course = next((one.course for one in shown if one.id == message_id), "")
        await asyncio.to_thread(
            mark_message, database(), acting(), message_id, is_dismissed=is_dismissed
        )
        await self._load()
        confirm = messages.message_dismissed if is_dismissed else messages.message_read
        self.announcement = confirm(course) if course else ""

    @rx.event
    @guarded(may_learn)
    async def dismiss(self, request_id: int):
        """Dismiss the answer to a request."""
        answered = self._course_of(request_id)
        await asyncio.to_thread(see_answer, database(), acting(), request_id)
        await self._load()
        self.announcement = messages.answer_dismissed(answered) if answered else ""

    @rx.event
    @guarded(may_learn)
    async def withdraw(self, request_id: int):
        """Withdraw an open request."""
        self.announcement, course = "", self._course_of(request_id)
        # One that was answered meanwhile is shown with its answer.
        with suppress(NotFound, Refused):
            await asyncio.to_thread(withdraw_extension, database(), acting(), request_id)
            self.announcement = messages.request_withdrawn(course) if course else ""
        await self._load()

    def _course_of(self, request_id: object) -> str:
        requests: list[RequestView] = self.get_value("requests")
        return next((one.course for one in requests if one.id == request_id), "")

    async def _load(self) -> None:
        page = await asyncio.to_thread(read_dashboard, database(), acting())
        facts = organization_of(database())
        view = dashboard_view(page, viewer_zone(self), facts.zone, facts.today())
        n_unfinished = len(view.overdue) + len(view.active)
        shown = {
            "overdue": view.overdue,
            "active": view.active,
            "completed": view.completed,
            "cancelled": view.cancelled,
            "paths": view.paths,
            "requests": view.requests,
            "messages": view.messages,
            "summary": with_dots(n_active(n_unfinished), n_completed(len(view.completed))),
            "phase": "ready",
        }
        for name, value in shown.items():
            if self.get_value(name) != value:
                setattr(self, name, value)

    def _show_failure(self, why: str = FAILED_UNKNOWN) -> None:
        self.phase = phase_after_failure(self.phase, why)


class Catalog(Listing, rx.State):
    """The published courses, to search and start."""

    rows: list[CatalogView] = []
    refusal: str = ""
    """Why the last start did not work."""

    _texts = COURSES
    _may: ClassVar[Right] = may_learn
    _path: ClassVar[str] = CATALOG_PATH
    _shows: ClassVar = ("course",)

    @rx.event
    @guarded_by_page
    async def start(self, course_id: int):
        """Start a course and open it; if it is started already, open it."""
        self.refusal = ""
        try:
            await asyncio.to_thread(start_course, database(), acting(), course_id)
        except (NotFound, Refused) as refusal:
            self.refusal = refusal.message
            return None
        return rx.redirect(f"{COURSE_PATH}/{course_id}")

    def _read(self, actor: Actor, query: ListQuery) -> Slice[CatalogRow]:
        return read_catalog(database(), actor, query.search, query.place)

    def _views(self, rows: Sequence[Any]) -> list[CatalogView]:
        return [catalog_view(row) for row in rows]
