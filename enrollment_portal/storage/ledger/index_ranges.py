"""Split each sort order of the ledger into index ranges, to be read one after the other.

The last column of every order is the enrollment's id, so that no two rows tie. Rows without a
deadline come last in both directions. Within one learner, course or status the newest is first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import cast

from enrollment_portal.domain.ledger.ledger_query import SortKey
from enrollment_portal.domain.shared.listing import Key


@dataclass(frozen=True)
class IndexRange:
    """Rows that are next to each other in one index, and the columns that order them.

    `columns` are SQL over enrollment `e`, learner `l` and course `c`, each with whether it is
    descending; the last one is `e.id`.
    """

    columns: tuple[tuple[str, bool], ...]
    statuses: tuple[int, ...]
    condition: str = ""
    in_one_course: bool = False

    def reversed(self) -> IndexRange:
        """Return the same rows in the opposite order."""
        return replace(self, columns=tuple((column, not desc) for column, desc in self.columns))

    def uses(self, table: str) -> bool:
        """Return whether the rows are ordered by a column of this table (its alias)."""
        return any(column.startswith(table + ".") for column, _ in self.columns)


@dataclass(frozen=True)
class RangeStart:
    """An index range and where to start in it: after these column values, or at its first row."""

    index_range: IndexRange
    values: Key = ()


def newest_first(statuses: tuple[int, ...], *, in_one_course: bool = False) -> IndexRange:
    """Return the range of the enrollments with these statuses, newest first."""
    columns = (("e.enrolled_at", True), ("e.id", True))
    return IndexRange(columns, statuses, in_one_course=in_one_course)


def by_course(statuses: tuple[int, ...], *, descending: bool) -> IndexRange:
    """Return the range of the enrollments of several courses, by title, then newest first."""
    title = (("c.sort_title", descending), ("c.id", descending))
    return IndexRange(title + newest_first(statuses).columns, statuses)


def by_learner(statuses: tuple[int, ...], *, descending: bool) -> IndexRange:
    """Return the range of the enrollments of all learners, by name, then newest first."""
    name = (("l.sort_name", descending), ("l.id", descending))
    return IndexRange(name + newest_first(statuses).columns, statuses)


def index_ranges(
    sort: SortKey,
    statuses: tuple[int, ...],
    key: Key | None,
    *,
    descending: bool,
    backwards: bool,
    in_one_course: bool = False,
) -> list[RangeStart]:
    """Return the index ranges to read, in order, after a key (from the start without one).

    Backwards, they lead from the key to the start of the order (from its end without a key), and
    the rows come in that direction. A sort by course has one range for a full sort only: an index
    scan reads course by course (see `rows`).
    """
    parts = _ranges(sort, statuses, descending, backwards)
    if in_one_course:
        parts = tuple(replace(part, in_one_course=True) for part in parts)
    if key is None:
        return [RangeStart(part) for part in parts]
    if sort is SortKey.STATUS:
        ahead = _statuses_ahead(statuses, key, descending=descending != backwards)
        parts = tuple([part for part in parts if part.statuses[0] in ahead])
        has_key = key[0] in statuses
        key = key[1:]
    elif sort is SortKey.DEADLINE:
        is_undated = key[0] is None
        parts = parts[1:] if is_undated != backwards else parts
        has_key = True
        key = key[1:] if is_undated else key
    else:
        has_key = True
    return [RangeStart(part, key if has_key and i == 0 else ()) for i, part in enumerate(parts)]


@cache
def _ranges(
    sort: SortKey, statuses: tuple[int, ...], descending: bool, backwards: bool
) -> tuple[IndexRange, ...]:
    if backwards:
        parts = _ranges(sort, statuses, descending, False)
        return tuple(part.reversed() for part in reversed(parts))

    def columns(*names: str) -> tuple[tuple[str, bool], ...]:
        return tuple((name, descending) for name in names)

    match sort:
        case SortKey.ENROLLED:
            return (IndexRange(columns("e.enrolled_at", "e.id"), statuses),)
        case SortKey.PROGRESS:
            return (IndexRange(columns("e.progress", "e.id"), statuses),)
        case SortKey.DEADLINE:
            return (
                IndexRange(
                    columns("e.deadline_day", "e.id"), statuses, "e.deadline_day IS NOT NULL"
                ),
                IndexRange((("e.id", True),), statuses, "e.deadline_day IS NULL"),
            )
        case SortKey.STATUS:
            ordered = sorted(statuses, reverse=descending)
            return tuple(newest_first((status,)) for status in ordered)
        case SortKey.LEARNER:
            return (by_learner(statuses, descending=descending),)
        case SortKey.COURSE:
            return (by_course(statuses, descending=descending),)


def _statuses_ahead(statuses: Sequence[int], key: Key, *, descending: bool) -> set[int]:
    at = cast(int, key[0])
    return {status for status in statuses if (status <= at if descending else status >= at)}
