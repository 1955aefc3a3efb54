"""Who is asking: looked up from the session cookie on every event, before anything happens.

Every handler of the app is `guarded` or, where nobody needs to be signed in, `public`. A state
belongs to the sign-in that filled it: with another cookie it is emptied before it answers.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import logging
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, TypeVar, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import reflex as rx
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event

from enrollment_portal.domain.calendar import zone
from enrollment_portal.domain.ledger_query import LedgerQuery, clean_search
from enrollment_portal.domain.people import Actor, Section
from enrollment_portal.domain.permissions import is_learning_admin, may_see_ledger
from enrollment_portal.services import cookies
from enrollment_portal.services.organization import organization_of
from enrollment_portal.services.runtime import database
from enrollment_portal.services.sign_in import who_is
from enrollment_portal.state.views import LEDGER_PATH, initials_of, tone_of

logger = logging.getLogger(__name__)

May = Callable[[Actor], bool]
Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Any]])

_acting: ContextVar[Actor] = ContextVar("acting")


def acting() -> Actor:
    """Return who is asking; only inside a guarded handler."""
    return _acting.get()


def anyone(_actor: Actor) -> bool:
    """Let everybody through who is signed in."""
    return True


def guarded(may: May = anyone) -> Callable[[Handler], Handler]:
    """Let a handler run only for someone who is signed in and may do it.

    Args:
        may: the right that is needed, asked anew on every event.
    """

    def decorate(handler: Handler) -> Handler:
        @functools.wraps(handler)
        async def inner(self: rx.State, *args: object, **kwargs: object) -> Any:
            shell = await self.get_state(Shell)
            try:
                token = cookies.session_token(self.router.headers.cookie)
                # One hop to another thread: each costs as much as the query.
                actor, organization = await asyncio.to_thread(_look_up, token)
                if actor is None:
                    self._get_root_state().reset()
                    return rx.redirect(_sign_in_path(self))
                shell._greet(actor, organization)
                if not may(actor):
                    self.reset()
                    shell.refused = True
                    return None
                if shell.refused:
                    shell.refused = False
                running = _acting.set(actor)
                try:
                    return await handler(self, *args, **kwargs)
                finally:
                    _acting.reset(running)
            except Exception:
                # Logged here, shown by the page: nobody is left with a page that waits forever.
                logger.exception("%s failed", handler.__qualname__)
                await _show_failure(self)
                return None

        inner.guard = may  # type: ignore[attr-defined]
        return cast(Handler, inner)

    return decorate


def public(handler: Handler) -> Handler:
    """Mark a handler that anybody may call, signed in or not; it must give nothing away."""
    handler.guard = None  # type: ignore[attr-defined]
    return handler


class Shell(rx.State):
    """What surrounds every page: the organization, who is signed in, and what they may open."""

    organization: str = ""
    name: str = ""
    role: str = ""
    initials: str = ""
    tone: int = 0
    sections: list[str] = []
    has_ledger: bool = False
    is_admin: bool = False
    refused: bool = False
    """The page that is open may not be seen by who is asking."""

    _bound: str = ""

    def _greet(self, actor: Actor, organization: str) -> None:
        facts: dict[str, object] = {
            "organization": organization,
            "name": actor.name,
            "role": actor.role.label,
            "initials": initials_of(actor.name),
            "tone": tone_of(actor.account_id),
            "sections": [str(s.name).lower() for s in Section if actor.has(s)],
            "has_ledger": may_see_ledger(actor),
            "is_admin": is_learning_admin(actor) or any(actor.has(s) for s in Section),
        }
        for name, value in facts.items():
            if self.get_value(name) != value:
                setattr(self, name, value)

    @rx.event
    @guarded(may_see_ledger)
    async def find(self, form: dict):
        """Open the ledger with a search."""
        typed = clean_search(form.get("q") if isinstance(form, dict) else "")
        return rx.redirect(f"{LEDGER_PATH}?{LedgerQuery(search=typed).to_url()}")


def _sign_in_path(state: rx.State) -> str:
    """Return the address of the sign-in page that leads back to where the person is."""
    here = state.router.url
    wanted = here.path.rstrip("/") + (f"?{here.query}" if here.query else "")
    return "/login" + (f"?{urlencode({'next': wanted})}" if wanted.strip("/") else "")


def _look_up(token: str | None) -> tuple[Actor | None, str]:
    """Return who a session cookie belongs to, and the organization's name."""
    return who_is(database(), token), organization_of(database()).name


async def _show_failure(state: rx.State) -> None:
    show = getattr(state, "_show_failure", None)
    if show:
        show()


def viewer_zone(state: rx.State) -> ZoneInfo:
    """Return the time zone of the asking browser; the organization's where it does not say."""
    name = cookies.time_zone(state.router.headers.cookie)
    return zone(name or organization_of(database()).time_zone)


class SessionBinding(rx.Middleware):
    """Ties each state to the sign-in that filled it.

    Whoever holds a state's token without its session cookie gets an empty state, never the data.
    """

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:
        """Empty a state that another sign-in filled; refuse what such an event asks for."""
        shell = await state.get_state(Shell)
        token = cookies.session_token(state.router.headers.cookie) or ""
        bound = hashlib.sha256(token.encode()).hexdigest()
        if shell._bound == bound:
            return None
        if shell._bound:
            if event.name.rpartition(".")[2] not in ("hydrate", "hydrate_and_load"):
                return StateUpdate()
            state._get_root_state().reset()
            shell = await state.get_state(Shell)
        shell._bound = bound
        return None
