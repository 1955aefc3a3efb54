"""Learners for tests: someone with an account, and what is stored of what they do."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_account, make_learner


def make_learner_actor(database: Database, name: str = "Ada Byström") -> Actor:
    """Write somebody who learns and can sign in."""
    learner = make_learner(database, name)
    account = make_account(database, Role.LEARNER, name=name, learner_id=learner)
    return Actor(account, name, "ada@northwind.example", Role.LEARNER, learner_id=learner)


def make_admin(database: Database, name: str = "Dana Ruiz") -> Actor:
    """Write an admin who manages enrollments."""
    account = make_account(database, Role.ADMIN, sections=Section.LEARNING, name=name)
    return Actor(account, name, "dana@northwind.example", Role.ADMIN, Section.LEARNING)


def rows(database: Database, sql: str) -> list[tuple[Any, ...]]:
    """Return what a statement finds."""
    with database.read() as session:
        return [tuple(row) for row in session.execute(text(sql))]


def execute(database: Database, sql: str) -> None:
    """Change what is stored, as no service would."""
    with database.write() as session:
        session.execute(text(sql))


def history(database: Database, enrollment: int) -> list[tuple[Any, ...]]:
    """Return version, source, name, changes and reason of every recorded change, oldest first."""
    found = rows(
        database,
        "SELECT version, source, actor_name, changes, reason FROM enrollment_event"
        f" WHERE enrollment_id = {enrollment} ORDER BY seq",
    )
    return [(*row[:3], json.loads(row[3]), row[4]) for row in found]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Do several things in the same moment, each in its own thread; return what came of each."""
    results: list[Any] = [None] * len(calls)
    barrier = threading.Barrier(len(calls))

    def run(number: int) -> None:
        barrier.wait()
        try:
            results[number] = calls[number]()
        except Exception as error:
            results[number] = error

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def meet(database: Database, first: Callable[[Session], object], second: Callable[[], Any]) -> Any:
    """Write something, and do another thing before that is committed; return what came of it.

    It commits once the other one has done its work, or waits for a lock. For PostgreSQL.
    """
    results: list[Any] = []

    def run() -> None:
        try:
            results.append(second())
        except Exception as error:
            results.append(error)

    other = threading.Thread(target=run)
    with database.write() as session:
        first(session)
        other.start()
        until = time.monotonic() + 30
        while other.is_alive() and not _someone_waits(database):
            assert time.monotonic() < until, "it neither ends nor waits"
            time.sleep(0.01)
    other.join()
    return results[0]


def _someone_waits(database: Database) -> bool:
    sql = (
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
        " AND wait_event_type = 'Lock'"
    )
    return bool(rows(database, sql))
