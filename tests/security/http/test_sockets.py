"""Test which WebSockets are accepted, and that misbehaving ones are closed."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
from granian import _granian
from redis.exceptions import ConnectionError as RedisConnectionError
from reflex_base.event.context import EventContext
from starlette.testclient import TestClient

from enrollment_portal.domain.people.people import Role
from enrollment_portal.enrollment_portal import _log_error
from enrollment_portal.http import logs, sockets
from enrollment_portal.http.routes import transformers
from enrollment_portal.http.sockets import GuardedSockets
from enrollment_portal.live.bus import OverRedis
from enrollment_portal.live.feed import feed
from enrollment_portal.live.sockets import open_sockets
from enrollment_portal.services import runtime
from enrollment_portal.services.access.sessions import hash_of_token
from enrollment_portal.settings import settings
from enrollment_portal.state.learning.homes import SignIn
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_account, make_organization, make_session
from tests.security.frames import BOOT, event
from tests.security.http.raw_socket import QUERY, Application, RawSocket, scope_of
from tests.security.pipeline import event_name
from tests.signing_in import use_settings

CONNECT = "40/_event,{}"
SEARCH = event(event_name(Ledger, "search"), {"typed": "a"})


@pytest.fixture
def portal(
    make_database_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """The database of the portal, with an organization."""
    use_settings(
        monkeypatch,
        DATABASE_URL=make_database_url("sqlite"),
        PORTAL_URL="http://localhost:3000",
        REFLEX_TRUSTED_PROXY_HOPS="0",
    )
    monkeypatch.setattr(sockets, "_log", logs.LimitedLog(sockets.logger))
    database = runtime.database()
    make_organization(database)
    yield database
    database.close()
    settings.cache_clear()


@pytest.fixture
def session(portal: Database) -> str:
    """The token of somebody's session."""
    return make_session(portal, make_account(portal, Role.SUPER_ADMIN))


def open_one(**scope: Any) -> tuple[RawSocket, Application]:
    """Try to open a socket; return it, and the application behind it."""
    behind = Application()

    async def act() -> RawSocket:
        async with RawSocket(GuardedSockets(behind), scope_of(**scope)) as socket:
            await socket.say(CONNECT)
        return socket

    return asyncio.run(act()), behind


class TestOpening:
    @pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:3000"])
    def test_a_page_of_the_portal_is_accepted(self, portal: Database, origin: str) -> None:
        socket, behind = open_one(origin=origin)
        assert socket.is_accepted
        assert behind.frames == ["40/_event,{}"]

    @pytest.mark.parametrize(
        "scope",
        [
            {"origin": None},
            {"origin": ""},
            {"origin": "null"},
            {"origin": "http://evil.example"},
            {"origin": "http://localhost:4000"},
            {"path": "/"},
            {"path": "/_eventually"},
            {"path": "/ping"},
            {"query": ""},
            {"query": "EIO=4&transport=websocket"},
            {"query": "EIO=3&transport=websocket&token=a"},
            {"query": "EIO=4&transport=polling&token=a"},
            {"query": QUERY + "&sid=x"},
            {"query": QUERY + "&j=0"},
            {"query": QUERY + "&token=b"},
            {"query": "EIO=4&transport=websocket&token=" + "a" * 65},
            {"query": "EIO=4&transport=websocket&token=a%0Ab"},
            {"query": "EIO=4&transport=websocket&token=a" + "&" * 9_000},
            {"subprotocols": ["0.10.1", "x"]},
            {"subprotocols": ["x" * 33]},
            {"subprotocols": ["a b"]},
        ],
        ids=repr,
    )
    @pytest.mark.parametrize("is_signed_in", [True, False])
    def test_other_origins_are_refused(
        self, portal: Database, session: str, scope: dict[str, Any], is_signed_in: bool
    ) -> None:
        socket, behind = open_one(session=session if is_signed_in else None, **scope)
        assert [message["type"] for message in socket.sent] == ["websocket.close"]
        assert behind.scopes == [], "Reflex never heard of it"

    def test_sockets_without_a_sign_in_are_limited_by_address(
        self, portal: Database, session: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sockets, "MOST_ANONYMOUS", 2)
        app = GuardedSockets(Application())

        async def act() -> list[bool]:
            async with RawSocket(app, scope_of()) as first, RawSocket(app, scope_of()) as second:
                async with RawSocket(app, scope_of()) as third:
                    pass
                async with RawSocket(app, scope_of(client="198.51.100.7")) as elsewhere:
                    pass
                async with RawSocket(app, scope_of(session=session)) as signed_in:
                    pass
            async with RawSocket(app, scope_of()) as later:
                pass
            tried = (first, second, third, elsewhere, signed_in, later)
            return [socket.is_accepted for socket in tried]

        assert asyncio.run(act()) == [True, True, False, True, True, True]


class TestWithoutASignIn:
    @pytest.mark.parametrize("session", [None, "x", "x" * 43])
    def test_a_socket_may_load_a_page_and_call_public_handlers(
        self, portal: Database, session: str | None
    ) -> None:
        behind = Application()

        async def act() -> RawSocket:
            scope = scope_of(session=session)
            async with RawSocket(GuardedSockets(behind), scope) as socket:
                for frame in (CONNECT, SEARCH, event(event_name(SignIn, "load")), event(BOOT)):
                    await socket.say(frame)
            return socket

        socket = asyncio.run(act())
        assert socket.closed_with == 1000, "it ended as its client went"
        assert len(behind.frames) == 3
        assert not any("ledger" in frame for frame in behind.frames)

    def test_many_frames_are_queued(
        self, portal: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sockets, "ANONYMOUS_RATE", sockets.Rate(burst=3, per_second=0.001))
        behind = Application()

        async def act() -> None:
            app = GuardedSockets(behind)
            async with RawSocket(app, scope_of()) as first, RawSocket(app, scope_of()) as second:
                for socket in (first, second):
                    await socket.say(CONNECT)
                for _ in range(5):
                    await first.say("3")
                    await second.say("3")
                first.drop()
                second.drop()

        asyncio.run(act())
        assert len(behind.frames) == 3


class TestInvalidFrames:
    @pytest.mark.parametrize(
        "frame",
        [
            '42/_event,["event","' + "\\n" * 100_000 + '"]',
            '42/_event,["event","' + "\n" * 900_000 + '"]',
            "42/_event," + "[" * 16_000,
            '42/_event,["event","\nERROR: forged"]',
            "x" * 20_000_000,
            b"\x00" * 100,
        ],
        ids=["escaped newlines", "newlines", "deep", "forging", "huge", "binary"],
    )
    @pytest.mark.parametrize("is_signed_in", [True, False])
    def test_closes_the_socket_and_writes_one_short_line(
        self,
        portal: Database,
        session: str,
        caplog: pytest.LogCaptureFixture,
        frame: Any,
        is_signed_in: bool,
    ) -> None:
        behind = Application()

        async def act() -> RawSocket:
            scope = scope_of(session=session if is_signed_in else None)
            async with RawSocket(GuardedSockets(behind), scope) as socket:
                await socket.say(CONNECT)
                await socket.say(frame)
                await socket.finished()
            return socket

        with caplog.at_level(logging.WARNING):
            socket = asyncio.run(act())
        assert socket.closed_with == 1008
        assert behind.frames == [CONNECT], "Reflex never saw it"
        [line] = [record.getMessage() for record in caplog.records]
        assert line.startswith("A socket from 203.0.113.9 was closed: ")
        assert len(line) < 120
        assert line.isprintable()

    def test_cannot_flood_the_log(self, portal: Database, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.WARNING):
            for _ in range(50):
                open_one(origin="http://evil.example\n")
        assert len(caplog.records) == 20

    @pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS"])
    @pytest.mark.parametrize("transport", ["polling", "websocket"])
    def test_there_is_no_socket_over_http(
        self, portal: Database, method: str, transport: str
    ) -> None:
        behind = Application()
        answer = TestClient(GuardedSockets(behind)).request(
            method,
            f"/_event/?EIO=4&transport={transport}&sid=x",
            content=b"x" * 100_000 if method in ("POST", "PUT") else None,
        )
        assert answer.status_code == 400
        assert behind.scopes == []


class TestSending:
    def test_a_text_that_cannot_be_encoded_does_not_end_the_socket(self, portal: Database) -> None:
        behind = Application()
        behind.reply = '42/_event,["event",{"delta":{"a":"\ud83d"}}]'

        async def act() -> RawSocket:
            async with RawSocket(GuardedSockets(behind), scope_of()) as socket:
                await socket.say(CONNECT)
            return socket

        socket = asyncio.run(act())
        [sent] = [m["text"] for m in socket.sent if m["type"] == "websocket.send"]
        assert sent == '42/_event,["event",{"delta":{"a":"�"}}]'


class TestRefusedPages:
    @pytest.mark.parametrize("is_let_in", [True, False])
    def test_the_socket_is_closed_so_that_the_page_reconnects(
        self, portal: Database, monkeypatch: pytest.MonkeyPatch, is_let_in: bool
    ) -> None:
        """For example, if the state store does not answer."""
        monkeypatch.setattr(sockets, "ANSWER_SECONDS", 0.0)
        behind = Application()

        async def act() -> int | None:
            async with RawSocket(GuardedSockets(behind), scope_of()) as socket:
                behind.answer = '40/_event,{"sid":"x"}' if is_let_in else None
                await socket.say(CONNECT)
                if not is_let_in:
                    await socket.finished()
                return socket.closed_with

        assert asyncio.run(act()) == (None if is_let_in else 1011)

    def test_a_socket_is_closed_if_its_event_cannot_be_answered(
        self, portal: Database, session: str
    ) -> None:
        async def act() -> list[int | None]:
            app = GuardedSockets(Application())
            async with (
                RawSocket(app, scope_of(session=session)) as asking,
                RawSocket(app, scope_of(query=QUERY.replace("0001", "0002"))) as other,
            ):
                context = MagicMock(spec=EventContext, token=QUERY.rpartition("=")[2])
                attached = EventContext.set(context)
                _log_error(RedisConnectionError("gone"))
                EventContext.reset(attached)
                await asking.finished()
                return [asking.closed_with, other.closed_with]

        assert asyncio.run(act()) == [1000, None]

    def test_sockets_are_refused_while_the_state_store_is_unavailable(
        self, portal: Database, session: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Accepted, each would be closed with its first event, and reconnect at once."""
        monkeypatch.setattr(feed, "_bus", OverRedis("redis://127.0.0.1:1/0"))
        for one in (session, None):
            socket, behind = open_one(session=one)
            assert not socket.is_accepted
            assert behind.scopes == []


class TestReconnectingTab:
    @pytest.mark.parametrize("is_lost", [True, False])
    def test_its_lost_socket_is_closed(
        self, portal: Database, session: str, monkeypatch: pytest.MonkeyPatch, is_lost: bool
    ) -> None:
        """Reflex gives a second socket an empty state: it takes the tab for a copied one."""
        monkeypatch.setattr(sockets, "PONG_SECONDS", 0.1)
        behind = Application()

        async def act() -> int | None:
            app = GuardedSockets(behind)
            async with RawSocket(app, scope_of(session=session)) as first:
                first.is_lost = is_lost
                async with RawSocket(app, scope_of(session=session)) as second:
                    assert second.is_accepted
                    return first.closed_with

        assert asyncio.run(act()) == (1000 if is_lost else None)
        assert behind.n_open_at_most == (1 if is_lost else 2)
        assert not open_sockets._open


class TestEndOfASession:
    def test_closes_only_its_sockets(self, portal: Database, session: str) -> None:
        other = make_session(portal, make_account(portal, Role.SUPER_ADMIN))

        async def act() -> list[int | None]:
            app = GuardedSockets(Application())
            async with (
                RawSocket(app, scope_of(session=session)) as first,
                RawSocket(app, scope_of(session=session)) as second,
                RawSocket(app, scope_of(session=other)) as kept,
                RawSocket(app, scope_of()) as nobody,
            ):
                open_sockets.close_session(hash_of_token(session))
                await first.finished()
                await second.finished()
                return [one.closed_with for one in (first, second, kept, nobody)]

        assert asyncio.run(act()) == [1000, 1000, None, None]
        assert not open_sockets._open


def test_the_framework_logs_few_and_short_lines(caplog: pytest.LogCaptureFixture) -> None:
    logs.limit_framework_logs()
    logger = logging.getLogger("engineio.server")
    [own] = [one for one in logger.filters if isinstance(one, logs._ClientText)]
    own._allowance = logs.Allowance(3)
    with caplog.at_level(logging.WARNING, logger="engineio.server"):
        for _ in range(9):
            try:
                raise ValueError("\n" * 90_000)
            except ValueError:
                logger.exception("Unknown receive error\n%s", "\x1b[2J")
    own._allowance = logs.Allowance()
    assert len(caplog.records) == 3
    for record in caplog.records:
        assert record.exc_info is None
        assert record.getMessage().isprintable()
        assert len(record.getMessage()) < 400


def test_the_app_serves_its_pages_through_the_middleware() -> None:
    assert GuardedSockets in transformers({}, "/templates")


def test_the_server_logs_few_lines_of_connections_and_all_of_its_start(
    caplog: pytest.LogCaptureFixture,
) -> None:
    logs.limit_framework_logs()
    names = "_granian.asgi.io", "_granian.asgi.http"
    with caplog.at_level(logging.INFO, logger="_granian"):
        for name in names:
            logger = logging.getLogger(name)
            [own] = [one for one in logger.filters if isinstance(one, logs._ClientText)]
            own._allowance = logs.Allowance(3)
            for _ in range(9):
                logger.info("Failed to close websocket with error Io(Os { code: 32 })")
            own._allowance = logs.Allowance()
        for _ in range(90):
            logging.getLogger("_granian").info("Listening")
            logging.getLogger("_granian.serve").info("Started worker-1")
    written = Counter(record.name for record in caplog.records)
    assert written == {names[0]: 3, names[1]: 3, "_granian": 90, "_granian.serve": 90}


def test_the_server_has_the_loggers_that_are_limited() -> None:
    # Its compiled part names each logger by the module that writes.
    compiled = Path(_granian.__file__).read_bytes()
    for name in logs._SERVER:
        assert name.replace(".", "::").encode() in compiled
