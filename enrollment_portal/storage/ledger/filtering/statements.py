"""The SQL that reads the rows of a filter in the order of a page, up to a number of rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.storage.ledger.engines import Engine
from enrollment_portal.storage.ledger.filtering.conditions import Driver
from enrollment_portal.storage.ledger.filters import SHAPES, LedgerFilter, status_list
from enrollment_portal.storage.ledger.index_ranges import IndexRange
from enrollment_portal.storage.ledger.keyset import (
    beyond_key_ranges,
    key_columns,
    key_order,
    ties_of,
)
from enrollment_portal.storage.ledger.statements import statuses_of_branches

_COLUMN = re.compile(r"\be\.(\w+)")


_INDEXES = {
    "e.progress": "ix_enrollment_status_progress",
    "e.deadline_day": "ix_enrollment_status_deadline",
    "e.id": "ix_enrollment_status_deadline",
}
"""The index of each order within one status; rows without a deadline are in that of their ids."""


@dataclass(frozen=True)
class BoundedScan:
    """A scan of an index range that reads at most `:budget` rows of each of its branches."""

    keys: str
    """Selects the id and the number of the branch of each row found, in the range's order: of
    each branch up to the limit."""
    is_cut: tuple[str, ...]
    """For each branch, selects a row if the branch has more rows than the budget."""


@lru_cache(maxsize=SHAPES)
def bounded_scan(
    engine: Engine, index_range: IndexRange, shape: LedgerFilter, limit: int, *, after: bool
) -> BoundedScan:
    """Return the statements of a bounded scan, up to the limit of rows that pass the filter.

    The bounds of a filter on the column that orders the range end the scan where they do.
    """
    null_order = engine.null_order(index_range.null_order())
    sources: list[str] = []
    orders: list[str] = []
    mark = _mark(index_range, shape)
    branched = [(status,) for status in index_range.statuses] if mark else None
    for statuses in branched or statuses_of_branches(index_range):
        for conditions in (
            beyond_key_ranges(index_range, by_row=engine.seeks_by_row) if after else [[]]
        ):
            within = [*conditions, mark.sql] if mark else conditions
            source = _source(engine, index_range, shape, statuses, within, after=after)
            sources.append(source)
            ties = ties_of(index_range, conditions)
            orders.append(null_order + key_order("", index_range, ties))
    filters = " AND ".join(shape.conditions(engine, mark))
    columns = set(_COLUMN.findall(filters))
    shown = ", ".join(
        [key_columns(index_range), *(f"e.{name} AS {name}" for name in sorted(columns))]
    )
    keys = ", ".join(f"k{i}" for i in range(len(index_range.columns)))
    order = key_order("", index_range)
    branches = [
        f"SELECT * FROM (SELECT {keys}, {number} AS branch FROM"
        f" (SELECT {shown} FROM {source} ORDER BY {within} LIMIT :budget) e"
        f" WHERE {filters} LIMIT {limit}) b{number}"
        for number, (source, within) in enumerate(zip(sources, orders, strict=True))
    ]
    last = len(index_range.columns) - 1
    found = " UNION ALL ".join(branches)
    by_key = f"SELECT k{last}, branch FROM ({found}) k ORDER BY {order}"
    return BoundedScan(
        engine.sql(by_key),
        tuple(engine.sql(f"SELECT 1 FROM {source} LIMIT 1 OFFSET :budget") for source in sources),
    )


def _mark(index_range: IndexRange, shape: LedgerFilter) -> Driver | None:
    """Return the driver of a mark, such as "has feedback", whose index has a range in its order.

    The index of a mark has its rows in each status by when they were enrolled.
    """
    if index_range.columns[0][0] != "e.enrolled_at" or index_range.condition or index_range.index:
        return None
    drivers = (condition.driver for condition in shape.added)
    return next((driver for driver in drivers if driver and driver.is_by_enrolled), None)


def _source(
    engine: Engine,
    index_range: IndexRange,
    shape: LedgerFilter,
    statuses: tuple[int, ...],
    conditions: list[str],
    *,
    after: bool,
) -> str:
    """Return FROM and WHERE of one branch, before it is filtered."""
    own_condition = index_range.condition_with(conditions)
    conditions = [*conditions, *_ends(index_range, shape, after=after)]
    if len(statuses) == 1:
        conditions = [f"e.status = {statuses[0]:d}", *conditions]
    conditions = [*conditions, *own_condition]
    # Without statistics of all of its indexes alike, SQLite may read another one and sort it.
    mark = _mark(index_range, shape)
    index = index_range.index or (mark.index if mark else _index(index_range, statuses))
    source = engine.by_index("enrollment", "e", index)
    if index_range.uses("l"):
        of_status = f"e.status IN {status_list(statuses or tuple(Status))}"
        source, joined = engine.enrollments_of("learner l", "learner", "l.id", of_status)
        conditions = [joined, *conditions]
    return f"{source} WHERE {' AND '.join(conditions) or 'true'}"


def _index(index_range: IndexRange, statuses: tuple[int, ...]) -> str:
    """Return the index that has the rows of a branch in their order."""
    if not statuses:
        return "ix_enrollment_enrolled"
    column = index_range.columns[0][0]
    return _INDEXES.get(column, "ix_enrollment_status_enrolled")


def _ends(index_range: IndexRange, shape: LedgerFilter, *, after: bool) -> list[str]:
    """Return the bounds of the filters on the first column of a range.

    After a key, only those ahead: of two bounds on the same side, SQLite seeks by the wrong one.
    """
    column, descends = index_range.columns[0]
    ends: list[str] = []
    for condition in shape.added:
        if condition.column == column:
            lower, upper = condition.bounds
            ends += [lower] if after and descends else [upper] if after else [lower, upper]
    return [end for end in ends if end]
