"""Checkpoints: a hash chain over the whole history, in the order of `seq`.

A checkpoint is a row of `history_seal`. Its `hash` is the SHA-256 of
these, one after the other:

1. the hash of the checkpoint before it, 32 bytes; nothing for the first one;
2. its id, at, first_seq, until_seq and n: 8 bytes each, signed, the most significant first;
3. for each row of history from first_seq to until_seq: its `seq` in 8 such bytes, and its hash.

Checkpoints have the ids 1, 2, 3 … without gaps, and each starts after the one before it. With the
number and hash of one, kept elsewhere, it can be verified that nothing before it was rewritten.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from hashlib import sha256

from sqlalchemy import bindparam, func
from sqlmodel import Session, select

from enrollment_portal.storage.shared.records import first_record, records, select_columns
from enrollment_portal.storage.shared.tables import EnrollmentEvent, HistoryCheckpoint, table_of

CHECKPOINT_LOCK = 7_230_118
"""The advisory lock for writing a checkpoint."""

MOST_ROWS = 10_000
"""How many rows of history one checkpoint covers at most."""
CHUNK = 1_000
"""How many checkpoints are read at a time."""

_s, _v = table_of(HistoryCheckpoint).c, table_of(EnrollmentEvent).c
_NEEDED = select(
    select(func.coalesce(func.max(_v.seq), 0)).scalar_subquery()
    > select(func.coalesce(func.max(_s.until_seq), 0)).scalar_subquery()
)
_CHECKPOINTS = select_columns(_s.id, _s.at, _s.first_seq, _s.until_seq, _s.n, _s.hash)
_NEWEST = _CHECKPOINTS.order_by(_s.id.desc()).limit(1)
_AFTER = _CHECKPOINTS.where(_s.id > bindparam("id")).order_by(_s.id).limit(bindparam("limit"))
_WITHOUT_CHECKPOINT = (
    select_columns(_v.seq, _v.hash)
    .where(_v.seq > bindparam("after"), _v.seq <= bindparam("until"))
    .order_by(_v.seq)
    .limit(bindparam("limit"))
)

_numbers = struct.Struct(">5q").pack
_number = struct.Struct(">q").pack


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One checkpoint of the chain; `at` in ms since 1970 UTC."""

    id: int
    at: int
    first_seq: int
    until_seq: int
    n: int
    hash: bytes

    @property
    def head(self) -> str:
        """Its number and hash, to be kept elsewhere."""
        return f"{self.id}:{self.hash.hex()}"


class CheckpointHash:
    """Compute the hash of a checkpoint, row by row.

    Args:
        previous: the hash of the checkpoint before it; empty for the first.
        checkpoint: its numbers; its own hash is not used.
    """

    def __init__(self, previous: bytes, checkpoint: Checkpoint) -> None:
        self._hash = sha256(previous)
        self._hash.update(
            _numbers(
                checkpoint.id,
                checkpoint.at,
                checkpoint.first_seq,
                checkpoint.until_seq,
                checkpoint.n,
            )
        )

    def add(self, seq: int, row_hash: bytes) -> None:
        """Add the next row."""
        self._hash.update(_number(seq) + row_hash)

    def digest(self) -> bytes:
        """Return the hash over all rows so far."""
        return self._hash.digest()


def needs_checkpoint(session: Session) -> bool:
    """Return whether history has rows after the newest checkpoint."""
    return bool(session.exec(_NEEDED).one())


def newest_checkpoint(session: Session) -> Checkpoint | None:
    """Return the newest checkpoint."""
    return first_record(Checkpoint, session.exec(_NEWEST))


def all_checkpoints(session: Session) -> Iterator[Checkpoint]:
    """Yield all checkpoints in order."""
    last = -1
    while found := records(Checkpoint, session.exec(_AFTER, params={"id": last, "limit": CHUNK})):
        yield from found
        last = found[-1].id


def add_checkpoint(session: Session, until: int, now: int) -> Checkpoint | None:
    """Write a checkpoint over the rows after the newest one, at most `MOST_ROWS`.

    Args:
        session: in a transaction that holds the advisory lock.
        until: the `seq` up to which history is settled.
        now: the current time, in ms.

    Returns:
        The new checkpoint; `None` if there are no rows up to there.
    """
    last = newest_checkpoint(session)
    after = last.until_seq if last else 0
    place = {"after": after, "until": until, "limit": MOST_ROWS}
    rows = session.exec(_WITHOUT_CHECKPOINT, params=place).all()
    if not rows:
        return None
    id_, at = (last.id + 1, max(now, last.at)) if last else (1, now)
    checkpoint = Checkpoint(id_, at, rows[0].seq, rows[-1].seq, len(rows), b"")
    whole = CheckpointHash(last.hash if last else b"", checkpoint)
    for seq, row_hash in rows:
        whole.add(seq, row_hash)
    checkpoint = replace(checkpoint, hash=whole.digest())
    session.add(HistoryCheckpoint(**asdict(checkpoint)))
    session.flush()
    return checkpoint
