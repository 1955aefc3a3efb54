"""Pages of any list by the keys of its rows: flat however deep, nothing skipped or shown twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from sqlalchemy import Row, text
from sqlmodel import Session

from enrollment_portal.domain.ledger_query import PAGE_SIZE, Place

Item = TypeVar("Item")


@dataclass(frozen=True)
class Slice(Generic[Item]):
    """One page of a list and what surrounds it."""

    rows: tuple[Item, ...]
    total: int
    """How many rows there are over all pages."""
    position: int
    """The number of the first row, counted from 1; 0 without rows."""
    previous: Place | None
    next: Place | None

    def of(self, rows: Sequence[Any]) -> Slice[Any]:
        """Return the same page holding other objects."""
        return replace(self, rows=tuple(rows))


@dataclass(frozen=True)
class Order:
    """Two columns that order a list, the last one unique, both the same way."""

    columns: tuple[str, str]
    descending: bool = False


def read_slice(
    session: Session,
    columns: str,
    source: str,
    *,
    order: Order,
    parameters: Mapping[str, Any],
    total: int,
    place: Place | None,
    size: int = PAGE_SIZE,
) -> Slice[Row[Any]]:
    """Return a page of the rows of a source.

    Args:
        session: where the rows are.
        columns: what to select; two more columns, those of the order, come after them.
        source: what follows FROM, up to and including the WHERE clause (`WHERE true` where there
            is none), with `:name` parameters.
        order: over columns that the source can name.
        parameters: the values of the statement.
        total: how many rows the source has.
        place: which page; the first one by default. A place that does not exist gives the
            nearest page there is.
        size: how many rows a page has.
    """

    def read(place: Place | None, limit: int, *, backwards: bool) -> list[Row[Any]]:
        condition, values = source, dict(parameters)
        down = order.descending != backwards
        if place is not None:
            condition += f" AND ({', '.join(order.columns)}) {'<' if down else '>'} (:k0, :k1)"
            values |= {"k0": place.key[0], "k1": place.key[1]}
        way = " DESC" if down else ""
        keys = f"{order.columns[0]} AS k0, {order.columns[1]} AS k1"
        statement = f"SELECT {columns}, {keys} FROM {condition} ORDER BY k0{way}, k1{way}"
        return list(session.execute(text(f"{statement} LIMIT {limit}"), values))

    def key(row: Row[Any]) -> tuple[Any, Any]:
        return row.k0, row.k1

    if place and place.kind == "last":
        count = total % size or size
        rows = read(None, count, backwards=True)[::-1]
        position, has_next = max(1, total - len(rows) + 1), False
    elif place and place.kind == "before":
        rows = read(place, size + 1, backwards=True)[::-1]
        if len(rows) <= size:  # the first page, which is filled up to its size
            place = None
        else:
            rows = rows[1:]
            position, has_next = max(2, place.position), True
    if place is None or place.kind == "after":
        rows = read(place, size + 1, backwards=False)
        if not rows and place is not None:
            last = Place("last")
            return read_slice(
                session,
                columns,
                source,
                order=order,
                parameters=parameters,
                total=total,
                place=last,
                size=size,
            )
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
