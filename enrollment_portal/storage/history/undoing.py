"""Read the changes of a batch, and when an enrollment had ended before a change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam
from sqlmodel import Session, select

from enrollment_portal.domain.enrollment.fields import Field
from enrollment_portal.storage.shared.id_lists import is_among
from enrollment_portal.storage.shared.records import records, select_columns
from enrollment_portal.storage.shared.tables import Enrollment, EnrollmentEvent, table_of

_v, _e = table_of(EnrollmentEvent).alias("v").c, table_of(Enrollment).alias("e").c
_OF_BATCH = (
    select_columns(_v.seq, _v.enrollment_id, _v.kind, _e.learner_id, _v.at)
    .join_from(_v.seq.table, _e.id.table, _e.id == _v.enrollment_id)
    .where(_v.batch == bindparam("batch"))
    .order_by(_v.seq.desc())
)
_PART = _OF_BATCH.where(_v.seq < bindparam("before")).limit(bindparam("limit"))
_CREATED = select(_v.enrollment_id).where(
    _v.batch == bindparam("batch"), _v.kind == "began", is_among(_v.enrollment_id, "ids")
)
_ENDED = (
    select_columns(_v.at, _v.undoes)
    .where(
        _v.enrollment_id == bindparam("id"),
        _v.seq < bindparam("seq"),
        _v.changes.like(bindparam("ended")),
    )
    .order_by(_v.seq.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One change of a batch, with its enrollment."""

    seq: int
    enrollment_id: int
    kind: str
    learner_id: int
    at: int
    """When it was written, in ms since 1970 UTC."""


def rows_of_batch(session: Session, batch: str) -> list[BatchRow]:
    """Return the changes of a batch, newest first."""
    return records(BatchRow, session.exec(_OF_BATCH, params={"batch": batch}))


def part_of_batch(session: Session, batch: str, before: int, limit: int) -> list[BatchRow]:
    """Return up to `limit` changes of a batch before a `seq`, newest first."""
    values = {"batch": batch, "before": before, "limit": limit}
    return records(BatchRow, session.exec(_PART, params=values))


def created_in_batch(session: Session, batch: str, enrollment_ids: Iterable[int]) -> set[int]:
    """Return those of some enrollments that a batch created."""
    return set(session.exec(_CREATED, params={"batch": batch, "ids": enrollment_ids}))


def ended_before(session: Session, enrollment_id: int, seq: int, status: int) -> int | None:
    """Return when an enrollment had got the status that it had before a change, in ms.

    If an undo had restored that status, this is when it had got it originally. `None` if history
    does not have it: the status is older than the history.
    """
    ended = f'%"{Field.STATUS.value}":[_,{status}]%'
    moment: int | None = None
    before: int | None = seq
    while before is not None:
        values = {"id": enrollment_id, "seq": before, "ended": ended}
        row = session.exec(_ENDED, params=values).first()
        if row is None:
            break
        moment, before = row.at, row.undoes
    return moment
