"""Who may open the pages' socket and how much they may send: checked before Reflex is asked.

A page of somebody who is not signed in needs a socket, too: to be led to the sign-in page, and for
that page and the one of an invitation. Such a socket may send little, and call little.
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
"""So many people may have the sign-in page open behind one address, such as a campus's."""
ANONYMOUS_RATE = Rate(burst=100, per_second=20)
"""Frames of all sockets of one address that nobody is signed in on; more wait."""
SIGNED_IN_RATE = Rate(burst=400, per_second=100)
"""Frames of one socket; more wait."""
_TOKEN = re.compile(r"[A-Za-z0-9-]{1,64}")
_SUBPROTOCOL = re.compile(r"[0-9A-Za-z.+-]{1,32}")
_LONGEST_QUERY = 256
_POLICY = 1008
_NORMAL = 1000
_FAILED = 1011
PONG_SECONDS = 1.0
"""A browser that has not answered a ping after so long has lost the socket."""
ANSWER_SECONDS = 10.0
"""A page that has not been let in after so long is let go: it says so, and tries again."""


class GuardedSockets:
    """ASGI middleware that lets only checked frames of checked sockets through.

    Args:
        app: what it wraps.
        calls: returns what pages may call; asked once, when the first socket opens.
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
            refusal = PlainTextResponse("This address is for the portal's own pages.", 400)
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
            # Let in, its page would stay empty; refused, it says so, and tries again more slowly.
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
        """Let a socket through; `session` is the hash of its session's token, if it has one."""
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
    """One open socket: what arrives is checked, and it can be closed from outside."""

    def __init__(
        self, receive: Receive, send: Send, frames: Frames, client: str, rates: Rates
    ) -> None:
        self._receive, self._send = receive, send
        self._frames, self._client, self._rates = frames, client, rates
        self._closing: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._is_accepted = self._is_closed = False
        self._heard = asyncio.Event()
        self._overdue: asyncio.TimerHandle | None = None

    def close(self, code: int = _NORMAL) -> None:
        """Close it; its page then opens another one by itself."""
        if not self._closing.done():
            self._closing.set_result(code)

    async def is_answered(self) -> bool:
        """Tell whether its browser answers a ping; not so where it is being closed."""
        if not self._is_accepted or self._is_closed:
            return False
        self._heard.clear()
        heard = asyncio.ensure_future(self._heard.wait())
        try:
            await self._send({"type": "websocket.send", "text": PING})
            waiting = (heard, self._closing)
            await asyncio.wait(waiting, timeout=PONG_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            return heard.done() and not self._closing.done()
        except (OSError, RuntimeError):
            return False  # the server has closed it meanwhile
        finally:
            heard.cancel()

    async def receive(self) -> Message:
        """Return the next message that may pass; one that says so where the socket is closed."""
        while not self._closing.done():
            message = await self._next()
            if message is None:
                break
            if message["type"] != "websocket.receive":
                return message
            wait = self._rates.take(self._client)
            if wait > 0:
                # Whoever sends too fast waits; the network holds back what they send meanwhile.
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
                self._heard.set()
            elif text is not None and text.startswith(CONNECT):
                # Where the store of page states is away, nothing would ever be answered.
                loop = asyncio.get_running_loop()
                self._overdue = loop.call_later(ANSWER_SECONDS, self.close, _FAILED)
            if text is not None:
                return {"type": "websocket.receive", "text": text}
        await self._end(self._closing.result())
        return {"type": "websocket.disconnect", "code": self._closing.result()}

    async def send(self, message: Message) -> None:
        """Send a message, in which every text can be encoded; nothing once it is closed."""
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
        """Return what the client sends next; `None` where the socket is closed before that."""
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
    """Return why a browser at a page of the portal would not open such a socket; "" if it would."""
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
    """Return the values in the address of a socket; none where it is too long or ambiguous."""
    raw = scope.get("query_string", b"")
    query = parse_qsl(raw[:_LONGEST_QUERY].decode("latin-1"), keep_blank_values=True)
    values = dict(query)
    return values if len(raw) <= _LONGEST_QUERY and len(values) == len(query) else {}


async def _is_live(token: str) -> bool:
    try:
        return await asyncio.to_thread(who_is, database(), token) is not None
    except (SQLAlchemyError, StorageUnavailable):
        # Nobody can tell: each event is asked for again, and says that the data cannot be reached.
        return True
