"""The state of the first pages: sign-in, the way home, and each role's own courses."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import reflex as rx

from enrollment_portal.domain.people import Actor, Role
from enrollment_portal.domain.permissions import may_see_ledger
from enrollment_portal.services import cookies
from enrollment_portal.services.homes import own_enrollments, taught_courses
from enrollment_portal.services.organization import organization_of
from enrollment_portal.services.runtime import database
from enrollment_portal.services.sign_in import is_demo_open
from enrollment_portal.state.session import acting, guarded, public, viewer_zone
from enrollment_portal.state.views import LEDGER_PATH, OwnView, own_view


class SignIn(rx.State):
    """The sign-in page: what the last attempt said, and whether the demo is open."""

    organization: str = ""
    message: str = ""
    email: str = ""
    is_demo: bool = False
    next: str = ""

    @rx.event
    @public
    async def arrive(self):
        """Show what the last attempt said; the email stays as it was typed."""
        self.message, self.email = cookies.read_notice(self.router.headers.cookie)
        self.is_demo = await asyncio.to_thread(is_demo_open, database())
        self.organization = (await asyncio.to_thread(organization_of, database())).name
        target = self.router.url.query_parameters.get("next", "")
        self.next = target[:2000] if isinstance(target, str) else ""


def home_of(actor: Actor) -> str:
    """Return the path of the page that a person starts from."""
    if actor.role is Role.LEARNER:
        return "/learn"
    if actor.role is Role.INSTRUCTOR:
        return "/teach"
    return LEDGER_PATH if may_see_ledger(actor) else "/admin"


class Home(rx.State):
    """The way to each person's own first page."""

    @rx.event
    @guarded()
    async def arrive(self):
        """Lead to the page that the person starts from."""
        return rx.redirect(home_of(acting()), replace=True)

    @rx.event
    @guarded(lambda actor: actor.role in (Role.SUPER_ADMIN, Role.ADMIN))
    async def arrive_admin(self):
        """Open the Admin Portal's own front page."""


class Learning(rx.State):
    """A learner's own courses."""

    phase: str = "loading"  # loading, ready or failed
    courses: list[OwnView] = []

    @rx.event
    @guarded()
    async def arrive(self):
        """Show the courses that the person takes."""
        own = await asyncio.to_thread(own_enrollments, database(), acting())
        tz, today = viewer_zone(self), organization_of(database()).today()
        self.courses = [own_view(enrollment, tz, today) for enrollment in own]
        self.phase = "ready"

    def _show_failure(self) -> None:
        self.phase = "failed"


@dataclass(frozen=True)
class TaughtView:
    """A course that the person teaches, with its counts."""

    id: int
    title: str
    lessons: str
    active: str
    completed: str
    cancelled: str


class Teaching(rx.State):
    """The courses that an instructor teaches."""

    phase: str = "loading"  # loading, ready or failed
    courses: list[TaughtView] = []

    @rx.event
    @guarded(lambda actor: actor.role is Role.INSTRUCTOR)
    async def arrive(self):
        """Show the courses that the person teaches."""
        self.courses = [
            TaughtView(
                id=course.id,
                title=course.title,
                lessons=f"{course.n_lessons} lessons",
                active=f"{course.n_active:,}",
                completed=f"{course.n_completed:,}",
                cancelled=f"{course.n_cancelled:,}",
            )
            for course in await asyncio.to_thread(taught_courses, database(), acting())
        ]
        self.phase = "ready"

    def _show_failure(self) -> None:
        self.phase = "failed"
