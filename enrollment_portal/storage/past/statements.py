"""The statements of the ledger on a past day, each written once per shape.

A row of it is a span `e` that held at the moment `:moment`. Where very many are read, `:learners`
marks whose are wanted: see `past.learners`. The other parameters are those of the ledger of now:
see `ledger.statements`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.spans import FOREVER
from enrollment_portal.storage.ledger.candidates import (
    Courses,
    Learners,
    Narrowing,
    Side,
    listed,
)
from enrollment_portal.storage.ledger.engines import OF_ENROLLMENT, Engine
from enrollment_portal.storage.ledger.keyset import (
    beyond_key,
    beyond_key_by_arms,
    key_columns,
    key_order,
)
from enrollment_portal.storage.ledger.orders import Stretch
from enrollment_portal.storage.ledger.page import LedgerRow
from enrollment_portal.storage.past.learners import are_marked

# The plus keeps SQLite from looking up spans one by one from the index of when they ended.
_HELD = "e.from_at <= :moment AND +e.until_at > :moment"
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
    "version": f"{2**31 - 1}",  # newer than anything that is told of the enrollment
    "wanted_day": "NULL",
}
_LEADS_NOWHERE = ("e.progress", "e.deadline_day")
"""What no index of spans begins with, so that there is no way to walk instead of to gather."""
_COUNTED = ", ".join(f"count(*) FILTER (WHERE e.status = {status:d})" for status in Status)


@cache
def counts(engine: Engine, shape: Narrowing, side: Side) -> str:
    """Return the statement that counts a narrowing's rows in each status."""
    source, where = _found_from(engine, shape, side, tuple(Status))
    return engine.sql(f"SELECT {_COUNTED} FROM {source} WHERE {where}")


@cache
def ended_since(engine: Engine, shape: Narrowing) -> str:
    """Return the statement that counts the rows which held then and do not hold any more."""
    held = f"e.until_at > :moment AND e.until_at < {FOREVER} AND e.from_at <= :moment"
    where = " AND ".join([held, *_wide_filters(engine, shape)])
    return engine.sql(f"SELECT {_COUNTED} FROM {engine.spans_by_end()} WHERE {where}")


@cache
def begun_since(engine: Engine, shape: Narrowing) -> str:
    """Return the statement that counts the rows which hold now and did not hold then."""
    held = f"e.until_at = {FOREVER} AND e.from_at > :moment"
    where = " AND ".join([held, *_wide_filters(engine, shape)])
    return engine.sql(f"SELECT {_COUNTED} FROM {engine.spans_by_end()} WHERE {where}")


@cache
def walk(engine: Engine, stretch: Stretch, shape: Narrowing, limit: int, *, after: bool) -> str:
    """Return the statement that walks from the newest on, or by learner, until it has enough."""
    stretch = _of_spans(stretch)
    arms = [
        _arm(engine, stretch, shape, conditions)
        for conditions in (beyond_key_by_arms(stretch) if after else [[]])
    ]
    by = key_order("", stretch)
    if len(arms) > 1:
        arms = [engine.arm(arm, by, limit) for arm in arms]
    found = " UNION ALL ".join(arms) + f" ORDER BY {by} LIMIT {limit}"
    return engine.sql(_with_rows(engine, found, stretch))


@cache
def gather(
    engine: Engine, stretch: Stretch, shape: Narrowing, side: Side, limit: int, *, after: bool
) -> str:
    """Return the statement that finds every row of a stretch from a side and sorts them."""
    stretch = _of_spans(stretch)
    found = _found(engine, stretch, shape, side)
    if after:
        found += f" AND {beyond_key(stretch)}"
    by = key_order("", stretch)
    if stretch.columns[0][0] in _LEADS_NOWHERE:
        # As it stands, PostgreSQL may have several processes each sort and limit a part.
        found += f" ORDER BY {by} LIMIT {limit}"
    else:
        found = engine.gathered(found, by, limit)
    return engine.sql(_with_rows(engine, found, stretch))


@cache
def gather_ids(engine: Engine, stretch: Stretch, shape: Narrowing, side: Side) -> str:
    """Return the statement of the enrollments of a stretch, all of them, in its order."""
    stretch = _of_spans(stretch)
    found = _found(engine, stretch, shape, side)
    last = len(stretch.columns) - 1
    return engine.sql(f"SELECT k{last} FROM ({found}) k ORDER BY {key_order('', stretch)}")


@cache
def by_ids(engine: Engine) -> str:
    """Return the statement of the rows of the enrollments in `:ids`, in no order."""
    return engine.sql(
        f"SELECT {_selected(engine)} FROM ({engine.listed()}) d CROSS JOIN enrollment n"
        " CROSS JOIN enrollment_span e CROSS JOIN learner l CROSS JOIN course c"
        f" WHERE n.id = d.id AND {OF_ENROLLMENT} AND {_HELD}"
        " AND l.id = e.learner_id AND c.id = e.course_id"
    )


def _selected(engine: Engine) -> str:
    columns = _COLUMNS | {"override_seq": _override(engine)}
    return ", ".join([*(columns[name] for name in LedgerRow._fields), "l.sort_name"])


def _override(engine: Engine) -> str:
    """Return the column of the row of history with which a person had set the status.

    It is read only where a page says so: of what was completed before its last lesson.
    """
    sets_status = engine.contains("v.changes", "'\"status\":'")
    return (
        f"CASE WHEN e.status = {Status.COMPLETED:d} AND e.progress < 100 THEN"
        " (SELECT CASE WHEN v.source = 'person' THEN v.seq END FROM enrollment_event v"
        f" WHERE v.enrollment_id = e.enrollment_id AND v.at <= :moment AND {sets_status}"
        " ORDER BY v.seq DESC LIMIT 1) END"
    )


def _found(engine: Engine, stretch: Stretch, shape: Narrowing, side: Side) -> str:
    source, where = _found_from(engine, shape, side, stretch.statuses)
    for table, join in (("l", "learner l"), ("c", "course c")):
        if stretch.uses(table):
            source += f" CROSS JOIN {join}"
            where += f" AND {table}.id = e.{join.split()[0]}_id"
    if stretch.condition:
        where += f" AND {stretch.condition}"
    return f"SELECT {key_columns(stretch)} FROM {source} WHERE {where}"


def _of_spans(stretch: Stretch) -> Stretch:
    names = {"e.id": "e.enrollment_id"}
    return replace(stretch, columns=tuple((names.get(n, n), d) for n, d in stretch.columns))


def _found_from(
    engine: Engine, shape: Narrowing, side: Side, statuses: tuple[int, ...]
) -> tuple[str, str]:
    """Return FROM and WHERE of the spans `e` found from a side and filtered."""
    if side is Side.ENDED_LATER:
        held = _of_statuses("e.until_at > :moment AND e.from_at <= :moment", statuses)
        return engine.spans_by_end(), " AND ".join([held, *_wide_filters(engine, shape)])
    held = _of_statuses(_HELD, statuses)
    if side is Side.ALL:
        # All spans of whatever had begun are read.
        where = [held, "e.enrolled_at <= :moment", *_wide_filters(engine, shape)]
        return "enrollment_span e", " AND ".join(where)
    sources = {
        Side.MATCHES: ("learner", engine.matches(shape.terms)),
        Side.LEARNERS: ("learner", shape.learners.ids),
        Side.COURSES: ("course", shape.courses.ids),
        Side.COURSES_WIDELY: ("course", shape.courses.ids),
        Side.LISTED: ("course", engine.listed()),
    }
    owner, ids = sources[side]
    source, where = engine.spans_of(f"({ids}) d", owner, "d.id", held)
    filters = _wide_filters if side is Side.LISTED else _row_filters
    return source, " AND ".join([where, *filters(engine, shape, side)])


def _wide_filters(
    engine: Engine, shape: Narrowing, side: Side | None = None, *, has_learner: bool = False
) -> list[str]:
    """Return what is asked of each of very many spans: whose are wanted has been marked."""
    if not are_marked(shape):
        return _row_filters(engine, shape, side)
    learner = "l.id" if has_learner else "e.learner_id"
    rest = replace(shape, terms=0, learners=Learners.ALL)
    return [*_row_filters(engine, rest, side), engine.is_marked(":learners", learner)]


def _row_filters(engine: Engine, shape: Narrowing, side: Side | None) -> list[str]:
    """Return what a narrowing asks of each span; whether it is of a path, it says itself."""
    conditions = shape.filters(engine, side)
    is_path = {Courses.PLAIN: "e.is_path = 0", Courses.PATHS: "e.is_path = 1"}
    if shape.courses not in is_path or shape.courses.holds not in conditions:
        return conditions
    return [is_path[shape.courses], *(c for c in conditions if c != shape.courses.holds)]


def _of_statuses(held: str, statuses: tuple[int, ...]) -> str:
    if len(statuses) == len(Status):
        return held
    return f"{held} AND e.status IN {listed(statuses)}"


def _arm(engine: Engine, stretch: Stretch, shape: Narrowing, conditions: list[str]) -> str:
    held = _of_statuses(_HELD, stretch.statuses)
    source = "enrollment_span e"
    if stretch.uses("l"):
        source, joined = engine.spans_of("learner l", "learner", "l.id", held)
        conditions = [joined, *conditions]
    else:
        conditions = [held, *conditions]
        # Later ones had not begun; of two upper bounds, SQLite would seek the wrong one.
        if len(conditions) == 1 or not stretch.columns[0][1]:
            conditions.append("e.enrolled_at <= :moment")
    filters = _wide_filters(engine, shape, has_learner=stretch.uses("l"))
    where = " AND ".join([*conditions, *filters])
    return f"SELECT {key_columns(stretch)} FROM {source} WHERE {where}"


def _with_rows(engine: Engine, keys: str, stretch: Stretch) -> str:
    last = len(stretch.columns) - 1
    return (
        f"SELECT {_selected(engine)} FROM ({keys}) k CROSS JOIN enrollment n"
        " CROSS JOIN enrollment_span e CROSS JOIN learner l CROSS JOIN course c"
        f" WHERE n.id = k.k{last} AND {OF_ENROLLMENT} AND {_HELD}"
        " AND l.id = e.learner_id AND c.id = e.course_id"
        f" ORDER BY {key_order('k.', stretch)}"
    )
