"""Send raw events to the app's pipeline, as a hostile browser could."""

from __future__ import annotations

import inspect
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.token import BaseStateToken
from reflex.state import State, StateUpdate
from reflex_base.event import Event
from reflex_base.event.processor.base_state_processor import BaseStateEventProcessor
from reflex_base.registry import RegistrationContext
from reflex_base.utils.format import json_dumps

from enrollment_portal.enrollment_portal import app
from enrollment_portal.state.shared.views import LEDGER_PATH


def app_states() -> set[type]:
    """Return every state of the portal that has handlers."""
    return {
        state
        for registered in RegistrationContext.get().event_handlers.values()
        for state in registered.states
        if state.__module__.startswith("enrollment_portal")
    }


def app_handlers() -> dict[str, Any]:
    """Return every handler that a client can reach by name in a state of the portal."""
    return {
        name: registered.handler.fn
        for name, registered in RegistrationContext.get().event_handlers.items()
        if any(state.__module__.startswith("enrollment_portal") for state in registered.states)
    }


SENSE: dict[str, tuple[Any, ...]] = {
    "tab": ("all", "active"),
    "typed": ("a", ""),
    "column": ("learner",),
    "to": ("next", "last", "first"),
    "field": ("note", "grade", "status"),
    "key": ("1.1.1",),
    "kept": ({"note": "x", "grade": "A", "status": "cancelled", "reason": "r"},),
    "whose": ("mine",),
    "which": ("before", "after"),
    "form": ({"note": "x", "grade": "A", "status": "cancelled", "q": "a"},),
    "selected": ({"scope": f"{LEDGER_PATH}?", "ids": [1]},),
    "kind": ("people", "courses", "paths"),
    "name": ("person", "state"),
    "value": ("1", "published"),
    "section": ("people",),
    "state": ("archived", "published"),
    "access": ("learner",),
    "clipboard": ("A",),
    "on": (True, False),
    "is_on": (True, False),
    "is_open": (True, False),
    "down": (True, False),
    "day": ("2026-01-31", ""),
}
"""For parameters of handlers by name, values that make sense; all others are ids."""


def payloads_of(handler: Any, ids: tuple[Any, ...] = (1, "1", "a")) -> list[dict[str, Any]]:
    """Return valid arguments of a handler, for each of its cases."""
    names = list(inspect.signature(handler).parameters)[1:]
    values = [SENSE.get(name, ids) for name in names]
    return [
        {name: v[i % len(v)] for name, v in zip(names, values, strict=True)}
        for i in range(max((len(v) for v in values), default=1))
    ]


def event_name(state: type, handler: str) -> str:
    """Return the full name by which a client calls a handler."""
    return f"{state.get_full_name()}.{handler}"  # type: ignore[attr-defined]


@dataclass
class Client:
    """A socket client: its state's token, its cookie, and everything that it received."""

    running: Pipeline
    token: str
    session: str | None
    connection: str = ""
    """The socket's id: a page that loads over another one has reconnected."""
    sent: list[StateUpdate] = field(default_factory=list)

    async def open(self, path: str = "/nowhere") -> None:
        """Make the tab known, as if it had been connected on a page that loads nothing.

        Otherwise its first event would send all states, which takes longer than most events do.
        """
        token = BaseStateToken(ident=self.token, cls=State)
        async with self.running.state_manager.modify_state(token) as root:
            root.router_data = {"pathname": path, "asPath": path, "query": {}, "headers": {}}
            root._clean()

    async def call(
        self, name: str, path: str = LEDGER_PATH, /, **payload: Any
    ) -> list[StateUpdate]:
        """Send one event, wait until it is done, and return the answer."""
        before = len(self.sent)
        cookie = f"portal_session={self.session}" if self.session else ""
        future = await self.running.processor.enqueue(
            self.token,
            Event(
                name=name,
                payload=payload,
                router_data={
                    "pathname": path,
                    "asPath": path,
                    "query": {},
                    "sid": self.connection,
                    "headers": {"cookie": cookie},
                },
            ),
        )
        await future.wait_all()
        return self.sent[before:]

    def received(self) -> str:
        """Return everything that was sent to this client, as one text."""
        return "\n".join(json_dumps(update) for update in self.sent)


class Pipeline:
    """The app's whole event pipeline, middleware included, with its states in memory."""

    def __init__(self) -> None:
        self._clients: dict[str, Client] = {}
        self.state_manager = StateManagerMemory()
        self.processor = BaseStateEventProcessor(middleware=app).configure(
            state_manager=self.state_manager,
            event_namespace=self,  # type: ignore[arg-type]
        )

    async def emit_update(self, update: StateUpdate, token: str) -> None:
        """Record an update to a client, serialized as over a socket."""
        json_dumps(update)
        self._clients[token].sent.append(update)

    def client(self, token: str, session: str | None) -> Client:
        """Return a client with a state token and a session cookie, either of them chosen freely."""
        client = Client(self, token, session)
        self._clients[token] = client
        return client


@asynccontextmanager
async def pipeline() -> AsyncIterator[Pipeline]:
    """Run the app's event pipeline."""
    running = Pipeline()
    async with running.processor:
        yield running


def as_json(updates: list[StateUpdate]) -> Any:
    """Return what was sent as plain JSON."""
    return [json.loads(json_dumps(update)) for update in updates]
