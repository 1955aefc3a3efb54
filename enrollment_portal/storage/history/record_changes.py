"""Read recent changes of people, courses, groups and accounts, for the change feed.

Triggers write the table: every transaction that changes a name, an email, a title or the like adds
a row.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, func, or_
from sqlmodel import Session, select

from enrollment_portal.storage.shared import tables
from enrollment_portal.storage.shared.id_lists import is_among
from enrollment_portal.storage.shared.records import records, select_columns
from enrollment_portal.storage.shared.tables import Enrollment, table_of


@dataclass(frozen=True, slots=True)
class RecordChange:
    """A record that was changed; `kind` is learner, account, course, group, view or organization.

    A learning path is a course, and its lessons are a part of a course.
    """

    seq: int
    kind: str
    record_id: int


_r, _e = table_of(tables.RecordChange).c, table_of(Enrollment).c
_NEWEST = select(func.coalesce(func.max(_r.seq), 0))
_AFTER = (
    select_columns(
        _r.seq,
        _r.kind,
        _r.record_id,
    )
    .where(_r.seq > bindparam("seq"))
    .order_by(_r.seq)
    .limit(bindparam("limit"))
)
_ENROLLMENTS = select(_e.id).where(
    is_among(_e.id, "ids"),
    or_(is_among(_e.learner_id, "learners"), is_among(_e.course_id, "courses")),
)


def newest(session: Session) -> int:
    """Return the number of the newest change, 0 without any."""
    return session.exec(_NEWEST).one()


def after(session: Session, seq: int, limit: int) -> list[RecordChange]:
    """Return the changes after one, in order."""
    rows = session.exec(_AFTER, params={"seq": seq, "limit": limit})
    return records(RecordChange, rows)


def enrollments_of(
    session: Session,
    enrollment_ids: Collection[int],
    learner_ids: Collection[int],
    course_ids: Collection[int],
) -> set[int]:
    """Return which of these enrollments are of one of the learners, or in one of the courses."""
    values = {"ids": enrollment_ids, "learners": learner_ids, "courses": course_ids}
    return set(session.exec(_ENROLLMENTS, params=values))  # type: ignore[arg-type]
