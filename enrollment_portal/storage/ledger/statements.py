"""The ledger's statements, each written once per shape; values are always bound.

Keys are found and limited first, and only the rows of the page are joined with learners and
courses. Parameters: `:v0`, `:v1`, … for the values that rows come after, `:course`, `:ids`, and
those of the narrowing.
"""

from __future__ import annotations

from functools import cache

from enrollment_portal.domain.enrollments import Status
from enrollment_portal.storage.ledger.candidates import Narrowing, Side, listed
from enrollment_portal.storage.ledger.engines import Engine
from enrollment_portal.storage.ledger.orders import Stretch

_COLUMNS = (
    "e.id, e.learner_id, l.name, l.email, e.course_id, c.title, e.status, e.progress,"
    " e.enrolled_at, e.deadline_day, e.version, l.sort_name"
)
_IS_TAUGHT = " AND c.id IN (SELECT course_id FROM course_teacher WHERE account_id = :account)"

LAST_ENROLLMENT = "SELECT max(id) FROM enrollment"
"""About how many enrollments there are."""


@cache
def walk(engine: Engine, stretch: Stretch, shape: Narrowing, limit: int, *, after: bool) -> str:
    """Return the statement that walks a stretch along its index until it has enough rows."""
    arms = [
        _arm(engine, stretch, shape, statuses, conditions)
        for statuses in _statuses_of_arms(stretch)
        for conditions in (_after_by_arms(stretch) if after else [[]])
    ]
    order = _order("", stretch)
    if len(arms) > 1:
        arms = [engine.arm(arm, order, limit) for arm in arms]
    keys = " UNION ALL ".join(arms) + f" ORDER BY {order} LIMIT {limit}"
    return engine.sql(_with_rows(keys, stretch))


@cache
def gather(
    engine: Engine, stretch: Stretch, shape: Narrowing, side: Side, limit: int, *, after: bool
) -> str:
    """Return the statement that finds every row of a stretch from a side and sorts them."""
    source, where = shape.found_from(engine, side, stretch.statuses)
    for table, join in (("l", "learner l"), ("c", "course c")):
        if stretch.uses(table):
            source += f" CROSS JOIN {join}"
            where += f" AND {table}.id = e.{join.split()[0]}_id"
    if stretch.condition:
        where += f" AND {stretch.condition}"
    if after:
        where += f" AND {_after(stretch)}"
    keys = (
        f"SELECT {_keys(stretch)} FROM {source} WHERE {where}"
        f" ORDER BY {_order('', stretch)} LIMIT {limit}"
    )
    return engine.sql(_with_rows(keys, stretch))


@cache
def courses(engine: Engine, is_taught: bool, statuses: tuple[int, ...]) -> str:
    """Return the statement of a scope's courses by title, each with its number of rows."""
    return engine.sql(
        "SELECT c.id, COALESCE(sum(y.n), 0) FROM course c LEFT JOIN tally_course y"
        f" ON y.course_id = c.id AND y.status IN {listed(statuses)}"
        f" WHERE true{_IS_TAUGHT if is_taught else ''}"
        " GROUP BY c.sort_title, c.id ORDER BY c.sort_title, c.id"
    )


@cache
def course_title(engine: Engine, is_taught: bool) -> str:
    """Return the statement of where a course stands, if the scope holds it."""
    taught = _IS_TAUGHT if is_taught else ""
    return engine.sql(f"SELECT c.sort_title FROM course c WHERE c.id = :course{taught}")


def _statuses_of_arms(stretch: Stretch) -> list[tuple[int, ...]]:
    # One index leads over all statuses; the others begin with the status, or sort within a learner.
    if stretch.uses("l"):
        return [stretch.statuses]
    is_newest = stretch.columns[0][0] == "e.enrolled_at" and not stretch.in_one_course
    if is_newest and len(stretch.statuses) == len(Status):
        return [()]
    return [(status,) for status in stretch.statuses]


def _arm(
    engine: Engine,
    stretch: Stretch,
    shape: Narrowing,
    statuses: tuple[int, ...],
    conditions: list[str],
) -> str:
    if len(statuses) == 1:
        conditions = [f"e.status = {statuses[0]:d}", *conditions]
    if stretch.in_one_course:
        conditions = ["e.course_id = :course", *conditions]
    if stretch.condition:
        conditions = [*conditions, stretch.condition]
    source = "enrollment e"
    if stretch.uses("l"):
        of_status = f"e.status IN {listed(statuses)}"
        source, joined = engine.enrollments_of("learner l", "learner", "l.id", of_status)
        conditions = [joined, *conditions]
    filters = shape.filters(engine, None, has_learner=stretch.uses("l"))
    where = " AND ".join([*conditions, *filters]) or "true"
    return f"SELECT {_keys(stretch)} FROM {source} WHERE {where}"


def _after_by_arms(stretch: Stretch) -> list[list[str]]:
    """Return the rows after the key as disjoint ranges, each of which an index seeks.

    SQLite seeks a row comparison `(a, b) > (?, ?)` by its first column only and reads every tie.
    """
    names = [name for name, _ in stretch.columns]
    return [
        [f"{name} = :v{i}" for i, name in enumerate(names[:last])]
        + [f"{names[last]} {_beyond(stretch, last)} :v{last}"]
        for last in reversed(range(len(names)))
    ]


def _after(stretch: Stretch) -> str:
    condition = ""
    for i, (name, _) in reversed(list(enumerate(stretch.columns))):
        ties = f" OR ({name} = :v{i} AND {condition})" if condition else ""
        condition = f"({name} {_beyond(stretch, i)} :v{i}{ties})"
    return condition


def _beyond(stretch: Stretch, i: int) -> str:
    return "<" if stretch.columns[i][1] else ">"


def _keys(stretch: Stretch) -> str:
    return ", ".join(f"{name} AS k{i}" for i, (name, _) in enumerate(stretch.columns))


def _order(table: str, stretch: Stretch) -> str:
    return ", ".join(
        f"{table}k{i}{' DESC' if descends else ''}"
        for i, (_, descends) in enumerate(stretch.columns)
    )


def _with_rows(keys: str, stretch: Stretch) -> str:
    last = len(stretch.columns) - 1
    return (
        f"SELECT {_COLUMNS} FROM ({keys}) k"
        " CROSS JOIN enrollment e CROSS JOIN learner l CROSS JOIN course c"
        f" WHERE e.id = k.k{last} AND l.id = e.learner_id AND c.id = e.course_id"
        f" ORDER BY {_order('k.', stretch)}"
    )
