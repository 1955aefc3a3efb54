"""The record of a run: operations with their answers, and the stored rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import text

from enrollment_portal.storage.shared.database import Database

COLUMNS = {
    "status": "status",
    "deadline": "deadline_day",
    "grade": "grade",
    "feedback": "feedback",
    "note": "internal_note",
}
"""Where the enrollment's row keeps what history calls by these names."""


class Outcome(StrEnum):
    """The answer to an operation."""

    UNKNOWN = "unknown"  # the connection ended before the answer
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    CONFLICT = "conflict"


@dataclass
class Operation:
    """A request of a writer; `outcome` and `version` are known with the answer."""

    name: str
    """Unique, and sent as the reason, so that history shows which operation a row came from."""
    author: str
    enrollment: int
    base: int
    """The version that the writer had before them."""
    wanted: dict[str, Any]
    """By field, the value as it is to be stored; only what differs from what they had seen."""
    outcome: Outcome = Outcome.UNKNOWN
    version: int | None = None
    """The version that the answer named, where it was acknowledged."""
    times: int = 1
    """How often it was sent, as by a double click; it counts once."""
    undoes: int | None = None
    """The history row that it undoes."""
    words: str = ""
    """What the page said."""


@dataclass(frozen=True)
class Recorded:
    """A row of history as it is stored."""

    seq: int
    version: int
    author: str
    kind: str
    changes: Mapping[str, Sequence[Any]]
    reason: str
    save_key: str | None = None
    undoes: int | None = None


@dataclass(frozen=True)
class Row:
    """An enrollment as it is stored."""

    learner_id: int
    course_id: int
    version: int
    values: Mapping[str, Any]


@dataclass
class Story:
    """A whole run."""

    before: dict[int, Row]
    """By enrollment, from before the first operation."""
    operations: list[Operation] = field(default_factory=list)
    after: dict[int, Row] = field(default_factory=dict)
    history: dict[int, list[Recorded]] = field(default_factory=dict)
    """By enrollment, in the order in which it was written."""
    shown_wrong: list[str] = field(default_factory=list)
    """What open ledgers show otherwise than it is stored, after everything has come to rest."""


def read_rows(database: Database) -> dict[int, Row]:
    """Return every enrollment by id."""
    columns = ", ".join(COLUMNS.values())
    with database.read() as session:
        rows = session.execute(
            text(f"SELECT id, learner_id, course_id, version, {columns} FROM enrollment")
        )
        return {
            id_: Row(learner, course, version, dict(zip(COLUMNS, values, strict=True)))
            for id_, learner, course, version, *values in rows
        }


def read_history(database: Database) -> dict[int, list[Recorded]]:
    """Return the whole history by enrollment."""
    history: dict[int, list[Recorded]] = {}
    with database.read() as session:
        for enrollment, changes, *rest in session.execute(
            text(
                "SELECT enrollment_id, changes, seq, version, actor_name, kind, reason, save_key,"
                " undoes FROM enrollment_event ORDER BY seq"
            )
        ):
            seq, version, author, kind, reason, save_key, undoes = rest
            # What is tracked, and when a completion was, follow what the writers set.
            pairs = {name: pair for name, pair in json.loads(changes).items() if name in COLUMNS}
            history.setdefault(enrollment, []).append(
                Recorded(seq, version, author, kind, pairs, reason, save_key, undoes)
            )
    return history
