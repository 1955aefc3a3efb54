"""Assemble one page of the ledger: rows, counts, and the places of the pages around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlmodel import Session

from enrollment_portal.domain.access.permissions import Scope
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.ledger_query import PAGE_SIZE, LedgerQuery, Tab
from enrollment_portal.domain.shared.listing import Key, Place
from enrollment_portal.domain.shared.text_search import search_terms
from enrollment_portal.storage.ledger import statements
from enrollment_portal.storage.ledger.counts import count
from enrollment_portal.storage.ledger.engines import engine_of, fetch
from enrollment_portal.storage.ledger.filtering.assigned import has_assigned
from enrollment_portal.storage.ledger.filtering.rows import FilteredLedgerReader
from enrollment_portal.storage.ledger.filtering.titles import with_titles
from enrollment_portal.storage.ledger.filters import BoundFilter, bind_filter, only_listed
from enrollment_portal.storage.ledger.keyset import key_of
from enrollment_portal.storage.ledger.reader import LedgerReader
from enrollment_portal.storage.ledger.rows import CurrentLedgerReader


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
    requested_day: int | None
    """The deadline that the learner requests, while nobody has answered."""
    override_seq: int | None
    """The row of history in which a person set the status; `None` if tracking set it."""


_N_SHOWN = len(LedgerRow._fields)


@dataclass(frozen=True)
class LedgerPage:
    """One page with counts and the places of its neighbours, all read at one moment."""

    tab: Tab
    rows: tuple[LedgerRow, ...]
    counts: dict[Status, int]
    """How many rows pass the filter in each status, whatever the tab; zeros until counted."""
    position: int
    """The number of the first row, counted from 1; 0 without rows."""
    previous: Place | None
    """The previous page; `None` on the first one."""
    next: Place | None
    """The next page; `None` on the last one."""
    known: int = 0
    """The newest row of history when the page was read."""
    runs: Mapping[int, int] = field(default_factory=dict)
    """By enrollment id, which run of the learner in the course it is, if not the first."""
    is_counted: bool = True
    """Whether the rows were counted: that may take longer than to read them."""

    @property
    def total(self) -> int:
        """How many rows the tab has over all its pages."""
        return sum(self.counts[status] for status in self.tab.statuses)


def read_ledger(
    session: Session,
    scope: Scope,
    query: LedgerQuery,
    page_size: int = PAGE_SIZE,
    *,
    counts_later: bool = False,
) -> LedgerPage:
    """Return one page of a query within a scope, with exact counts.

    Rows that appear or disappear between two requests never make another row be skipped or shown
    twice. A place that no longer exists gives the nearest page; it is never an error.

    Args:
        session: for reading.
        scope: whose ledger it is.
        query: what to read.
        page_size: how many rows a page has.
        counts_later: whether the rows may be left uncounted, if counting takes long.
    """
    is_last = query.place is not None and query.place.kind == "last"
    if counts_later and not is_last and (query.filters or query.search):
        reader = open_rows(session, scope, query)
        if isinstance(reader, FilteredLedgerReader) and reader.is_slow_to_count:
            return page_at(reader, query, None, page_size)
    reader, counts = open_ledger(session, scope, query)
    if reader is None:
        return no_rows(query, counts)
    return page_at(reader, query, counts, page_size)


def open_ledger(
    session: Session, scope: Scope, query: LedgerQuery
) -> tuple[LedgerReader | None, dict[Status, int]]:
    """Return a reader of a query's rows, `None` if its tab has none, and the exact counts."""
    ledger_filter = _bound(session, scope, query)
    if ledger_filter is None:
        return None, dict.fromkeys(Status, 0)
    engine = engine_of(session)
    if _is_filtered(query, ledger_filter):
        reader = FilteredLedgerReader(session, engine, query, ledger_filter)
        counts = reader.count()
    else:
        counted = count(session, engine, ledger_filter)
        counts = counted.by_status
        reader = CurrentLedgerReader(session, engine, query, ledger_filter, counted)
    if not sum(counts[status] for status in query.tab.statuses):
        return None, counts
    return reader, counts


def open_rows(session: Session, scope: Scope, query: LedgerQuery) -> LedgerReader | None:
    """Return a reader of a query's rows, `None` if its tab is known to have none."""
    ledger_filter = _bound(session, scope, query)
    if ledger_filter is not None and not _is_filtered(query, ledger_filter):
        return open_ledger(session, scope, query)[0]
    if ledger_filter is None or not set(query.tab.statuses) & set(ledger_filter.statuses):
        return None
    return FilteredLedgerReader(session, engine_of(session), query, ledger_filter)


def _is_filtered(query: LedgerQuery, ledger_filter: BoundFilter) -> bool:
    """Return whether filters narrow a ledger, or a search that also finds courses."""
    return bool(query.filters or ledger_filter.shape.added)


def _bound(session: Session, scope: Scope, query: LedgerQuery) -> BoundFilter | None:
    """Return the filter of a query; `None` if nothing can pass it."""
    terms = search_terms(query.search)
    if terms is None:
        return None
    engine = engine_of(session)
    is_assigned = has_assigned(session, engine, query)
    ledger_filter = bind_filter(engine, scope, query, terms, has_assigned=is_assigned)
    ledger_filter = with_titles(session, engine, query, terms, ledger_filter)
    return ledger_filter if ledger_filter.statuses else None


def page_at(
    reader: LedgerReader, query: LedgerQuery, counts: dict[Status, int] | None, page_size: int
) -> LedgerPage:
    """Return the page at a query's place; without rows, unless it is counted that there are."""
    total = None if counts is None else sum(counts[status] for status in query.tab.statuses)
    found = _Pages(reader, query, total, page_size).at(query.place)
    return LedgerPage(
        query.tab,
        tuple(as_shown(found.rows)),
        dict.fromkeys(Status, 0) if counts is None else counts,
        found.position,
        found.previous,
        found.next,
        is_counted=counts is not None,
    )


def read_rows(session: Session, ids: Sequence[int]) -> list[LedgerRow]:
    """Return the rows with these ids, in no order."""
    engine = engine_of(session)
    found = fetch(session, statements.by_ids(engine), {"ids": engine.list_parameter(ids)})
    return as_shown(found)


def read_listed(
    session: Session, scope: Scope, query: LedgerQuery, ids: Sequence[int]
) -> list[LedgerRow]:
    """Return those of the rows with these ids that a query has within a scope, in its order."""
    ledger_filter = _bound(session, scope, query)
    if ledger_filter is None:
        return []
    engine = engine_of(session)
    reader = FilteredLedgerReader(session, engine, query, only_listed(engine, ledger_filter, ids))
    return as_shown(reader.read(None, len(ids)))


def as_shown(rows: Sequence[Sequence[Any]]) -> list[LedgerRow]:
    """Return rows without their last columns, which are only for sorting."""
    return [LedgerRow._make(row[:_N_SHOWN]) for row in rows]


def count_ledger(session: Session, scope: Scope, query: LedgerQuery) -> dict[Status, int]:
    """Return how many rows a query has within a scope in each status, whatever its tab."""
    ledger_filter = _bound(session, scope, query)
    if ledger_filter is None:
        return dict.fromkeys(Status, 0)
    engine = engine_of(session)
    if _is_filtered(query, ledger_filter):
        return FilteredLedgerReader(session, engine, query, ledger_filter).count()
    return count(session, engine, ledger_filter).by_status


def passing(session: Session, scope: Scope, query: LedgerQuery, ids: Sequence[int]) -> set[int]:
    """Return which of some enrollments a query has within a scope, whatever its tab."""
    ledger_filter = _bound(session, scope, query)
    if ledger_filter is None:
        return set()
    engine = engine_of(session)
    values = {**ledger_filter.parameters, "ids": engine.list_parameter(ids)}
    sql = statements.passing_ids(engine, ledger_filter.shape, ledger_filter.statuses)
    return {row[0] for row in fetch(session, sql, values)}


def no_rows(query: LedgerQuery, counts: dict[Status, int]) -> LedgerPage:
    """Return the only page of a tab without rows."""
    return LedgerPage(query.tab, (), counts, 0, None, None)


@dataclass(frozen=True)
class _Found:
    rows: Sequence[Sequence[Any]]
    position: int
    previous: Place | None
    next: Place | None


class _Pages:
    def __init__(
        self, reader: LedgerReader, query: LedgerQuery, total: int | None, size: int
    ) -> None:
        self._reader, self._sort, self._total, self._size = reader, query.sort, total, size

    def at(self, place: Place | None) -> _Found:
        if place is None:
            return self._first()
        if place.kind == "last":
            return self._last()
        key = self._reader.complete_key(place.key)
        if key is None:
            return self._first()
        return (self._after if place.kind == "after" else self._before)(key, place.position)

    def _first(self) -> _Found:
        rows = self._reader.read(None, self._size + 1)
        return self._found(rows[: self._size], 1, has_next=len(rows) > self._size)

    def _last(self) -> _Found:
        if self._total is None:
            return self._first()
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
        key = self._reader.complete_key(key_of(self._sort, row))
        return bool(self._reader.read(key, 1, backwards=backwards))

    def _found(self, rows: Sequence[Sequence[Any]], position: int, *, has_next: bool) -> _Found:
        """Return a page; `position` is 1 on the first page only, and an estimate in the middle."""
        if not rows:
            return _Found(rows, 0, None, None)
        if position > 1 and self._total is not None:
            last = self._total - len(rows) + 1
            position = min(position, last - 1) if has_next else last
        first, last = key_of(self._sort, rows[0]), key_of(self._sort, rows[-1])
        return _Found(
            rows,
            position,
            Place("before", first, max(1, position - self._size)) if position > 1 else None,
            Place("after", last, position + len(rows)) if has_next else None,
        )
