"""Up to where a table is settled: no row that is still to be committed has a lower `seq`."""

from __future__ import annotations

from sqlalchemy import Boolean, bindparam, cast, column, func, table
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlmodel import Session, select

from enrollment_portal.storage.shared.database import is_sqlite
from enrollment_portal.storage.shared.tables import EnrollmentEvent, RecordChange, table_of

HISTORY = "enrollment_event"

_FOLLOWED = {table.name: table for table in map(table_of, (EnrollmentEvent, RecordChange))}

_locks = table(
    "pg_locks",
    *map(column, ("virtualtransaction", "locktype", "database", "relation", "mode", "pid")),
    column("granted", Boolean()),
)
_databases = table("pg_database", column("oid"), column("datname"))
_WRITERS = select(_locks.c.virtualtransaction).where(
    _locks.c.locktype == "relation",
    _locks.c.granted,
    _locks.c.database
    == select(_databases.c.oid)
    .where(_databases.c.datname == func.current_database())
    .scalar_subquery(),
    _locks.c.relation == cast(bindparam("table"), REGCLASS),
    _locks.c.mode.in_(
        ("RowExclusiveLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock")
    ),
    _locks.c.pid.is_distinct_from(func.pg_backend_pid()),
)


class Watermark:
    """Follows history from one look to the next; keep one for as long as you follow.

    Args:
        table: another table whose rows have a `seq`, to follow that instead of history.

    On SQLite there is one writer at a time, and rows are committed in the order of their `seq`.

    PostgreSQL gives a `seq` out when a row is made, and the row appears when its transaction is
    committed: a lower one may appear after a higher one. But before a transaction is given its
    first `seq`, it holds a lock on the table, until it ends. So look at the greatest `seq` first,
    and then at who holds such a lock: once all of those have ended, nothing up to that `seq` can
    appear any more. Transaction ids would not tell as much: a `seq` may be given out before its
    transaction has one, and a transaction of another database would hold everything up.
    """

    def __init__(self, table: str = HISTORY) -> None:
        self._table = table
        latest = func.coalesce(func.max(_FOLLOWED[table].c.seq), 0)
        self._latest = select(latest)
        self._latest_and_level = select(
            latest.label("seq"), func.current_setting("transaction_isolation").label("level")
        )
        self.settled = 0
        self._next = 0
        self._writers: set[str] = set()

    def advance(self, session: Session) -> int:
        """Look again, and return the `seq` up to which everything is settled.

        Read the rows up to it in the same transaction, after this, or in a later one.

        Args:
            session: in a transaction that has not written history itself; on PostgreSQL at
                READ COMMITTED (`Database.write`), so that what is read next sees all that has
                ended until now.

        Raises:
            RuntimeError: the transaction reads as of its beginning, and would miss rows.
        """
        if is_sqlite(session):
            self.settled = session.exec(self._latest).one()
            return self.settled
        latest, level = session.exec(self._latest_and_level).one()
        if level != "read committed":
            raise RuntimeError(f"History cannot be followed at {level}; read committed is needed.")
        writers = set(session.exec(_WRITERS, params={"table": self._table}))
        self._writers &= writers
        if not self._writers:
            self.settled = max(self.settled, self._next)
            if not writers:
                self.settled = max(self.settled, latest)
            self._next, self._writers = latest, writers
        return self.settled
