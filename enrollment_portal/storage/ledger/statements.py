"""The ledger's statements, each written once per shape; values are always bound.

Keys are found and limited first, and only the rows of the page are joined with learners and
courses. Parameters: `:v0`, `:v1`, … for the values that rows come after, `:course`, `:ids`, and
those of the narrowing.
"""

from __future__ import annotations

from functools import cache

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.storage.ledger.candidates import Courses, Narrowing, Side, listed
from enrollment_portal.storage.ledger.engines import Engine
from enrollment_portal.storage.ledger.keyset import (
    beyond_key,
    beyond_key_by_arms,
    key_columns,
    key_order,
)
from enrollment_portal.storage.ledger.orders import Stretch

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
"""About how many enrollments there are."""


@cache
def walk(engine: Engine, stretch: Stretch, shape: Narrowing, limit: int, *, after: bool) -> str:
    """Return the statement that walks a stretch along its index until it has enough rows."""
    arms = [
        _arm(engine, stretch, shape, statuses, conditions)
        for statuses in _statuses_of_arms(stretch)
        for conditions in (beyond_key_by_arms(stretch) if after else [[]])
    ]
    order = key_order("", stretch)
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
        where += f" AND {beyond_key(stretch)}"
    found = f"SELECT {key_columns(stretch)} FROM {source} WHERE {where}"
    return engine.sql(_with_rows(engine.gathered(found, key_order("", stretch), limit), stretch))


@cache
def by_ids(engine: Engine) -> str:
    """Return the statement of the rows whose ids are in `:ids`, in no order."""
    return engine.sql(
        f"SELECT {_COLUMNS} FROM ({engine.listed()}) d CROSS JOIN enrollment e"
        " CROSS JOIN learner l CROSS JOIN course c"
        " WHERE e.id = d.id AND l.id = e.learner_id AND c.id = e.course_id"
    )


@cache
def courses(engine: Engine, of: Courses, statuses: tuple[int, ...]) -> str:
    """Return the statement of some courses by title, each with its number of rows."""
    return engine.sql(
        "SELECT c.id, COALESCE(sum(y.n), 0) FROM course c LEFT JOIN tally_course y"
        f" ON y.course_id = c.id AND y.status IN {listed(statuses)}"
        f" WHERE {_IN_COURSES[of]}"
        " GROUP BY c.sort_title, c.id ORDER BY c.sort_title, c.id"
    )


@cache
def course_title(engine: Engine, of: Courses) -> str:
    """Return the statement of where a course stands, if it is one of some courses."""
    return engine.sql(
        f"SELECT c.sort_title FROM course c WHERE c.id = :course AND {_IN_COURSES[of]}"
    )


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
    return f"SELECT {key_columns(stretch)} FROM {source} WHERE {where}"


def _with_rows(keys: str, stretch: Stretch) -> str:
    last = len(stretch.columns) - 1
    return (
        f"SELECT {_COLUMNS} FROM ({keys}) k"
        " CROSS JOIN enrollment e CROSS JOIN learner l CROSS JOIN course c"
        f" WHERE e.id = k.k{last} AND l.id = e.learner_id AND c.id = e.course_id"
        f" ORDER BY {key_order('k.', stretch)}"
    )
