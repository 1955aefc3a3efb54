"""The rows of a job as they were previewed, a few hundred packed into one value.

A million rows are written in a second like this, and take 8 MB.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, delete, insert
from sqlmodel import Session

from enrollment_portal.storage.shared.records import select_columns
from enrollment_portal.storage.shared.tables import BulkPart, table_of

PART_ROWS = 100
"""How many rows a part has: the fewest that one transaction of a job changes."""
_READ_AT_ONCE = 10
_part = table_of(BulkPart)
_READ = select_columns(_part.c.n, _part.c.rows).where(
    _part.c.job_id == bindparam("job"), _part.c.n == bindparam("n")
)


class PartRow(NamedTuple):
    """One row of a job."""

    key: int
    """The enrollment; of an undo, the `seq` of the change."""
    version: int
    """The enrollment's version in the preview; 0 where any will do."""
    outcome: int
    """`Outcome.code`."""


def pack(rows: Sequence[PartRow]) -> bytes:
    """Return rows as one value."""
    keys = array("q", [row.key for row in rows])
    versions = array("q", [row.version for row in rows])
    outcomes = bytes(row.outcome for row in rows)
    return keys.tobytes() + versions.tobytes() + outcomes


def unpack(packed: bytes) -> list[PartRow]:
    """Return the rows of a value."""
    n = len(packed) // 17
    keys, versions = array("q", packed[: n * 8]), array("q", packed[n * 8 : n * 16])
    return list(map(PartRow, keys, versions, packed[n * 16 :]))


def write_parts(session: Session, job: str, packed: Sequence[bytes]) -> None:
    """Write the parts of a job, compressed already by `compress`."""
    rows = [{"job_id": job, "n": n, "rows": value} for n, value in enumerate(packed)]
    if rows:
        session.connection().execute(insert(_part), rows)


def compress(packed: bytes) -> bytes:
    """Return a packed part as it is stored."""
    return zlib.compress(packed, 1)


def read_part(session: Session, job: str, n: int) -> list[PartRow] | None:
    """Return the rows of a part; `None` if the job has no such part."""
    found = session.exec(_READ, params={"job": job, "n": n}).first()
    return None if found is None else unpack(zlib.decompress(found.rows))


def all_parts(session: Session, job: str) -> Iterator[list[PartRow]]:
    """Yield the rows of a job in order, those of several parts together."""
    n = 0
    while rows := read_parts(session, job, n, _READ_AT_ONCE):
        yield rows
        n += _READ_AT_ONCE


def read_parts(session: Session, job: str, first: int, count: int) -> list[PartRow]:
    """Return the rows of so many parts of a job, or of those that it has; none after the last."""
    rows: list[PartRow] = []
    for n in range(first, first + count):
        part = read_part(session, job, n)
        if part is None:
            break
        rows += part
    return rows


def remove_parts(session: Session, jobs: Sequence[str]) -> None:
    """Remove the parts of jobs."""
    session.exec(delete(_part).where(_part.c.job_id.in_(jobs)))
