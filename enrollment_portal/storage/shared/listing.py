"""Keyset pagination for any list: deep pages are as fast, no row is skipped or shown twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from sqlalchemy import Row, bindparam, literal_column, tuple_
from sqlmodel import Session

from enrollment_portal.domain.ledger.ledger_query import PAGE_SIZE
from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.storage.shared.records import records_of

Item = TypeVar("Item")
Read = Callable[[Place | None, int, bool], list[Row[Any]]]
"""Reads so many rows after a place, or before it if the last argument is true (backwards)."""

UNCOUNTED = -1
"""The total of a list that is too long to be counted."""


@dataclass(frozen=True)
class Slice(Generic[Item]):
    """One page of a list, with the places of the pages around it."""

    rows: tuple[Item, ...]
    total: int
    """How many rows there are over all pages; `UNCOUNTED` where that is unknown."""
    position: int
    """The number of the first row, counted from 1; 0 without rows.

    Where they are not counted, it only tells the first page, 1, from all others.
    """
    previous: Place | None
    next: Place | None

    def of(self, rows: Sequence[Any]) -> Slice[Any]:
        """Return the same page with other objects as rows."""
        return replace(self, rows=tuple(rows))

    def records(self, kind: type[Any]) -> Slice[Any]:
        """Return the same page with dataclasses as rows, each field from the column of its name."""
        return self.of(records_of(kind, self.rows))


@dataclass(frozen=True)
class Order:
    """Two columns that order a list in one direction, the last one unique."""

    columns: tuple[Any, Any]
    descending: bool = False


def select_slice(
    session: Session,
    statement: Any,
    *,
    order: Order,
    total: int,
    place: Place | None,
    size: int = PAGE_SIZE,
    params: Mapping[str, Any] = MappingProxyType({}),
) -> Slice[Row[Any]]:
    """Return a page of the rows of a select; their last two columns are those of the order.

    Args:
        session: where the rows are.
        statement: the select of all rows, without an order; its pages are prepared once if it
            is the same object every time.
        order: over columns that the statement can name.
        total: how many rows the statement has.
        place: which page; the first one by default. A place that does not exist gives the
            nearest page there is.
        size: how many rows a page has.
        params: of the statement.
    """

    def read(place: Place | None, limit: int, backwards: bool) -> list[Row[Any]]:
        down = order.descending != backwards
        page = _page_of(statement, order.columns, down, place is not None, limit)
        values = dict(params)
        if place is not None:
            values |= {"k0": place.key[0], "k1": place.key[1]}
        return list(session.exec(page, params=values))

    return slice_by(read, total, place, size)


@lru_cache(maxsize=256)
def _page_of(
    statement: Any, columns: tuple[Any, Any], down: bool, is_from_key: bool, limit: int
) -> Any:
    first, last = columns
    rows = statement.add_columns(first.label("k0"), last.label("k1"))
    if is_from_key:
        here = tuple_(first, last)
        key = tuple_(bindparam("k0", type_=first.type), bindparam("k1", type_=last.type))
        rows = rows.where(here < key if down else here > key)
    rows = rows.order_by(first.desc(), last.desc()) if down else rows.order_by(first, last)
    # Not a parameter: PostgreSQL's cached plan would be for any number of rows.
    return rows.limit(literal_column(str(limit)))


def slice_by(read: Read, total: int, place: Place | None, size: int) -> Slice[Row[Any]]:
    """Return a page of rows that a function reads from a key, forwards or backwards."""

    def key(row: Row[Any]) -> tuple[Any, Any]:
        return row.k0, row.k1

    if place and place.kind == "last" and total == UNCOUNTED:
        rows = read(None, size + 1, True)[::-1]
        position, has_next = max(1, len(rows) - size + 1), False
        rows = rows[-size:]
    elif place and place.kind == "last":
        count = total % size or size
        rows = read(None, count, True)[::-1]
        position, has_next = max(1, total - len(rows) + 1), False
    elif place and place.kind == "before":
        rows = read(place, size + 1, True)[::-1]
        if len(rows) <= size:  # the first page, which is filled up to its size
            place = None
        else:
            rows = rows[1:]
            position, has_next = max(2, place.position), True
    if place is None or place.kind == "after":
        rows = read(place, size + 1, False)
        if not rows and place is not None:
            return slice_by(read, total, Place("last"), size)
        has_next, rows = len(rows) > size, rows[:size]
        position = 1 if place is None else max(2, place.position)
    if not rows:
        return Slice((), total, 0, None, None)
    return Slice(
        tuple(rows),
        total,
        position,
        Place("before", key(rows[0]), max(1, position - size)) if position > 1 else None,
        Place("after", key(rows[-1]), position + len(rows)) if has_next else None,
    )
