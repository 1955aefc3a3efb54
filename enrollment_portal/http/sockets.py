"""Checks who may open the pages' WebSocket, and each message, before Reflex reads it.

Pages of people who are not signed in need a socket, too: the sign-in page, the page of an
invitation, and any page on its redirect to the sign-in page. Such a socket may send little and call
few handlers.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from urllib.parse import parse_qsl

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from enrollment_portal.domain.access.messages import OWN_PAGES_ONLY
from enrollment_portal.domain.shared.errors import StorageUnavailable
from enrollment_portal.domain.shared.typed_text import valid_text
from enrollment_portal.http.logs import LimitedLog
from enrollment_portal.http.origins import client_address, is_own_origin
from enrollment_portal.http.rates import Rate, Rates
from enrollment_portal.live.feed import feed
from enrollment_portal.live.sockets import open_sockets
from enrollment_portal.live.sockets.calls import Calls, FrameRefused, known_calls
from enrollment_portal.live.sockets.frames import ANONYMOUS, CONNECT, PING, PONG, SIGNED_IN, Frames
from enrollment_portal.services.access import cookies
from enrollment_portal.services.access.sessions import hash_of_token
from enrollment_portal.services.access.sign_in import who_is
from enrollment_portal.services.runtime import database

logger = logging.getLogger(__name__)
_log = LimitedLog(logger)

SOCKET_PATH = "/_event"
MOST_ANONYMOUS = 300
"""Sockets without a sign-in per client address, which may be shared, such as a campus's."""
ANONYMOUS_RATE = Rate(burst=100, per_second=20)
"""The rate limit for all sockets without a sign-in of one address; further frames wait."""
SIGNED_IN_RATE = Rate(burst=400, per_second=100)
"""The rate limit for the frames of one socket; further frames wait."""
_TOKEN = re.compile(r"[A-Za-z0-9-]{1,64}")
_SUBPROTOCOL = re.compile(r"[0-9A-Za-z.+-]{1,32}")
_LONGEST_QUERY = 256
_POLICY = 1008
_NORMAL = 1000
_FAILED = 1011
PONG_SECONDS = 1.0
"""A socket whose browser has not answered a ping for this long counts as lost."""
ANSWER_SECONDS = 10.0
"""A socket that has not been accepted after this long is closed; its page tries again."""


class GuardedSockets:
    """ASGI middleware that only lets checked frames of permitted sockets through.

    Args:
        app: what it wraps.
        calls: returns the handlers that pages may call; called once, for the first socket.
    """

    def __init__(self, app: ASGIApp, calls: Callable[[], Calls] = known_calls) -> None:
        self._app = app
        self._read_calls = calls
        self._calls: Calls | None = None
        self._anonymous: dict[str, int] = {}
        self._rates = Rates(ANONYMOUS_RATE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        is_here = scope["type"] in ("http", "websocket") and (
            scope["path"] == SOCKET_PATH or scope["path"].startswith(f"{SOCKET_PATH}/")
        )
        if scope["type"] == "websocket":
            await self._serve(scope, receive, send, is_here)
        elif is_here:
            refusal = PlainTextResponse(OWN_PAGES_ONLY, 400)
            await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, is_here: bool) -> None:
        connection = HTTPConnection(scope)
        client = client_address(connection)
        reason = _refusal(connection) if is_here else "websocket at another address"
        token = cookies.session_token("; ".join(connection.headers.getlist("cookie")))
        is_signed_in = not reason and token is not None and await _is_live(token)
        if not reason and not is_signed_in and self._anonymous.get(client, 0) >= MOST_ANONYMOUS:
            reason = "too many sockets without a sign-in"
        if not reason and not await feed.can_keep_pages():
            # Accepted, its page would stay empty; refused, it says so, and retries more slowly.
            reason = "the store of page states does not answer"
        if reason:
            _log.warning(f"A socket from {client} was refused: {reason}")
            await receive()
            await send({"type": "websocket.close", "code": _POLICY})
            return
        if self._calls is None:
            self._calls = self._read_calls()
        if is_signed_in and token is not None:
            await self._pass_on(scope, receive, send, client, hash_of_token(token))
            return
        self._anonymous[client] = self._anonymous.get(client, 0) + 1
        try:
            await self._pass_on(scope, receive, send, client, None)
        finally:
            self._anonymous[client] -= 1
            if not self._anonymous[client]:
                del self._anonymous[client]

    async def _pass_on(
        self, scope: Scope, receive: Receive, send: Send, client: str, session: str | None
    ) -> None:
        """Serve a permitted socket; `session` is the hash of its session's token, if any."""
        is_signed_in = session is not None
        limits = SIGNED_IN if is_signed_in else ANONYMOUS
        frames = Frames(limits, self._calls or {}, is_signed_in=is_signed_in)
        rates = Rates(SIGNED_IN_RATE) if is_signed_in else self._rates
        socket = _Socket(receive, send, frames, client, rates)
        tab = _query(scope)["token"]
        await open_sockets.close_lost(tab)
        with open_sockets.registered(socket, session=session, tab=tab):
            await self._app(scope, socket.receive, socket.send)


class _Socket:
    """One open socket: checks received frames, and can be closed from elsewhere."""

    def __init__(
        self, receive: Receive, send: Send, frames: Frames, client: str, rates: Rates
    ) -> None:
        self._receive, self._send = receive, send
        self._frames, self._client, self._rates = frames, client, rates
        self._closing: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._is_accepted = self._is_closed = False
        self._answered = asyncio.Event()
        self._overdue: asyncio.TimerHandle | None = None

    def close(self, code: int = _NORMAL) -> None:
        """Close it; its page then opens a new one by itself."""
        if not self._closing.done():
            self._closing.set_result(code)

    async def is_answered(self) -> bool:
        """Tell whether its browser answers a ping; `False` while it is being closed."""
        if not self._is_accepted or self._is_closed:
            return False
        self._answered.clear()
        answered = asyncio.ensure_future(self._answered.wait())
        try:
            await self._send({"type": "websocket.send", "text": PING})
            waiting = (answered, self._closing)
            await asyncio.wait(waiting, timeout=PONG_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            return answered.done() and not self._closing.done()
        except (OSError, RuntimeError):
            return False  # the server has closed it meanwhile
        finally:
            answered.cancel()

    async def receive(self) -> Message:
        """Return the next permitted message, or a disconnect if the socket was closed."""
        while not self._closing.done():
            message = await self._next()
            if message is None:
                break
            if message["type"] != "websocket.receive":
                return message
            wait = self._rates.take(self._client)
            if wait > 0:
                # Whoever sends too fast waits; the network buffers what they send meanwhile.
                await asyncio.wait((self._closing,), timeout=wait)
            if self._closing.done():
                break
            frame = message.get("text")
            try:
                text = self._frames.read(message.get("bytes") if frame is None else frame)
            except FrameRefused as reason:
                _log.warning(f"A socket from {self._client} was closed: {reason}")
                self.close(_POLICY)
                break
            if text == PONG:
                self._answered.set()
            elif text is not None and text.startswith(CONNECT):
                # While the store of page states is away, nothing could be answered.
                loop = asyncio.get_running_loop()
                self._overdue = loop.call_later(ANSWER_SECONDS, self.close, _FAILED)
            if text is not None:
                return {"type": "websocket.receive", "text": text}
        await self._end(self._closing.result())
        return {"type": "websocket.disconnect", "code": self._closing.result()}

    async def send(self, message: Message) -> None:
        """Send a message whose texts are all valid; nothing once it is closed."""
        if self._is_closed:
            return
        if message["type"] == "websocket.send" and message.get("text") is not None:
            message = {**message, "text": valid_text(message["text"])}
            if self._overdue and message["text"].startswith(CONNECT):
                self._overdue.cancel()
        elif message["type"] == "websocket.close":
            self._is_closed = True
        await self._send(message)
        self._is_accepted = self._is_accepted or message["type"] == "websocket.accept"

    async def _next(self) -> Message | None:
        """Return the client's next message; `None` if the socket is closed first."""
        arriving = asyncio.ensure_future(self._receive())
        try:
            await asyncio.wait((arriving, self._closing), return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not arriving.done():
                arriving.cancel()
        return None if self._closing.done() else arriving.result()

    async def _end(self, code: int) -> None:
        if not self._is_closed:
            self._is_closed = True
            await self._send({"type": "websocket.close", "code": code})


def _refusal(connection: HTTPConnection) -> str:
    """Return why a page of the portal would not open such a socket; "" if it would."""
    if not is_own_origin(connection.headers.get("origin")):
        return "not from a page of the portal"
    values = _query(connection.scope)
    if set(values) != {"EIO", "transport", "token"} or not _TOKEN.fullmatch(values["token"]):
        return "malformed address"
    if (values["EIO"], values["transport"]) != ("4", "websocket"):
        return "another protocol"
    spoken = connection.scope.get("subprotocols") or []
    if len(spoken) > 1 or not all(_SUBPROTOCOL.fullmatch(one) for one in spoken):
        return "malformed subprotocol"
    return ""


def _query(scope: Scope) -> dict[str, str]:
    """Return the query parameters of a socket's address; none if too long or ambiguous."""
    raw = scope.get("query_string", b"")
    query = parse_qsl(raw[:_LONGEST_QUERY].decode("latin-1"), keep_blank_values=True)
    values = dict(query)
    return values if len(raw) <= _LONGEST_QUERY and len(values) == len(query) else {}


async def _is_live(token: str) -> bool:
    try:
        return await asyncio.to_thread(who_is, database(), token) is not None
    except (SQLAlchemyError, StorageUnavailable):
        # Unknown: each event checks it again, and shows that the database cannot be reached.
        return True
