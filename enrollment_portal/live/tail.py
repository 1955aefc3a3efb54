"""Follows the history from where it was read last: nothing that any process commits is missed."""

from __future__ import annotations

from sqlalchemy import Connection

from enrollment_portal.storage import changes
from enrollment_portal.storage.changes import Change
from enrollment_portal.storage.database import Database
from enrollment_portal.storage.watermark import Watermark

_READ_AT_ONCE = 5_000


class Tail:
    """The end of the history.

    On PostgreSQL a row may become visible after one with a higher number. So the tail goes on
    from where everything is settled, and passes over what it has given out behind that.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._watermark = Watermark()
        self._given: set[int] = set()
        with database.read() as connection:
            self._from = changes.newest(connection)

    def read(self) -> list[Change]:
        """Return what was committed since the last call, in the order of the history."""
        # Not in a snapshot: what is read must be newer than the watermark.
        with self._database.engine.connect() as connection, connection.begin():
            settled = self._watermark.advance(connection)
            fresh = self._read(connection)
        if settled > self._from:
            self._from = settled
            self._given = {seq for seq in self._given if seq > settled}
        return fresh

    def _read(self, connection: Connection) -> list[Change]:
        fresh: list[Change] = []
        seq = self._from
        while rows := changes.after(connection, seq, _READ_AT_ONCE):
            fresh += [row for row in rows if row.seq not in self._given]
            seq = rows[-1].seq
            if len(rows) < _READ_AT_ONCE:
                break
        self._given.update(row.seq for row in fresh)
        return fresh
