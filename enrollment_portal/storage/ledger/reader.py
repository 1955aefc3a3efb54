"""The base class of the ledger's readers: for today's rows, and for those of a past day."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, cast

from sqlmodel import Session

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, SortKey
from enrollment_portal.domain.shared.listing import Key
from enrollment_portal.domain.shared.text_search import sort_text
from enrollment_portal.storage.ledger import statements
from enrollment_portal.storage.ledger.columns.facts import instructors_of
from enrollment_portal.storage.ledger.engines import Engine, fetch
from enrollment_portal.storage.ledger.filtering.assigned import UNIT, assigned_people
from enrollment_portal.storage.ledger.filters import BoundFilter
from enrollment_portal.storage.ledger.index_ranges import IndexRange
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
        self._ordered: list[tuple[int, int]] | None = None
        self._has_assigned = False
        """Whether `by_instructor` has people who are assigned to enrollments."""

    def complete_key(self, key: Key) -> Key | None:
        """Return a key with the columns that an address leaves out; `None` if there is no such row.

        In a sort by course, an address has the course's id, but the order needs its title first;
        the same with a learner and their department or manager, and a course or assigned person
        and its place by instructor. `None` also if the course or learner is outside the scope.
        """
        match self._sort:
            case SortKey.DEPARTMENT | SortKey.MANAGER:
                sql = statements.learner_key(self._engine, self._shape, f"l.sort_{self._sort}")
                found = self._fetch(sql, {"learner": key[0]})
                return (*found[0], *key) if found else None
            case SortKey.INSTRUCTOR:
                places = {unit: place for place, (unit, _) in enumerate(self.by_instructor())}
                place = places.get(cast(int, key[0]))
                return None if place is None else (place, *key[1:])
            case SortKey.GRADE if key[0] is not None:
                order = self._fetch(statements.grade_order(self._engine), {"grade": key[0]})
                return (order[0][0], *key[1:])
            case SortKey.COURSE:
                return self._with_title(key)
        return key

    def _with_title(self, key: Key) -> Key | None:
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

    def by_instructor(self) -> list[tuple[int, int]]:
        """Return the courses of the scope in the order of who teaches them, with their numbers.

        Those of the same people are by title; those that nobody teaches are last, both ways. An
        assigned person (see `assigned.UNIT`) comes after the courses that only they teach.
        Statements then have the place of each from the parameter `:ranked`.
        """
        if self._ordered is None:
            units = self._courses_by_title(tuple(int(status) for status in Status))
            names = instructors_of(self._session, [course for course, _ in units])
            for account, name in assigned_people(self._session, self._engine):
                names[-account] = [name]
                units = [*units, (-account, 0)]
                self._has_assigned = True
            taught = [one for one in units if names.get(one[0])]
            taught.sort(
                key=lambda one: [sort_text(name) for name in names[one[0]]],
                reverse=self._descending,
            )
            self._ordered = taught + [one for one in units if not names.get(one[0])]
            ids = self._engine.list_parameter([unit for unit, _ in self._ordered])
            self._parameters = {**self._parameters, "ranked": ids}
        return self._ordered

    def _placed(self, index_range: IndexRange) -> IndexRange:
        """Return a range by place with what its list has: courses, or assigned people too."""
        return replace(index_range, placed_by=UNIT) if self._has_assigned else index_range

    def _fetch(self, sql: str, values: dict[str, Any]) -> Sequence[Sequence[Any]]:
        return fetch(self._session, sql, {**self._parameters, **values})


def key_parameters(values: Key) -> dict[str, Any]:
    """Return the SQL parameters `v0`, `v1`, … for the values of a key."""
    return {f"v{i}": value for i, value in enumerate(values)}
