"""Read one enrollment, override its fields, and revert an override."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from sqlmodel import Session

from enrollment_portal.domain.access.permissions import may_read_notes
from enrollment_portal.domain.enrollment.commands import RevertToTracked, SetFields
from enrollment_portal.domain.enrollment.edits import read_reason
from enrollment_portal.domain.enrollment.fields import Field, snapshot_of
from enrollment_portal.domain.enrollment.tracked_completion import tracked_completion
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import zone
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, Refused
from enrollment_portal.domain.shared.idempotency_keys import read_idempotency_key
from enrollment_portal.domain.shared.wording import sentences
from enrollment_portal.services.enrollment.conflicts import (
    changes_since,
    conflict_of,
    fields_changed,
)
from enrollment_portal.services.enrollment.course_deadlines import move_course_deadlines, moves_any
from enrollment_portal.services.enrollment.enrollment_details import (
    EnrollmentDetails,
    editable_by,
    find_locked,
    read_details,
    reason_for,
)
from enrollment_portal.services.enrollment.idempotency import idempotent, saved_as, was_saved
from enrollment_portal.services.enrollment.overriding import (
    ChangeMeta,
    change_enrollment,
    find_visible,
)
from enrollment_portal.services.enrollment.submitted_forms import SubmittedForm, compare_with_stored
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.services.shared.retrying import again_after_deadlock
from enrollment_portal.storage.enrollment import enrollments as stored
from enrollment_portal.storage.enrollment.enrollments import StoredEnrollment, StoredEvent
from enrollment_portal.storage.shared.database import Database

REVERTED = "Reverted to tracked"


def read_enrollment(database: Database, actor: Actor, enrollment_id: object) -> EnrollmentDetails:
    """Return an enrollment of the actor's ledger with its history, newest first.

    Raises:
        NotFound: it does not exist, or the actor may not see it: both look the same.
    """
    with database.read() as session:
        return read_details(session, actor, enrollment_id)


@idempotent
@again_after_deadlock
def save_enrollment(
    database: Database,
    actor: Actor,
    enrollment_id: object,
    *,
    version: object,
    typed: Mapping[str, object],
    reason: object = "",
    batch: str | None = None,
    key: object = None,
) -> EnrollmentDetails:
    """Override fields of an enrollment, with history, in one transaction.

    Changes of others since `version` in other fields are merged, and listed in the result. Fields
    that others set to the same value are listed as already set, and not written.

    Args:
        database: where it is stored.
        actor: who saves.
        enrollment_id: which enrollment.
        version: the base version of the form.
        typed: the form's text for each field name; fields that are left out stay unchanged.
        reason: the reason, or "".
        batch: the batch of the change; never from a browser.
        key: the idempotency key: repeated with the same key and form, it changes nothing and
            succeeds. A form with newer text under the same key is saved as well.

    Returns:
        The enrollment as it is now; without a new row of history if nothing differed.

    Raises:
        NotFound: it does not exist for the actor.
        NotAllowed: the actor may not edit one of the fields; nothing is changed.
        Invalid: a field breaks a rule; nothing is changed.
        Conflict: someone else changed one of the same fields since; nothing is changed.
        Refused: the key is that of another save; nothing is changed.
    """
    save = _Save(version, typed, reason, batch, key)
    return _save(database, actor, enrollment_id, save)


@idempotent
@again_after_deadlock
def save_with_courses(
    database: Database,
    actor: Actor,
    enrollment_id: object,
    *,
    version: object,
    typed: Mapping[str, object],
    reason: object = "",
    key: object = None,
) -> EnrollmentDetails:
    """Save as `save_enrollment` does, and move the deadlines of a path's courses too.

    If the save sets a later deadline of a path, those of its courses that are not after it move by
    as many days, in the same transaction and batch: undoing the save undoes them too.
    """
    save = _Save(version, typed, reason, None, key, moves_courses=True)
    return _save(database, actor, enrollment_id, save)


@dataclass(frozen=True, slots=True)
class _Save:
    """The arguments of a save; see `save_enrollment`."""

    version: object
    typed: Mapping[str, object]
    reason: object
    batch: str | None
    key: object
    moves_courses: bool = False


@dataclass(frozen=True, slots=True)
class SavedFields:
    """The result of a save without history; the fields are those of `EnrollmentDetails`."""

    facts: StoredEnrollment
    """The enrollment as it is now; without its internal note if the actor may not read it."""
    made: int | None
    already_set: Mapping[Field, StoredEvent]


@idempotent
@again_after_deadlock
def save_fields(
    database: Database,
    actor: Actor,
    enrollment_id: object,
    *,
    version: object,
    typed: Mapping[str, object],
    batch: str | None = None,
    key: object = None,
) -> SavedFields:
    """Save as `save_enrollment` does, without reading the history: a third faster."""
    save = _Save(version, typed, "", batch, key)
    with database.write() as session:
        sent, made, _n_moved = _write(database, session, actor, enrollment_id, save)
        facts = find_visible(session, actor, enrollment_id)
        if not may_read_notes(actor):
            facts = replace(facts, internal_note="")
        return SavedFields(facts, made, _still_set(sent, facts))


def _save(
    database: Database, actor: Actor, enrollment_id: object, save: _Save
) -> EnrollmentDetails:
    with database.write() as session:
        sent, made, n_moved = _write(database, session, actor, enrollment_id, save)
        merged_with = (sent.newer or ()) if sent.wanted else ()
        details = read_details(session, actor, enrollment_id)
        return replace(
            details,
            made=made,
            merged_with=merged_with,
            already_set=_still_set(sent, details.facts),
            n_moved=n_moved,
        )


def _still_set(sent: SubmittedForm, facts: StoredEnrollment) -> dict[Field, StoredEvent]:
    """Return which fields others had set to the submitted value, and have it after the save.

    A status that both set to Active is Completed if the save's grade completes the enrollment.
    """
    return {
        field: event
        for field, event in sent.already_set.items()
        if facts.values[field] == event.fields[field][1]
    }


def _write(
    database: Database, session: Session, actor: Actor, enrollment_id: object, save: _Save
) -> tuple[SubmittedForm, int | None, int]:
    """Write a save; return the compared form, the change's `seq`, and how many deadlines moved."""
    version, typed = save.version, save.typed
    tz = zone(organization_of(database).time_zone)
    enrollment = find_locked(session, actor, enrollment_id)
    allowed = {field.value for field in editable_by(actor, enrollment)}
    if not allowed or not set(typed) <= allowed:
        raise NotAllowed
    name = read_idempotency_key(save.key)
    sent = _compare(session, actor, enrollment, version, typed, name, tz)
    if sent.is_done:
        return sent, sent.done, 0
    if sent.has_conflict:
        raise conflict_of(session, actor, enrollment, version, typed, sent.differing)
    why, made, n_moved = read_reason(save.reason), None, 0
    if sent.wanted:
        why = reason_for(actor, enrollment.learner_id, why)
        name = None if sent.done else name
        until = sent.wanted.get(Field.DEADLINE) if save.moves_courses else None
        moves = isinstance(until, int) and moves_any(session, enrollment, until)
        meta = ChangeMeta(why, secrets.token_hex(8) if moves else save.batch, name)
        made = change_enrollment(session, actor, enrollment, SetFields(sent.wanted), meta)
        if moves and isinstance(until, int):
            meta = replace(meta, save_key=None)
            n_moved = move_course_deadlines(session, actor, enrollment, until, meta)
    return sent, made, n_moved


def find_done(
    database: Database,
    actor: Actor,
    enrollment_id: object,
    *,
    version: object,
    typed: Mapping[str, object],
    key: object,
) -> EnrollmentDetails | None:
    """Return the enrollment if exactly this save was done before; change nothing.

    For a save that is submitted again because its answer was lost; the arguments are those of
    `save_enrollment`. `None` if it was not done, or if the form has changed since.

    Raises:
        NotFound: the enrollment does not exist for the actor.
        NotAllowed: the actor may not edit one of the fields.
        Refused: the key is that of another save.
        Invalid: a field breaks a rule.
    """
    tz = zone(organization_of(database).time_zone)
    with database.read() as session:
        details = read_details(session, actor, enrollment_id)
        facts, name = details.facts, read_idempotency_key(key)
        if not details.editable or not set(typed) <= {f.value for f in details.editable}:
            raise NotAllowed
        sent = _compare(session, actor, facts, version, typed, name, tz)
        return replace(details, made=sent.done) if sent.is_done else None


def _compare(
    session: Session,
    actor: Actor,
    enrollment: StoredEnrollment,
    version: object,
    typed: Mapping[str, object],
    key: str | None,
    tz: ZoneInfo,
) -> SubmittedForm:
    done = saved_as(session, actor, enrollment.id, key)
    return compare_with_stored(
        enrollment, changes_since(session, enrollment, version), done, typed, tz
    )


@idempotent
@again_after_deadlock
def revert_to_tracked(
    database: Database,
    actor: Actor,
    enrollment_id: object,
    *,
    version: object,
    reason: object = "",
    key: object = None,
) -> EnrollmentDetails:
    """Revert an overridden status to the tracked one, with history.

    Raises:
        NotFound: it does not exist for the actor.
        NotAllowed: the actor may not set the status.
        Refused: the status is not overridden, the learner is active in this course elsewhere, or
            the key is that of another save.
        Invalid: "reason" is too long.
        Conflict: someone else changed the status since `version`.
    """
    with database.write() as session:
        enrollment = find_locked(session, actor, enrollment_id)
        if Field.STATUS not in editable_by(actor, enrollment):
            raise NotAllowed
        name = read_idempotency_key(key)
        if was_saved(session, actor, enrollment.id, name):
            return read_details(session, actor, enrollment_id)
        newer = changes_since(session, enrollment, version)
        if newer is None or Field.STATUS in fields_changed(newer):
            raise conflict_of(session, actor, enrollment, version, {}, {})
        why = reason_for(actor, enrollment.learner_id, reason, otherwise=REVERTED)
        try:
            history = stored.history_since(session, enrollment.id, 0)
            command = RevertToTracked(tracked_completion(snapshot_of(enrollment), history))
            change_enrollment(session, actor, enrollment, command, ChangeMeta(why, save_key=name))
        except Invalid as refusal:
            raise Refused(sentences(*refusal.errors.values())) from None
        return replace(read_details(session, actor, enrollment_id), merged_with=newer)
