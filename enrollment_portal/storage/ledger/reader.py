"""The base class of the ledger's readers: for today's rows, and for those of a past day."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

from sqlmodel import Session

from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, SortKey
from enrollment_portal.domain.shared.listing import Key
from enrollment_portal.storage.ledger import statements
from enrollment_portal.storage.ledger.engines import Engine, fetch
from enrollment_portal.storage.ledger.filters import BoundFilter
from enrollment_portal.storage.ledger.keyset import key_of

Rows = list[Sequence[Any]]


class LedgerReader(ABC):
    """Read the rows of one query in its order, statement by statement, up to a limit."""

    def __init__(
        self, session: Session, engine: Engine, query: LedgerQuery, ledger_filter: BoundFilter
    ) -> None:
        self._session, self._engine = session, engine
        self._sort, self._descending = query.sort, query.descending
        self._statuses = tuple(
            int(status) for status in query.tab.statuses if status in ledger_filter.statuses
        )
        self._shape, self._parameters = ledger_filter.shape, ledger_filter.parameters
        self._titles: dict[Any, str | None] = {}
        self._courses: list[tuple[int, int]] | None = None

    def complete_key(self, key: Key) -> Key | None:
        """Return a key with the columns that an address leaves out; `None` if there is no such row.

        In a sort by course, an address has the course's id, but the order needs its title first.
        `None` also if the course is outside the scope.
        """
        if self._sort is not SortKey.COURSE:
            return key
        course = key[0]
        if course not in self._titles:
            sql = statements.course_title(self._engine, self._shape.courses)
            found = self._fetch(sql, {"course": course})
            self._titles[course] = found[0][0] if found else None
        title = self._titles[course]
        return None if title is None else (title, *key)

    def read(self, key: Key | None, limit: int, *, backwards: bool = False) -> Rows:
        """Return up to `limit` rows after a complete key, or before it, nearest first."""
        rows: Rows = []
        for sql, values in self._statements(key, limit, backwards):
            rows += self._fetch(sql, values)
            if len(rows) >= limit:
                return rows[:limit]
        return rows

    def all_rows(self, chunk: int) -> Iterator[Rows]:
        """Yield every row in its order, up to `chunk` at a time."""
        key: Key | None = None
        while rows := self.read(key, chunk):
            yield rows
            if len(rows) < chunk:
                return
            key = self.complete_key(key_of(self._sort, rows[-1]))

    @abstractmethod
    def _statements(
        self, key: Key | None, limit: int, backwards: bool
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the statements to run, one after the other, until there are enough rows."""

    def _courses_by_title(self, statuses: tuple[int, ...]) -> list[tuple[int, int]]:
        """Return the courses of the scope, each with its current number of enrollments."""
        if self._courses is None:
            sql = statements.courses(self._engine, self._shape.courses, statuses)
            self._courses = [(row[0], int(row[1])) for row in self._fetch(sql, {})]
        return self._courses

    def _fetch(self, sql: str, values: dict[str, Any]) -> Sequence[Sequence[Any]]:
        return fetch(self._session, sql, {**self._parameters, **values})


def key_parameters(values: Key) -> dict[str, Any]:
    """Return the SQL parameters `v0`, `v1`, … for the values of a key."""
    return {f"v{i}": value for i, value in enumerate(values)}
