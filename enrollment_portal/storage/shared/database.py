"""The connection to the database: one engine, reads in a snapshot, writes one after another.

Everything reads and writes through a SQLModel session, which lives as long as its transaction.
What is added to it is written when it is flushed, at the latest as the transaction ends.

SQLite settings are those of a durable single file: WAL, a full fsync for each commit, and
`BEGIN IMMEDIATE` behind a lock of the process, so that writers wait in line instead of failing.
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
"""Of a session's `info`: enrollments that show otherwise now though no history says so."""

_IS_WRITING = "is_writing"
"""Of a SQLite connection's `info`: the transaction that begins next is to write."""
_FILE_IDS = "file_ids"
"""Of a SQLite connection's `info`: the files that it has open."""
_organization = table_of(Organization)
_TRY_WRITING = (
    update(_organization).where(_organization.c.id == 1).values(is_demo=_organization.c.is_demo)
)
"""A write that changes nothing, to see whether writing works."""
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
    """One database and how to reach it.

    Args:
        url: `sqlite:///path` or `postgresql+psycopg://user:password@host/name`.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self._writing = threading.RLock()
        self._after_commit: list[Callable[[set[int]], None]] = []
        self.trouble: Trouble | None = None
        """Why nothing can be saved at present, as far as is known; see `look`."""
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
        """Open a session for reading: every statement sees the same moment."""
        with (
            self._snapshots.connect() as connection,
            connection.begin(),
            session_on(connection) as session,
        ):
            yield session

    @contextmanager
    def latest(self) -> Iterator[Session]:
        """Open a session for reading in which each statement sees what is committed by then."""
        with self.engine.begin() as connection, session_on(connection) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a session for writing: committed, durably, when the block ends; undone if it raises.

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
            # Where the server is lost during the commit, nobody knows whether it took place.
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
            # Committed into a file that has gone meanwhile, nothing is saved; into one that has
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
        """Find out whether the database can be written, and return why not.

        Args:
            tries_writing: write something, too, where nobody else is writing. Otherwise a full
                disk goes on being one until a write succeeds.
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
            # Somebody who is writing finds out for themselves.
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
        """Have something called after every commit, in the thread that made it.

        It is given the enrollments that `touch` named; those with new history are in the history.
        """
        self._after_commit.append(callback)

    def ping(self) -> None:
        """Ask the database for a sign of life; raises what the driver raises without one."""
        with self.read() as session:
            session.exec(_NOTHING)

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


class _Session(Session):
    """A session within the transaction of one connection.

    What concerns tables alone, and no objects of the session, goes to the connection at once: 17 us
    less for a read of 80 us. SQLAlchemy would first work out which connection it is, and join its
    transaction.
    """

    def connection(self, *_arguments: object, **_options: object) -> Connection:
        return cast(Connection, self.bind)

    def close(self) -> None:
        # A session has objects only with a transaction of its own; without one, skip the work.
        if self.in_transaction():
            super().close()

    def begin_nested(self) -> Any:
        # The session's own savepoint would begin with the next object, not with the next statement.
        return self.connection().begin_nested()

    def exec(self, statement: Any, *, params: Any = None, **options: Any) -> Any:
        if options or statement._propagate_attrs:  # it names a class, not its table
            return super().exec(statement, params=params, **options)
        found = self.connection().execute(statement, params)
        return found.scalars() if isinstance(statement, SelectOfScalar) else found


def session_on(connection: Connection) -> Session:
    """Return a session within the transaction of a connection; whoever began it also ends it."""
    return _Session(connection, autoflush=False, expire_on_commit=False)


def is_sqlite(session: Session) -> bool:
    """Return whether a session reads and writes SQLite; otherwise it is PostgreSQL."""
    return session.get_bind().dialect.name == "sqlite"


def touch(session: Session, enrollment_id: int) -> None:
    """Have open pages look at an enrollment after the commit, though its history is the same."""
    session.info.setdefault(TOUCHED, set()).add(enrollment_id)


class _SqliteCompiler(SQLiteCompiler):
    """Writes the hint of `with_hint(table, "INDEXED BY …", "sqlite")` behind the table."""

    def get_from_hint_text(self, table: object, text: str | None) -> str | None:
        return text


def _sqlite_engine(url: str, file: DatabaseFile | None) -> Engine:
    engine = create_engine(
        url,
        pool_size=8,
        max_overflow=8,
        # An error that is logged must not print what people wrote.
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
            # Only what reads opens the log.
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            record.info[_FILE_IDS] = file.opened()

    # No listener: an engine that has one looks for others with every statement.
    engine.dialect.do_begin = _begin  # type: ignore[method-assign]
    return engine


def _begin(connection: PoolProxiedConnection) -> None:
    """Begin a transaction of SQLite, whose driver is told to begin none by itself."""
    is_writing = connection.info.pop(_IS_WRITING, False)
    connection.cursor().execute("BEGIN IMMEDIATE" if is_writing else "BEGIN")


def _postgresql_engine(url: str) -> Engine:
    return create_engine(url, pool_size=8, max_overflow=8, pool_pre_ping=True, hide_parameters=True)
