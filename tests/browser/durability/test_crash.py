"""Test that the server, killed during saves, keeps every acknowledged one."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from simple_websocket import Client, ConnectionClosed, ConnectionError

from enrollment_portal.storage.shared.database import Database
from tests.browser.conftest import Serve, checkpoint
from tests.browser.page_objects.enrollment_page import MAYA, recorded, stored
from tests.browser.server import Server
from tests.browser.sockets import (
    GREETED,
    GREETING,
    PING,
    PONG,
    address_of,
    event_at,
    headers_of,
    manage_path,
)
from tests.builders import make_account, make_enrollment, make_organization, make_session
from tests.enrollment_states import state_of

N_KILLS = 20
N_SAVERS = 6
_ANSWER_SECONDS = 45


class Saver:
    """Someone who saves one enrollment over and over, through a socket like a browser's."""

    def __init__(self, portal: Server, session: str, enrollment: int) -> None:
        self.portal, self.enrollment = portal, enrollment
        self._session = session
        self.sent = 0
        """How many saves were sent; each has its number in every field."""
        self.acknowledged: list[int] = []
        """The numbers of those that were confirmed."""

    def save_until_killed(self) -> None:
        """Save until the server is gone."""
        try:
            with self._connected() as socket:
                self._call(socket, "load", {}, '"phase_rx_state_":"ready"')
                while True:
                    self.sent += 1
                    n = self.sent
                    form = {
                        "status": ("active", "completed")[n % 2],
                        "reopens": "on",
                        "grade": f"g{n}",
                        "feedback": f"f{n}",
                        "note": f"n{n}",
                        "reason": f"r{n}",
                    }
                    self._call(socket, "save", {"form": form}, '"Changes saved."')
                    self.acknowledged.append(n)
        except (ConnectionClosed, ConnectionError, OSError):
            return

    @contextmanager
    def _connected(self) -> Iterator[Client]:
        headers = headers_of(self.portal, self._session)
        socket = Client(address_of(self.portal), headers=headers)
        try:
            # Its greeting may lie in the handshake's packet, and is then read with what follows.
            socket.send(GREETING)
            self._wait_for(socket, GREETED)
            yield socket
        finally:
            with suppress(ConnectionClosed, OSError):
                socket.close()

    def _call(self, socket: Client, handler: str, payload: dict[str, Any], answer: str) -> None:
        path = manage_path(self.enrollment)
        socket.send(event_at(path, state_of(handler), handler, **payload))
        self._wait_for(socket, answer)

    def _wait_for(self, socket: Client, words: str) -> None:
        until = time.monotonic() + _ANSWER_SECONDS
        while time.monotonic() < until:
            message = str(socket.receive(_ANSWER_SECONDS) or "")
            if message == PING:
                socket.send(PONG)
            elif words in message:
                return
        raise AssertionError(f"The server did not answer {words!r} to {self.enrollment}")


@pytest.fixture
def savers(serve: Serve, empty_database: Database) -> list[Saver]:
    """A portal's savers, each with an enrollment of its own."""
    make_organization(empty_database)
    session = make_session(empty_database, make_account(empty_database, name=MAYA))
    enrollments = [make_enrollment(empty_database) for _ in range(N_SAVERS)]
    portal = serve(checkpoint(empty_database))
    return [Saver(portal, session, enrollment) for enrollment in enrollments]


def kill_while_saving(portal: Server, savers: list[Saver], after: float) -> None:
    """Let everyone save, and kill the server after all have started."""
    threads = [threading.Thread(target=saver.save_until_killed) for saver in savers]
    before = [len(saver.acknowledged) for saver in savers]
    for thread in threads:
        thread.start()
    until = time.monotonic() + _ANSWER_SECONDS
    while any(len(s.acknowledged) == n for s, n in zip(savers, before, strict=True)):
        assert time.monotonic() < until, "nobody could save"
        time.sleep(0.005)
    time.sleep(after)  # the moment of the kill is what is tested, so it is drawn, not waited for
    portal.kill()
    for thread in threads:
        thread.join(_ANSWER_SECONDS)
        assert not thread.is_alive()


def assert_nothing_is_lost(saver: Saver) -> None:
    """Check that each confirmed save is stored whole, with its history, and no half of another."""
    history = recorded(saver.portal, saver.enrollment)
    saved = [int(reason.removeprefix("r")) for *_, reason in history]
    status, _, grade, feedback, note, version = stored(saver.portal, saver.enrollment)
    assert set(saver.acknowledged) <= set(saved) <= set(range(1, saver.sent + 1))
    assert saved == sorted(set(saved))
    assert [v for v, *_ in history] == list(range(2, version + 1))
    for n, (_, who, _, _, changes, _) in zip(saved, history, strict=True):
        assert who == MAYA
        assert [changes[f][1] for f in ("grade", "feedback", "note")] == [f"g{n}", f"f{n}", f"n{n}"]
    last = saved[-1]
    assert (status, grade, feedback, note) == (last % 2, f"g{last}", f"f{last}", f"n{last}")


def test_every_acknowledged_save_survives_a_kill_of_the_real_server(savers: list[Saver]) -> None:
    portal, moments = savers[0].portal, random.Random(1)
    for _ in range(N_KILLS):
        kill_while_saving(portal, savers, moments.uniform(0, 0.2))
        portal.start()
    for saver in savers:
        assert_nothing_is_lost(saver)
        assert len(saver.acknowledged) >= N_KILLS
