"""Read one enrollment within a scope, and its history."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from sqlalchemy import Dialect, Text, TypeDecorator, bindparam, exists, type_coerce
from sqlmodel import Session, select

from enrollment_portal.domain.access.permissions import Scope
from enrollment_portal.domain.catalog.grades import is_passing
from enrollment_portal.domain.enrollment.edits import Value
from enrollment_portal.domain.enrollment.fields import Field, HistoryField, Status, history_field
from enrollment_portal.storage.shared.id_lists import is_among
from enrollment_portal.storage.shared.records import first_record, record, records, select_columns
from enrollment_portal.storage.shared.scopes import scope_values, within
from enrollment_portal.storage.shared.tables import (
    Account,
    Course,
    Enrollment,
    EnrollmentEvent,
    Learner,
    constant,
    table_of,
)

COLUMNS: Mapping[Field, str] = {
    Field.STATUS: "status",
    Field.COMPLETED: "completed_at",
    Field.DEADLINE: "deadline_day",
    Field.GRADE: "grade",
    Field.FEEDBACK: "feedback",
    Field.NOTE: "internal_note",
}


@dataclass(frozen=True, slots=True)
class StoredEnrollment:
    """An enrollment with its learner and course, as stored; moments in ms, days since 1970."""

    id: int
    learner_id: int
    name: str
    email: str | None
    department: str
    course_id: int
    title: str
    kind: str
    n_lessons: int
    requires_grade: int
    grading_scheme: str
    grading_points: int | None
    pass_percent: int
    status: int
    tracked_status: int
    progress: int
    lessons_done: int
    enrolled_at: int
    deadline_day: int | None
    last_visit_at: int | None
    completed_at: int | None
    cancelled_at: int | None
    version: int
    updated_at: int
    origin: str
    override_seq: int | None
    grade: str | None
    feedback: str
    internal_note: str
    progress_at: int
    pace: int | None
    instructor_id: int | None
    instructor: str | None
    """The name of the assigned instructor; `None` for all instructors of the course."""

    @property
    def passes(self) -> bool:
        """Whether it has a grade that passes the course."""
        return is_passing(self.grade, self.pass_percent)

    @property
    def values(self) -> dict[Field, Value]:
        """The fields that people can set, with their stored values."""
        return {field: getattr(self, column) for field, column in COLUMNS.items()}


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One row of an enrollment's history; `changes` has (before, after) for each field."""

    seq: int
    version: int
    at: int
    actor_name: str
    source: str
    kind: str
    changes: dict[HistoryField, tuple[Value, Value]]
    reason: str
    actor_id: int | None = None
    batch: str | None = None
    """The name shared by changes that were made together."""
    undoes: int | None = None
    """The `seq` of the change that it undoes."""

    @property
    def fields(self) -> dict[Field, tuple[Value, Value]]:
        """The changed fields that people can set, with the completion date that a status implies.

        History leaves that date out if the change itself completed the enrollment.
        """
        fields = {field: pair for field, pair in self.changes.items() if isinstance(field, Field)}
        if Field.COMPLETED not in fields and self.is_completion:
            fields[Field.COMPLETED] = (None, self.at)
        return fields

    @property
    def is_completion(self) -> bool:
        """Whether it completed the enrollment."""
        return self.changes.get(Field.STATUS, (0, 0))[1] == Status.COMPLETED


_enrollment = table_of(Enrollment).alias("e")
_learner = table_of(Learner).alias("l")
_course = table_of(Course).alias("c")
_e, _l, _c = _enrollment.c, _learner.c, _course.c
_a = table_of(Account).alias("a").c
_INSTRUCTOR = select(_a.name).where(_a.id == _e.instructor_id).scalar_subquery()
_FACTS = select_columns(
    *(_e.id, _e.learner_id, _l.name, _l.email, _l.department),
    *(_e.course_id, _c.title, _c.kind, _c.n_lessons),
    *(_c.requires_grade, _c.grading_scheme, _c.grading_points, _c.pass_percent),
    *(_e.status, _e.tracked_status, _e.progress, _e.lessons_done),
    *(_e.enrolled_at, _e.deadline_day, _e.last_visit_at, _e.completed_at, _e.cancelled_at),
    *(_e.version, _e.updated_at, _e.origin, _e.override_seq),
    *(_e.grade, _e.feedback, _e.internal_note),
    *(_e.progress_at, _e.pace, _e.instructor_id, _INSTRUCTOR.label("instructor")),
).select_from(
    _enrollment.join(_learner, _l.id == _e.learner_id).join(_course, _c.id == _e.course_id)
)
_in_scope = {
    kind: within(kind, course_id=_e.course_id, learner_id=_e.learner_id, manager_id=_l.manager_id)
    for kind in get_args(Scope)
}
_ONE = {
    kind: _FACTS.where(_e.id == bindparam("id"), condition) for kind, condition in _in_scope.items()
}
_MANY = {
    kind: _FACTS.where(is_among(_e.id, "ids"), condition) for kind, condition in _in_scope.items()
}
_VERSIONS = select_columns(_e.id, _e.version).where(is_among(_e.id, "ids"))
_other = table_of(Enrollment).alias("o").c
_ACTIVE_ELSEWHERE = select(_e.id).where(
    is_among(_e.id, "ids"),
    exists().where(
        _other.learner_id == _e.learner_id,
        _other.course_id == _e.course_id,
        _other.status == constant(Status.ACTIVE),
        _other.id != _e.id,
    ),
)


_decode = json.JSONDecoder().raw_decode
"""Like `json.loads`, without its checks: half the time for the 200 rows of a history."""


class Changes(TypeDecorator[Any]):
    """The type of the JSON column of history: (before, after) for each field."""

    impl = Text
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        if not value or value == "{}":
            return {}
        pairs, _end = _decode(value)
        return {history_field(name): (before, after) for name, (before, after) in pairs.items()}


_v = table_of(EnrollmentEvent).c
EVENTS = select_columns(
    *(_v.seq, _v.version, _v.at, _v.actor_name, _v.source, _v.kind),
    *(type_coerce(_v.changes, Changes()).label("changes"), _v.reason),
    *(_v.actor_id, _v.batch, _v.undoes),
)
"""The select of rows of history, for `records(StoredEvent, …)`."""
_OF_ENROLLMENT = EVENTS.where(_v.enrollment_id == bindparam("id")).order_by(_v.seq.desc())
_HISTORY = _OF_ENROLLMENT.limit(bindparam("limit"))
_SINCE = _OF_ENROLLMENT.where(_v.seq > bindparam("seq"))
_EVENT_BY_SEQ = EVENTS.where(_v.seq == bindparam("seq"))
_HISTORIES = (
    EVENTS.add_columns(_v.enrollment_id)
    .where(is_among(_v.enrollment_id, "ids"), _v.seq > bindparam("seq"))
    .order_by(_v.enrollment_id, _v.seq.desc())
)
_EVENT_OF = _EVENT_BY_SEQ.where(_v.enrollment_id == bindparam("id"))


def find_enrollment(session: Session, scope: Scope, enrollment_id: int) -> StoredEnrollment | None:
    """Return an enrollment of a scope; `None` if it is outside, or does not exist."""
    values = {"id": enrollment_id, **scope_values(scope)}
    return first_record(StoredEnrollment, session.exec(_ONE[type(scope)], params=values))


def find_enrollments(
    session: Session, scope: Scope, enrollment_ids: Iterable[int]
) -> dict[int, StoredEnrollment]:
    """Return those of some enrollments that are within a scope, by id."""
    values = {"ids": enrollment_ids, **scope_values(scope)}
    found = records(StoredEnrollment, session.exec(_MANY[type(scope)], params=values))
    return {one.id: one for one in found}


def versions_of(session: Session, enrollment_ids: Iterable[int]) -> dict[int, int]:
    """Return the versions of those of some enrollments that exist."""
    return {row.id: row.version for row in session.exec(_VERSIONS, params={"ids": enrollment_ids})}


def history_of(session: Session, enrollment_id: int, limit: int = 200) -> list[StoredEvent]:
    """Return the newest rows of an enrollment's history, newest first."""
    values = {"id": enrollment_id, "limit": limit}
    return records(StoredEvent, session.exec(_HISTORY, params=values))


def event_by_seq(session: Session, seq: int) -> StoredEvent | None:
    """Return one row of history."""
    return first_record(StoredEvent, session.exec(_EVENT_BY_SEQ, params={"seq": seq}))


def event_of(session: Session, enrollment_id: int, seq: int) -> StoredEvent | None:
    """Return one row of an enrollment's history; `None` for one of another's."""
    values = {"seq": seq, "id": enrollment_id}
    return first_record(StoredEvent, session.exec(_EVENT_OF, params=values))


def history_since(session: Session, enrollment_id: int, seq: int) -> list[StoredEvent]:
    """Return every row of an enrollment's history after one of them, newest first."""
    values = {"id": enrollment_id, "seq": seq}
    return records(StoredEvent, session.exec(_SINCE, params=values))


def active_elsewhere(session: Session, enrollment_ids: Iterable[int]) -> set[int]:
    """Return those of some enrollments whose learner is active in the course through another."""
    return set(session.exec(_ACTIVE_ELSEWHERE, params={"ids": enrollment_ids}))


def histories_of(
    session: Session, enrollment_ids: Iterable[int], since: int = 0
) -> dict[int, list[StoredEvent]]:
    """Return every row of some enrollments' history after a `seq`, newest first, by enrollment."""
    found: dict[int, list[StoredEvent]] = {id_: [] for id_ in enrollment_ids}
    if found:
        values = {"ids": list(found), "seq": since}
        for row in session.exec(_HISTORIES, params=values):
            found[row.enrollment_id].append(record(StoredEvent, row))
    return found
