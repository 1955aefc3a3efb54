"""Who is signed in: looked up from the session cookie on every event, before anything else.

Every handler of the app is `guarded` or, if nobody needs to be signed in, `public`. A state belongs
to the session that filled it: with another cookie it is emptied before it answers.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import logging
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, ClassVar, TypeVar, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import reflex as rx
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event

from enrollment_portal.domain.access.permissions import (
    ledger_scope,
    may_learn,
    may_see_ledger,
    may_see_paths,
    may_teach,
    works_in_portal,
)
from enrollment_portal.domain.people.people import Actor, Section
from enrollment_portal.domain.shared import messages
from enrollment_portal.domain.shared.calendar import now_ms, zone
from enrollment_portal.domain.shared.errors import StorageUnavailable
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.live.feed import feed
from enrollment_portal.live.sockets import wire
from enrollment_portal.services.access import cookies
from enrollment_portal.services.access.sign_in import who_is
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.state.shared import open_pages
from enrollment_portal.state.shared.changed_vars import set_changed
from enrollment_portal.state.shared.views import initials_of, tone_of

logger = logging.getLogger(__name__)

May = Callable[[Actor], bool]
Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Any]])

_acting: ContextVar[Actor] = ContextVar("acting")
_away_ms: ContextVar[int | None] = ContextVar("away_ms", default=None)
_RECONNECT_MS = 15 * 60_000
"""The longest time without an event after which a page still counts as reconnecting."""
_MESSAGE_MS = 60_000
"""How long the message about an act stays, with the offer to undo it."""


def acting() -> Actor:
    """Return who is signed in; only inside a guarded handler."""
    return _acting.get()


def is_reconnecting() -> bool:
    """Tell whether a page is loaded again only because its connection was lost.

    It then keeps what its person has started there.
    """
    return _is_within(_RECONNECT_MS)


def keeps_message() -> bool:
    """Tell whether a page that reconnects keeps its last message and its offer to undo.

    It does for as long as it would have without the loss.
    """
    return _is_within(_MESSAGE_MS)


def _is_within(most_ms: int) -> bool:
    away = _away_ms.get()
    return away is not None and away < most_ms


def anyone(_actor: Actor) -> bool:
    """Permit everybody who is signed in."""
    return True


def guarded(may: May = anyone) -> Callable[[Handler], Handler]:
    """Run a handler only for someone who is signed in and has a right.

    Args:
        may: the right that is needed, checked on every event.
    """

    return _guard(lambda _state: may)


def guarded_by_page(handler: Handler) -> Handler:
    """Run a handler that several pages share only for those who may open the page: its `_may`."""
    return _guard(lambda state: state._may)(handler)


def _guard(right_of: Callable[[Any], May]) -> Callable[[Handler], Handler]:
    def decorate(handler: Handler) -> Handler:
        is_load = handler.__name__ == "load"

        @functools.wraps(handler)
        async def inner(self: rx.State, *args: object, **kwargs: object) -> Any:
            may = right_of(type(self))
            shell = await self.get_state(Shell)
            try:
                token = cookies.session_token(self.router.headers.cookie)
                # In one thread call: each costs as much as the query.
                actor, organization = await asyncio.to_thread(_look_up, token)
                if actor is None:
                    if shell.account_id:  # else nobody has been shown anything in this tab
                        await open_pages.leave(self)
                        await reset_page(await _page_of(self))
                        self._get_root_state().reset()
                    return rx.redirect(_sign_in_path(self))
                shell._set_identity(actor, organization)
                if not may(actor):
                    await open_pages.refuse(self, actor, token)
                    await reset_page(await _page_of(self))
                    shell.refused = True
                    return None
                # The shell is refreshed on refused pages, too: only a page ends its refusal.
                if shell.refused and not getattr(type(self), "_is_of_shell", False):
                    shell.refused = False
                session = self.router.session
                shell._note_activity(session.session_id, self.router.url.path, is_load)
                if is_load:
                    await open_pages.note(self, actor, token)
                running = _acting.set(actor)
                away = _away_ms.set(shell._away_ms if is_load else None)
                try:
                    return await handler(self, *args, **kwargs)
                finally:
                    _acting.reset(running)
                    _away_ms.reset(away)
            except StorageUnavailable as refusal:
                logger.error("%s: %s", handler.__qualname__, refusal.message)
                shell.trouble = refusal.message
                await show_failure(self, messages.NOT_DONE)
                return None
            except Exception:
                # Logged here, and shown by the page, which would otherwise wait forever.
                logger.exception("%s failed", handler.__qualname__)
                await show_failure(self, messages.FAILED_UNKNOWN)
                return None

        inner.guard = right_of  # type: ignore[attr-defined]
        return cast(Handler, inner)

    return decorate


def public(handler: Handler) -> Handler:
    """Mark a handler that anybody may call, signed in or not; it must reveal nothing."""
    handler.guard = None  # type: ignore[attr-defined]
    return handler


class Shell(rx.State):
    """The shell around every page: the organization, who is signed in, and what they may open."""

    organization: str = ""
    account_id: int = 0
    name: str = ""
    role: str = ""
    initials: str = ""
    tone: int = 0
    sections: list[str] = []
    has_ledger: bool = False
    ledger_scope: str = ""
    """The name of the scope of their ledger; "" without one."""
    has_paths: bool = True
    """Whether their ledger has learning paths: shown until it is known, so that nothing moves."""
    teaches: bool = False
    is_admin: bool = False
    learns: bool = False
    """Whether they are in the directory, and may take courses themselves."""
    trouble: str = ""
    """Why nothing can be saved at present; the feed also pushes it to open pages."""
    refused: bool = False
    """Whether the person may not see the open page."""
    checked_connection: int = 0
    """The ticket of the last connection check that was answered."""
    loaded_at: int = 0
    """When a page was loaded last; no two loads have the same value."""

    _is_of_shell: ClassVar = True
    """Whether it is around every page, and not a part of one."""
    _bound: str = ""
    _loaded: tuple[str, str] = ("", "")
    """The connection and address of the page that was loaded last."""
    _active_at: int = 0
    _away_ms: int | None = None
    """How long no event came before the page reconnected; `None` for another page."""

    def _note_activity(self, connection: str, path: str, is_load: bool) -> None:
        """Note the time of an event, and whether a page was loaded again over a new connection."""
        now, loaded = now_ms(), (connection, path)
        if is_load and loaded != self._loaded:
            self._away_ms = now - self._active_at if path == self._loaded[1] else None
            self._loaded, self.loaded_at = loaded, now
        self._active_at = now

    def _set_identity(self, actor: Actor, organization: str) -> None:
        facts: dict[str, object] = {
            "organization": organization,
            "account_id": actor.account_id,
            "name": actor.name,
            "role": actor.role.label,
            "initials": initials_of(actor.name),
            "tone": tone_of(actor.account_id),
            "sections": [str(s.name).lower() for s in Section if actor.has(s)],
            "has_ledger": may_see_ledger(actor),
            "ledger_scope": ledger_scope(actor).name if may_see_ledger(actor) else "",
            "has_paths": may_see_paths(actor),
            "teaches": may_teach(actor),
            "is_admin": works_in_portal(actor),
            "trouble": self._trouble_of(actor),
            "learns": may_learn(actor),
        }
        set_changed(self, **facts)

    def _trouble_of(self, actor: Actor) -> str:
        """Return why nothing can be saved: to admins always, to others after they tried."""
        trouble = database().trouble
        may_know = works_in_portal(actor) or bool(self.get_value("trouble"))
        return trouble.sentence if trouble and may_know else ""

    @rx.event
    @guarded()
    async def refresh(self):
        """Show the current names of the organization and oneself, which every guard looks up."""

    @rx.event
    @guarded()
    async def check_connection(self, ticket: int):
        """Answer a browser's connection check with its ticket."""
        number = read_id(ticket)
        if number:
            self.checked_connection = number


async def show_shell(state: rx.State) -> None:
    """Show the shell to whoever is signed in, at an address without a page."""
    token = cookies.session_token(state.router.headers.cookie)
    actor, organization = await asyncio.to_thread(_look_up, token)
    if actor is None:
        await open_pages.leave(state)
        return
    shell = await state.get_state(Shell)
    shell._set_identity(actor, organization)
    shell.refused = False
    await open_pages.note(state, actor, token)


def _sign_in_path(state: rx.State) -> str:
    """Return the path of the sign-in page, with the way back to the current page."""
    url = state.router.url
    wanted = url.path.rstrip("/") + (f"?{url.query}" if url.query else "")
    return "/login" + (f"?{urlencode({'next': wanted})}" if wanted.strip("/") else "")


def _look_up(token: str | None) -> tuple[Actor | None, str]:
    """Return who a session cookie belongs to, and the organization's name."""
    return who_is(database(), token), organization_of(database()).name


def phase_after_failure(phase: str, why: str) -> str:
    """Return the phase of a page after an event on it failed.

    Where only nothing can be saved, a page goes on showing what it holds: its banner says why.
    """
    return phase if phase == "ready" and why != messages.FAILED_UNKNOWN else "failed"


async def reset_page(page: rx.State) -> None:
    """Reset a page's state, and those it is composed of: its `_parts`."""
    for part in getattr(type(page), "_parts", ()):
        (await page.get_state(part)).reset()
    page.reset()


async def _page_of(state: BaseState) -> Any:
    """Return the state of the page: a part names it as its `_page`."""
    page = getattr(type(state), "_page", None)
    return state if page is None else await state.get_state(page)


async def show_failure(state: BaseState, why: str) -> None:
    """Show on a page that its act failed.

    Args:
        state: of the page, or a part of it; without `_show_failure` it says nothing.
        why: what it says.
    """
    show = getattr(await _page_of(state), "_show_failure", None)
    if show:
        show(why)


def viewer_zone(state: rx.State) -> ZoneInfo:
    """Return the browser's time zone; the organization's if it is unknown."""
    return zone_of(state.router.headers.cookie)


def zone_of(cookie_header: str) -> ZoneInfo:
    """Return the time zone that a browser sends with its cookies; else the organization's."""
    name = cookies.time_zone(cookie_header)
    return zone(name or organization_of(database()).time_zone)


feed.storage.show_in(Shell)
feed.records.show_in(Shell)


class SessionBinding(rx.Middleware):
    """Ties each state to the session that filled it.

    Whoever has a state's token without its session cookie gets an empty state, never the data.
    """

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:
        """Reset a state that another session filled; refuse the event."""
        if not state.router_data:
            # Only calls of the feed have no router data: Reflex has dropped the state of a tab that
            # was idle for long, though its page is still open.
            return wire.request_reload()
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
