"""Shared by all ways to undo: find a change, check permissions, and undo it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session

from enrollment_portal.domain.access.admin_log import Action
from enrollment_portal.domain.access.permissions import may_read_notes
from enrollment_portal.domain.enrollment import undo
from enrollment_portal.domain.enrollment.commands import Change, Undo, course_rules
from enrollment_portal.domain.enrollment.fields import REASON_LENGTH, Field, Status, snapshot_of
from enrollment_portal.domain.history import messages
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, NotFound, Refused
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.domain.shared.wording import sentences
from enrollment_portal.services.enrollment.enrollment_details import (
    editable_by,
    for_others,
    require_not_own,
)
from enrollment_portal.services.enrollment.overriding import ChangeMeta, decide_change, write_change
from enrollment_portal.storage.enrollment import enrollments as stored
from enrollment_portal.storage.enrollment.enrollments import StoredEnrollment, StoredEvent
from enrollment_portal.storage.history import undoing as batches


def find_event(
    session: Session, actor: Actor, enrollment: StoredEnrollment, seq: object
) -> StoredEvent:
    """Return a change of an enrollment that the actor may know of.

    Raises:
        NotFound: there is none, or it only changes the internal note.
    """
    wanted = read_id(seq)
    event = stored.event_of(session, enrollment.id, wanted) if wanted else None
    if event is None or (not may_read_notes(actor) and for_others(event) is None):
        raise NotFound
    return event


def require_rights(
    session: Session, actor: Actor, enrollment: StoredEnrollment, event: StoredEvent
) -> None:
    """Raise unless the actor may set every field of a change, in somebody else's enrollment."""
    later = stored.history_since(session, enrollment.id, event.seq)
    require_rights_since(actor, enrollment, event, later)


def require_rights_since(
    actor: Actor, enrollment: StoredEnrollment, event: StoredEvent, later: Sequence[StoredEvent]
) -> None:
    """Raise as `require_rights` does, given all changes since, newest first."""
    require_not_own(actor, enrollment.learner_id)
    editable = editable_by(actor, enrollment)
    snapshot, course = snapshot_of(enrollment), course_rules(enrollment)
    if not undo.may_undo(event, snapshot, course, editable, later):
        raise NotAllowed


def undo_event(
    session: Session,
    actor: Actor,
    enrollment: StoredEnrollment,
    event: StoredEvent,
    *,
    save_key: str | None = None,
    batch: str | None = None,
    is_dry: bool = False,
) -> Change:
    """Undo a change in an enrollment's history, within a transaction; return what that changes.

    Args:
        session: in the transaction, with the learner locked.
        actor: who undoes it; permissions were checked.
        enrollment: as it was read.
        event: the change.
        save_key: the idempotency key of this request.
        batch: the batch of the undo.
        is_dry: only decide: write nothing.

    Raises:
        AlreadyUndone: it was undone before.
        ChangedSince: one of its fields was changed again.
        Refused: it can no longer be undone; the message says why.
    """
    later = stored.history_since(session, enrollment.id, event.seq)
    command = undo_command(session, enrollment, event, later)
    try:
        change = decide_change(session, enrollment, command)
        if not is_dry:
            meta = ChangeMeta(undo_reason(session, event), batch, save_key)
            write_change(session, actor, change, command, meta)
    except Invalid as refusal:
        raise Refused(sentences(*refusal.errors.values())) from None
    return change


def undo_command(
    session: Session,
    enrollment: StoredEnrollment,
    event: StoredEvent,
    later: Sequence[StoredEvent],
) -> Undo:
    """Return the command that undoes a change.

    Args:
        session: where older history is read.
        enrollment: as it was read.
        event: the change.
        later: all changes of the enrollment since, newest first.

    Raises:
        AlreadyUndone: it was undone before.
        ChangedSince: one of its fields was changed again.
        Refused: it can no longer be undone; the message says why.
    """
    undo.require_no_later_change(event, later, calendar.now_ms())
    command = undo.inverse(event, snapshot_of(enrollment), course_rules(enrollment), later)
    status = command.values.get(Field.STATUS)
    has_ended = status in (Status.COMPLETED, Status.CANCELLED)
    if has_ended and command.ended_at is None and Field.COMPLETED not in command.values:
        # Older history does not have the moment, only when the status was recorded.
        ended_at = batches.ended_before(session, enrollment.id, event.seq, int(status or 0))
        command = replace(command, ended_at=ended_at)
    return command


def enrolling_action(session: Session, event: StoredEvent) -> Action | None:
    """Return the action for the access log if undoing a change undoes or redoes an enrolling.

    `None` for all changes that are not an undo, or redo, of a creation.
    """
    if event.undoes is None:
        return None
    first, again = _first_of(session, event)
    if first.kind != "began":
        return None
    return Action.ENROLLED if again else Action.ENROLLING_UNDONE


def _first_of(session: Session, event: StoredEvent) -> tuple[StoredEvent, bool]:
    """Follow undos to the first change; return it, and whether undoing `event` redoes it."""
    first, again = event, False
    while first.undoes is not None:
        target = stored.event_by_seq(session, first.undoes)
        if target is None:
            break
        first, again = target, not again
    return first, again


def undo_reason(session: Session, event: StoredEvent) -> str:
    """Return the reason in history: whose change is undone, or redone."""
    first, again = _first_of(session, event)
    if first.kind == "began":
        return messages.REDID_ENROLLING if again else messages.UNDID_ENROLLING
    by = undo.who(first.actor_name, first.source)
    reason = messages.redid if again else messages.undid
    return reason(undo.labels(first.changes), by)[:REASON_LENGTH]
