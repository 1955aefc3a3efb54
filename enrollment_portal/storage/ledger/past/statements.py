"""The SQL statements of the ledger as of a past day, cached for each shape of filter.

A row is a validity interval `e` that contains the moment `:moment`. If very many are read, the
bitmap `:learners` says which learners pass the filter: see `past.learners`. The other parameters
are those of today's ledger: see `ledger.statements`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.validity_intervals import FOREVER
from enrollment_portal.storage.ledger.engines import OF_ENROLLMENT, Engine
from enrollment_portal.storage.ledger.filters import (
    Courses,
    DrivingTable,
    Learners,
    LedgerFilter,
    status_list,
)
from enrollment_portal.storage.ledger.index_ranges import IndexRange
from enrollment_portal.storage.ledger.keyset import (
    beyond_key,
    beyond_key_ranges,
    key_columns,
    key_order,
)
from enrollment_portal.storage.ledger.page import LedgerRow
from enrollment_portal.storage.ledger.past.learners import uses_bitmap

# The plus keeps SQLite from using the index on until_at, with a look-up for each entry.
_CONTAINS_MOMENT = "e.from_at <= :moment AND +e.until_at > :moment"
_COLUMNS = {
    "id": "e.enrollment_id",
    "learner_id": "e.learner_id",
    "name": "l.name",
    "email": "l.email",
    "course_id": "e.course_id",
    "title": "c.title",
    "status": "e.status",
    "progress": "e.progress",
    "enrolled_at": "e.enrolled_at",
    "deadline_day": "e.deadline_day",
    # Higher than any version: a pushed change never replaces a row of a past day.
    "version": f"{2**31 - 1}",
    "requested_day": "NULL",
}
_NOT_INDEXED = ("e.progress", "e.deadline_day")
"""Columns that no index of validity intervals starts with: such a sort needs a full sort."""
_COUNTED = ", ".join(f"count(*) FILTER (WHERE e.status = {status:d})" for status in Status)


@cache
def counts(engine: Engine, shape: LedgerFilter, driving_table: DrivingTable) -> str:
    """Return the statement that counts a filter's rows in each status."""
    source, where = _from_clause(engine, shape, driving_table, tuple(Status))
    return engine.sql(f"SELECT {_COUNTED} FROM {source} WHERE {where}")


@cache
def ended_since(engine: Engine, shape: LedgerFilter) -> str:
    """Return the statement that counts the intervals of that moment that have ended since."""
    in_force = f"e.until_at > :moment AND e.until_at < {FOREVER} AND e.from_at <= :moment"
    where = " AND ".join([in_force, *_marked_conditions(engine, shape)])
    return engine.sql(f"SELECT {_COUNTED} FROM {engine.intervals_by_end()} WHERE {where}")


@cache
def started_since(engine: Engine, shape: LedgerFilter) -> str:
    """Return the statement that counts the current intervals that started after that moment."""
    in_force = f"e.until_at = {FOREVER} AND e.from_at > :moment"
    where = " AND ".join([in_force, *_marked_conditions(engine, shape)])
    return engine.sql(f"SELECT {_COUNTED} FROM {engine.intervals_by_end()} WHERE {where}")


@cache
def index_scan(
    engine: Engine, index_range: IndexRange, shape: LedgerFilter, limit: int, *, after: bool
) -> str:
    """Return the statement that scans by date of enrollment or by learner, up to the limit."""
    index_range = _of_intervals(index_range)
    branches = [
        _union_branch(engine, index_range, shape, conditions)
        for conditions in (beyond_key_ranges(index_range) if after else [[]])
    ]
    by = key_order("", index_range)
    if len(branches) > 1:
        branches = [engine.union_branch(branch, by, limit) for branch in branches]
    found = " UNION ALL ".join(branches) + f" ORDER BY {by} LIMIT {limit}"
    return engine.sql(_with_rows(engine, found, index_range))


@cache
def full_sort(
    engine: Engine,
    index_range: IndexRange,
    shape: LedgerFilter,
    driving_table: DrivingTable,
    limit: int,
    *,
    after: bool,
) -> str:
    """Return the statement that reads all rows of a range from a driving table, and sorts them."""
    index_range = _of_intervals(index_range)
    found = _found(engine, index_range, shape, driving_table)
    if after:
        found += f" AND {beyond_key(index_range)}"
    by = key_order("", index_range)
    if index_range.columns[0][0] in _NOT_INDEXED:
        # Without OFFSET 0, PostgreSQL can have parallel workers each sort and limit a part.
        found += f" ORDER BY {by} LIMIT {limit}"
    else:
        found = engine.sort_query(found, by, limit)
    return engine.sql(_with_rows(engine, found, index_range))


@cache
def full_sort_ids(
    engine: Engine, index_range: IndexRange, shape: LedgerFilter, driving_table: DrivingTable
) -> str:
    """Return the statement that selects all enrollment ids of a range, in its order."""
    index_range = _of_intervals(index_range)
    found = _found(engine, index_range, shape, driving_table)
    last = len(index_range.columns) - 1
    return engine.sql(f"SELECT k{last} FROM ({found}) k ORDER BY {key_order('', index_range)}")


@cache
def by_ids(engine: Engine) -> str:
    """Return the statement that selects the rows of the enrollments `:ids`, in no order."""
    return engine.sql(
        f"SELECT {_selected(engine)} FROM ({engine.listed_ids()}) d CROSS JOIN enrollment n"
        " CROSS JOIN enrollment_span e CROSS JOIN learner l CROSS JOIN course c"
        f" WHERE n.id = d.id AND {OF_ENROLLMENT} AND {_CONTAINS_MOMENT}"
        " AND l.id = e.learner_id AND c.id = e.course_id"
    )


def _selected(engine: Engine) -> str:
    columns = _COLUMNS | {"override_seq": _override(engine)}
    return ", ".join([*(columns[name] for name in LedgerRow._fields), "l.sort_name"])


def _override(engine: Engine) -> str:
    """Return the column with the row of history in which a person had set the status.

    It is read only where a page shows it: for enrollments completed before their last lesson.
    """
    sets_status = engine.contains("v.changes", "'\"status\":'")
    return (
        f"CASE WHEN e.status = {Status.COMPLETED:d} AND e.progress < 100 THEN"
        " (SELECT CASE WHEN v.source = 'person' THEN v.seq END FROM enrollment_event v"
        f" WHERE v.enrollment_id = e.enrollment_id AND v.at <= :moment AND {sets_status}"
        " ORDER BY v.seq DESC LIMIT 1) END"
    )


def _found(
    engine: Engine, index_range: IndexRange, shape: LedgerFilter, driving_table: DrivingTable
) -> str:
    source, where = _from_clause(engine, shape, driving_table, index_range.statuses)
    for table, join in (("l", "learner l"), ("c", "course c")):
        if index_range.uses(table):
            source += f" CROSS JOIN {join}"
            where += f" AND {table}.id = e.{join.split()[0]}_id"
    if index_range.condition:
        where += f" AND {index_range.condition}"
    return f"SELECT {key_columns(index_range)} FROM {source} WHERE {where}"


def _of_intervals(index_range: IndexRange) -> IndexRange:
    names = {"e.id": "e.enrollment_id"}
    return replace(index_range, columns=tuple((names.get(n, n), d) for n, d in index_range.columns))


def _from_clause(
    engine: Engine, shape: LedgerFilter, driving_table: DrivingTable, statuses: tuple[int, ...]
) -> tuple[str, str]:
    """Return FROM and WHERE that join the intervals `e` to a driving table and filter them."""
    if driving_table is DrivingTable.INTERVALS_BY_END:
        in_force = _of_statuses("e.until_at > :moment AND e.from_at <= :moment", statuses)
        return engine.intervals_by_end(), " AND ".join(
            [in_force, *_marked_conditions(engine, shape)]
        )
    in_force = _of_statuses(_CONTAINS_MOMENT, statuses)
    if driving_table is DrivingTable.ALL:
        # Reads all intervals of enrollments that existed at that moment.
        where = [in_force, "e.enrolled_at <= :moment", *_marked_conditions(engine, shape)]
        return "enrollment_span e", " AND ".join(where)
    sources = {
        DrivingTable.SEARCH_MATCHES: ("learner", engine.matches(shape.terms)),
        DrivingTable.LEARNERS: ("learner", shape.learners.ids),
        DrivingTable.COURSES: ("course", shape.courses.ids),
        DrivingTable.COURSES_AND_MATCHES: ("course", shape.courses.ids),
        DrivingTable.LISTED_COURSES: ("course", engine.listed_ids()),
    }
    owner, ids = sources[driving_table]
    source, where = engine.intervals_of(f"({ids}) d", owner, "d.id", in_force)
    filters = (
        _marked_conditions if driving_table is DrivingTable.LISTED_COURSES else _row_conditions
    )
    return source, " AND ".join([where, *filters(engine, shape, driving_table)])


def _marked_conditions(
    engine: Engine,
    shape: LedgerFilter,
    driving_table: DrivingTable | None = None,
    *,
    has_learner: bool = False,
) -> list[str]:
    """Return the conditions on each of very many intervals, with the learners as a bitmap."""
    if not uses_bitmap(shape):
        return _row_conditions(engine, shape, driving_table)
    learner = "l.id" if has_learner else "e.learner_id"
    rest = replace(shape, terms=0, learners=Learners.ALL)
    return [
        *_row_conditions(engine, rest, driving_table),
        engine.bitmap_contains(":learners", learner),
    ]


def _row_conditions(
    engine: Engine, shape: LedgerFilter, driving_table: DrivingTable | None
) -> list[str]:
    """Return a filter's conditions on each interval; `is_path` saves the look-up of the course."""
    conditions = shape.conditions(engine, driving_table)
    is_path = {Courses.PLAIN: "e.is_path = 0", Courses.PATHS: "e.is_path = 1"}
    if shape.courses not in is_path or shape.courses.condition not in conditions:
        return conditions
    return [is_path[shape.courses], *(c for c in conditions if c != shape.courses.condition)]


def _of_statuses(in_force: str, statuses: tuple[int, ...]) -> str:
    if len(statuses) == len(Status):
        return in_force
    return f"{in_force} AND e.status IN {status_list(statuses)}"


def _union_branch(
    engine: Engine, index_range: IndexRange, shape: LedgerFilter, conditions: list[str]
) -> str:
    in_force = _of_statuses(_CONTAINS_MOMENT, index_range.statuses)
    source = "enrollment_span e"
    if index_range.uses("l"):
        source, joined = engine.intervals_of("learner l", "learner", "l.id", in_force)
        conditions = [joined, *conditions]
    else:
        conditions = [in_force, *conditions]
        # Later enrollments did not exist; of two upper bounds, SQLite would seek by the wrong one.
        if len(conditions) == 1 or not index_range.columns[0][1]:
            conditions.append("e.enrolled_at <= :moment")
    filters = _marked_conditions(engine, shape, has_learner=index_range.uses("l"))
    where = " AND ".join([*conditions, *filters])
    return f"SELECT {key_columns(index_range)} FROM {source} WHERE {where}"


def _with_rows(engine: Engine, keys: str, index_range: IndexRange) -> str:
    last = len(index_range.columns) - 1
    return (
        f"SELECT {_selected(engine)} FROM ({keys}) k CROSS JOIN enrollment n"
        " CROSS JOIN enrollment_span e CROSS JOIN learner l CROSS JOIN course c"
        f" WHERE n.id = k.k{last} AND {OF_ENROLLMENT} AND {_CONTAINS_MOMENT}"
        " AND l.id = e.learner_id AND c.id = e.course_id"
        f" ORDER BY {key_order('k.', index_range)}"
    )
