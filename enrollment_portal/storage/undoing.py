"""What undoing reads of a batch, and the write that cancels many enrollments at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, text
from sqlmodel import Session, select

from enrollment_portal.domain.enrollments import Field, Status
from enrollment_portal.storage import extensions
from enrollment_portal.storage.enrollments import StoredEnrollment
from enrollment_portal.storage.history import Author, NewEvent, add_events
from enrollment_portal.storage.records import records, select_columns
from enrollment_portal.storage.tables import Enrollment, EnrollmentEvent, table_of

_v, _e = table_of(EnrollmentEvent).alias("v").c, table_of(Enrollment).alias("e").c
_OF_BATCH = (
    select_columns(_v.seq, _v.enrollment_id, _v.kind, _e.learner_id)
    .join_from(_v.seq.table, _e.id.table, _e.id == _v.enrollment_id)
    .where(_v.batch == bindparam("batch"))
    .order_by(_v.seq.desc())
)
_ENDED = (
    select(_v.at)
    .where(
        _v.enrollment_id == bindparam("id"),
        _v.seq < bindparam("seq"),
        _v.changes.like(bindparam("ended")),
    )
    .order_by(_v.seq.desc())
    .limit(1)
)
_CANCEL = text(
    "UPDATE enrollment SET status = 2, cancelled_at = :at, override_seq = :seq, updated_at = :at,"
    " version = version + 1 WHERE id = :id"
)


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One change of a batch, and whose enrollment it is of."""

    seq: int
    enrollment_id: int
    kind: str
    learner_id: int


def rows_of_batch(session: Session, batch: str) -> list[BatchRow]:
    """Return the changes that were made together under a name, newest first."""
    return records(BatchRow, session.exec(_OF_BATCH, params={"batch": batch}))


def ended_before(session: Session, enrollment_id: int, seq: int, status: int) -> int | None:
    """Return when an enrollment had last got a status before a change, in ms.

    `None` where nothing recorded says so: it began before there was a history of it.
    """
    ended = f'%"{Field.STATUS.value}":[_,{status}]%'
    values = {"id": enrollment_id, "seq": seq, "ended": ended}
    return session.exec(_ENDED, params=values).first()


def cancel_all(
    session: Session,
    enrollments: Sequence[StoredEnrollment],
    began: Mapping[int, int],
    author: Author,
    *,
    now: int,
    batch: str,
    reason: str,
) -> None:
    """Cancel active enrollments that nothing has happened to, each with its row of history.

    Args:
        session: in the transaction of the change, with the learners locked.
        enrollments: as they were read.
        began: by enrollment, the `seq` of the change by which it began, which this takes back.
        author: who cancels them.
        now: the moment, in ms.
        batch: the name of these changes.
        reason: why.
    """
    if not enrollments:
        return
    change = {Field.STATUS.value: (int(Status.ACTIVE), int(Status.CANCELLED))}
    moments = {one.id: max(now, one.updated_at, one.enrolled_at) for one in enrollments}
    events = [
        NewEvent(
            one.id,
            one.version + 1,
            moments[one.id],
            author,
            "changed",
            change,
            reason,
            batch,
            undoes=began[one.id],
        )
        for one in enrollments
    ]
    seqs = add_events(session, events)
    session.execute(
        _CANCEL,
        [
            {"id": one.id, "at": moments[one.id], "seq": seq}
            for one, seq in zip(enrollments, seqs, strict=True)
        ],
    )
    for id_ in extensions.asked_of(session, moments):
        extensions.close_open(
            session,
            id_,
            by=author.actor_name,
            answer="The enrollment has ended.",
            at=moments[id_],
            seen=True,
        )
