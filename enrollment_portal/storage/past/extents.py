"""How much there is to read of a past day, and from which side: a few owners, or all spans."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from enrollment_portal.storage.ledger.candidates import Side
from enrollment_portal.storage.ledger.counts import Counts
from enrollment_portal.storage.ledger.engines import Engine, fetch
from enrollment_portal.storage.ledger.statements import LAST_ENROLLMENT

SEEK_COST = 60
"""How many enrollments are read in a row in the time that one takes which is looked up."""
OLD_COST = 3
"""How much longer an enrollment takes by when it was enrolled than by when its spans ended.

All its spans are read, and each is wider than in the index of when they ended.
"""
RECENT = 4
"""Recent is a day since which so many times fewer enrollments have begun than had begun by then."""

_FIRST_AFTER = (
    "SELECT id FROM enrollment WHERE enrolled_at > :moment ORDER BY enrolled_at, id LIMIT 1"
)


@dataclass(frozen=True)
class Extent:
    """From which side to find rows; `is_recent` where fewer have changed since than have not."""

    side: Side
    is_recent: bool

    @property
    def is_wide(self) -> bool:
        """Whether all spans are read in a row, by when they ended or were enrolled."""
        return self.side in (Side.ENDED_LATER, Side.ALL)


def extent_of(session: Session, engine: Engine, now: Counts, moment: int) -> Extent:
    """Return how to find what a narrowing held at a moment, of which `now` tells the size.

    The longer ago it was, the more spans have ended since, and the fewer enrollments had begun.
    Their ids say about how many: they are given in turn, and nothing is ever taken away.
    """
    everything = fetch(session, LAST_ENROLLMENT, {})[0][0] or 0
    later = fetch(session, engine.sql(_FIRST_AFTER), {"moment": moment})
    had_begun = later[0][0] - 1 if later else everything
    rows = min(everything, had_begun * OLD_COST)
    if now.side is not Side.ALL and now.side_rows * SEEK_COST <= rows:
        side = now.side
    else:
        side = Side.ENDED_LATER if rows == everything else Side.ALL
    return Extent(side, (everything - had_begun) * RECENT <= had_begun)
