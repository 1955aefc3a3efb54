"""Write history: rows are only added, and each has a hash over the one before it.

A row's `hash` is the SHA-256 of two things, one after the other:

1. the hash of the row before it of the same enrollment, 32 bytes; nothing for the first row;
2. the row itself as a JSON array in UTF-8, written as RFC 8785 prescribes (no spaces, nothing
   escaped that need not be): enrollment_id, version, at, actor_id, actor_name, source, kind,
   changes (the stored text, as a string), reason, batch, save_key, undoes.

So altering, removing or moving a row makes the hashes of all later rows of its enrollment wrong;
the newest rows are protected by `checkpoints`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import bindparam, exists
from sqlmodel import Session, select

from enrollment_portal.domain.enrollment.edits import Value
from enrollment_portal.storage.history.batches import register_events
from enrollment_portal.storage.shared.bulk import insert_on_sqlite
from enrollment_portal.storage.shared.database import is_sqlite
from enrollment_portal.storage.shared.id_lists import is_among
from enrollment_portal.storage.shared.records import first_record, select_columns
from enrollment_portal.storage.shared.tables import Enrollment, EnrollmentEvent, table_of

CHAINED_COLUMNS = (
    "enrollment_id version at actor_id actor_name source kind changes reason batch hash"
)
"""The columns of `chained` rows, for `bulk.insert_rows`."""

ChainedRow = tuple[int, int, int, int | None, str, str, str, str, str, str | None, bytes]

_HASHED = (
    "enrollment_id",
    "version",
    "at",
    "actor_id",
    "actor_name",
    "source",
    "kind",
    "changes",
    "reason",
    "batch",
    "save_key",
    "undoes",
)
_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode

CHUNK = 20_000
"""How many rows are read at a time."""

_FIRST = -(2**63)
_v, _e = table_of(EnrollmentEvent).c, table_of(Enrollment).c
_ROWS = (
    select_columns(_v.seq, *(_v[name] for name in _HASHED), _v.hash)
    .where(_v.seq > bindparam("after"))
    .order_by(_v.seq)
    .limit(bindparam("limit"))
)
_VERSIONS = (
    select_columns(_e.id, _e.version)
    .where(_e.id > bindparam("after"))
    .order_by(_e.id)
    .limit(bindparam("limit"))
)
_PLACES = select_columns(_v.seq, _v.enrollment_id, _v.version, _v.at)
_WITHOUT_ENROLLMENT = (
    _PLACES.where(~exists().where(_e.id == _v.enrollment_id)).order_by(_v.seq).limit(1)
)
_NEWEST_OF = _PLACES.where(_v.enrollment_id == bindparam("id")).order_by(_v.seq.desc()).limit(1)
_LAST_HASHES = select_columns(
    _e.id,
    select(_v.hash)
    .where(_v.enrollment_id == _e.id)
    .order_by(_v.seq.desc())
    .limit(1)
    .scalar_subquery()
    .label("hash"),
).where(is_among(_e.id, "ids"))

# Text for the driver itself: enrolling 10,000 people writes as many rows at once, which
# tests/benchmarks/history.py measures.
_INSERT = f"INSERT INTO enrollment_event ({', '.join(_HASHED)}, hash)"
_TYPES = ("BIGINT", "INTEGER", *["BIGINT"] * 2, *["TEXT"] * 7, "BIGINT", "BYTEA")
# The key is assigned last, in the order of the rows.
_ADD_POSTGRESQL = (
    f"{_INSERT} SELECT {', '.join(_HASHED)}, hash"
    f" FROM unnest({', '.join(f'%s::{type_}[]' for type_ in _TYPES)})"
    f" WITH ORDINALITY AS r ({', '.join(_HASHED)}, hash, place) ORDER BY place RETURNING seq"
)


@dataclass(frozen=True, slots=True)
class Author:
    """Who or what makes a change: a person, "group", "path" or "tracking"."""

    source: str
    actor_id: int | None = None
    actor_name: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """What history records with each change: author, reason, batch, idempotency key."""

    author: Author
    reason: str = ""
    batch: str | None = None
    """The name shared by changes that were made together."""
    save_key: str | None = None
    """The idempotency key of the save."""


class NewEvent(NamedTuple):
    """A new row of history; `at` in ms since 1970 UTC.

    Enrolling 10,000 people makes as many: a named tuple takes a third of the time of a dataclass.
    """

    enrollment_id: int
    version: int
    """The enrollment's version after the change; 1 for its creation."""
    at: int
    author: Author
    kind: str
    """"began" or "changed"."""
    changes: Mapping[str, Sequence[Value]]
    """The stored values before and after, by field name."""
    reason: str = ""
    batch: str | None = None
    save_key: str | None = None
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The position of a row of history; `at` in ms since 1970 UTC."""

    seq: int
    enrollment_id: int
    version: int
    at: int


def event_hash(previous: bytes, row: Sequence[object]) -> bytes:
    """Return the hash of a row of history.

    Args:
        previous: the hash of the row before it of the same enrollment; empty for the first.
        row: its values from enrollment_id to undoes, in the order given at the top of this module.
    """
    return sha256(previous + _as_json(row).encode()).digest()


def chained(
    rows: Iterable[tuple[int, int, int, int | None, str, str, str, str, str]],
    batch: str | None = None,
) -> Iterator[ChainedRow]:
    """Add the hashes to rows of history, for bulk loading.

    Args:
        rows: the values from enrollment_id to reason, without batch, save_key and undoes; the whole
            history of an enrollment together, in order.
        batch: of all these rows.
    """
    previous = b""
    for row in rows:
        if row[1] == 1:
            previous = b""
        previous = event_hash(previous, (*row, batch, None, None))
        yield (*row, batch, previous)


def add_events(session: Session, events: Sequence[NewEvent]) -> list[int]:
    """Write rows of history, each chained to the one before it of its enrollment.

    The caller must have locked the same enrollments, or detect afterwards that somebody else was
    first, and roll back.

    Args:
        session: in the transaction of the changes.
        events: those of one enrollment in the order of their versions.

    Returns:
        The `seq` of each, in order.
    """
    if not events:
        return []
    hashes = _last_hashes(session, {e.enrollment_id for e in events if e.version > 1})
    rows: list[tuple[object, ...]] = []
    for event in events:
        author = event.author
        row = (
            event.enrollment_id,
            event.version,
            event.at,
            author.actor_id,
            author.actor_name,
            author.source,
            event.kind,
            _as_json(event.changes),
            event.reason,
            event.batch,
            event.save_key,
            event.undoes,
        )
        proof = event_hash(hashes.get(event.enrollment_id, b""), row)
        hashes[event.enrollment_id] = proof
        rows.append((*row, proof))
    if any(event.batch for event in events):
        register_events(session, events)
    if is_sqlite(session):
        return insert_on_sqlite(session, _INSERT, rows)
    columns = tuple(map(list, zip(*rows, strict=True)))
    return sorted(session.connection().exec_driver_sql(_ADD_POSTGRESQL, columns).scalars())


def _stream(session: Session, statement: Any, key: str) -> Iterator[Any]:
    last = _FIRST
    while rows := session.exec(statement, params={"after": last, "limit": CHUNK}).all():
        yield from rows
        last = getattr(rows[-1], key)


def _last_hashes(session: Session, enrollment_ids: Iterable[int]) -> dict[int, bytes]:
    ids = list(enrollment_ids)
    if not ids:
        return {}
    found = session.exec(_LAST_HASHES, params={"ids": ids})
    return {row.id: row.hash for row in found if row.hash is not None}


def all_rows(session: Session) -> Iterator[Any]:
    """Return all history in the order of `seq`: the `seq`, what is hashed, and the hash."""
    return _stream(session, _ROWS, "seq")


def stored_versions(session: Session) -> Iterator[Any]:
    """Return the id and the current version of each enrollment, by id."""
    return _stream(session, _VERSIONS, "id")


def place_without_enrollment(session: Session) -> Place | None:
    """Return the first row of history whose enrollment does not exist."""
    return first_record(Place, session.exec(_WITHOUT_ENROLLMENT))


def newest_place(session: Session, enrollment_id: int) -> Place | None:
    """Return the newest row of an enrollment's history."""
    return first_record(Place, session.exec(_NEWEST_OF, params={"id": enrollment_id}))
