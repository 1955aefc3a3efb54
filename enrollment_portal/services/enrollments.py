"""Opening one enrollment and overriding it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from enrollment_portal.domain.calendar import now_ms, zone
from enrollment_portal.domain.edits import Editable, Value, read_edits, read_reason
from enrollment_portal.domain.enrollments import Field, Status
from enrollment_portal.domain.errors import (
    Conflict,
    FieldConflict,
    Invalid,
    NotAllowed,
    NotFound,
)
from enrollment_portal.domain.grades import GradingScheme
from enrollment_portal.domain.people import Actor
from enrollment_portal.domain.permissions import (
    editable_fields,
    ledger_scope,
    may_read_notes,
    may_see_ledger,
)
from enrollment_portal.services.organization import organization_of
from enrollment_portal.storage import enrollments as stored
from enrollment_portal.storage.database import Database
from enrollment_portal.storage.enrollments import StoredEnrollment, StoredEvent

_MAX_ID = 2**53

_TWO_ACTIVE = (
    "This learner already has another active enrollment in this course. Cancel or complete "
    "that one first."
)


@dataclass(frozen=True)
class EnrollmentDetails:
    """One enrollment as a person may see it.

    Where the person may not read internal notes, `facts.internal_note` is empty and the history
    holds no trace of one.
    """

    facts: StoredEnrollment
    history: tuple[StoredEvent, ...]
    override: StoredEvent | None
    """The change that set the status by hand, where it differs from what is tracked."""
    editable: frozenset[Field]
    reads_notes: bool


def read_enrollment(database: Database, actor: Actor, enrollment_id: object) -> EnrollmentDetails:
    """Return an enrollment of the actor's ledger with its history, newest first.

    Raises:
        NotFound: it does not exist, or the actor may not see it: both look the same.
    """
    with database.read() as connection:
        return _read(connection, actor, enrollment_id)


def save_enrollment(
    database: Database,
    actor: Actor,
    enrollment_id: object,
    *,
    version: object,
    typed: Mapping[str, object],
    reason: object = "",
) -> EnrollmentDetails:
    """Override fields of an enrollment, with history, in one transaction.

    Args:
        database: where it is stored.
        actor: who saves.
        enrollment_id: which enrollment.
        version: the version that the form was filled from.
        typed: by field name, what the form holds; fields left out are not touched.
        reason: why, or "".

    Returns:
        The enrollment as it is now; unchanged, and without history, where nothing differed.

    Raises:
        NotFound: it does not exist for the actor.
        NotAllowed: the actor may not edit one of the fields; nothing is changed.
        Invalid: a field breaks a rule; nothing is changed.
        Conflict: someone else saved since `version`; nothing is changed.
    """
    allowed = {field.value for field in editable_fields(actor)}
    with database.write() as connection:
        enrollment = _find(connection, actor, enrollment_id)
        if not allowed or not set(typed) <= allowed:
            raise NotAllowed
        changes = read_edits(
            typed, _editable(enrollment), zone(organization_of(database).time_zone)
        )
        why = read_reason(reason)
        if version != enrollment.version or isinstance(version, bool):
            raise _conflict(connection, actor, enrollment, version, typed, changes)
        if changes:
            _write(connection, actor, enrollment, typed, changes, why)
        return _read(connection, actor, enrollment_id)


def _write(
    connection: Connection,
    actor: Actor,
    enrollment: StoredEnrollment,
    typed: Mapping[str, object],
    changes: Mapping[Field, Value],
    reason: str,
) -> None:
    reactivates = changes.get(Field.STATUS) == Status.ACTIVE
    if reactivates and stored.has_other_active(connection, enrollment):
        raise Invalid({Field.STATUS: _TWO_ACTIVE})
    try:
        written = stored.write_override(
            connection,
            enrollment,
            changes,
            # The clock may be set back; time in an enrollment's life only goes forward.
            now=max(now_ms(), enrollment.updated_at, enrollment.enrolled_at),
            actor_id=actor.account_id,
            actor_name=actor.name,
            reason=reason,
        )
    except IntegrityError:
        # Another transaction made the learner active in this course between check and write.
        if reactivates:
            raise Invalid({Field.STATUS: _TWO_ACTIVE}) from None
        raise
    if not written:
        current = _find(connection, actor, enrollment.id)
        raise _conflict(connection, actor, current, enrollment.version, typed, changes)


def _conflict(
    connection: Connection,
    actor: Actor,
    enrollment: StoredEnrollment,
    version: object,
    typed: Mapping[str, object],
    changes: Mapping[Field, Value],
) -> Conflict:
    """Set side by side what others saved since a version and what this save wanted.

    `changes` holds the typed fields that differ from what is stored now.
    """
    base_version = version if isinstance(version, int) else enrollment.version
    newer = [e for e in stored.history_of(connection, enrollment.id) if e.version > base_version]
    theirs = enrollment.values
    base = dict(theirs)
    for event in newer:  # newest first: the oldest change says what both started from
        base |= {field: before for field, (before, _after) in event.changes.items()}
    mine = {
        field: changes.get(field, theirs[field]) if field.value in typed else base[field]
        for field in Field
        if field is not Field.NOTE or may_read_notes(actor)
    }
    fields = tuple(
        FieldConflict(field.value, base[field], theirs[field], value)
        for field, value in mine.items()
        if value != theirs[field]
    )
    by, at = (newer[0].actor_name, newer[0].at) if newer else ("Someone", enrollment.updated_at)
    return Conflict(enrollment.version, by, at, fields)


def _find(connection: Connection, actor: Actor, enrollment_id: object) -> StoredEnrollment:
    is_id = isinstance(enrollment_id, int) and not isinstance(enrollment_id, bool)
    if not is_id or not 0 < enrollment_id < _MAX_ID or not may_see_ledger(actor):  # type: ignore[operator]
        raise NotFound
    found = stored.find_enrollment(connection, ledger_scope(actor), enrollment_id)  # type: ignore[arg-type]
    if found is None:
        raise NotFound
    return found


def _read(connection: Connection, actor: Actor, enrollment_id: object) -> EnrollmentDetails:
    facts = _find(connection, actor, enrollment_id)
    history = stored.history_of(connection, facts.id)
    reads_notes = may_read_notes(actor)
    if not reads_notes:
        facts = replace(facts, internal_note="")
        history = [seen for event in history if (seen := _without_note(event))]
    override = None
    if facts.override_seq is not None:
        override = next((e for e in history if e.seq == facts.override_seq), None)
        override = override or stored.event_by_seq(connection, facts.override_seq)
        override = override if override is None or reads_notes else _without_note(override)
    return EnrollmentDetails(facts, tuple(history), override, editable_fields(actor), reads_notes)


def _without_note(event: StoredEvent) -> StoredEvent | None:
    """Return a history row without internal notes, `None` where nothing else is in it."""
    if Field.NOTE not in event.changes:
        return event
    rest = {field: change for field, change in event.changes.items() if field is not Field.NOTE}
    # A reason given with a note may speak of what the note says.
    return replace(event, changes=rest, reason="") if rest else None


def _editable(enrollment: StoredEnrollment) -> Editable:
    return Editable(
        enrolled_at=enrollment.enrolled_at,
        values=enrollment.values,
        scheme=GradingScheme(enrollment.grading_scheme),
        points=enrollment.grading_points,
    )
