"""Keyset pagination in SQL: the condition for the rows after a key, and ORDER BY."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from enrollment_portal.domain.enrollment.fields import Origin
from enrollment_portal.domain.ledger.ledger_query import SortKey
from enrollment_portal.domain.shared.listing import Key
from enrollment_portal.storage.ledger.index_ranges import IndexRange

EXTRA_AT = 14
"""Where a row has the column `index_ranges.EXTRA` of its order."""


def key_of(sort: SortKey, row: Sequence[Any]) -> Key:
    """Return the key of a row in a sort order: the values of the columns that order it."""
    enrollment, learner, course, status = row[0], row[1], row[4], row[6]
    match sort:
        case SortKey.LEARNER:
            return (row[13], learner, row[8], enrollment)
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
        case SortKey.LAST_VISIT | SortKey.GRADE | SortKey.PACE:
            return (row[EXTRA_AT], enrollment)
        case SortKey.COMPLETED | SortKey.RUN | SortKey.INSTRUCTOR:
            return (row[EXTRA_AT], row[8], enrollment)
        case SortKey.ORIGIN:
            return (list(Origin).index(Origin(row[EXTRA_AT])), row[8], enrollment)
        case SortKey.DEPARTMENT | SortKey.MANAGER:
            return (learner, row[8], enrollment)


def beyond_key_ranges(index_range: IndexRange, *, by_row: bool = False) -> list[list[str]]:
    """Return the conditions for the rows after the key, as disjoint ranges that an index can seek.

    Args:
        index_range: whose rows they are.
        by_row: whether to compare rows, if one index has all columns in one direction: see
            `Engine.seeks_by_row`.
    """
    names = [name for name, _ in index_range.columns]
    is_one_way = len({descends for _, descends in index_range.columns}) == 1
    is_of_one_table = not any(index_range.uses(table) for table in ("l", "c", "r"))
    if by_row and is_one_way and is_of_one_table and len(names) > 1:
        values = ", ".join(f":v{i}" for i in range(len(names)))
        return [[f"({', '.join(names)}) {_beyond(index_range, 0)} ({values})"]]
    return [
        [f"{name} = :v{i}" for i, name in enumerate(names[:last])]
        + [f"{names[last]} {_beyond(index_range, last)} :v{last}"]
        for last in reversed(range(len(names)))
    ]


def beyond_key(index_range: IndexRange) -> str:
    """Return the condition for the rows after the key."""
    condition = ""
    for i, (name, _) in reversed(list(enumerate(index_range.columns))):
        ties = f" OR ({name} = :v{i} AND {condition})" if condition else ""
        condition = f"({name} {_beyond(index_range, i)} :v{i}{ties})"
    return condition


def _beyond(index_range: IndexRange, i: int) -> str:
    return "<" if index_range.columns[i][1] else ">"


def key_columns(index_range: IndexRange) -> str:
    """Return the SELECT list of the ordering columns, named `k0`, `k1`, …."""
    return ", ".join(f"{name} AS k{i}" for i, (name, _) in enumerate(index_range.columns))


def key_order(table: str, index_range: IndexRange, ties: int = 0) -> str:
    """Return the ORDER BY list over `k0`, `k1`, …, each after a prefix such as `k.`.

    Args:
        table: the prefix.
        index_range: whose columns to order by.
        ties: in how many of the first columns the rows tie; these are left out.
    """
    return ", ".join(
        f"{table}k{i}{' DESC' if descends else ''}"
        for i, (_, descends) in enumerate(index_range.columns)
        if i >= ties
    )


def ties_of(index_range: IndexRange, conditions: Sequence[str]) -> int:
    """Return in how many expressions the rows tie that one of `beyond_key_ranges` selects."""
    is_tied = index_range.orders_by_expression and len(conditions) > 1
    return int(is_tied)
