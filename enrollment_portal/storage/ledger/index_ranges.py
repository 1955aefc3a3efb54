"""Split each sort order of the ledger into index ranges, to be read one after the other.

The last column of every order is the enrollment's id, so that no two rows tie. Rows without a
value come last in both directions. Within one learner, course or status the newest is first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import cast

from enrollment_portal.domain.enrollment.fields import Origin, Status
from enrollment_portal.domain.ledger.ledger_query import NULLABLE, SortKey
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
    index: str = ""
    """The index of enrollments that has the rows in this order, where it is to be named."""
    extra: str = ""
    """The column that a key of this order has, and that a row of the ledger does not show."""
    placed_by: str = "e.course_id"
    """For the column `r.place`: what the ids in that list are of."""
    part: int = 0
    """Its place among the ranges of the order; see `_part_of`."""

    def reversed(self) -> IndexRange:
        """Return the same rows in the opposite order."""
        return replace(self, columns=tuple((column, not desc) for column, desc in self.columns))

    def condition_with(self, key_conditions: Sequence[str]) -> list[str]:
        """Return the condition, unless those of a key imply it.

        Of two lower bounds of one column, SQLite may seek by the wrong one.
        """
        is_implied = key_conditions and self.condition.endswith("> ''") and not self.columns[0][1]
        return [self.condition] if self.condition and not is_implied else []

    def null_order(self) -> str:
        """Return the start of ORDER BY for the rows without a value, "" for other ranges.

        Their index has that column before the id; PostgreSQL reads it in order only if it is said.
        """
        column, _, rest = self.condition.partition(" IS ")
        if not self.index or rest != "NULL":
            return ""
        return f"{column}{' DESC' if self.columns[0][1] else ''}, "

    @property
    def orders_by_expression(self) -> bool:
        """Whether its first column is an expression over columns."""
        return "(" in self.columns[0][0]

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
    the rows come in that direction. A sort by course or instructor has one range for a full sort
    only: an index scan reads course by course (see `rows`).
    """
    ranges = _ranges(sort, statuses, descending, backwards)
    if in_one_course:
        ranges = tuple(replace(one, in_one_course=True) for one in ranges)
    if key is None:
        return [RangeStart(one) for one in ranges]
    part, values = _part_of(sort, key, descending)
    ahead = [one for one in ranges if (one.part <= part if backwards else one.part >= part)]
    return [RangeStart(one, values if one.part == part else ()) for one in ahead]


def _part_of(sort: SortKey, key: Key, descending: bool) -> tuple[int, Key]:
    """Return in which range of an order a key is, and its values there."""
    first = key[0]
    match sort:
        case SortKey.STATUS | SortKey.ORIGIN:
            return (-cast(int, first) if descending else cast(int, first)), key[1:]
        case SortKey.COMPLETED:
            return (1, key[1:]) if first is None else (0, (first, key[2]))
        case SortKey.RUN:
            is_retake = cast(int, first) > 1
            return int(is_retake != descending), key if is_retake else key[1:]
        case SortKey.DEPARTMENT | SortKey.MANAGER:
            return (1, key[1:]) if first is None else (0, key)
        case _ if sort in NULLABLE:
            return (1, key[1:]) if first is None else (0, key)
    return 0, key


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
        case SortKey.STATUS:
            ordered = sorted(statuses, reverse=descending)
            return tuple(
                replace(newest_first((status,)), part=-status if descending else status)
                for status in ordered
            )
        case SortKey.LEARNER:
            return (by_learner(statuses, descending=descending),)
        case SortKey.COURSE:
            return (by_course(statuses, descending=descending),)
        case SortKey.INSTRUCTOR:
            return (by_place(statuses),)
        case SortKey.DEPARTMENT | SortKey.MANAGER:
            return _by_learner_column(f"l.sort_{sort}", statuses, descending)
        case SortKey.COMPLETED:
            return _by_completion(statuses, descending)
        case SortKey.ORIGIN:
            return _by_origin(statuses, descending)
        case SortKey.RUN:
            return _by_run(statuses, descending)
    column, index = _NULLABLE_COLUMNS[sort]
    # SQLite seeks past NULL for a column, but not for an expression.
    has_value = f"{column} > ''" if sort is SortKey.GRADE else f"{column} IS NOT NULL"
    by_value = IndexRange(
        columns(column, "e.id"), statuses, has_value, index=index, extra=_extra(sort)
    )
    without = IndexRange(
        (("e.id", True),), statuses, f"{column} IS NULL", index=index, extra=_extra(sort), part=1
    )
    return by_value, without


GRADE_ORDER = "grade_order(e.grade)"
"""Orders grades by their number, if they begin with one, then as texts."""
_NULLABLE_COLUMNS = {
    # Statistics of this one are good enough: the planners choose its index.
    SortKey.DEADLINE: ("e.deadline_day", ""),
    SortKey.LAST_VISIT: ("e.last_visit_at", "ix_enrollment_status_visit"),
    SortKey.GRADE: (GRADE_ORDER, "ix_enrollment_status_grade"),
    SortKey.PACE: ("e.pace", "ix_enrollment_status_pace"),
}


def _extra(sort: SortKey) -> str:
    return EXTRA.get(sort, "")


EXTRA = {
    SortKey.LAST_VISIT: "e.last_visit_at",
    SortKey.GRADE: "e.grade",
    SortKey.COMPLETED: "e.completed_at",
    SortKey.ORIGIN: "e.origin",
    SortKey.PACE: "e.pace",
    SortKey.RUN: "e.run",
    SortKey.INSTRUCTOR: "COALESCE(-e.instructor_id, e.course_id)",
}
"""The column of the key of each order that a row of the ledger does not show."""


def by_place(statuses: tuple[int, ...]) -> IndexRange:
    """Return the range of the enrollments of several courses, by their place in a list."""
    columns = (("r.place", False), *newest_first(statuses).columns)
    return IndexRange(columns, statuses, extra=EXTRA[SortKey.INSTRUCTOR])


def _by_learner_column(
    column: str, statuses: tuple[int, ...], descending: bool
) -> tuple[IndexRange, ...]:
    """Return the ranges by a column of learners and their names; those without it are last."""
    by_name = by_learner(statuses, descending=descending)
    by_value = replace(
        by_name, columns=((column, descending), *by_name.columns), condition=f"{column} IS NOT NULL"
    )
    without = by_learner(statuses, descending=False)
    return by_value, replace(without, condition=f"{column} IS NULL", part=1)


def _by_completion(statuses: tuple[int, ...], descending: bool) -> tuple[IndexRange, ...]:
    """Return those completed, by when; then the others, newest first."""
    extra = EXTRA[SortKey.COMPLETED]
    found: list[IndexRange] = []
    if Status.COMPLETED in statuses:
        columns = (("e.completed_at", descending), ("e.id", descending))
        index = "ix_enrollment_completed"
        found.append(IndexRange(columns, (int(Status.COMPLETED),), index=index, extra=extra))
    if others := tuple(status for status in statuses if status != Status.COMPLETED):
        found.append(replace(newest_first(others), extra=extra, part=1))
    return tuple(found)


def _by_origin(statuses: tuple[int, ...], descending: bool) -> tuple[IndexRange, ...]:
    """Return a range of each origin, in the order of `Origin`, newest first."""
    extra, index = EXTRA[SortKey.ORIGIN], "ix_enrollment_origin"
    return tuple(
        replace(
            newest_first(statuses),
            condition=f"e.origin = '{origin.value}'",
            index=index,
            extra=extra,
            part=-number if descending else number,
        )
        for number, origin in sorted(enumerate(Origin), reverse=descending)
    )


def _by_run(statuses: tuple[int, ...], descending: bool) -> tuple[IndexRange, ...]:
    """Return the retakes by their run, and before or after them the first runs, newest first."""
    extra = EXTRA[SortKey.RUN]
    newest = newest_first(statuses)
    retakes = replace(
        newest,
        columns=(("e.run", descending), *newest.columns),
        condition="e.run > 1",
        index="ix_enrollment_run",
        extra=extra,
        part=0 if descending else 1,
    )
    firsts = replace(newest, condition="e.run = 1", extra=extra, part=1 if descending else 0)
    return (retakes, firsts) if descending else (firsts, retakes)
