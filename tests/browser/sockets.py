"""The messages of a socket without a browser: addresses, events and updates."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from simple_websocket import Client

from enrollment_portal.services.access.cookies import SESSION
from enrollment_portal.state.shared.session import Shell
from tests.browser.page_objects.ledger_page import LEDGER
from tests.browser.server import Server

GREETING = "40/_event,{}"
GREETED = "40/_event,"
PING, PONG = "2", "3"
_EVENT = "42/_event,"
_MARK = "_rx_state_"
"""Ends the name of each value of a state on its way to the browser."""


def address_of(portal: Server, token: str = "") -> str:
    """Return the address of a portal's socket for a browser's tab, by its token or as a new one."""
    address = portal.url.replace("http", "ws")
    return f"{address}/_event/?EIO=4&transport=websocket&token={token or uuid.uuid4()}"


def headers_of(portal: Server, session: str) -> list[tuple[bytes, bytes]]:
    """Return the headers with which a browser opens the socket."""
    headers = {"Cookie": f"{SESSION}={session}", "Origin": portal.url}
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def event_at(address: str, state: type, handler: str, **payload: Any) -> str:
    """Return the message with which a page at a path, with its query, calls a handler."""
    path, _, query = address.partition("?")
    event = {
        "name": f"{state.get_full_name()}.{handler}",  # type: ignore[attr-defined]
        "payload": payload,
        "router_data": {"pathname": path, "asPath": address, "query": dict(parse_qsl(query))},
    }
    return _EVENT + json.dumps(["event", event])


def manage_path(enrollment: int) -> str:
    """Return the path of an enrollment's form."""
    return f"{LEDGER}/{enrollment}/manage"


def updates_in(message: str) -> dict[str, dict[str, Any]]:
    """Return the values of a message, by full name of the state and by var name."""
    if not message.startswith(_EVENT):
        return {}
    name, *rest = json.loads(message.removeprefix(_EVENT))
    delta = (rest[0].get("delta") or {}) if name == "event" else {}
    return {
        state: {key.removesuffix(_MARK): value for key, value in values.items()}
        for state, values in delta.items()
    }


def answers_to(
    portal: Server, session: str, events: Sequence[str]
) -> tuple[dict[str, dict[str, Any]], str]:
    """Send events over a socket without a browser, and wait until all are answered.

    Args:
        portal: to which.
        session: the token of who sends them.
        events: what `event_at` returned.

    Returns:
        The last values by full name of the state and by var name, and all that was received.
    """
    shell, ticket = Shell.get_full_name(), 77
    socket = Client(address_of(portal), headers=headers_of(portal, session))
    socket.send(GREETING)
    for event in (*events, event_at(LEDGER, Shell, "check_connection", ticket=ticket)):
        socket.send(event)
    shown: dict[str, dict[str, Any]] = {}
    received: list[str] = []
    while shown.get(shell, {}).get("checked_connection") != ticket:
        received.append(str(socket.receive(30)))
        if received[-1] == PING:
            socket.send(PONG)
        for state, values in updates_in(received[-1]).items():
            shown.setdefault(state, {}).update(values)
    socket.close()
    return shown, "".join(received)
