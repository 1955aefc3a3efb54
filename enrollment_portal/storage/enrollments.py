"""One enrollment: its facts within a scope, its history, and the write that overrides it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection, TextClause, text

from enrollment_portal.domain.edits import Value
from enrollment_portal.domain.enrollments import Field, Status
from enrollment_portal.domain.permissions import Everything, Led, Scope, Taught

COLUMNS: Mapping[Field, str] = {
    Field.STATUS: "status",
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
    n_lessons: int
    grading_scheme: str
    grading_points: int | None
    status: int
    tracked_status: int
    progress: int
    lessons_done: int
    enrolled_at: int
    deadline_day: int | None
    last_visit_at: int
    completed_at: int | None
    cancelled_at: int | None
    version: int
    updated_at: int
    origin: str
    override_seq: int | None
    grade: str | None
    feedback: str
    internal_note: str

    @property
    def values(self) -> dict[Field, Value]:
        """The fields that people set by hand, with their stored values."""
        return {field: getattr(self, column) for field, column in COLUMNS.items()}


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One row of an enrollment's history; `changes` holds (before, after) by field."""

    seq: int
    version: int
    at: int
    actor_name: str
    source: str
    kind: str
    changes: dict[Field, tuple[Value, Value]]
    reason: str


_FACTS = """
SELECT e.id, e.learner_id, l.name, l.email, l.department, e.course_id, c.title, c.n_lessons,
    c.grading_scheme, c.grading_points, e.status, e.tracked_status, e.progress, e.lessons_done,
    e.enrolled_at, e.deadline_day, e.last_visit_at, e.completed_at, e.cancelled_at, e.version,
    e.updated_at, e.origin, e.override_seq, e.grade, e.feedback, e.internal_note
FROM enrollment e JOIN learner l ON l.id = e.learner_id JOIN course c ON c.id = e.course_id
"""

_IN_SCOPE: Mapping[type, str] = {
    Everything: "",
    Taught: (
        " AND EXISTS (SELECT 1 FROM course_teacher t"
        " WHERE t.account_id = :account AND t.course_id = e.course_id)"
    ),
    Led: (
        " AND EXISTS (SELECT 1 FROM learner_lead t"
        " WHERE t.account_id = :account AND t.learner_id = e.learner_id)"
    ),
}


@cache
def _find_one(scope: type) -> TextClause:
    return text(f"{_FACTS} WHERE e.id = :id{_IN_SCOPE[scope]}")


_OF_LEARNER = text(f"{_FACTS} WHERE e.learner_id = :id ORDER BY e.status, e.enrolled_at DESC, e.id")

_HISTORY = text(
    "SELECT seq, version, at, actor_name, source, kind, changes, reason"
    " FROM enrollment_event WHERE enrollment_id = :id ORDER BY seq DESC LIMIT :limit"
)

_EVENT_BY_SEQ = text(
    "SELECT seq, version, at, actor_name, source, kind, changes, reason"
    " FROM enrollment_event WHERE seq = :seq"
)

_ADD_EVENT = text(
    "INSERT INTO enrollment_event (enrollment_id, version, at, actor_id, actor_name, source, kind,"
    " changes, reason) VALUES (:enrollment_id, :version, :at, :actor_id, :actor_name, :source,"
    " :kind, :changes, :reason) RETURNING seq"
)

_UPDATE = text(
    "UPDATE enrollment SET status = :status, deadline_day = :deadline_day, grade = :grade,"
    " feedback = :feedback, internal_note = :internal_note, completed_at = :completed_at,"
    " cancelled_at = :cancelled_at, override_seq = :override_seq, updated_at = :updated_at,"
    " version = version + 1 WHERE id = :id AND version = :version"
)

_OTHER_ACTIVE = text(
    "SELECT 1 FROM enrollment WHERE learner_id = :learner_id AND course_id = :course_id"
    " AND status = 0 AND id <> :id"
)


def find_enrollment(
    connection: Connection, scope: Scope, enrollment_id: int
) -> StoredEnrollment | None:
    """Return an enrollment of a scope; `None` where it is outside, or does not exist."""
    parameters = {"id": enrollment_id, "account": getattr(scope, "account_id", None)}
    if isinstance(scope, Everything):
        del parameters["account"]
    row = connection.execute(_find_one(type(scope)), parameters).one_or_none()
    return StoredEnrollment(*row) if row else None


def enrollments_of_learner(connection: Connection, learner_id: int) -> list[StoredEnrollment]:
    """Return every enrollment of one learner, active first, newest first."""
    return [StoredEnrollment(*row) for row in connection.execute(_OF_LEARNER, {"id": learner_id})]


def history_of(connection: Connection, enrollment_id: int, limit: int = 200) -> list[StoredEvent]:
    """Return the newest rows of an enrollment's history, newest first."""
    rows = connection.execute(_HISTORY, {"id": enrollment_id, "limit": limit})
    return [_event(row) for row in rows]


def event_by_seq(connection: Connection, seq: int) -> StoredEvent | None:
    """Return one row of history."""
    row = connection.execute(_EVENT_BY_SEQ, {"seq": seq}).one_or_none()
    return _event(row) if row else None


def has_other_active(connection: Connection, enrollment: StoredEnrollment) -> bool:
    """Tell whether the learner is active in the same course through another enrollment."""
    parameters = {
        "learner_id": enrollment.learner_id,
        "course_id": enrollment.course_id,
        "id": enrollment.id,
    }
    return connection.execute(_OTHER_ACTIVE, parameters).first() is not None


def write_override(
    connection: Connection,
    enrollment: StoredEnrollment,
    changes: Mapping[Field, Value],
    *,
    now: int,
    actor_id: int,
    actor_name: str,
    reason: str,
) -> bool:
    """Write changed fields and their history row, on top of the version that was read.

    Returns:
        Whether it was written; `False` where someone else has written meanwhile, and then the
        caller must undo the transaction, which holds the history row already.
    """
    before = enrollment.values
    seq = connection.execute(
        _ADD_EVENT,
        {
            "enrollment_id": enrollment.id,
            "version": enrollment.version + 1,
            "at": now,
            "actor_id": actor_id,
            "actor_name": actor_name,
            "source": "person",
            "kind": "changed",
            "changes": json.dumps(
                {field.value: [before[field], after] for field, after in changes.items()},
                ensure_ascii=False,
                separators=(",", ":"),
            ),
            "reason": reason,
        },
    ).scalar_one()
    values: dict[str, Value] = {
        COLUMNS[field]: changes.get(field, value) for field, value in before.items()
    }
    values |= {
        "completed_at": enrollment.completed_at,
        "cancelled_at": enrollment.cancelled_at,
        "override_seq": enrollment.override_seq,
    }
    if Field.STATUS in changes:
        status = changes[Field.STATUS]
        values["completed_at"] = now if status == Status.COMPLETED else None
        values["cancelled_at"] = now if status == Status.CANCELLED else None
        values["override_seq"] = None if status == enrollment.tracked_status else seq
    result = connection.execute(
        _UPDATE, {**values, "updated_at": now, "id": enrollment.id, "version": enrollment.version}
    )
    return result.rowcount == 1


def _event(row: object) -> StoredEvent:
    seq, version, at, actor_name, source, kind, changes, reason = row  # type: ignore[misc]
    pairs = json.loads(changes) if changes != "{}" else {}
    return StoredEvent(
        seq=seq,
        version=version,
        at=at,
        actor_name=actor_name,
        source=source,
        kind=kind,
        changes={Field(name): (before, after) for name, (before, after) in pairs.items()},
        reason=reason,
    )
