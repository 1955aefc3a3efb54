"""An ASGI WebSocket client, without a server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from enrollment_portal.live.sockets.frames import PING, PONG

ORIGIN = "http://localhost:3000"
QUERY = "EIO=4&transport=websocket&token=7f0c2d1e-0000-4000-8000-000000000001"


class Application:
    """Replaces the wrapped application: records what reaches it."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []
        self.n_open = self.n_open_at_most = 0
        self.frames: list[str] = []
        self.reply: str | None = None
        """What it sends at once."""
        self.answer: str | None = None
        """What it sends after each frame."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Accept a socket and read it to its end."""
        self.scopes.append(scope)
        if scope["type"] != "websocket":
            return
        await receive()
        self.n_open += 1
        self.n_open_at_most = max(self.n_open, self.n_open_at_most)
        await send({"type": "websocket.accept"})
        if self.reply is not None:
            await send({"type": "websocket.send", "bytes": None, "text": self.reply})
        while (message := await receive())["type"] == "websocket.receive":
            self.frames.append(message["text"])
            if self.answer is not None:
                await send({"type": "websocket.send", "bytes": None, "text": self.answer})
        self.n_open -= 1
        await send({"type": "websocket.close"})


def scope_of(
    *,
    path: str = "/_event/",
    query: str = QUERY,
    origin: str | None = ORIGIN,
    session: str | None = None,
    client: str = "203.0.113.9",
    subprotocols: Iterable[str] = ("0.10.1",),
) -> Scope:
    """Return the ASGI scope of a socket that a browser opens."""
    headers = {"host": "localhost:3000", "upgrade": "websocket"}
    if origin is not None:
        headers["origin"] = origin
    if session is not None:
        headers["cookie"] = f"portal_session={session}"
    return {
        "type": "websocket",
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": (client, 5_000),
        "subprotocols": list(subprotocols),
    }


class RawSocket:
    """A client of a socket, which sends any frame and records all answers."""

    def __init__(self, app: ASGIApp, scope: Scope) -> None:
        self._app, self._scope = app, scope
        self._arriving: asyncio.Queue[Message] = asyncio.Queue()
        self._answered = asyncio.Event()
        self.sent: list[Message] = []
        self.is_lost = False
        """Whether its client no longer answers, as behind a lost network."""

    async def __aenter__(self) -> RawSocket:
        self._arriving.put_nowait({"type": "websocket.connect"})
        self._serving = asyncio.create_task(
            self._app(self._scope, self._arriving.get, self._note)  # type: ignore[arg-type]
        )
        await self._answered.wait()
        await self.settle()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._arriving.put_nowait({"type": "websocket.disconnect", "code": 1005})
        with suppress(asyncio.CancelledError):
            await self._serving

    async def _note(self, message: Message) -> None:
        self.sent.append(message)
        self._answered.set()
        if message.get("text") == PING and not self.is_lost:
            self._arriving.put_nowait({"type": "websocket.receive", "text": PONG})

    async def say(self, frame: Any) -> None:
        """Send a frame, and wait until it has been dealt with."""
        kind = "bytes" if isinstance(frame, bytes) else "text"
        self._arriving.put_nowait({"type": "websocket.receive", kind: frame})
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing is left to do but to wait for the client."""
        for _ in range(200):
            await asyncio.sleep(0)
            if self._serving.done():
                return

    def drop(self) -> None:
        """End it as a lost network does, whatever the portal is waiting for."""
        self._serving.cancel()

    async def finished(self) -> None:
        """Wait until the portal has ended the socket."""
        await self._serving

    @property
    def is_accepted(self) -> bool:
        """Whether it was accepted."""
        return any(message["type"] == "websocket.accept" for message in self.sent)

    @property
    def closed_with(self) -> int | None:
        """The code that the portal closed it with; `None` while it is open."""
        codes = [m.get("code", 1000) for m in self.sent if m["type"] == "websocket.close"]
        return codes[0] if codes else None
