"""Backfill validity intervals: compute them from each enrollment's row and its history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import bindparam, case
from sqlmodel import Session

from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.ledger.validity_intervals import intervals_of
from enrollment_portal.storage.shared.bulk import insert_rows
from enrollment_portal.storage.shared.records import select_columns
from enrollment_portal.storage.shared.tables import (
    Course,
    Enrollment,
    EnrollmentEvent,
    constant,
    table_of,
)

INTERVAL_COLUMNS = (
    "enrolled_at enrollment_id from_at until_at status progress deadline_day learner_id course_id"
    " is_path"
)
CHUNK = 10_000

_enrollment, _course = table_of(Enrollment), table_of(Course)
_e, _c, _v = _enrollment.c, _course.c, table_of(EnrollmentEvent).c
_ENROLLMENTS = (
    select_columns(
        *(_e.id, _e.learner_id, _e.course_id),
        case((_c.kind == constant(CourseKind.PATH), 1), else_=0).label("is_path"),
        *(_e.enrolled_at, _e.updated_at, _e.status, _e.progress, _e.deadline_day),
    )
    .join_from(_enrollment, _course, _c.id == _e.course_id)
    .where(_e.id > bindparam("after"))
    .order_by(_e.id)
    .limit(bindparam("chunk"))
)
_EVENTS = (
    select_columns(_v.enrollment_id, _v.at, _v.kind, _v.changes)
    .where(_v.enrollment_id.between(bindparam("first"), bindparam("last")))
    .order_by(_v.enrollment_id, _v.seq)
)


def backfill_intervals(session: Session) -> None:
    """Write the intervals of every enrollment, in chunks; the table must be empty before."""
    after = 0
    while rows := session.exec(_ENROLLMENTS, params={"after": after, "chunk": CHUNK}).all():
        ends = {"first": rows[0].id, "last": rows[-1].id}
        history: defaultdict[int, list[tuple[int, str, str]]] = defaultdict(list)
        for id_, *event in session.exec(_EVENTS, params=ends):
            history[id_].append(tuple(event))  # type: ignore[arg-type]
        insert_rows(session, "enrollment_span", INTERVAL_COLUMNS, _intervals(rows, history))
        after = rows[-1].id


def _intervals(
    rows: Sequence[Any], history: defaultdict[int, list[tuple[int, str, str]]]
) -> Iterator[tuple[Any, ...]]:
    for id_, learner, course, is_path, enrolled_at, updated_at, *values in rows:
        events = history[id_]
        if not events:
            since = updated_at
        else:
            at, kind, _ = events[0]
            since = at if kind == "began" else enrolled_at
        later = [(at, changes) for at, _, changes in events]
        # An imported enrollment is older than its first row of history; its interval starts later.
        first_shown_at = max(since, enrolled_at)
        for interval in intervals_of(first_shown_at, tuple(values), later):  # type: ignore[arg-type]
            yield (enrolled_at, id_, *interval, learner, course, is_path)
