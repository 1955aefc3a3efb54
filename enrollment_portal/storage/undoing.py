"""What undoing reads of a batch, and the write that cancels many enrollments at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.domain.enrollments import Field, Status
from enrollment_portal.storage import extensions
from enrollment_portal.storage.enrollments import StoredEnrollment
from enrollment_portal.storage.history import Author, NewEvent, add_events

_OF_BATCH = text(
    "SELECT v.seq, v.enrollment_id, v.kind, e.learner_id FROM enrollment_event v"
    " JOIN enrollment e ON e.id = v.enrollment_id WHERE v.batch = :batch ORDER BY v.seq DESC"
)
_ENDED = text(
    "SELECT at FROM enrollment_event WHERE enrollment_id = :id AND seq < :seq"
    " AND changes LIKE :ended ORDER BY seq DESC LIMIT 1"
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
    return [BatchRow(*row) for row in session.execute(_OF_BATCH, {"batch": batch})]


def ended_before(session: Session, enrollment_id: int, seq: int, status: int) -> int | None:
    """Return when an enrollment had last got a status before a change, in ms.

    `None` where nothing recorded says so: it began before there was a history of it.
    """
    ended = f'%"{Field.STATUS.value}":[_,{status}]%'
    values = {"id": enrollment_id, "seq": seq, "ended": ended}
    return session.execute(_ENDED, values).scalar_one_or_none()


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
