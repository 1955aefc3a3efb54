"""Where a page begins: the rows after a key in an order, and how SQL names its columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from enrollment_portal.domain.ledger.ledger_query import Key, SortKey
from enrollment_portal.storage.ledger.orders import Stretch


def key_of(sort: SortKey, row: Sequence[Any]) -> Key:
    """Return a row's place in an order, from all its columns."""
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


def beyond_key_by_arms(stretch: Stretch) -> list[list[str]]:
    """Return the rows after the key as disjoint ranges, each of which an index seeks.

    SQLite seeks a row comparison `(a, b) > (?, ?)` by its first column only and reads every tie.
    """
    names = [name for name, _ in stretch.columns]
    return [
        [f"{name} = :v{i}" for i, name in enumerate(names[:last])]
        + [f"{names[last]} {_beyond(stretch, last)} :v{last}"]
        for last in reversed(range(len(names)))
    ]


def beyond_key(stretch: Stretch) -> str:
    """Return the rows after the key as one condition."""
    condition = ""
    for i, (name, _) in reversed(list(enumerate(stretch.columns))):
        ties = f" OR ({name} = :v{i} AND {condition})" if condition else ""
        condition = f"({name} {_beyond(stretch, i)} :v{i}{ties})"
    return condition


def _beyond(stretch: Stretch, i: int) -> str:
    return "<" if stretch.columns[i][1] else ">"


def key_columns(stretch: Stretch) -> str:
    """Return the columns of an order as `k0`, `k1`, …."""
    return ", ".join(f"{name} AS k{i}" for i, (name, _) in enumerate(stretch.columns))


def key_order(table: str, stretch: Stretch) -> str:
    """Return how to order by `k0`, `k1`, … of a table, given with its dot."""
    return ", ".join(
        f"{table}k{i}{' DESC' if descends else ''}"
        for i, (_, descends) in enumerate(stretch.columns)
    )
