"""Compute the ledger of a past moment in plain Python from a log of every change."""

from __future__ import annotations

import json
import random
from contextlib import nullcontext
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.domain.access.permissions import Scope
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.storage.ledger import LedgerPage
from enrollment_portal.storage.ledger.past import access_path, read_past, rows
from enrollment_portal.storage.shared.database import Database
from tests.builders import DAY, HOUR, NOW
from tests.integration.ledger_oracle import Oracle, Reads


class Entry(NamedTuple):
    """An enrollment's values from a time on."""

    at: int
    status: int
    progress: int
    deadline_day: int | None


Diary = dict[int, list[Entry]]
"""By enrollment, oldest first."""

_NOW = text("SELECT id, updated_at, status, progress, deadline_day FROM enrollment")
_CHANGE = text(
    "UPDATE enrollment SET status = :status, progress = :progress, deadline_day = :deadline_day,"
    " completed_at = CASE WHEN :status = 1 THEN :at END,"
    " cancelled_at = CASE WHEN :status = 2 THEN :at END,"
    " feedback = :feedback, updated_at = :at, version = version + 1 WHERE id = :id"
)
_RECORD = text(
    "INSERT INTO enrollment_event (enrollment_id, version, at, actor_name, source, kind, changes,"
    " reason) VALUES (:id, (SELECT version FROM enrollment WHERE id = :id), :at, '', 'tracking',"
    " 'changed', :changes, '')"
)


def open_log(database: Database) -> Diary:
    """Start a log with the current values of every enrollment."""
    with database.read() as session:
        return {row[0]: [Entry(*row[1:])] for row in session.execute(_NOW)}


def change(database: Database, diary: Diary, id_: int, entry: Entry) -> None:
    """Change an enrollment with its row of history, as the app does, and log it."""
    before = diary[id_][-1]
    pairs = {
        "status": [before.status, entry.status],
        "progress": [before.progress, entry.progress],
        "deadline": [before.deadline_day, entry.deadline_day],
        "feedback": ["", 'Mind the "status": and "progress": of it.'],
    }
    changes = json.dumps({name: pair for name, pair in pairs.items() if pair[0] != pair[1]})
    with database.write() as session:
        values = {"id": id_, "at": entry.at, "changes": changes}
        facts = {**entry._asdict(), "id": id_, "feedback": pairs["feedback"][1]}
        session.execute(_CHANGE, facts)
        session.execute(_RECORD, values)
    diary[id_].append(entry)


def make_changes_for_days(database: Database, changes: int = 150, seed: int = 3) -> Diary:
    """Change a company of `ledger_oracle.make_company` for days, often at the same moment."""
    pick = random.Random(seed)
    diary = open_log(database)
    ids = sorted(diary)
    for _ in range(changes):
        id_ = pick.choice(ids)
        last = diary[id_][-1]
        # Nobody becomes active once more: someone else may be it in that course already.
        status = pick.choice((0, 1, 2) if last.status == 0 else (1, 2))
        progress = pick.choice((0, 50, 100))
        deadline = pick.choice((None, NOW // DAY + 1, NOW // DAY + 2))
        at = last.at + pick.choice((0, 1, HOUR, DAY, DAY))
        change(database, diary, id_, Entry(at, status, progress, deadline))
    return diary


NEVER, ALWAYS = 0, 1_000_000
_WAYS = {
    "from their owners": (NEVER, NEVER, ALWAYS, ALWAYS),
    "all by when they ended, counted by what changed": (ALWAYS, ALWAYS, NEVER, ALWAYS),
    "all by when they ended, counted one by one": (ALWAYS, ALWAYS, ALWAYS, ALWAYS),
    "all by when they were enrolled": (ALWAYS, NEVER, ALWAYS, ALWAYS),
    "index scan, counted by what changed": (ALWAYS, ALWAYS, NEVER, NEVER),
    "index scan, counted by when they were enrolled": (ALWAYS, NEVER, NEVER, NEVER),
}
"""How rows are found and counted: the values of SEEK_COST, OLD_COST, RECENT and SORT_ROWS."""
WAYS = (*_WAYS, "as measured")
WAYS_OF_THEIR_OWN = (
    "from their owners",
    "all by when they ended, counted by what changed",
    "all by when they ended, counted one by one",
    "index scan, counted by what changed",
)
"""The ways that differ in their statements; the others choose among the same ones."""


def force_way(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """Make the ledger of a past day find and count rows in one of `WAYS`."""
    if way == "as measured":
        return
    seek, old, recent, sort_rows = _WAYS[way]
    monkeypatch.setattr(access_path, "SEEK_COST", seek)
    monkeypatch.setattr(access_path, "OLD_COST", old)
    monkeypatch.setattr(access_path, "RECENT", recent)
    monkeypatch.setattr(rows, "SORT_ROWS", sort_rows)
    monkeypatch.setattr(rows, "COURSE_ROWS", 30)


class PastOracle(Oracle):
    """An oracle of a moment: the last log entry of each enrollment up to it."""

    def __init__(self, database: Database, diary: Diary, moment: int) -> None:
        super().__init__(database)
        held: list[Any] = []
        for fact in self.facts:
            entries = [entry for entry in diary[fact.id] if entry.at <= moment]
            if entries:
                _, status, progress, day = entries[-1]
                held.append(fact._replace(status=status, progress=progress, deadline_day=day))
        self.facts = held


def reads_at(moment: int, session: Session | None = None) -> Reads:
    """Return a function that reads a page of a moment, in a session or its own transaction."""

    def read(database: Database, scope: Scope, query: LedgerQuery, size: int) -> LedgerPage:
        with nullcontext(session) if session else database.read() as reading:
            return read_past(reading, scope, query, moment, size)

    return read
