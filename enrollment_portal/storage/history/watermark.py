"""Find the `seq` up to which a table is settled: no row with a lower one can still be committed."""

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
    """Track up to which `seq` history is settled; keep one instance while following.

    Args:
        table: another table whose rows have a `seq`, to follow that instead of history.

    On SQLite there is one writer at a time, and rows are committed in the order of their `seq`.

    PostgreSQL assigns a `seq` when a row is inserted, and the row becomes visible when its
    transaction commits: a lower one may appear after a higher one. But a transaction locks the
    table before it gets its first `seq`, until it ends. So read the greatest `seq` first, then who
    holds such a lock: once all of these have ended, nothing up to that `seq` can appear any more.
    Transaction ids would not do: a `seq` may be assigned before its transaction has one, and a
    transaction in another database would block everything.
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
        """Return the `seq` up to which everything is settled now.

        Read the rows up to it in the same transaction, after this, or in a later one.

        Args:
            session: in a transaction that has not written history itself; on PostgreSQL at
                READ COMMITTED (`Database.write`), so that the next statement sees all that
                has been committed.

        Raises:
            RuntimeError: the transaction reads a snapshot, and would miss rows.
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
