"""The database: one engine, sessions for reading a snapshot and for writing.

All reads and writes use a SQLModel session, which lives as long as its transaction. Added objects
are written when it is flushed, at the latest at the end of the transaction.

SQLite settings are those of a durable single file: WAL, a full fsync for each commit, and
`BEGIN IMMEDIATE` under a lock of the process, so that writers wait instead of failing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Connection, Engine, create_engine, event, func, literal, make_url, update
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection
from sqlmodel import Session, select
from sqlmodel.sql.expression import SelectOfScalar

from enrollment_portal.domain.shared.errors import StorageUnavailable
from enrollment_portal.storage.shared.tables import Organization, table_of
from enrollment_portal.storage.shared.trouble import DatabaseFile, Trouble, trouble_of

TOUCHED = "touched"
"""In a session's `info`: enrollments that changed without a row of history."""

_IS_WRITING = "is_writing"
"""In a SQLite connection's `info`: the next transaction will write."""
_FILE_IDS = "file_ids"
"""In a SQLite connection's `info`: the files that it has open."""
_organization = table_of(Organization)
_TRY_WRITING = (
    update(_organization).where(_organization.c.id == 1).values(is_demo=_organization.c.is_demo)
)
"""A write that changes nothing, to check whether writing works."""
_IS_READ_ONLY = select(func.current_setting("transaction_read_only") == "on")
_NOTHING = select(literal(1))

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA cache_size=-262144",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA secure_delete=OFF",
    "PRAGMA wal_autocheckpoint=4000",
)


class Database:
    """One database.

    Args:
        url: `sqlite:///path` or `postgresql+psycopg://user:password@host/name`.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self._writing = threading.RLock()
        self._after_commit: list[Callable[[set[int]], None]] = []
        self.trouble: Trouble | None = None
        """Why nothing can be saved at present, if known; see `look`."""
        path = make_url(url).database
        self._file = DatabaseFile(path) if self.is_sqlite and path else None
        self.engine = _sqlite_engine(url, self._file) if self.is_sqlite else _postgresql_engine(url)
        self._snapshots = (
            self.engine.execution_options(isolation_level="REPEATABLE READ")
            if (not self.is_sqlite)
            else self.engine
        )

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session for reading: all statements see one snapshot."""
        with (
            self._snapshots.connect() as connection,
            connection.begin(),
            session_on(connection) as session,
        ):
            yield session

    @contextmanager
    def latest(self) -> Iterator[Session]:
        """Open a session for reading in which each statement sees the latest committed data."""
        with self.engine.begin() as connection, session_on(connection) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a session for writing: committed durably at its end, rolled back on an error.

        Raises:
            StorageUnavailable: the database cannot be written; nothing was saved.
        """
        is_done = False
        try:
            with self._transaction() as connection, session_on(connection) as session:
                yield session
                session.flush()
                touched = session.info.get(TOUCHED, set())
                is_done = True
        except DBAPIError as error:
            trouble = trouble_of(error)
            # If the server is lost during the commit, it is unknown whether it took place.
            if trouble is None or (is_done and trouble is Trouble.AWAY):
                raise
            self.trouble = trouble
            raise StorageUnavailable(trouble.sentence) from error
        self.trouble = None
        for callback in self._after_commit:
            callback(touched)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        if not self.is_sqlite:
            with self.engine.begin() as connection:
                yield connection
            return
        with self._writing, self.engine.connect() as connection:
            self._refuse(self._check_file(connection))
            connection.info[_IS_WRITING] = True
            with connection.begin():
                yield connection
            # A commit into a file that was deleted meanwhile is lost; into one that has
            # only become read-only, it is.
            ids = connection.info.get(_FILE_IDS)
            self._refuse(self._file.moved(ids) if self._file else None)

    def _refuse(self, trouble: Trouble | None) -> None:
        if trouble:
            self.trouble = trouble
            raise StorageUnavailable(trouble.sentence)

    def _check_file(self, connection: Connection) -> Trouble | None:
        return self._file.check(connection.info[_FILE_IDS]) if self._file else None

    def look(self, *, tries_writing: bool = False) -> Trouble | None:
        """Check whether the database can be written, and return why not.

        Args:
            tries_writing: also try to write, if nobody else is writing. Otherwise a full disk is
                reported until a write succeeds.
        """
        try:
            found = self._check(tries_writing=tries_writing or self.trouble is not None)
        except StorageUnavailable:
            # No connection is left that has the file open.
            found = self._file.before_open() if self._file else None
        except DBAPIError as error:
            found = trouble_of(error)
        self.trouble = found
        return found

    def _check(self, *, tries_writing: bool) -> Trouble | None:
        with self.engine.connect() as connection:
            if not self.is_sqlite:
                return self._check_server(connection, tries_writing=tries_writing)
            trouble = self._check_file(connection)
            if trouble or not tries_writing:
                return trouble
            # Whoever is writing now will find out.
            if not self._writing.acquire(blocking=False):
                return self.trouble
            try:
                connection.info[_IS_WRITING] = True
                with connection.begin():
                    connection.execute(_TRY_WRITING)
            finally:
                self._writing.release()
        return None

    def _check_server(self, connection: Connection, *, tries_writing: bool) -> Trouble | None:
        with connection.begin():
            if connection.execute(_IS_READ_ONLY).scalar_one():
                return Trouble.READ_ONLY
            if tries_writing:
                connection.execute(_TRY_WRITING)
        return None

    def after_commit(self, callback: Callable[[set[int]], None]) -> None:
        """Register a callback to be called after every commit, in its thread.

        It gets the enrollments that `touch` named; those with new history are in the history.
        """
        self._after_commit.append(callback)

    def ping(self) -> None:
        """Check the connection to the database; raises what the driver raises."""
        with self.read() as session:
            session.exec(_NOTHING)

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


class _Session(Session):
    """A session within the transaction of one connection.

    Statements over tables, without objects of the session, go to the connection directly: 17 us
    less for a read of 80 us. SQLAlchemy would first find the connection, and join its transaction.
    """

    def connection(self, *_arguments: object, **_options: object) -> Connection:
        return cast(Connection, self.bind)

    def close(self) -> None:
        # A session has objects only with a transaction of its own; without one, skip the work.
        if self.in_transaction():
            super().close()

    def begin_nested(self) -> Any:
        # The session's own savepoint would start with the next object, not the next statement.
        return self.connection().begin_nested()

    def exec(self, statement: Any, *, params: Any = None, **options: Any) -> Any:
        if options or statement._propagate_attrs:  # it names a class, not its table
            return super().exec(statement, params=params, **options)
        found = self.connection().execute(statement, params)
        return found.scalars() if isinstance(statement, SelectOfScalar) else found


def session_on(connection: Connection) -> Session:
    """Return a session within the transaction of a connection; its opener also ends it."""
    return _Session(connection, autoflush=False, expire_on_commit=False)


def is_sqlite(session: Session) -> bool:
    """Return whether a session reads and writes SQLite; otherwise it is PostgreSQL."""
    return session.get_bind().dialect.name == "sqlite"


def touch(session: Session, enrollment_id: int) -> None:
    """Have open pages refresh an enrollment after the commit, although it has no new history."""
    session.info.setdefault(TOUCHED, set()).add(enrollment_id)


class _SqliteCompiler(SQLiteCompiler):
    """Write the hint of `with_hint(table, "INDEXED BY …", "sqlite")` after the table."""

    def get_from_hint_text(self, table: object, text: str | None) -> str | None:
        return text


def _sqlite_engine(url: str, file: DatabaseFile | None) -> Engine:
    engine = create_engine(
        url,
        pool_size=8,
        max_overflow=8,
        # Logged errors must not contain what people wrote.
        hide_parameters=True,
        connect_args={"check_same_thread": False, "isolation_level": None},
    )

    engine.dialect.statement_compiler = _SqliteCompiler

    @event.listens_for(engine, "do_connect")
    def _refuse(*_arguments: object) -> None:
        trouble = file.before_open() if file else None
        if trouble:
            raise StorageUnavailable(trouble.sentence)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, record: Any) -> None:
        for pragma in _SQLITE_PRAGMAS:
            connection.execute(pragma)
        if file:
            # Only reading opens the write-ahead log.
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            record.info[_FILE_IDS] = file.opened()

    # No event listener: an engine with one checks for listeners at every statement.
    engine.dialect.do_begin = _begin  # type: ignore[method-assign]
    return engine


def _begin(connection: PoolProxiedConnection) -> None:
    """Begin a transaction of SQLite; the driver is configured not to begin any itself."""
    is_writing = connection.info.pop(_IS_WRITING, False)
    connection.cursor().execute("BEGIN IMMEDIATE" if is_writing else "BEGIN")


def _postgresql_engine(url: str) -> Engine:
    return create_engine(url, pool_size=8, max_overflow=8, pool_pre_ping=True, hide_parameters=True)
