"""Choose how the rows of a past day are found: by learner, by course, or by reading all."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from enrollment_portal.storage.ledger.counts import Counts
from enrollment_portal.storage.ledger.engines import Engine, fetch
from enrollment_portal.storage.ledger.filters import DrivingTable
from enrollment_portal.storage.ledger.statements import LAST_ENROLLMENT

SEEK_COST = 60
"""How many enrollments a sequential scan reads in the time of one look-up by key."""
OLD_COST = 3
"""How much longer an enrollment takes by the primary key (its start) than by the index on the end.

All its intervals are read, and a row of the table is larger than an entry of that index.
"""
RECENT = 4
"""A day is recent if this many times fewer enrollments were created since than before it."""

_FIRST_AFTER = (
    "SELECT id FROM enrollment WHERE enrolled_at > :moment ORDER BY enrolled_at, id LIMIT 1"
)


@dataclass(frozen=True)
class AccessPath:
    """The driving table; `is_recent` if fewer enrollments have changed since than have not."""

    driving_table: DrivingTable
    is_recent: bool

    @property
    def reads_all_intervals(self) -> bool:
        """Whether all validity intervals are scanned, by their end or their enrollment."""
        return self.driving_table in (DrivingTable.INTERVALS_BY_END, DrivingTable.ALL)


def choose_access_path(session: Session, engine: Engine, now: Counts, moment: int) -> AccessPath:
    """Return the access path for a filter at a moment; `now` has the filter's counts of today.

    The longer ago, the more intervals have ended since, and the fewer enrollments existed. How
    many existed is estimated from their ids, which ascend: no enrollment is ever deleted.
    """
    everything = fetch(session, LAST_ENROLLMENT, {})[0][0] or 0
    later = fetch(session, engine.sql(_FIRST_AFTER), {"moment": moment})
    existed = later[0][0] - 1 if later else everything
    rows = min(everything, existed * OLD_COST)
    if now.driving_table is not DrivingTable.ALL and now.driving_rows * SEEK_COST <= rows:
        driving_table = now.driving_table
    else:
        driving_table = DrivingTable.INTERVALS_BY_END if rows == everything else DrivingTable.ALL
    return AccessPath(driving_table, (everything - existed) * RECENT <= existed)
