"""The states of the sign-in page, the start page, and unknown addresses."""

from __future__ import annotations

import asyncio
import logging

import reflex as rx
from sqlalchemy.exc import SQLAlchemyError

from enrollment_portal.domain.access.local_paths import local_path
from enrollment_portal.domain.access.permissions import (
    is_admin,
    may_manage_people,
    may_see_configuration,
    may_see_ledger,
    may_teach,
)
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import StorageUnavailable
from enrollment_portal.domain.shared.messages import SESSION_ENDED, UNREACHABLE
from enrollment_portal.services.access import cookies
from enrollment_portal.services.access.sign_in import is_demo_open, who_is
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.state.shared.session import acting, guarded, public, show_shell
from enrollment_portal.state.shared.views import (
    ADMINS_PATH,
    LEARN_PATH,
    LEDGER_PATH,
    TEACH_PATH,
    USERS_PATH,
)

logger = logging.getLogger(__name__)


class SignIn(rx.State):
    """The sign-in page: the result of the last attempt, and whether the demo is open."""

    organization: str = ""
    message: str = ""
    email: str = ""
    is_demo: bool = False
    next: str = ""

    @rx.event
    @public
    async def load(self):
        """Show the result of the last attempt; redirect whoever is signed in."""
        target = self.router.url.query_parameters.get("next", "")
        self.next = target[:2000] if isinstance(target, str) else ""
        token = cookies.session_token(self.router.headers.cookie)
        self.message, self.email = cookies.read_notice(self.router.headers.cookie, "/login")
        try:
            if await asyncio.to_thread(who_is, database(), token):
                return rx.redirect(local_path(target), replace=True)
            if token and not self.message:
                self.message = SESSION_ENDED
            self.is_demo = await asyncio.to_thread(is_demo_open, database())
            self.organization = (await asyncio.to_thread(organization_of, database())).name
            # Signing in writes: where nothing can be written, it is said before anything is typed.
            if await asyncio.to_thread(database().look):
                self.message = self.message or UNREACHABLE
        except (SQLAlchemyError, StorageUnavailable) as error:
            logger.error("The sign-in page cannot reach the database: %s", type(error).__name__)
            self.message = self.message or UNREACHABLE
        return None


def home_of(actor: Actor) -> str:
    """Return the path of a person's start page."""
    for may, path in (
        (may_teach, TEACH_PATH),
        (may_see_ledger, LEDGER_PATH),
        (may_manage_people, USERS_PATH),
        (may_see_configuration, ADMINS_PATH),
        (is_admin, "/admin"),
    ):
        if may(actor):
            return path
    return LEARN_PATH


class Nowhere(rx.State):
    """The page for unknown addresses."""

    @rx.event
    @public
    async def load(self):
        """Show the sidebar to whoever is signed in, and nothing about them to anybody else."""
        await show_shell(self)


class Home(rx.State):
    """The redirect to a person's start page."""

    @rx.event
    @guarded()
    async def load(self):
        """Redirect to the person's start page."""
        return rx.redirect(home_of(acting()), replace=True)

    @rx.event
    @guarded(is_admin)
    async def load_admin(self):
        """Open the front page of the Admin Portal."""
