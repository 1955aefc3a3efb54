"""The ledger's SQL statements, cached for each shape of filter; all values are parameters.

A statement finds and limits the keys of a page first, then joins learners and courses to these
rows only. Parameters: `:v0`, `:v1`, … (the key that the rows come after), `:course`, `:ids`, and
those of the filter.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.storage.ledger.engines import Engine
from enrollment_portal.storage.ledger.filtering.conditions import Driver, PerStatus
from enrollment_portal.storage.ledger.filters import (
    SHAPES,
    Courses,
    DrivingTable,
    Learners,
    LedgerFilter,
    status_list,
)
from enrollment_portal.storage.ledger.index_ranges import GRADE_ORDER, IndexRange
from enrollment_portal.storage.ledger.keyset import (
    beyond_key,
    beyond_key_ranges,
    key_columns,
    key_order,
    ties_of,
)

_COLUMNS = (
    "e.id, e.learner_id, l.name, l.email, e.course_id, c.title, e.status, e.progress,"
    " e.enrolled_at, e.deadline_day, e.version,"
    " (SELECT x.wanted_day FROM extension_request x WHERE x.enrollment_id = e.id"
    " AND x.state = 'open'), e.override_seq, l.sort_name"
)
_IN_COURSES = {
    Courses.PLAIN: "c.kind <> 'path'",
    Courses.PATHS: "c.kind = 'path'",
    Courses.TAUGHT: f"c.id IN ({Courses.TAUGHT.ids})",
    Courses.ONE: "c.id = :only_course",
}

LAST_ENROLLMENT = "SELECT max(id) FROM enrollment"
"""The largest enrollment id: about how many enrollments there are."""


@lru_cache(maxsize=SHAPES)
def index_scan(
    engine: Engine, index_range: IndexRange, shape: LedgerFilter, limit: int, *, after: bool
) -> str:
    """Return the statement that reads an index range in order, up to the limit."""
    parts = [
        (statuses, conditions)
        for statuses in statuses_of_branches(index_range)
        for conditions in (
            beyond_key_ranges(index_range, by_row=engine.seeks_by_row) if after else [[]]
        )
    ]
    branches = [_union_branch(engine, index_range, shape, *part) for part in parts]
    order = key_order("", index_range)
    within = engine.null_order(index_range.null_order()) + order
    if len(branches) > 1:
        branches = [
            engine.tied_branch(branch, key_order("", index_range, ties), limit)
            if (ties := ties_of(index_range, conditions))
            else engine.union_branch(branch, within, limit)
            for branch, (_, conditions) in zip(branches, parts, strict=True)
        ]
        within = order
    keys = " UNION ALL ".join(branches) + f" ORDER BY {within} LIMIT {limit}"
    return engine.sql(_with_rows(keys, index_range))


@lru_cache(maxsize=SHAPES)
def full_sort(
    engine: Engine,
    index_range: IndexRange,
    shape: LedgerFilter,
    driving_table: DrivingTable | Driver | PerStatus,
    limit: int,
    *,
    after: bool,
) -> str:
    """Return the statement that reads all rows of a range from a driving table, and sorts them."""
    found = _found(engine, index_range, shape, driving_table, after=after)
    return engine.sql(
        _with_rows(engine.sort_query(found, key_order("", index_range), limit), index_range)
    )


@lru_cache(maxsize=SHAPES)
def sorted_ids(
    engine: Engine,
    index_range: IndexRange,
    shape: LedgerFilter,
    driving_table: DrivingTable | Driver | PerStatus,
) -> str:
    """Return the statement that selects all enrollment ids of a range, in its order."""
    last = len(index_range.columns) - 1
    found = _found(engine, index_range, shape, driving_table)
    return engine.sql(f"SELECT k{last} FROM ({found}) k ORDER BY {key_order('', index_range)}")


@lru_cache(maxsize=SHAPES)
def passing_ids(engine: Engine, shape: LedgerFilter, statuses: tuple[int, ...]) -> str:
    """Return the statement that selects those of the ids `:ids` that pass a filter."""
    of_status = f"e.status IN {status_list(statuses)}"
    source, joined = engine.enrollment_of(f"({engine.listed_ids()}) d", "d.id", of_status)
    where = " AND ".join([joined, *shape.conditions(engine, None)])
    return engine.sql(f"SELECT e.id FROM {source} WHERE {where}")


@cache
def by_ids(engine: Engine, extra: str = "") -> str:
    """Return the statement that selects the rows with the ids `:ids`, in no order.

    Args:
        engine: whose SQL to write.
        extra: a further column to select: see `index_ranges.EXTRA`.
    """
    columns = f"{_COLUMNS}, {extra}" if extra else _COLUMNS
    return engine.sql(
        f"SELECT {columns} FROM ({engine.listed_ids()}) d CROSS JOIN enrollment e"
        " CROSS JOIN learner l CROSS JOIN course c"
        " WHERE e.id = d.id AND l.id = e.learner_id AND c.id = e.course_id"
    )


@cache
def courses(engine: Engine, of: Courses, statuses: tuple[int, ...]) -> str:
    """Return the statement that selects courses by title, each with its number of rows."""
    return engine.sql(
        "SELECT c.id, COALESCE(sum(y.n), 0) FROM course c LEFT JOIN tally_course y"
        f" ON y.course_id = c.id AND y.status IN {status_list(statuses)}"
        f" WHERE {_IN_COURSES[of]}"
        " GROUP BY c.sort_title, c.id ORDER BY c.sort_title, c.id"
    )


@cache
def course_title(engine: Engine, of: Courses) -> str:
    """Return the statement that selects the sort title of `:course`, if the filter allows it."""
    return engine.sql(
        f"SELECT c.sort_title FROM course c WHERE c.id = :course AND {_IN_COURSES[of]}"
    )


@cache
def learner_key(engine: Engine, shape: LedgerFilter, column: str) -> str:
    """Return the statement that selects a column and the sort name of `:learner`, if in scope."""
    within = {
        Learners.ALL: "",
        Learners.LED: f" AND l.id IN ({Learners.LED.ids})",
        Learners.ONE: " AND l.id = :only_learner",
    }[shape.learners]
    if shape.courses is Courses.TAUGHT:
        taught = "e.learner_id = l.id AND e.course_id IN"
        within += f" AND EXISTS (SELECT 1 FROM enrollment e WHERE {taught} ({shape.courses.ids}))"
    return engine.sql(f"SELECT {column}, l.sort_name FROM learner l WHERE l.id = :learner{within}")


@cache
def grade_order(engine: Engine) -> str:
    """Return the statement that computes the order of `:grade`."""
    of_text = GRADE_ORDER.replace("e.grade", "CAST(:grade AS TEXT)")
    return engine.sql(f"SELECT {of_text}")


def _found(
    engine: Engine,
    index_range: IndexRange,
    shape: LedgerFilter,
    driving_table: DrivingTable | Driver | PerStatus,
    *,
    after: bool = False,
) -> str:
    if isinstance(driving_table, PerStatus):
        parts = [
            _found(engine, replace(index_range, statuses=common), shape, driver, after=after)
            for driver, statuses in driving_table.parts
            if (common := tuple(one for one in index_range.statuses if one in statuses))
        ]
        return " UNION ALL ".join(parts)
    source, where = shape.from_clause(engine, driving_table, index_range.statuses)
    ranked = f"({engine.places()}) r"
    joins = (
        *(("l", "learner l", "e.learner_id"), ("c", "course c", "e.course_id")),
        ("r", ranked, index_range.placed_by),
    )
    for table, join, id_ in joins:
        if index_range.uses(table):
            source += f" CROSS JOIN {join}"
            where += f" AND {table}.id = {id_}"
    if index_range.condition:
        where += f" AND {index_range.condition}"
    if after:
        where += f" AND {beyond_key(index_range)}"
    return f"SELECT {key_columns(index_range)} FROM {source} WHERE {where}"


def statuses_of_branches(index_range: IndexRange) -> list[tuple[int, ...]]:
    """Return the statuses of each union branch of a range: an index has the rows of each."""
    # The index by learner, and that by date, have all statuses; the others start with the status.
    if index_range.uses("l"):
        return [index_range.statuses]
    is_newest = index_range.columns[0][0] == "e.enrolled_at" and not index_range.in_one_course
    if is_newest and not index_range.condition and len(index_range.statuses) == len(Status):
        return [()]
    return [(status,) for status in index_range.statuses]


def _union_branch(
    engine: Engine,
    index_range: IndexRange,
    shape: LedgerFilter,
    statuses: tuple[int, ...],
    conditions: list[str],
) -> str:
    own_condition = index_range.condition_with(conditions)
    if len(statuses) == 1:
        conditions = [f"e.status = {statuses[0]:d}", *conditions]
    if index_range.in_one_course:
        conditions = ["e.course_id = :course", *conditions]
    conditions = [*conditions, *own_condition]
    source = "enrollment e"
    if index_range.index:
        source = engine.by_index("enrollment", "e", index_range.index)
    if index_range.uses("l"):
        of_status = f"e.status IN {status_list(statuses)}"
        source, joined = engine.enrollments_of("learner l", "learner", "l.id", of_status)
        conditions = [joined, *conditions]
    filters = shape.conditions(engine, None, has_learner=index_range.uses("l"))
    where = " AND ".join([*conditions, *filters]) or "true"
    return f"SELECT {key_columns(index_range)} FROM {source} WHERE {where}"


def _with_rows(keys: str, index_range: IndexRange) -> str:
    last = len(index_range.columns) - 1
    columns = f"{_COLUMNS}, {index_range.extra}" if index_range.extra else _COLUMNS
    return (
        f"SELECT {columns} FROM ({keys}) k"
        " CROSS JOIN enrollment e CROSS JOIN learner l CROSS JOIN course c"
        f" WHERE e.id = k.k{last} AND l.id = e.learner_id AND c.id = e.course_id"
        f" ORDER BY {key_order('k.', index_range)}"
    )
