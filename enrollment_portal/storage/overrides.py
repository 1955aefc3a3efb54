"""The write that overrides an enrollment: its fields and the row of history, on one version."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.domain.edits import Value
from enrollment_portal.domain.enrollments import Field, Status, Tracked
from enrollment_portal.storage.enrollments import COLUMNS, StoredEnrollment
from enrollment_portal.storage.history import Author, NewEvent, add_events

_UPDATE = text(
    "UPDATE enrollment SET status = :status, deadline_day = :deadline_day, grade = :grade,"
    " feedback = :feedback, internal_note = :internal_note, completed_at = :completed_at,"
    " cancelled_at = :cancelled_at, tracked_status = :tracked_status,"
    " override_seq = :override_seq, feedback_is_new = COALESCE(:feedback_is_new, feedback_is_new),"
    " updated_at = :updated_at,"
    " version = version + 1 WHERE id = :id AND version = :version"
)


def write_override(
    session: Session,
    enrollment: StoredEnrollment,
    changes: Mapping[Field, Value],
    *,
    now: int,
    actor_id: int,
    actor_name: str,
    reason: str,
    tracked_status: Status | None = None,
    batch: str | None = None,
    save_key: str | None = None,
    undoes: int | None = None,
    ended_at: int | None = None,
    holds_status: bool = False,
) -> int | None:
    """Write changed fields and their history row, on top of the version that was read.

    Args:
        session: in the transaction of the change.
        enrollment: as it was read.
        changes: the new values.
        now: the moment, in ms.
        actor_id: who changes it, by account.
        actor_name: their name, as history keeps it.
        reason: why, or "".
        tracked_status: what is tracked from now on, where the change moves that too; a status
            that nobody sets by hand, now or before, follows it.
        batch: the name of the changes that it was made together with.
        save_key: the browser's name for the save.
        undoes: the `seq` of the change that it takes back.
        ended_at: since when the enrollment has been over, in ms, where its status goes back to
            that; by default since `now`.
        holds_status: somebody set the status by hand, though it is what is tracked: it stays.

    Returns:
        The `seq` of the row of history; `None` where someone else has written meanwhile, and then
        the caller must undo the transaction, which holds the history row already.
    """
    before = enrollment.values
    recorded: dict[str, list[Value]] = {
        field.value: [before[field], after] for field, after in changes.items()
    }
    tracked = enrollment.tracked_status if tracked_status is None else int(tracked_status)
    status = changes.get(Field.STATUS, enrollment.status)
    if tracked != enrollment.tracked_status:
        follows = Field.STATUS not in changes and not holds_status
        if follows and enrollment.status == enrollment.tracked_status:
            status = tracked
            recorded[Field.STATUS.value] = [enrollment.status, status]
        else:
            recorded[Tracked.STATUS.value] = [enrollment.tracked_status, tracked]
    author = Author("person", actor_id, actor_name)
    version = enrollment.version + 1
    event = NewEvent(
        enrollment.id, version, now, author, "changed", recorded, reason, batch, save_key, undoes
    )
    [seq] = add_events(session, [event])
    values: dict[str, Value] = {
        COLUMNS[field]: changes.get(field, value) for field, value in before.items()
    }
    values |= {
        "status": status,
        "tracked_status": tracked,
        "completed_at": enrollment.completed_at,
        "cancelled_at": enrollment.cancelled_at,
        "override_seq": enrollment.override_seq,
        # New to the learner until they read it; without a text there is nothing to read.
        "feedback_is_new": int(bool(changes[Field.FEEDBACK]))
        if Field.FEEDBACK in changes
        else None,
    }
    if status != enrollment.status:
        since = now if ended_at is None else max(ended_at, enrollment.enrolled_at)
        values["completed_at"] = since if status == Status.COMPLETED else None
        values["cancelled_at"] = since if status == Status.CANCELLED else None
    if status == tracked:
        values["override_seq"] = None
    elif status != enrollment.status or enrollment.override_seq is None:
        values["override_seq"] = seq
    result = session.connection().execute(
        _UPDATE, {**values, "updated_at": now, "id": enrollment.id, "version": enrollment.version}
    )
    return seq if result.rowcount == 1 else None
