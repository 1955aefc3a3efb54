"""Read recently committed changes for the change feed: enrollments, and whether the status changed.

Values are not included: pages that may see them read them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, func
from sqlmodel import Session, select

from enrollment_portal.domain.enrollment.fields import Field
from enrollment_portal.domain.requests.extension_requests import RequestState
from enrollment_portal.storage.shared.id_lists import is_among
from enrollment_portal.storage.shared.records import records, select_columns
from enrollment_portal.storage.shared.tables import (
    Course,
    Enrollment,
    EnrollmentEvent,
    ExtensionRequest,
    Learner,
    constant,
    table_of,
)


@dataclass(frozen=True, slots=True)
class CommittedChange:
    """One row of history for the change feed."""

    seq: int
    enrollment_id: int
    is_new: bool
    status_changed: bool = False


@dataclass(frozen=True, slots=True)
class EnrollmentState:
    """The current values of an enrollment that ledgers show, and its course and learner."""

    id: int
    learner_id: int
    course_id: int
    kind: str
    search: str
    """The search text of its learner."""
    status: int
    progress: int
    deadline_day: int | None
    version: int
    requested_day: int | None
    """The deadline that the learner asks for, while nobody has answered."""
    override_seq: int | None
    """The row of history in which a person set the status; `None` if tracking set it."""


_v = table_of(EnrollmentEvent).c
_e, _l, _c = table_of(Enrollment).c, table_of(Learner).c, table_of(Course).c
_x = table_of(ExtensionRequest).c

_NEWEST = select(func.coalesce(func.max(_v.seq), 0))
_AFTER = (
    select_columns(
        _v.seq,
        _v.enrollment_id,
        (_v.kind == "began").label("is_new"),
        # In JSON only a key is followed by a colon; a quote within a value is escaped.
        _v.changes.like(f'%"{Field.STATUS}":%').label("status_changed"),
    )
    .where(_v.seq > bindparam("seq"))
    .order_by(_v.seq)
    .limit(bindparam("limit"))
)
_STATES = (
    select_columns(
        *(_e.id, _e.learner_id, _e.course_id, _c.kind, _l.search, _e.status, _e.progress),
        *(_e.deadline_day, _e.version, _e.override_seq),
        select(_x.wanted_day)
        .where(_x.enrollment_id == _e.id, _x.state == constant(RequestState.OPEN))
        .scalar_subquery()
        .label("requested_day"),
    )
    .join_from(_e.id.table, _l.id.table, _l.id == _e.learner_id)
    .join(_c.id.table, _c.id == _e.course_id)
    .where(is_among(_e.id, "ids"))
)


def newest(session: Session) -> int:
    """Return the number of the newest row of history, 0 without any."""
    return session.exec(_NEWEST).one()


def changes_after(session: Session, seq: int, limit: int) -> list[CommittedChange]:
    """Return the rows of history after the row `seq`, in order."""
    rows = session.exec(_AFTER, params={"seq": seq, "limit": limit})
    return [
        CommittedChange(row.seq, row.enrollment_id, bool(row.is_new), bool(row.status_changed))
        for row in rows
    ]


def enrollment_states(session: Session, enrollment_ids: Iterable[int]) -> list[EnrollmentState]:
    """Return the current values of these enrollments."""
    return records(EnrollmentState, session.exec(_STATES, params={"ids": enrollment_ids}))
