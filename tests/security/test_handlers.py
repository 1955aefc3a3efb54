"""Call every handler with hostile arguments, and check that nothing is changed or revealed."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from reflex_base.event import Event
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from enrollment_portal.domain.people.people import Role, Section
from enrollment_portal.domain.shared.messages import UNREACHABLE
from enrollment_portal.live.sockets import wire
from enrollment_portal.services import runtime
from enrollment_portal.services.access.sign_in import sign_out
from enrollment_portal.settings import settings
from enrollment_portal.state.access.account import Forgot
from enrollment_portal.state.enrollment.details import Details
from enrollment_portal.state.enrollment.saving import Saving
from enrollment_portal.state.learning import homes
from enrollment_portal.state.learning.homes import Nowhere, SignIn
from enrollment_portal.state.learning.learning import Learning
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.people.users import Welcome
from enrollment_portal.state.shared.session import Shell
from enrollment_portal.state.shared.views import LEDGER_PATH
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.trouble import Trouble
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
    make_session,
)
from tests.security.pipeline import (
    Client,
    Pipeline,
    app_handlers,
    app_states,
    as_json,
    event_name,
    payloads_of,
    pipeline,
)

CANARY = "canary-271828"
NONSENSE: tuple[Any, ...] = (
    None,
    "",
    "\x00",
    -1,
    2**70,
    1.5,
    True,
    [],
    {},
    {"q": []},
    "x" * 9000,
    "a\ud800",
)


@pytest.fixture
def portal(
    make_database_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """The database of the running app, with an organization and one enrollment with a note."""
    monkeypatch.setenv("DATABASE_URL", make_database_url("sqlite"))
    settings.cache_clear()
    database = runtime.database()
    make_organization(database)
    yield database
    database.close()
    monkeypatch.undo()
    settings.cache_clear()


def dump(database: Database) -> list[tuple[Any, ...]]:
    """Return everything that a handler could change."""
    with database.read() as session:
        return [
            tuple(row)
            for table in ("enrollment", "enrollment_event", "account", "learner")
            for row in session.execute(text(f"SELECT * FROM {table} ORDER BY 1"))
        ]


def test_every_handler_is_guarded() -> None:
    handlers = {name: fn for name, fn in app_handlers().items() if not name.endswith(".setvar")}
    assert len(handlers) > 15
    unguarded = [name for name, handler in handlers.items() if not hasattr(handler, "guard")]
    assert unguarded == []
    public = [name for name, handler in handlers.items() if handler.guard is None]
    assert sorted(public) == sorted(
        event_name(state, "load") for state in (Forgot, Nowhere, SignIn, Welcome)
    )


def test_no_state_has_a_setter_that_the_framework_could_call() -> None:
    for state in app_states():
        own = [n for n, _ in inspect.getmembers(state, callable) if n in vars(state)]
        assert [n for n in own if n.startswith("set_")] == []


def everyone(database: Database) -> dict[str, tuple[int, bool]]:
    """Create an account of each kind; return which of them may see the enrollment with the note."""
    learner, course = make_learner(database, "Şebnem İnce"), make_course(database)
    make_enrollment(database, learner, course, internal_note=CANARY, feedback="Well done.")
    return {
        "super admin": (make_account(database, Role.SUPER_ADMIN), True),
        "admin": (make_account(database, Role.ADMIN, sections=Section.LEARNING), True),
        "other admin": (make_account(database, Role.ADMIN, sections=Section.BILLING), False),
        "teacher": (make_account(database, Role.INSTRUCTOR, teaches=(course,)), True),
        "other teacher": (
            make_account(database, Role.INSTRUCTOR, teaches=(make_course(database),)),
            False,
        ),
        "lead": (make_account(database, Role.GROUP_LEAD, leads=(learner,)), False),
        "learner": (make_account(database, Role.LEARNER, learner_id=learner), False),
        "nobody": (0, False),
    }


async def call_everything(client: Client) -> None:
    """Call every handler of the portal, on every page, with invalid and valid arguments."""
    paths = (LEDGER_PATH, f"{LEDGER_PATH}/1", f"{LEDGER_PATH}/1/manage", "/learn", "/teach")
    for path in paths:
        for name, handler in app_handlers().items():
            if not name.endswith(".setvar"):
                for payload in payloads_of(handler):
                    await client.call(name, path, **payload)


@pytest.mark.parametrize("who", ["other admin", "other teacher", "lead", "learner", "nobody"])
def test_a_note_is_never_sent_without_permission(portal: Database, who: str) -> None:
    account, _ = everyone(portal)[who]
    before = dump(portal)

    async def attack() -> str:
        async with pipeline() as running:
            client = running.client("t1", make_session(portal, account) if account else None)
            await call_everything(client)
            return client.received()

    received = asyncio.run(attack())
    assert CANARY not in received
    assert dump(portal) == before
    if who in ("other admin", "other teacher", "nobody"):
        assert "ebnem" not in received
        assert "Well done." not in received


@pytest.mark.parametrize("who", ["super admin", "admin", "teacher"])
def test_a_note_is_sent_with_permission(portal: Database, who: str) -> None:
    account, _ = everyone(portal)[who]

    async def open_it() -> str:
        async with pipeline() as running:
            client = running.client("t1", make_session(portal, account))
            await client.call(event_name(Details, "load"), f"{LEDGER_PATH}/1")
            return client.received()

    assert CANARY in asyncio.run(open_it())


def test_invalid_arguments_raise_no_error_and_change_nothing(
    portal: Database, caplog: pytest.LogCaptureFixture
) -> None:
    account, _ = everyone(portal)["super admin"]
    before = dump(portal)

    async def attack() -> list[Any]:
        async with pipeline() as running:
            client = running.client("t1", make_session(portal, account))
            await client.call(event_name(Details, "load"), f"{LEDGER_PATH}/1/manage")
            for name, handler in app_handlers().items():
                parameters = list(inspect.signature(handler).parameters)[1:]
                for value in NONSENSE:
                    payload: dict[str, Any] = dict.fromkeys(parameters, value)
                    if not name.endswith(".setvar"):
                        await client.call(name, **payload)
            return as_json(client.sent)

    sent = asyncio.run(attack())
    assert dump(portal) == before
    assert "failed" not in str([u for u in sent if "phase" in str(u)])
    assert [r for r in caplog.records if r.levelname == "ERROR"] == []


def test_an_instructor_cannot_set_fields_of_admins(portal: Database) -> None:
    account, _ = everyone(portal)["teacher"]

    async def attack() -> None:
        async with pipeline() as running:
            client = running.client("t1", make_session(portal, account))
            await client.call(event_name(Details, "load"), f"{LEDGER_PATH}/1/manage")
            await client.call(
                event_name(Saving, "save"),
                form={"status": "cancelled", "deadline": "2030-01-01", "grade": "A"},
            )

    asyncio.run(attack())
    with portal.read() as session:
        row = session.execute(
            text("SELECT status, deadline_day, grade FROM enrollment WHERE id = 1")
        ).one()
    assert tuple(row) == (0, None, "A")


class _Answering:
    """An event queue for the feed, which waits until tabs have answered."""

    event_namespace = None

    def __init__(self, client: Client) -> None:
        self.event_processor, self._processor = self, client.running.processor

    async def enqueue(self, token: str, event: Event) -> None:
        future = await self._processor.enqueue(token, event)
        await future.wait_all()


def test_every_state_can_show_a_failure() -> None:
    """A failed event is answered by this function, which must not fail itself."""
    for state in app_states():
        show = getattr(state, "_show_failure", None)
        if show:
            inspect.signature(show).bind(None, "why")


class TestTheSession:
    async def _open(self, running: Pipeline, session: str | None, token: str = "t1") -> Client:
        client = running.client(token, session)
        await client.call(event_name(Ledger, "load"))
        return client

    def test_after_signing_out_the_next_event_of_an_open_page_is_refused(
        self, portal: Database
    ) -> None:
        account, _ = everyone(portal)["super admin"]
        session = make_session(portal, account)

        async def act() -> tuple[str, list[Any]]:
            async with pipeline() as running:
                client = await self._open(running, session)
                first = client.received()
                sign_out(portal, session)
                client.sent.clear()
                return first, as_json(
                    await client.call(event_name(Ledger, "show_tab"), tab="active")
                )

        first, second = asyncio.run(act())
        assert "ebnem" in first
        assert "ebnem" not in str(second)
        assert "/login" in str(second)

    def test_after_losing_a_right_the_next_event_is_refused(self, portal: Database) -> None:
        account, _ = everyone(portal)["admin"]

        async def act() -> list[Any]:
            async with pipeline() as running:
                client = await self._open(running, make_session(portal, account))
                with portal.write() as session:
                    session.execute(text("UPDATE account SET sections = 8 WHERE role = 'admin'"))
                return as_json(await client.call(event_name(Ledger, "show_tab"), tab="active"))

        answer = str(asyncio.run(act()))
        assert "ebnem" not in answer
        assert "'refused_rx_state_': True" in answer
        assert "'rows_rx_state_': []" in answer

    @pytest.mark.parametrize(
        ("handler", "payload"), [("check_connection", {"ticket": 1}), ("refresh", {})]
    )
    def test_a_refusal_stays_while_the_shell_is_refreshed(
        self, portal: Database, handler: str, payload: dict[str, int]
    ) -> None:
        account, _ = everyone(portal)["admin"]

        async def act() -> list[Any]:
            async with pipeline() as running:
                client = await self._open(running, make_session(portal, account))
                with portal.write() as session:
                    session.execute(text("UPDATE account SET sections = 8 WHERE role = 'admin'"))
                await client.call(event_name(Ledger, "show_tab"), tab="active")
                return as_json(await client.call(event_name(Shell, handler), **payload))

        assert "refused_rx_state_" not in str(asyncio.run(act()))

    def test_refreshing_a_forgotten_tab_signs_nobody_in(
        self, portal: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Reflex deletes the state of a tab after an hour without events."""
        account, _ = everyone(portal)["super admin"]

        async def act() -> tuple[list[Any], list[Any]]:
            async with pipeline() as running:
                client = running.client("t1", make_session(portal, account))
                monkeypatch.setattr(wire, "_app", _Answering(client))
                await wire.call("t1", Ledger.refresh)
                called = as_json(client.sent)
                return called, as_json(await client.call(event_name(Ledger, "load")))

        called, loaded = asyncio.run(act())
        [asked] = called
        assert not asked.get("delta"), "the page stays as it is"
        assert [event["name"] for event in asked["events"]] == ["_remove_session_storage"]
        assert "ebnem" in str(loaded), "its own events are answered"

    def test_a_stolen_state_token_shows_nothing(self, portal: Database) -> None:
        people = everyone(portal)
        owner, thief = people["super admin"][0], people["learner"][0]

        async def act(session: str | None) -> str:
            async with pipeline() as running:
                await self._open(running, make_session(portal, owner), "stolen")
                client = running.client("stolen", session)
                for name in ("hydrate", "hydrate_and_load"):
                    await client.call(f"reflex___state____state.{name}")
                await client.call(event_name(Ledger, "show_tab"), tab="active")
                await client.call(event_name(Learning, "load"), "/learn")
                return client.received()

        for session in (make_session(portal, thief), None, "x" * 43):
            received = asyncio.run(act(session))
            assert CANARY not in received
            assert "'rows" not in received
            assert "Noise" not in received


def test_the_sign_in_page_reports_an_unavailable_database(
    portal: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> bool:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(homes, "is_demo_open", fail)

    async def open_it() -> str:
        async with pipeline() as running:
            client = running.client("t1", None)
            await client.call(event_name(SignIn, "load"), "/login")
            return client.received()

    assert UNREACHABLE in asyncio.run(open_it())


def test_the_sign_in_page_reports_a_read_only_database(
    portal: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(portal), "look", lambda _self: Trouble.FULL)

    async def open_it() -> str:
        async with pipeline() as running:
            client = running.client("t1", None)
            await client.call(event_name(SignIn, "load"), "/login")
            return client.received()

    received = asyncio.run(open_it())
    assert UNREACHABLE in received
    assert Trouble.FULL.sentence not in received, "what is the matter is told to admins"
