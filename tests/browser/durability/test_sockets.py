"""Test the server with invalid messages of a client that is not signed in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from playwright.sync_api import expect
from simple_websocket import Client, ConnectionClosed, ConnectionError

from enrollment_portal.state.learning.homes import SignIn
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.storage.shared.database import Database
from tests.browser.conftest import NewPage, Serve, checkpoint
from tests.browser.server import Server
from tests.browser.sockets import GREETED, GREETING, address_of, event_at
from tests.builders import make_account, make_organization

_ANSWER_SECONDS = 45
FORGED = "ERROR: forged by a client"
HOSTILE = (
    '42/_event,["event","' + "\\n" * 100_000 + '"]',
    '42/_event,["event","' + "\n" * 900_000 + '"]',
    f'42/_event,["event","\n{FORGED}"]',
    "42/_event," + "[" * 500_000,
    '42/_event,["event",' + "9" * 900_000 + "]",
    '42/_event,["event",' + "[]," * 300_000 + "0]",
    event_at("/login", SignIn, f"load\n{FORGED}"),
    event_at("/login", SignIn, "load", more=FORGED),
    "x" * 5_000_000,
)


@pytest.fixture(scope="module")
def portal(serve: Serve, empty_database: Database) -> Server:
    """A portal that nobody has signed in to."""
    make_organization(empty_database)
    make_account(empty_database)
    return serve(checkpoint(empty_database))


@contextmanager
def open_socket(portal: Server, origin: str | None) -> Iterator[Client]:
    """Open a socket without a cookie and connect its page; close it afterwards if still open."""
    headers = [] if origin is None else [(b"Origin", origin.encode())]
    socket = Client(address_of(portal), headers=headers, max_message_size=None)
    socket.send(GREETING)
    while not str(socket.receive(_ANSWER_SECONDS)).startswith(GREETED):
        pass
    yield socket
    with suppress(ConnectionClosed):
        socket.close()


def is_closed(socket: Client) -> bool:
    """Tell whether the server ends a socket, whatever it says before."""
    try:
        while socket.receive(_ANSWER_SECONDS) is not None:
            pass
    except ConnectionClosed:
        return True
    return False


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example"])
def test_a_socket_of_another_origin_is_refused(portal: Server, origin: str | None) -> None:
    with pytest.raises((ConnectionError, ConnectionClosed)), open_socket(portal, origin):
        pass


def test_an_invalid_message_closes_its_socket_and_logs_one_line(portal: Server) -> None:
    before = len(portal.log.read_text())
    for frame in HOSTILE:
        with open_socket(portal, portal.url) as socket:
            socket.send(frame)
            assert is_closed(socket)
    written = portal.log.read_text()[before:]
    lines = [line for line in written.splitlines() if "A socket from" in line]
    assert len(lines) == len(HOSTILE)
    assert "Traceback" not in written
    assert FORGED not in written
    assert max(map(len, written.splitlines())) < 300


def test_protected_handlers_are_not_called_without_a_sign_in(
    portal: Server, new_page: NewPage
) -> None:
    with open_socket(portal, portal.url) as socket:
        socket.send(event_at("/login", Ledger, "search", typed="a"))
        socket.send(event_at("/login", SignIn, "load"))
        answer = str(socket.receive(_ANSWER_SECONDS))
    states = json.loads(answer.removeprefix("42/_event,"))[1]["delta"]
    assert not [state for state in states if "ledger" in state]
    assert SignIn.get_full_name() in states

    page = new_page(portal)
    page.goto("/admin/learning/enrollments")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_text("Northwind Academy")).to_be_visible()


def test_under_another_host_name_the_page_names_the_portals_address(
    portal: Server, new_page: NewPage
) -> None:
    elsewhere = portal.url.replace("localhost", "portal.localhost")
    page = new_page(portal, allow=("WebSocket connection", "403"))
    page.goto(f"{elsewhere}/login?next=/learn")
    expect(page.get_by_role("heading")).to_have_text("Open the portal at its own address")
    expect(page.get_by_role("alert")).to_contain_text(f"The portal is at {portal.url}.")
    answer = page.request.post(
        f"{portal.url}/auth/sign-in", form={"email": "a"}, headers={"Origin": elsewhere}
    )
    assert answer.status == 403
    page.get_by_role("link", name=f"Open {portal.url}").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.url == f"{portal.url}/login?next=/learn"
    expect(page.get_by_text("Northwind Academy")).to_be_visible()


def test_both_names_of_loopback_are_accepted(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal)
    page.goto(portal.url.replace("localhost", "127.0.0.1") + "/login")
    expect(page.get_by_text("Northwind Academy")).to_be_visible()
