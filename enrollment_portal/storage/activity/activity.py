"""Read pages of the history of all enrollments, newest first.

Each page is found in one index: that of the filter with the fewest rows, or one of each course that
the person teaches. Of each index range, an older page starts with the rows of the same moment, then
come those before it: SQLite would search a comparison of two columns by the first one only, and one
act may have changed a hundred thousand enrollments at the same moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, func, literal_column, union_all
from sqlmodel import Session, select

from enrollment_portal.domain.access.permissions import Everything, Led, Scope, Taught
from enrollment_portal.domain.activity.activity_query import STAFF_ONLY, What
from enrollment_portal.domain.people.people import Role
from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.storage.enrollment.enrollments import EVENTS, StoredEvent
from enrollment_portal.storage.shared.id_lists import is_among
from enrollment_portal.storage.shared.listing import UNCOUNTED, Slice, slice_by
from enrollment_portal.storage.shared.records import record, records, select_columns
from enrollment_portal.storage.shared.scopes import LED, TAUGHT, scope_values
from enrollment_portal.storage.shared.tables import (
    Account,
    ActivityEntry,
    Course,
    Enrollment,
    EnrollmentEvent,
    Learner,
    table_of,
)

MOST_COURSES = 60
"""Up to so many courses of an instructor are read each by its own index range."""
MOST_LEARNERS = 400
"""Up to so many people of a lead are read by theirs, which are short."""
_PROBED = 3_000
"""Up to so many rows of each filter are counted, to find the one with the fewest."""
_EARLIEST, _LATEST = -(2**62), 2**62
_FREQUENT = (What.PROGRESS, What.TRACKED_STATUS)
"""What has no index of its own: most rows of history have it."""

_a = table_of(ActivityEntry).c
_v, _e, _l, _c = (table_of(k).c for k in (EnrollmentEvent, Enrollment, Learner, Course))
_p = table_of(Account).c


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """What changes to read, as stored; `None` for everything."""

    actor: int | None = None
    source: int | None = None
    course: int | None = None
    learner: int | None = None
    field: What | None = None
    since: int | None = None
    """In ms since 1970 UTC."""
    until: int | None = None
    """Not included."""
    reads_notes: bool = True
    """Whether changes of internal notes alone exist."""


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """A row of history with its enrollment; `event` may hold an internal note."""

    event: StoredEvent
    enrollment_id: int
    learner_id: int
    name: str
    email: str | None
    course_id: int
    title: str


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """Somebody with a role other than Learner."""

    id: int
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class _Access:
    """How the rows are found: one index, with one or several ranges."""

    index: str
    """What the index is of: "at", "actor", "source", "course", "learner" or "field"."""
    ranges: tuple[int, ...] = ()
    """The values of several ranges: courses. Of learners, all are in one."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """What decides a page's statement, which is then prepared once."""

    index: str
    n_ranges: int
    asked: tuple[str, ...]
    """The filters that are set, apart from the index's own."""
    field: What | None
    scope: type[Scope]
    is_down: bool = True
    is_from_key: bool = False
    limit: int = _PROBED


_EQUAL = {
    "actor": _a.actor_id,
    "source": _a.source,
    "course": _a.course_id,
    "learner": _a.learner_id,
}
_SCOPES: Mapping[type[Scope], Any] = {
    Taught: (_a.course_id + 0).in_(TAUGHT),
    Led: (_a.learner_id + 0).in_(select(LED.subquery().c.id)),
}
"""The condition of a scope whose index is not used."""
_LED_IDS = select(LED.subquery().c.id).limit(MOST_LEARNERS + 1)
_ROWS = (
    EVENTS.add_columns(
        *(_v.enrollment_id, _e.learner_id, _l.name, _l.email, _e.course_id, _c.title)
    )
    .join_from(_v.seq.table, _e.id.table, _e.id == _v.enrollment_id)
    .join(_l.id.table, _l.id == _e.learner_id)
    .join(_c.id.table, _c.id == _e.course_id)
    .where(is_among(_v.seq, "seqs"))
)
_UNDOING = (
    EVENTS.add_columns(_v.enrollment_id)
    .where(is_among(_v.enrollment_id, "ids"), _v.undoes.is_not(None), _v.seq > bindparam("since"))
    .order_by(_v.seq.desc())
)
_STAFF = (
    select_columns(_p.id, _p.name, _p.email)
    .where(_p.role != literal_column(f"'{Role.LEARNER}'"))
    .order_by(_p.name, _p.id)
)


_FOR_ALL = literal_column(
    f"fields NOT IN ({STAFF_ONLY[0].bit}, {STAFF_ONLY[1].bit}, {sum(w.bit for w in STAFF_ONLY)})"
)
"""The condition that not all that a change changed is for staff only."""


def _has(field: What, *, by_index: bool) -> Any:
    """Return the condition that a change changed a field; its index has exactly this text."""
    fields = "fields" if by_index else "(fields + 0)"
    return literal_column(f"({fields} & {field.bit})") != literal_column("0")


def _by_index(shape: _Shape, name: str) -> Any:
    if shape.index == "field" and shape.field is not None:
        return [_has(shape.field, by_index=True)]
    if shape.index == "learner" and shape.n_ranges:
        return [is_among(_a.learner_id, "led")]
    column = _EQUAL.get(shape.index)
    return [] if column is None else [column == bindparam(name, type_=column.type)]


def _conditions(shape: _Shape) -> list[Any]:
    """Return the conditions that are checked on the rows of an index range."""
    # The sums keep SQLite from another index.
    made = [(column + 0) == bindparam(n) for n, column in _EQUAL.items() if n in shape.asked]
    if "field" in shape.asked and shape.field is not None:
        made.append(_has(shape.field, by_index=False))
    if "without notes" in shape.asked:
        made.append(_FOR_ALL)
    if "scope" in shape.asked:
        made.append(_SCOPES[shape.scope])
    return made


def _starts(shape: _Shape) -> list[list[Any]]:
    """Return the conditions of the parts of an index range that a page is read from, in order.

    Each bounds the moment once from either side: of two bounds SQLite might search by the wider.
    """
    between = [_a.at >= bindparam("since"), _a.at < bindparam("until")]
    if not shape.is_from_key:
        return [between]
    seq = _a.seq < bindparam("k1") if shape.is_down else _a.seq > bindparam("k1")
    return [[_a.at == bindparam("k0"), seq], between]


def _bounded(values: Mapping[str, Any], place: Place, *, is_down: bool) -> dict[str, Any]:
    """Return the parameters of a page from a key; see `_starts`."""
    at, seq = place.key
    # A key from elsewhere, outside of the days that are asked for, has no row of its moment.
    at = min(max(at, values["since"] - 1), values["until"])
    is_inside = values["since"] <= at < values["until"]
    bound = {"until": at} if is_down else {"since": at + 1}
    return {**values, **bound, "k0": at if is_inside else _LATEST, "k1": seq}


@lru_cache(maxsize=512)
def _page_of(shape: _Shape) -> Any:
    """Return the statement of a page: its keys `k0` and `k1`, the moment and the `seq`."""
    limit = literal_column(str(shape.limit))
    many = shape.index == "course" and shape.n_ranges > 0
    names = [f"{shape.index}{n}" for n in range(shape.n_ranges)] if many else [shape.index]
    starts = _starts(shape)
    order = (_a.at.desc(), _a.seq.desc()) if shape.is_down else (_a.at, _a.seq)
    parts = [
        select_columns(_a.at.label("k0"), _a.seq.label("k1"))
        .where(*_by_index(shape, name), *_conditions(shape), *start)
        .order_by(*order)
        .limit(limit)
        for name in names
        for start in starts
    ]
    if len(parts) == 1:
        return parts[0]
    # SQLite has no ORDER BY in the parts of a UNION, unless each is a subquery.
    found = union_all(*(select(part.subquery()) for part in parts)).subquery().c
    order = (found.k0.desc(), found.k1.desc()) if shape.is_down else (found.k0, found.k1)
    return select_columns(found.k0, found.k1).order_by(*order).limit(limit)


@lru_cache(maxsize=64)
def _count_of(index: str, field: What | None) -> Any:
    shape = _Shape(index, 0, (), field, Everything)
    some = (
        select_columns(_a.seq)
        .where(*_by_index(shape, index), *_conditions(shape), *_starts(shape)[0])
        .limit(_PROBED)
    )
    return select(func.count()).select_from(some.subquery())


def _access(
    session: Session, scope: Scope, wanted: ActivityFilter, values: Mapping[str, Any]
) -> _Access | None:
    """Return the index with the fewest rows to read; `None` if the scope has no enrollments."""
    if wanted.learner is not None:
        return _Access("learner")
    kind = type(scope)
    if kind is Led:
        ids = tuple(session.exec(_LED_IDS, params=scope_values(scope)))
        if len(ids) <= MOST_LEARNERS:
            return _Access("learner", ids) if ids else None
    if kind is Taught and wanted.course is None:
        courses = tuple(session.exec(TAUGHT, params=scope_values(scope)))
        if len(courses) <= MOST_COURSES:
            return _Access("course", courses) if courses else None
    asked = [n for n in ("actor", "course", "source") if getattr(wanted, n) is not None]
    if wanted.field is not None and wanted.field not in _FREQUENT:
        asked.append("field")
    if len(asked) < 2:
        return _Access(asked[0] if asked else "at")
    n_rows = {
        name: session.exec(_count_of(name, wanted.field), params=values).one() for name in asked
    }
    return _Access(min(asked, key=lambda name: n_rows[name]))


def _shape_of(access: _Access, scope: Scope, wanted: ActivityFilter) -> _Shape:
    asked = [n for n in (*_EQUAL, "field") if getattr(wanted, n) is not None and n != access.index]
    if not wanted.reads_notes:
        asked.append("without notes")
    if not (scope.is_everything or access.ranges):
        asked.append("scope")
    # All learners are one range, whatever their number.
    n_ranges = len(access.ranges) if access.index == "course" else min(len(access.ranges), 1)
    return _Shape(access.index, n_ranges, tuple(asked), wanted.field, type(scope))


def read_changes(
    session: Session, scope: Scope, wanted: ActivityFilter, place: Place | None, size: int
) -> Slice[ActivityRow]:
    """Return a page of the changes within a scope, newest first; they are not counted.

    Args:
        session: where they are.
        scope: whose enrollments.
        wanted: which changes.
        place: which page; the first one by default.
        size: how many rows it has.
    """
    values: dict[str, Any] = {
        "since": _EARLIEST if wanted.since is None else wanted.since,
        "until": _LATEST if wanted.until is None else wanted.until,
        **{name: getattr(wanted, name) for name in _EQUAL},
        **scope_values(scope),
    }
    access = _access(session, scope, wanted, values)
    if access is None:
        return Slice((), UNCOUNTED, 0, None, None)
    if access.index == "course":
        values |= {f"course{n}": id_ for n, id_ in enumerate(access.ranges)}
    values["led"] = access.ranges
    shape = _shape_of(access, scope, wanted)

    def read(place: Place | None, limit: int, backwards: bool) -> list[Any]:
        asked = replace(shape, is_down=not backwards, is_from_key=place is not None, limit=limit)
        at = values if place is None else _bounded(values, place, is_down=not backwards)
        return list(session.exec(_page_of(asked), params=at))

    page = slice_by(read, UNCOUNTED, place, size)
    by_seq = rows_by_seq(session, [row.k1 for row in page.rows])
    return page.of([by_seq[row.k1] for row in page.rows if row.k1 in by_seq])


def rows_by_seq(session: Session, seqs: Iterable[int]) -> dict[int, ActivityRow]:
    """Return these rows of history with their enrollments, by `seq`."""
    found: dict[int, ActivityRow] = {}
    for row in session.exec(_ROWS, params={"seqs": list(seqs)}):
        found[row.seq] = ActivityRow(
            record(StoredEvent, row),
            row.enrollment_id,
            row.learner_id,
            row.name,
            row.email,
            row.course_id,
            row.title,
        )
    return found


def undoing_since(
    session: Session, enrollment_ids: Iterable[int], since: int
) -> dict[int, list[StoredEvent]]:
    """Return the changes after a `seq` that undo another one, newest first, by enrollment."""
    found: dict[int, list[StoredEvent]] = {}
    values = {"ids": list(enrollment_ids), "since": since}
    for row in session.exec(_UNDOING, params=values):
        found.setdefault(row.enrollment_id, []).append(record(StoredEvent, row))
    return found


def staff(session: Session) -> list[StaffAccount]:
    """Return everybody with a role other than Learner, by name."""
    return records(StaffAccount, session.exec(_STAFF))
