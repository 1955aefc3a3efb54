"""What a browser may send over its socket, checked before Reflex reads or logs any of it.

Beside `wire`, which knows the format of what is sent, this knows the format of what arrives: an
Engine.IO message that holds a Socket.IO packet that holds an event of Reflex.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from enrollment_portal.domain.shared.typed_text import valid_text
from enrollment_portal.live.sockets.calls import (
    LONGEST_ERROR,
    LONGEST_HASH,
    Calls,
    FrameRefused,
    is_text,
)

LONGEST_FRAME = 1_000_000
"""The longest frame that a page sends: a text of `MAX_SENT_TEXT` and what surrounds it."""
CONNECT = "40/_event,"
"""The start of the frame that asks to be accepted, and of the one that accepts."""
_DISCONNECT, _EVENT = "41/_event,", "42/_event,"
PING, PONG = "2", "3"
_CLOSE = "1"
_CLIENT_ERROR = "client_error"
_MOST_BRACKETS = 20_000
_LONGEST_KEY = 300
_LONGEST_ADDRESS = 4_096
_BIGGEST_NUMBER = 2**64
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_FACTS_OF_ERROR = {"message", "error_type", "substate"}


@dataclass(frozen=True)
class Limits:
    """How much a socket may send at once."""

    longest: int
    most_values: int
    deepest: int = 12


ANONYMOUS = Limits(longest=16_384, most_values=1_000)
SIGNED_IN = Limits(longest=LONGEST_FRAME, most_values=50_000)


class Frames:
    """Reads the frames of one socket in their order.

    Args:
        limits: how much it may send at once.
        calls: what its page may call.
        is_signed_in: whether it may call what is not public; else such a call is passed over, as
            its page is being led to the sign-in page.
    """

    def __init__(self, limits: Limits, calls: Calls, *, is_signed_in: bool) -> None:
        self._limits = limits
        self._calls = calls
        self._is_signed_in = is_signed_in
        self._is_connected = False

    def read(self, frame: object) -> str | None:
        """Return a frame that Reflex may read, with valid text; `None` if it is skipped.

        Raises:
            FrameRefused: the socket should be closed.
        """
        if not isinstance(frame, str):
            raise FrameRefused("binary frame")
        if len(frame) > self._limits.longest:
            raise FrameRefused("oversized frame")
        if frame in (PONG, _CLOSE):
            return frame
        if frame.startswith(_EVENT):
            return self._event(frame)
        if frame.startswith(CONNECT) and not self._is_connected:
            self._is_connected = True
            return self._connect(frame)
        if frame == _DISCONNECT:
            self._is_connected = False
            return frame
        raise FrameRefused("unexpected frame")

    def _connect(self, frame: str) -> str:
        body = frame.removeprefix(CONNECT)
        if not body:
            return frame
        auth = self._load(body)
        if not isinstance(auth, dict) or not set(auth) <= {"event", "state_schema"}:
            raise FrameRefused("malformed connect")
        schema = auth.get("state_schema")
        if schema is not None and not (is_text(schema, LONGEST_HASH) and schema.isprintable()):
            raise FrameRefused("malformed connect")
        if auth.get("event") is not None and not self._takes(auth["event"]):
            raise FrameRefused("unknown handler")
        return CONNECT + _dump(auth)

    def _event(self, frame: str) -> str | None:
        if not self._is_connected:
            raise FrameRefused("event before connect")
        packet = self._load(frame.removeprefix(_EVENT))
        if not isinstance(packet, list) or len(packet) != 2:
            raise FrameRefused("malformed event")
        kind, body = packet
        if kind == _CLIENT_ERROR:
            return _EVENT + _dump([kind, _error_report(body)])
        if kind != "event":
            raise FrameRefused("unknown event")
        return _EVENT + _dump(packet) if self._takes(body) else None

    def _takes(self, event: object) -> bool:
        """Tell whether the socket may call an event's handler; shorten and repair its text."""
        if not isinstance(event, dict) or not isinstance(event.get("name"), str):
            raise FrameRefused("malformed event")
        call = self._calls.get(event["name"])
        if call is None:
            raise FrameRefused("unknown handler")
        if not call.is_public and not self._is_signed_in:
            return False
        payload = event.get("payload", {})
        if not isinstance(payload, dict) or not call.required <= set(payload) <= call.parameters:
            raise FrameRefused("malformed event")
        if call.check:
            call.check(payload)
        _check_address(event.get("router_data", {}))
        return True

    def _load(self, body: str) -> Any:
        if body.count("[") + body.count("{") > _MOST_BRACKETS:
            # Reading so many lists takes longer than the same length of anything else.
            raise FrameRefused("too many values")
        try:
            value = json.loads(body, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            raise FrameRefused("unreadable frame") from None
        self._measure(value)
        return _valid(value) if _HALF.search(body) else value

    def _measure(self, value: Any) -> None:
        """Refuse a value that is nested too deep, too large, or has a number without meaning."""
        left, waiting = self._limits.most_values, [(value, 1)]
        while waiting:
            value, depth = waiting.pop()
            if isinstance(value, dict):
                if any(len(key) > _LONGEST_KEY for key in value):
                    raise FrameRefused("overlong key")
                contents: Any = value.values()
            elif isinstance(value, list):
                contents = value
            else:
                if isinstance(value, int | float) and not _is_sane(value):
                    raise FrameRefused("number out of range")
                continue
            left -= len(contents)
            if left < 0:
                raise FrameRefused("too many values")
            if depth > self._limits.deepest:
                raise FrameRefused("nested too deep")
            waiting += [(one, depth + 1) for one in contents]


def _check_address(router_data: object) -> None:
    """Refuse an address of the page that has another form than a browser's."""
    if not isinstance(router_data, dict):
        raise FrameRefused("malformed address")
    query = router_data.get("query", {})
    texts = [router_data.get("pathname", ""), router_data.get("asPath", "")]
    if not isinstance(query, dict):
        raise FrameRefused("malformed address")
    # A part of the address that is not there is sent as null.
    # For an address without a page it is sent as a list of its parts.
    for value in query.values():
        texts += value if isinstance(value, list) else [] if value is None else [value]
    if not all(is_text(text, _LONGEST_ADDRESS) for text in texts):
        raise FrameRefused("malformed address")
    if not set(router_data) <= {"pathname", "asPath", "query"}:
        raise FrameRefused("malformed address")


def _error_report(body: object) -> dict[str, str]:
    if not isinstance(body, dict) or not set(body) <= _FACTS_OF_ERROR:
        raise FrameRefused("malformed error report")
    return {name: str(value)[:LONGEST_ERROR] for name, value in body.items()}


def _is_sane(number: float) -> bool:
    return math.isfinite(number) if isinstance(number, float) else abs(number) < _BIGGEST_NUMBER


def _dump(value: Any) -> str:
    # Forward what was checked, not the raw text: they differ if a key occurs twice.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _refuse_constant(_name: str) -> None:
    raise ValueError


def _valid(value: Any) -> Any:
    """Return a value with all its texts made valid Unicode."""
    if isinstance(value, str):
        return valid_text(value)
    if isinstance(value, list):
        return [_valid(one) for one in value]
    if isinstance(value, dict):
        return {valid_text(key): _valid(one) for key, one in value.items()}
    return value
