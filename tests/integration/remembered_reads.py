"""A session that runs each statement of the ledger once, for tests that page through fixed rows.

A page asks for its counts as the page before did, and every way of reading has statements in common
with the others: in one snapshot, their rows are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlmodel import Session

from enrollment_portal.storage.shared.database import Database


class _Rows:
    """The result of a statement."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = rows

    def fetchall(self) -> Sequence[Any]:
        return self._rows


class _RememberingSession:
    """A session whose statements of `storage.ledger.engines.fetch` run once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[tuple[str, str], _Rows] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def connection(self) -> _RememberingSession:
        return self

    def exec_driver_sql(self, sql: str, parameters: Mapping[str, Any]) -> _Rows:
        key = (sql, repr(parameters))
        if key not in self._known:
            found = self._session.connection().exec_driver_sql(sql, dict(parameters))
            self._known[key] = _Rows(found.fetchall())
        return self._known[key]


@contextmanager
def remembered_reads(database: Database) -> Iterator[Session]:
    """Open a session for reading that remembers the rows of each statement."""
    with database.read() as session:
        yield cast(Session, _RememberingSession(session))
