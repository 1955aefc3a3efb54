"""One enrollment: its facts within a scope, and its history."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from sqlalchemy import TextClause, text
from sqlmodel import Session

from enrollment_portal.domain.edits import Value
from enrollment_portal.domain.enrollments import Field, HistoryField, history_field
from enrollment_portal.domain.grades import is_passing
from enrollment_portal.domain.permissions import Everything, Led, Scope, Taught
from enrollment_portal.storage.id_lists import id_list, in_list

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
    def passes(self) -> bool:
        """Whether it has a grade that passes the course."""
        return is_passing(self.grade, self.grading_scheme, self.grading_points, self.pass_percent)

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
    changes: dict[HistoryField, tuple[Value, Value]]
    reason: str
    actor_id: int | None = None
    batch: str | None = None
    """The name that changes share which were made together."""
    undoes: int | None = None
    """The `seq` of the change that it takes back."""


_FACTS = """
SELECT e.id, e.learner_id, l.name, l.email, l.department, e.course_id, c.title, c.kind, c.n_lessons,
    c.requires_grade, c.grading_scheme, c.grading_points, c.pass_percent, e.status,
    e.tracked_status, e.progress, e.lessons_done, e.enrolled_at, e.deadline_day, e.last_visit_at,
    e.completed_at, e.cancelled_at, e.version, e.updated_at, e.origin, e.override_seq, e.grade,
    e.feedback, e.internal_note
FROM enrollment e JOIN learner l ON l.id = e.learner_id JOIN course c ON c.id = e.course_id
"""

_IN_SCOPE: Mapping[type, str] = {
    Everything: "",
    Taught: (
        " AND EXISTS (SELECT 1 FROM course_teacher t"
        " WHERE t.account_id = :account AND t.course_id = e.course_id)"
    ),
    Led: (
        # The view `learner_lead`, from the learner on: SQLite would work out everybody's people.
        " AND (EXISTS (SELECT 1 FROM account a"
        " WHERE a.id = :account AND a.learner_id = l.manager_id)"
        " OR EXISTS (SELECT 1 FROM group_member m JOIN group_lead g ON g.group_id = m.group_id"
        " WHERE m.learner_id = e.learner_id AND g.account_id = :account))"
    ),
}


@cache
def _find_one(scope: type) -> TextClause:
    return text(f"{_FACTS} WHERE e.id = :id{_IN_SCOPE[scope]}")


EVENTS = (
    "SELECT seq, version, at, actor_name, source, kind, changes, reason, actor_id, batch, undoes"
    " FROM enrollment_event"
)
_HISTORY = text(f"{EVENTS} WHERE enrollment_id = :id ORDER BY seq DESC LIMIT :limit")
_SINCE = text(f"{EVENTS} WHERE enrollment_id = :id AND seq > :seq ORDER BY seq DESC")
_EVENT_BY_SEQ = text(f"{EVENTS} WHERE seq = :seq")
_EVENT_OF = text(f"{EVENTS} WHERE seq = :seq AND enrollment_id = :id")

_OTHER_ACTIVE = text(
    "SELECT 1 FROM enrollment WHERE learner_id = :learner_id AND course_id = :course_id"
    " AND status = 0 AND id <> :id"
)


def find_enrollment(session: Session, scope: Scope, enrollment_id: int) -> StoredEnrollment | None:
    """Return an enrollment of a scope; `None` where it is outside, or does not exist."""
    parameters = {"id": enrollment_id, "account": getattr(scope, "account_id", None)}
    if isinstance(scope, Everything):
        del parameters["account"]
    row = session.execute(_find_one(type(scope)), parameters).one_or_none()
    return StoredEnrollment(*row) if row else None


def find_enrollments(
    session: Session, scope: Scope, enrollment_ids: Iterable[int]
) -> dict[int, StoredEnrollment]:
    """Return those of some enrollments that are within a scope, by id."""
    ids = in_list(session, "ids")
    parameters = {
        "ids": id_list(session, enrollment_ids),
        **({} if isinstance(scope, Everything) else {"account": scope.account_id}),
    }
    sql = text(f"{_FACTS} WHERE e.id IN {ids}{_IN_SCOPE[type(scope)]}")
    return {row[0]: StoredEnrollment(*row) for row in session.execute(sql, parameters)}


def history_of(session: Session, enrollment_id: int, limit: int = 200) -> list[StoredEvent]:
    """Return the newest rows of an enrollment's history, newest first."""
    rows = session.execute(_HISTORY, {"id": enrollment_id, "limit": limit})
    return [read_event(row) for row in rows]


def event_by_seq(session: Session, seq: int) -> StoredEvent | None:
    """Return one row of history."""
    row = session.execute(_EVENT_BY_SEQ, {"seq": seq}).one_or_none()
    return read_event(row) if row else None


def event_of(session: Session, enrollment_id: int, seq: int) -> StoredEvent | None:
    """Return one row of an enrollment's history; `None` for one of another's."""
    row = session.execute(_EVENT_OF, {"seq": seq, "id": enrollment_id}).one_or_none()
    return read_event(row) if row else None


def history_since(session: Session, enrollment_id: int, seq: int) -> list[StoredEvent]:
    """Return every row of an enrollment's history after one of them, newest first."""
    rows = session.execute(_SINCE, {"id": enrollment_id, "seq": seq})
    return [read_event(row) for row in rows]


def has_other_active(session: Session, enrollment: StoredEnrollment) -> bool:
    """Tell whether the learner is active in the same course through another enrollment."""
    parameters = {
        "learner_id": enrollment.learner_id,
        "course_id": enrollment.course_id,
        "id": enrollment.id,
    }
    return session.execute(_OTHER_ACTIVE, parameters).first() is not None


def read_event(row: object) -> StoredEvent:
    """Return a row of `EVENTS` with its changes read."""
    seq, version, at, actor_name, source, kind, changes, reason, *rest = row  # type: ignore[misc]
    actor_id, batch, undoes = rest
    pairs = json.loads(changes) if changes != "{}" else {}
    return StoredEvent(
        seq=seq,
        version=version,
        at=at,
        actor_name=actor_name,
        source=source,
        kind=kind,
        changes={history_field(name): (before, after) for name, (before, after) in pairs.items()},
        reason=reason,
        actor_id=actor_id,
        batch=batch,
        undoes=undoes,
    )
