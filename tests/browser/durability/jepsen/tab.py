"""A tab without a browser: its socket, the values of its page, and typed text."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import reflex as rx
from simple_websocket import AioClient, ConnectionClosed, ConnectionError
from wsproto.events import AcceptConnection, Request
from wsproto.utilities import ProtocolError

from tests.browser.server import Server
from tests.browser.sockets import (
    GREETED,
    GREETING,
    PING,
    PONG,
    address_of,
    event_at,
    headers_of,
    updates_in,
)

_ANSWER_SECONDS = 45
"""Longer than any answer takes on a busy machine that starts a server meanwhile."""


class Gone(Exception):
    """The server is unreachable, or ended before it answered."""


class _Socket(AioClient):
    async def handshake(self) -> None:
        # The library's own never returns where the server goes away in the middle of it.
        assert self.ws
        assert self.rsock
        assert self.wsock
        headers = self.extra_headeers
        self.wsock.write(self.ws.send(Request(self.host, self.path, extra_headers=headers)))
        while not self.connected:
            data = await self.rsock.read(self.receive_bytes)
            if not data:
                raise Gone
            self.ws.receive_data(data)
            event = next(self.ws.events(), None)
            if event is not None and not isinstance(event, AcceptConnection):
                raise Gone
            self.connected = event is not None


class Tab:
    """A tab on pages of one state, signed in as someone.

    Args:
        portal: which it is open on.
        session: the cookie's value.
        state: of the pages, which is what is called and answers.
    """

    def __init__(self, portal: Server, session: str, state: type) -> None:
        self._portal, self._session, self._state = portal, session, state
        self._token = ""
        self._name: str = state.get_full_name()  # type: ignore[attr-defined]
        self._socket: _Socket | None = None
        self._reading: asyncio.Task[None] | None = None
        self._updates: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self.shown: dict[str, Any] = {}
        """The values that the page received from its state, by name."""

    @property
    def is_connected(self) -> bool:
        """Whether the server has been there until now."""
        return self._socket is not None

    async def connect(self, *, is_new: bool = True) -> None:
        """Open the socket and receive the tab's state; raises `Gone` without a server.

        Args:
            is_new: whether it is a tab that the server has never seen, or the same one as before.
        """
        await self.close()
        self.shown, self._updates = {}, asyncio.Queue()
        if is_new or not self._token:
            self._token = str(uuid.uuid4())
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                headers: Any = headers_of(self._portal, self._session)
                socket: Any = await _Socket.connect(
                    address_of(self._portal, self._token), headers=headers
                )
                await socket.send(GREETING)
                while not str(await socket.receive()).startswith(GREETED):
                    pass
        except (ConnectionClosed, ConnectionError, OSError, ProtocolError):
            raise Gone from None
        self._socket = socket
        self._reading = asyncio.create_task(self._read(socket))
        await self._send(event_at("/", rx.State, "hydrate"))
        await self.answer(lambda _update: True)

    async def close(self) -> None:
        """Close the socket, if it is open."""
        socket, self._socket = self._socket, None
        if self._reading:
            self._reading.cancel()
            await asyncio.wait([self._reading])
        if socket:
            with suppress(ConnectionClosed, OSError, ProtocolError):
                await socket.close()

    async def send(self, path: str, handler: str, **payload: Any) -> None:
        """Call a handler from a path, and wait for nothing."""
        await self._send(event_at(path, self.state_of(handler), handler, **payload))

    def state_of(self, handler: str) -> type:
        """Return the state whose handler is called so."""
        return self._state

    def shown_in(self, updates: dict[str, dict[str, Any]]) -> dict[str, Any]:
        """Return what updates, by state, say of the page."""
        return updates.get(self._name, {})

    async def _send(self, message: str) -> None:
        if self._socket is None:
            raise Gone
        try:
            await self._socket.send(message)
        except (ConnectionClosed, OSError, ProtocolError):
            self._socket = None
            raise Gone from None

    async def answer(self, is_it: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the next update of the page; raises `Gone` if there is none."""
        while True:
            try:
                update = await asyncio.wait_for(self._updates.get(), _ANSWER_SECONDS)
            except TimeoutError:
                raise AssertionError(f"The server did not answer; it shows {self.shown}") from None
            if update is None:
                raise Gone
            if is_it(update):
                return update

    async def wait_until_gone(self) -> None:
        """Wait until the server has ended."""
        if self._reading:
            await asyncio.wait([self._reading])

    def forget_updates(self) -> None:
        """Drop updates from before the next action; the page shows them."""
        while not self._updates.empty():
            if self._updates.get_nowait() is None:
                raise Gone

    def take(self, updates: dict[str, dict[str, Any]]) -> None:
        """Merge updates, by state."""
        self.shown |= self.shown_in(updates)

    def receive(self, message: str) -> None:
        """Read a message; tabs that do not need its content do less."""
        if updates := updates_in(message):
            self.take(updates)
            if shown := self.shown_in(updates):
                self._updates.put_nowait(shown)

    async def _read(self, socket: _Socket) -> None:
        try:
            while True:
                message = str(await socket.receive())
                if message == PING:
                    await socket.send(PONG)
                else:
                    self.receive(message)
        except (ConnectionClosed, OSError, ProtocolError):
            self._socket = None
            self._updates.put_nowait(None)
