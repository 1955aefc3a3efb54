"""Undo one recorded change, or restore one of its values."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import Session

from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.enrollment.commands import SetFields
from enrollment_portal.domain.enrollment.edits import WouldReopen, read_edits, show_typed
from enrollment_portal.domain.enrollment.fields import Field, Status, Value
from enrollment_portal.domain.enrollment.merge import merge
from enrollment_portal.domain.history import messages
from enrollment_portal.domain.paths.learning_paths import CoursesWouldMove
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, NotFound, Refused
from enrollment_portal.domain.shared.idempotency_keys import read_idempotency_key
from enrollment_portal.domain.shared.wording import sentences
from enrollment_portal.services.enrolling.enrolling_log import record_enrolling
from enrollment_portal.services.enrollment.conflicts import (
    by_whom,
    changed_by,
    changes_since,
    fields_changed,
    values_before,
)
from enrollment_portal.services.enrollment.course_deadlines import moves_any, undo_with_courses
from enrollment_portal.services.enrollment.enrollment_details import (
    EnrollmentDetails,
    editable_by,
    editable_now,
    find_locked,
    read_details,
    require_not_own,
)
from enrollment_portal.services.enrollment.idempotency import idempotent, was_saved
from enrollment_portal.services.enrollment.overriding import ChangeMeta, change_enrollment
from enrollment_portal.services.enrollment.undo_event import (
    enrolling_action,
    find_event,
    require_rights,
)
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.services.shared.retrying import again_after_deadlock
from enrollment_portal.storage.enrollment.enrollments import StoredEnrollment
from enrollment_portal.storage.shared.database import Database


@idempotent
@again_after_deadlock
def undo_change(
    database: Database, actor: Actor, enrollment_id: object, seq: object, *, key: object = None
) -> EnrollmentDetails:
    """Undo one recorded change, with a row of history.

    All its fields get their previous values, and nothing else changes, except: if a grade had
    completed the course, the tracked status; and with the deadline of a path those of its courses
    that were moved with it.

    Args:
        database: where it is stored.
        actor: who undoes it.
        enrollment_id: whose history it is in.
        seq: the change.
        key: the idempotency key: repeated with the same key, it changes nothing and succeeds.

    Raises:
        NotFound: the enrollment or the change does not exist for the actor.
        NotAllowed: the actor may not edit one of its fields.
        AlreadyUndone: it was undone before.
        ChangedSince: one of its fields was changed again.
        Refused: no person made it, or it can no longer be undone; the message says why.
    """
    with database.write() as session:
        enrollment = find_locked(session, actor, enrollment_id)
        event = find_event(session, actor, enrollment, seq)
        require_rights(session, actor, enrollment, event)
        name = read_idempotency_key(key)
        if not was_saved(session, actor, enrollment.id, name):
            undo_with_courses(session, actor, enrollment, event, name)
            enrolling = enrolling_action(session, event)
            if enrolling:
                now = calendar.now_ms()
                record_enrolling(session, actor, enrolling, [enrollment], now=now)
        return read_details(session, actor, enrollment_id)


@idempotent
@again_after_deadlock
def restore_value(
    database: Database,
    actor: Actor,
    enrollment_id: object,
    seq: object,
    field: object,
    which: object = "before",
    *,
    version: object,
    key: object = None,
) -> EnrollmentDetails:
    """Set one field to its value "before" or "after" a recorded change, by today's rules.

    Raises:
        CoursesWouldMove: it is a later deadline of a path, whose form has to ask first.
        WouldReopen: it would make a completed course active, which the form has to ask about.
        NotFound: the enrollment, the change, or the field in it does not exist for the actor.
        NotAllowed: the actor may not edit the field, or it is their own enrollment.
        Refused: it has that value already, today's rules forbid it, or somebody changed the field
            since `version`, the version on the page; the message says which.
    """
    tz = calendar.zone(organization_of(database).time_zone)
    with database.write() as session:
        enrollment = find_locked(session, actor, enrollment_id)
        require_not_own(actor, enrollment.learner_id)
        event = find_event(session, actor, enrollment, seq)
        wanted = next((f for f in Field if f == field and f in event.changes), None)
        if wanted is None or which not in ("before", "after"):
            raise NotFound
        if wanted not in editable_by(actor, enrollment):
            raise NotAllowed
        name = read_idempotency_key(key)
        if was_saved(session, actor, enrollment.id, name):
            return read_details(session, actor, enrollment_id)
        value = event.changes[wanted][which == "after"]
        _require_no_conflict(session, actor, enrollment, {wanted: value}, version)
        typed = {wanted.value: show_typed(wanted, value, tz)}
        try:
            changes = read_edits(typed, editable_now(enrollment), tz)
            if not changes:
                raise Refused(messages.already_has_value(wanted.label))
            if _reopens(enrollment, changes):
                raise WouldReopen
            until = changes.get(Field.DEADLINE)
            if isinstance(until, int) and moves_any(session, enrollment, until):
                raise CoursesWouldMove(until)
            reason = messages.restored_from(calendar.show_moment(event.at, tz))
            command, meta = SetFields(changes), ChangeMeta(reason, save_key=name)
            change_enrollment(session, actor, enrollment, command, meta)
        except Invalid as refusal:
            raise Refused(sentences(*refusal.errors.values())) from None
        return read_details(session, actor, enrollment_id)


def _reopens(enrollment: StoredEnrollment, changes: Mapping[Field, Value]) -> bool:
    """Return whether changes make a completed course active; a path can only be reopened."""
    is_completed = enrollment.status == Status.COMPLETED and enrollment.kind != CourseKind.PATH
    return is_completed and changes.get(Field.STATUS) == Status.ACTIVE


def _require_no_conflict(
    session: Session,
    actor: Actor,
    enrollment: StoredEnrollment,
    restored: Mapping[Field, Value],
    version: object,
) -> None:
    """Raise if others changed the fields to restore since a version, or if it is unknown."""
    newer = changes_since(session, enrollment, version)
    if newer is None:
        raise Refused(messages.ENROLLMENT_CHANGED)
    base = values_before(enrollment, newer)
    merged = merge(base, enrollment.values, restored, fields_changed(newer))
    last = changed_by(newer)
    for field in restored.keys() & (merged.conflicts | merged.theirs) & last.keys():
        newest = last[field]
        by, at = by_whom(newest, actor.account_id), calendar.ago(newest.at, calendar.now_ms())
        raise Refused(messages.field_changed(field.label, by, at))
