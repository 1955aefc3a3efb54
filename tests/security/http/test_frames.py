"""Test that malformed WebSocket messages are refused before Reflex reads or logs them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reflex.constants import POLLING_MAX_HTTP_BUFFER_SIZE  # type: ignore[attr-defined]

from enrollment_portal.domain.shared.typed_text import MAX_SENT_TEXT
from enrollment_portal.live.sockets.calls import FrameRefused, known_calls
from enrollment_portal.live.sockets.frames import ANONYMOUS, LONGEST_FRAME, SIGNED_IN, Frames
from enrollment_portal.state.grading.grading import Grading
from enrollment_portal.state.grading.pasting import Pasting
from enrollment_portal.state.learning.homes import SignIn
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.shared.session import Shell
from tests.security.frames import AT, BOOT, event
from tests.security.pipeline import app_handlers, event_name

CALLS = known_calls()
ERROR = (
    "reflex___state____state.reflex___state____frontend_event_exception_state"
    ".handle_frontend_exception"
)
SEARCH = event_name(Ledger, "search")


def connect(**auth: Any) -> str:
    return "40/_event," + json.dumps(auth)


def frames(*, is_signed_in: bool = False) -> Frames:
    """Return the reader of a socket whose page has connected."""
    limits = SIGNED_IN if is_signed_in else ANONYMOUS
    reader = Frames(limits, CALLS, is_signed_in=is_signed_in)
    reader.read("40/_event,{}")
    return reader


def test_every_handler_of_the_portal_is_known() -> None:
    handlers = {name for name in app_handlers() if not name.endswith(".setvar")}
    assert handlers <= set(CALLS)
    assert not [name for name in CALLS if name.endswith((".setvar", ".set_is_hydrated"))]


def test_the_framework_accepts_no_longer_frames() -> None:
    assert POLLING_MAX_HTTP_BUFFER_SIZE == LONGEST_FRAME


@pytest.mark.parametrize("character", ["a", "\t", '"'])
def test_the_longest_text_of_a_page_fits_into_a_frame(character: str) -> None:
    text = character * ((MAX_SENT_TEXT - 2) // (len(json.dumps(character)) - 2))
    payload = {"enrollment": 1, "field": "grade", "clipboard": text}
    frame = event(event_name(Pasting, "paste"), payload)
    assert len(json.dumps(text)) == MAX_SENT_TEXT
    assert frames(is_signed_in=True).read(frame)


class TestFramesOfPages:
    @pytest.mark.parametrize(
        "frame",
        [
            connect(event={"name": BOOT, "payload": {"hashes": ["a1"]}, "router_data": AT}),
            connect(event={"name": BOOT, "router_data": {"pathname": "/"}}, state_schema="ab12"),
            # At an address that no page has.
            connect(
                event={
                    "name": BOOT,
                    "router_data": {"pathname": "/no/such", "query": {"splat": ["no", "such"]}},
                }
            ),
            "40/_event,",
        ],
    )
    def test_a_page_connects(self, frame: str) -> None:
        passed = Frames(ANONYMOUS, CALLS, is_signed_in=False).read(frame)
        assert passed is not None
        assert passed.startswith("40/_event,")

    @pytest.mark.parametrize(
        "frame", ["3", "1", "41/_event,", event(BOOT), event(event_name(SignIn, "load"))]
    )
    def test_a_sign_in_page_is_accepted(self, frame: str) -> None:
        passed = frames().read(frame)
        assert passed is not None
        if frame.startswith("42"):
            assert json.loads(passed[10:]) == json.loads(frame[10:])

    def test_ten_thousand_pasted_addresses_are_accepted(self) -> None:
        pasted = "\n".join(
            f"somebody.{n}@a-rather-long-name.northwind.example" for n in range(10_000)
        )
        paste = event(event_name(Grading, "search"), {"typed": pasted})
        assert frames(is_signed_in=True).read(paste)

    def test_text_that_is_not_ascii_is_not_longer(self) -> None:
        typed = "ş" * 900_000
        frame = "42/_event," + json.dumps(
            ["event", {"name": SEARCH, "payload": {"typed": typed}}], ensure_ascii=False
        )
        passed = frames(is_signed_in=True).read(frame)
        assert passed
        assert len(passed) <= len(frame)


class TestInvalidFrames:
    @pytest.mark.parametrize(
        "frame",
        [
            "",
            b"4",
            None,
            "0",
            "2probe",
            "5",
            "6",
            "4",
            "42",
            "44/_event,{}",
            "45/_event,1-[]",
            "bNDI=",
            "\uff142/_event,[]",
            '42["event","\\n\\n"]',
            '42/_event,7["event",{}]',
            '42/_event,["event","' + "\\n" * 8_000 + '"]',
            '42/_event,["event","' + "\n" * 900_000 + '"]',
            '42/_event,["event"]',
            '42/_event,["event",null]',
            '42/_event,["event",[]]',
            '42/_event,["event",{},{}]',
            '42/_event,["ping"]',
            '42/_event,["disconnect",{}]',
            '42/_event,["connect",{}]',
            '42/_event,{"event":1}',
            "42/_event," + "[" * 16_000,
            "42/_event," + '{"a":' * 3_000,
            '42/_event,["event",' + "9" * 10_000 + "]",
            '42/_event,["event",' + "9" * 4_000 + "]",
            '42/_event,["event",1e999]',
            '42/_event,["event",NaN]',
            '42/_event,["event",' + json.dumps(dict.fromkeys(map(str, range(1_500)), 0)) + "]",
            "42/_event," + json.dumps(["event", {"k" * 301: 1}]),
            '42/_event,["client_error","x"]',
            '42/_event,["client_error",{"message":"x","more":1}]',
            "40/_event,{}",
            event("x"),
            event("__init__"),
            event(f"{SEARCH}\n"),
            event(event_name(SignIn, "setvar"), {"name": "message", "value": "x"}),
            event("reflex___state____state.set_is_hydrated", {"value": True}),
            event(event_name(SignIn, "load"), {"more": 1}),
            event(event_name(SignIn, "load"), []),
            event(BOOT, {"vars": {"x": 1}}),
            event(BOOT, {"hashes": "x"}),
            event(BOOT, {"hashes": ["x" * 129]}),
            event(ERROR, {"info": None, "component_stack": ""}),
            event(ERROR, {"info": "x"}),
            event(BOOT, router_data=[]),
            event(BOOT, router_data={"pathname": 7}),
            event(BOOT, router_data={"pathname": "/" * 5_000}),
            event(BOOT, router_data={"query": [["a", "b"]]}),
            event(BOOT, router_data={"query": {"a": {"b": 1}}}),
            event(BOOT, router_data={"headers": {"cookie": "x"}}),
            event(BOOT, router_data={"sid": "x"}),
        ],
        ids=lambda frame: repr(frame)[:40],
    )
    def test_is_refused(self, frame: Any) -> None:
        with pytest.raises(FrameRefused) as refused:
            frames().read(frame)
        assert len(str(refused.value)) < 40, "no text of the client's is in it"

    @pytest.mark.parametrize(
        "auth",
        [
            {"event": {"name": "x"}},
            {"event": "x" * 9_000},
            {"event": {"name": BOOT, "payload": {"hashes": [["a"]]}}},
            {"state_schema": "a\nb"},
            {"state_schema": 7},
            {"state_schema": "x" * 200},
            {"more": 1},
        ],
        ids=lambda auth: repr(auth)[:40],
    )
    def test_is_refused_while_connecting(self, auth: dict[str, Any]) -> None:
        with pytest.raises(FrameRefused):
            Frames(ANONYMOUS, CALLS, is_signed_in=False).read(connect(**auth))

    def test_an_event_before_the_page_has_connected_is_refused(self) -> None:
        with pytest.raises(FrameRefused):
            Frames(ANONYMOUS, CALLS, is_signed_in=False).read(event(BOOT))

    def test_an_event_after_the_page_has_disconnected_is_refused(self) -> None:
        reader = frames()
        assert reader.read("41/_event,")
        with pytest.raises(FrameRefused):
            reader.read(event(BOOT))

    @pytest.mark.parametrize("payload", [{}, {"typed": "a", "more": 1}])
    def test_other_arguments_than_the_handler_has_are_refused(self, payload: dict) -> None:
        with pytest.raises(FrameRefused):
            frames(is_signed_in=True).read(event(SEARCH, payload))

    @given(st.text())
    def test_any_text_is_read_or_refused(self, text: str) -> None:
        for start in ("", "4", "42/_event,", "40/_event,"):
            reader = frames()
            try:
                reader.read(start + text)
            except FrameRefused:
                continue


class TestWithoutASignIn:
    @pytest.mark.parametrize(
        ("name", "payload"),
        [(SEARCH, {"typed": "a"}), (event_name(Shell, "check_connection"), {"ticket": 1})],
    )
    def test_protected_events_are_ignored(self, name: str, payload: dict[str, Any]) -> None:
        assert frames().read(event(name, payload)) is None
        assert frames(is_signed_in=True).read(event(name, payload))

    def test_only_short_frames_are_accepted(self) -> None:
        frame = event(event_name(SignIn, "load"), more="x" * ANONYMOUS.longest)
        with pytest.raises(FrameRefused):
            frames().read(frame)
        assert frames(is_signed_in=True).read(frame)


def test_a_browsers_error_is_shortened_before_it_is_searched() -> None:
    info = "TypeError: can't access property \"" * 60 + "', " * 3_000
    passed = frames().read(event(ERROR, {"info": info, "component_stack": "x" * 900}))
    assert passed
    payload = json.loads(passed[10:])[1]["payload"]
    assert [len(text) for text in payload.values()] == [500, 500]


def test_lone_surrogates_are_replaced_everywhere() -> None:
    held = {"typed": "a\ud83d"}
    name = event_name(Ledger, "search")
    query = {"q": "\udc00", "\ud800": "x"}
    router = {"pathname": "/\udfff", "asPath": "/?q=\ud83d\ude00", "query": query}
    passed = frames(is_signed_in=True).read(event(name, held, router_data=router))
    assert passed
    passed.encode()
    sent = json.loads(passed[10:])[1]
    assert sent["payload"] == {"typed": "a�"}
    assert sent["router_data"] == {
        "pathname": "/�",
        "asPath": "/?q=😀",
        "query": {"q": "�", "�": "x"},
    }
