"""Test that a state that cannot be serialized is answered, and its page keeps working."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from reflex.state import StateUpdate
from reflex_base.utils.format import json_dumps

from enrollment_portal.domain.people.people import Role
from enrollment_portal.enrollment_portal import app
from enrollment_portal.live.sockets import wire
from enrollment_portal.live.sockets.sending import send_serializable
from enrollment_portal.services import runtime
from enrollment_portal.settings import settings
from enrollment_portal.state.enrollment import history
from enrollment_portal.state.enrollment.details import Details
from enrollment_portal.state.history.undoing import Undoing
from enrollment_portal.state.ledger import reading
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.shared import unsent
from enrollment_portal.state.shared.unsent import answer_unsent
from enrollment_portal.state.shared.views import LEDGER_PATH
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_account, make_enrollment, make_organization, make_session
from tests.security.pipeline import Client, Pipeline, as_json, event_name, pipeline


@pytest.fixture
def portal(
    make_database_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """The database of the running app, with an organization."""
    monkeypatch.setenv("DATABASE_URL", make_database_url("sqlite"))
    settings.cache_clear()
    database = runtime.database()
    make_organization(database)
    yield database
    database.close()
    settings.cache_clear()


def _use(running: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the app send through the pipeline, as it does through its sockets."""
    monkeypatch.setattr(app, "_event_namespace", running)
    monkeypatch.setattr(app, "_state_manager", running.state_manager)
    wire.use(app, functools.partial(answer_unsent, app))
    # It has no sockets that could join channels.
    monkeypatch.setattr(wire, "_app", None)


async def _answered(client: Client, name: str, **payload: Any) -> dict[str, Any]:
    """Send an event; return all updates of the ledger's state until the event was answered."""
    before = len(client.sent)
    await client.call(event_name(Ledger, name), **payload)
    await asyncio.gather(*unsent._running)
    told: dict[str, Any] = {}
    for update in as_json(client.sent[before:]):
        told |= (update["delta"] or {}).get(Ledger.get_full_name(), {})
    return {wire.var_name(one): value for one, value in told.items()}


class Unserializable(dict):
    """An object that JSON cannot serialize."""

    def __init__(self) -> None:
        super().__init__({("a", 1): 1})


class TestAState:
    def _run(
        self, portal: Database, monkeypatch: pytest.MonkeyPatch, events: list[tuple[str, dict]]
    ) -> list[dict[str, Any]]:
        session = make_session(portal, make_account(portal, Role.SUPER_ADMIN))
        words = reading.day_end_text

        async def act() -> list[dict[str, Any]]:
            async with pipeline() as running:
                _use(running, monkeypatch)
                client = running.client("t1", session)
                told = []
                for name, payload in events:
                    told.append(await _answered(client, name, **payload))
                    monkeypatch.setattr(reading, "day_end_text", words)
                return told

        monkeypatch.setattr(reading, "day_end_text", lambda *_: Unserializable())
        return asyncio.run(act())

    def test_reports_the_failure_and_answers_the_next_event(
        self,
        portal: Database,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        with caplog.at_level(logging.ERROR):
            failed, then = self._run(
                portal, monkeypatch, [("load", {}), ("show_tab", {"tab": "active"})]
            )
        assert failed["phase"] == "failed"
        assert failed["tab"] == "all", "what can be sent is"
        assert failed["deadline_ends"] == ""
        assert (then["phase"], then["tab"]) == ("ready", "active")
        lines = [one.getMessage() for one in caplog.records]
        assert any("Cannot be serialized" in line and "deadline_ends" in line for line in lines)

    def test_a_reloaded_state_is_answered(
        self, portal: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _, then = self._run(portal, monkeypatch, [("load", {}), ("load", {})])
        assert then["phase"] == "ready"


def test_a_failing_part_is_reported_by_its_page(
    portal: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"{LEDGER_PATH}/{make_enrollment(portal)}"
    session = make_session(portal, make_account(portal, Role.SUPER_ADMIN))

    async def act() -> dict[str, Any]:
        async with pipeline() as running:
            _use(running, monkeypatch)
            client = running.client("t1", session)
            await client.call(event_name(Details, "load"), path)
            monkeypatch.setattr(history, "day_views", lambda *_: [Unserializable()])
            await client.call(
                event_name(Undoing, "filter_history"), path, name="field", value="grade"
            )
            await asyncio.gather(*unsent._running)
            return as_json(client.sent)[-1]["delta"]

    told = asyncio.run(act())
    assert any(
        "nothing was saved" in str(value) for value in told[Details.get_full_name()].values()
    )


class TestAnUpdate:
    def _send(self, update: StateUpdate) -> tuple[list[Any], dict[str, set[str]]]:
        sent: list[Any] = []

        async def send(part: StateUpdate) -> None:
            sent.append(json_dumps(part))

        return sent, asyncio.run(send_serializable(send, update))

    def test_is_sent_unchanged(self) -> None:
        sent, left_out = self._send(StateUpdate(delta={"a": {"b": 1}}))
        assert len(sent) == 1
        assert left_out == {}

    def test_omits_values_that_cannot_be_serialized(self) -> None:
        circle: list[Any] = []
        circle.append(circle)
        bad = {"key": Unserializable(), "circle": circle}
        sent, left_out = self._send(StateUpdate(delta={"a": {"b": 1, **bad}, "c": bad}))
        assert len(sent) == 1
        assert '"b": 1' in sent[0]
        assert left_out == {"a": {"key", "circle"}, "c": {"key", "circle"}}

    def test_is_not_sent_if_no_value_can_be_serialized(self) -> None:
        sent, _ = self._send(StateUpdate(delta={"a": {"b": Unserializable()}}))
        assert sent == []

    def test_another_failure_is_raised(self) -> None:
        async def send(_part: StateUpdate) -> None:
            raise ConnectionError

        with pytest.raises(ConnectionError):
            asyncio.run(send_serializable(send, StateUpdate(delta={"a": {"b": 1}})))

    def test_a_push_to_many_pages_does_not_fail(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Otherwise the feed would push it repeatedly, and nothing after it."""
        sent: list[str] = []

        class Sockets:
            async def emit(self, _event: str, update: StateUpdate, **_to: str) -> None:
                sent.append(json_dumps(update))

        fake = SimpleNamespace(event_namespace=SimpleNamespace(namespace="/"), sio=Sockets())
        monkeypatch.setattr(wire, "_app", fake)
        held = {"tab": "all", "deadline_ends": Unserializable()}
        asyncio.run(wire.push("room", {Ledger: held}))
        assert len(sent) == 1
        assert "deadline_ends" not in sent[0]
