"""How each sort runs through the rows: as stretches, one after another, each by one index.

The last column of every order is the enrollment's id, so that no two rows tie. A deadline that
does not exist comes last both ways. Inside one learner, course or status the newest comes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import cast

from enrollment_portal.domain.ledger.ledger_query import Key, SortKey


@dataclass(frozen=True)
class Stretch:
    """Rows that lie together in an order, and what orders them.

    `columns` are SQL over enrollment `e`, learner `l` and course `c`, each with whether it
    descends; the last one is `e.id`.
    """

    columns: tuple[tuple[str, bool], ...]
    statuses: tuple[int, ...]
    condition: str = ""
    in_one_course: bool = False

    def reversed(self) -> Stretch:
        """Return the same rows from the end to the start."""
        return replace(self, columns=tuple((column, not desc) for column, desc in self.columns))

    def uses(self, table: str) -> bool:
        """Tell whether a table orders these rows."""
        return any(column.startswith(table + ".") for column, _ in self.columns)


@dataclass(frozen=True)
class Start:
    """A stretch and the values of its columns that the rows come after; none at its start."""

    stretch: Stretch
    values: Key = ()


def newest_first(statuses: tuple[int, ...], *, in_one_course: bool = False) -> Stretch:
    """Return the enrollments of some statuses from the newest to the oldest."""
    columns = (("e.enrolled_at", True), ("e.id", True))
    return Stretch(columns, statuses, in_one_course=in_one_course)


def by_course(statuses: tuple[int, ...], *, descending: bool) -> Stretch:
    """Return the enrollments of several courses, by title, then newest first."""
    title = (("c.sort_title", descending), ("c.id", descending))
    return Stretch(title + newest_first(statuses).columns, statuses)


def by_learner(statuses: tuple[int, ...], *, descending: bool) -> Stretch:
    """Return the enrollments of all learners, by name, then newest first."""
    name = (("l.sort_name", descending), ("l.id", descending))
    return Stretch(name + newest_first(statuses).columns, statuses)


def stretches(
    sort: SortKey,
    statuses: tuple[int, ...],
    key: Key | None,
    *,
    descending: bool,
    backwards: bool,
    in_one_course: bool = False,
) -> list[Start]:
    """Return what to walk, in turn, from a key on (from the start without one).

    Backwards is the way from the key to the order's start (from its end without a key); rows
    come in that direction. A sort by course has no stretches of its own: its courses are rows.
    """
    parts = _parts(sort, statuses, descending, backwards)
    if in_one_course:
        parts = tuple(replace(part, in_one_course=True) for part in parts)
    if key is None:
        return [Start(part) for part in parts]
    if sort is SortKey.STATUS:
        ahead = _statuses_ahead(statuses, key, descending=descending != backwards)
        parts = tuple([part for part in parts if part.statuses[0] in ahead])
        holds_key = key[0] in statuses
        key = key[1:]
    elif sort is SortKey.DEADLINE:
        is_undated = key[0] is None
        parts = parts[1:] if is_undated != backwards else parts
        holds_key = True
        key = key[1:] if is_undated else key
    else:
        holds_key = True
    return [Start(part, key if holds_key and i == 0 else ()) for i, part in enumerate(parts)]


@cache
def _parts(
    sort: SortKey, statuses: tuple[int, ...], descending: bool, backwards: bool
) -> tuple[Stretch, ...]:
    if backwards:
        parts = _parts(sort, statuses, descending, False)
        return tuple(part.reversed() for part in reversed(parts))

    def columns(*names: str) -> tuple[tuple[str, bool], ...]:
        return tuple((name, descending) for name in names)

    match sort:
        case SortKey.ENROLLED:
            return (Stretch(columns("e.enrolled_at", "e.id"), statuses),)
        case SortKey.PROGRESS:
            return (Stretch(columns("e.progress", "e.id"), statuses),)
        case SortKey.DEADLINE:
            return (
                Stretch(columns("e.deadline_day", "e.id"), statuses, "e.deadline_day IS NOT NULL"),
                Stretch((("e.id", True),), statuses, "e.deadline_day IS NULL"),
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
