"""The state of the instructor's start page: the courses they teach."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import reflex as rx

from enrollment_portal.domain.access.permissions import may_teach
from enrollment_portal.domain.grading import messages
from enrollment_portal.domain.pace.messages import what_is_stuck
from enrollment_portal.domain.shared.messages import FAILED_UNKNOWN
from enrollment_portal.services.grading.teaching import taught_courses
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.state.grading.grading_views import TaughtView, taught_view
from enrollment_portal.state.shared.session import acting, guarded, phase_after_failure


class Teaching(rx.State):
    """The courses that an instructor teaches."""

    phase: str = "loading"  # loading, ready or failed
    rows: list[TaughtView] = []
    summary: str = ""
    what_is_stuck: str = ""

    _shows: ClassVar = ("course",)

    @rx.event
    @guarded(may_teach)
    async def refresh(self):
        """Show the courses as they are now."""
        if self.phase == "ready":
            await self._show()

    @rx.event
    @guarded(may_teach)
    async def load(self):
        """Show the courses that the person teaches, with counts of what needs attention."""
        await self._show()

    @rx.event
    @guarded(may_teach)
    async def try_again(self):
        """Read the courses again after a failure."""
        await self._show()

    async def _show(self) -> None:
        courses = await asyncio.to_thread(taught_courses, database(), acting())
        self.rows = [taught_view(course) for course in courses]
        awaiting = sum(course.n_awaiting for course in courses)
        self.summary = messages.await_a_grade(awaiting) if awaiting else messages.NOBODY_AWAITS
        self.what_is_stuck = what_is_stuck(organization_of(database()).pace.stuck_days)
        self.phase = "ready"

    def _show_failure(self, why: str = FAILED_UNKNOWN) -> None:
        self.phase = phase_after_failure(self.phase, why)
