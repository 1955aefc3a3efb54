"""Reads new rows of a table from where it stopped, so that no process's commit is missed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from sqlmodel import Session

from enrollment_portal.storage.history import changes, record_changes
from enrollment_portal.storage.history.changes import CommittedChange
from enrollment_portal.storage.history.record_changes import RecordChange
from enrollment_portal.storage.history.watermark import HISTORY, Watermark
from enrollment_portal.storage.shared.database import Database

_READ_AT_ONCE = 5_000


class _Numbered(Protocol):
    @property
    def seq(self) -> int: ...


Row = TypeVar("Row", bound=_Numbered)


class HistoryFollower(Generic[Row]):
    """Follows a table whose rows have a `seq`.

    On PostgreSQL a row may become visible after one with a higher number. So each read starts where
    no more rows can appear, and skips rows behind that which were returned before.

    Args:
        database: where the table is.
        table: its name.
        newest: returns the greatest `seq`.
        after: returns the rows behind a `seq`, in their order, up to a limit.
    """

    def __init__(
        self,
        database: Database,
        table: str,
        newest: Callable[[Session], int],
        after: Callable[[Session, int, int], list[Row]],
    ) -> None:
        self._database, self._after = database, after
        self._watermark = Watermark(table)
        self._given: set[int] = set()
        with database.read() as session:
            self._from = newest(session)

    def read(self) -> list[Row]:
        """Return what was committed since the last call, in the order of the rows."""
        # Not in a snapshot: what is read must be newer than the watermark.
        with self._database.latest() as session:
            settled = self._watermark.advance(session)
            fresh = self._read(session)
        if settled > self._from:
            self._from = settled
            self._given = {seq for seq in self._given if seq > settled}
        return fresh

    def _read(self, session: Session) -> list[Row]:
        fresh: list[Row] = []
        seq = self._from
        while rows := self._after(session, seq, _READ_AT_ONCE):
            fresh += [row for row in rows if row.seq not in self._given]
            seq = rows[-1].seq
            if len(rows) < _READ_AT_ONCE:
                break
        self._given.update(row.seq for row in fresh)
        return fresh


def follow_history(database: Database) -> HistoryFollower[CommittedChange]:
    """Return a follower of the history of enrollments."""
    return HistoryFollower(database, HISTORY, changes.newest, changes.changes_after)


def follow_record_changes(database: Database) -> HistoryFollower[RecordChange]:
    """Return a follower of the changes of all other records that pages show."""
    return HistoryFollower(database, "record_change", record_changes.newest, record_changes.after)
