"""Test that a server killed during saves loses nothing it had acknowledged."""

from __future__ import annotations

import json
import multiprocessing
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.services.enrollment.enrollments import read_enrollment, save_enrollment
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_account, make_enrollment, make_organization

N_KILLS = 20
N_ENROLLMENTS = 8

# Where new processes come from: one that has imported the product already, once for all of them.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


def _save_until_killed(url: str, account: int, enrollments: list[int], answers: Connection) -> None:
    """Save in several threads; send each enrollment and version after its acknowledgement."""
    database = Database(url)
    actor = Actor(account, "Maya Lindqvist", "maya@northwind.example", Role.SUPER_ADMIN)
    telling = threading.Lock()

    def save_on(enrollment: int) -> None:
        version = read_enrollment(database, actor, enrollment).facts.version
        while True:
            typed = {
                "grade": f"g{version}",
                "feedback": f"f{version}",
                "note": f"n{version}",
                "status": ("completed", "active")[version % 2 == 0],
            }
            version = save_enrollment(
                database, actor, enrollment, version=version, typed=typed, reason=f"r{version}"
            ).facts.version
            with telling:
                answers.send((enrollment, version))

    for enrollment in enrollments:
        threading.Thread(target=save_on, args=(enrollment,)).start()


def _kill_while_saving(
    url: str, account: int, enrollments: list[int], after: float
) -> dict[int, int]:
    """Let a process save, kill it, and return the newest acknowledged version by enrollment."""
    reader, writer = _processes.Pipe(duplex=False)
    process = _processes.Process(
        target=_save_until_killed, args=(url, account, enrollments, writer)
    )
    process.start()
    writer.close()
    acknowledged = dict([reader.recv()])
    time.sleep(after)  # the moment of the kill is what is tested, so it is drawn, not waited for
    process.kill()
    # The last one may be incomplete; then it was not acknowledged.
    with suppress(EOFError, OSError):
        while True:
            acknowledged |= dict([reader.recv()])
    process.join()
    return acknowledged


def _stored(session: Session) -> dict[int, tuple[Any, ...]]:
    rows = session.execute(
        text("SELECT id, version, grade, feedback, internal_note, status FROM enrollment")
    )
    return {row[0]: tuple(row[1:]) for row in rows}


def _history(session: Session, enrollment: int) -> list[tuple[int, dict[str, list[Any]], str]]:
    rows = session.execute(
        text(
            "SELECT version, changes, reason FROM enrollment_event WHERE enrollment_id = :id"
            " ORDER BY seq"
        ),
        {"id": enrollment},
    )
    return [(row[0], json.loads(row[1]), row[2]) for row in rows]


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_every_acknowledged_save_survives_and_none_is_half_done(
    engine: str, make_database_url: Callable[[str], str]
) -> None:
    url = make_database_url(engine)
    database = Database(url)
    make_organization(database)
    account = make_account(database, Role.SUPER_ADMIN)
    enrollments = [make_enrollment(database) for _ in range(N_ENROLLMENTS)]
    database.close()
    moments = random.Random(1)
    answers = dict.fromkeys(enrollments, 1)
    for _ in range(N_KILLS):
        answers |= _kill_while_saving(url, account, enrollments, moments.uniform(0, 0.12))
    database = Database(url)
    # In one transaction: the server may still be committing what a killed process sent last.
    with database.read() as session:
        stored = _stored(session)
        histories = {enrollment: _history(session, enrollment) for enrollment in enrollments}
    assert sum(answers.values()) >= N_ENROLLMENTS + N_KILLS
    for enrollment in enrollments:
        version, grade, feedback, note, status = stored[enrollment]
        assert version >= answers[enrollment]
        history = histories[enrollment]
        assert [v for v, _, _ in history] == list(range(2, version + 1))
        assert [reason for _, _, reason in history] == [f"r{v}" for v in range(1, version)]
        if version > 1:
            last = version - 1
            assert (grade, feedback, note) == (f"g{last}", f"f{last}", f"n{last}")
            assert status == (0 if last % 2 == 0 else 1)
            assert history[-1][1]["grade"][1] == grade
    database.close()
