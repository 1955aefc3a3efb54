"""One page of the ledger: its rows, the counts, and the ways to its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection

from enrollment_portal.domain.enrollments import Status
from enrollment_portal.domain.ledger_query import PAGE_SIZE, Key, LedgerQuery, Place, SortKey, Tab
from enrollment_portal.domain.permissions import Scope
from enrollment_portal.domain.text_search import search_terms
from enrollment_portal.storage.ledger.candidates import narrow
from enrollment_portal.storage.ledger.counts import count
from enrollment_portal.storage.ledger.engines import engine_of
from enrollment_portal.storage.ledger.rows import RowReader


class LedgerRow(NamedTuple):
    """An enrollment as the table shows it; `enrolled_at` in ms, `deadline_day` in days of 1970."""

    id: int
    learner_id: int
    name: str
    email: str | None
    course_id: int
    title: str
    status: int
    progress: int
    enrolled_at: int
    deadline_day: int | None
    version: int


@dataclass(frozen=True)
class LedgerPage:
    """One page and what surrounds it, all from one moment."""

    tab: Tab
    rows: tuple[LedgerRow, ...]
    counts: dict[Status, int]
    """How many rows the search and the scope hold in each status, whatever the tab."""
    position: int
    """The number of the first row, counted from 1; 0 without rows."""
    previous: Place | None
    """The previous page; `None` on the first one."""
    next: Place | None
    """The next page; `None` on the last one."""

    @property
    def total(self) -> int:
        """How many rows the tab has over all its pages."""
        return sum(self.counts[status] for status in self.tab.statuses)


def read_ledger(
    connection: Connection, scope: Scope, query: LedgerQuery, page_size: int = PAGE_SIZE
) -> LedgerPage:
    """Return one page of what a scope holds for a query, with exact counts.

    Rows that come and go between two pages move no other row to where it is skipped or shown
    twice. A place that does not exist gives the nearest page there is; it is never an error.
    """
    terms = search_terms(query.search)
    if terms is None:
        return _no_rows(query, dict.fromkeys(Status, 0))
    engine = engine_of(connection)
    narrowed = narrow(engine, scope, terms)
    counted = count(connection, engine, narrowed)
    counts = counted.by_status
    total = sum(counts[status] for status in query.tab.statuses)
    if not total:
        return _no_rows(query, counts)
    reader = RowReader(connection, engine, query, narrowed, counted)
    found = _Pages(reader, query, total, page_size).at(query.place)
    return LedgerPage(
        query.tab,
        tuple([LedgerRow._make(row[:-1]) for row in found.rows]),
        counts,
        found.position,
        found.previous,
        found.next,
    )


def _no_rows(query: LedgerQuery, counts: dict[Status, int]) -> LedgerPage:
    return LedgerPage(query.tab, (), counts, 0, None, None)


@dataclass(frozen=True)
class _Found:
    rows: Sequence[Sequence[Any]]
    position: int
    previous: Place | None
    next: Place | None


class _Pages:
    def __init__(self, reader: RowReader, query: LedgerQuery, total: int, size: int) -> None:
        self._reader, self._sort, self._total, self._size = reader, query.sort, total, size

    def at(self, place: Place | None) -> _Found:
        if place is None:
            return self._first()
        if place.kind == "last":
            return self._last()
        key = self._reader.located(place.key)
        if key is None:
            return self._first()
        return (self._after if place.kind == "after" else self._before)(key, place.position)

    def _first(self) -> _Found:
        rows = self._reader.read(None, self._size + 1)
        return self._found(rows[: self._size], 1, has_next=len(rows) > self._size)

    def _last(self) -> _Found:
        n = self._total % self._size or self._size
        rows = self._reader.read(None, self._size + 1, backwards=True)[:n][::-1]
        return self._found(rows, self._total - len(rows) + 1, has_next=False)

    def _after(self, key: Key, hint: int) -> _Found:
        rows = self._reader.read(key, self._size + 1)
        if not rows:
            return self._last()
        has_next = len(rows) > self._size
        rows = rows[: self._size]
        if not self._has_rows_beyond(rows[0], backwards=True):
            return self._found(rows, 1, has_next=has_next)
        return self._found(rows, max(2, hint), has_next=has_next)

    def _before(self, key: Key, hint: int) -> _Found:
        rows = self._reader.read(key, self._size + 1, backwards=True)
        if len(rows) < self._size:
            return self._first()
        has_previous = len(rows) > self._size
        rows = rows[: self._size][::-1]
        has_next = self._has_rows_beyond(rows[-1], backwards=False)
        return self._found(rows, max(2, hint) if has_previous else 1, has_next=has_next)

    def _has_rows_beyond(self, row: Sequence[Any], *, backwards: bool) -> bool:
        key = self._reader.located(_key(self._sort, row))
        return bool(self._reader.read(key, 1, backwards=backwards))

    def _found(self, rows: Sequence[Sequence[Any]], position: int, *, has_next: bool) -> _Found:
        """Return a page; `position` is 1 on the first page only, and a guess in the middle."""
        if position > 1:
            last = self._total - len(rows) + 1
            position = min(position, last - 1) if has_next else last
        first, last = _key(self._sort, rows[0]), _key(self._sort, rows[-1])
        return _Found(
            rows,
            position,
            Place("before", first, max(1, position - self._size)) if position > 1 else None,
            Place("after", last, position + len(rows)) if has_next else None,
        )


def _key(sort: SortKey, row: Sequence[Any]) -> Key:
    enrollment, learner, course, status = row[0], row[1], row[4], row[6]
    match sort:
        case SortKey.LEARNER:
            return (row[11], learner, enrollment)
        case SortKey.COURSE:
            return (course, row[8], enrollment)
        case SortKey.STATUS:
            return (status, row[8], enrollment)
        case SortKey.PROGRESS:
            return (row[7], enrollment)
        case SortKey.ENROLLED:
            return (row[8], enrollment)
        case SortKey.DEADLINE:
            return (row[9], enrollment)
