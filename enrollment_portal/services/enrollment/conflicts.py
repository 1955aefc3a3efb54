"""Saves that meet: what others changed since a form was filled, and whether it can stand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlmodel import Session

from enrollment_portal.domain.access.permissions import may_read_notes
from enrollment_portal.domain.enrollment.edits import Value
from enrollment_portal.domain.enrollment.fields import Field
from enrollment_portal.domain.enrollment.messages import OWN_TAB, SOMEONE
from enrollment_portal.domain.enrollment.undo import who
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import Conflict, FieldConflict
from enrollment_portal.storage.enrollment import enrollments as stored
from enrollment_portal.storage.enrollment.enrollments import StoredEnrollment, StoredEvent


def changes_since(
    session: Session, enrollment: StoredEnrollment, version: object
) -> tuple[StoredEvent, ...] | None:
    """Return what was recorded since a version, newest first; `None` if that is unknown."""
    if isinstance(version, bool) or not isinstance(version, int):
        return None
    if version == enrollment.version:
        return ()
    history = stored.history_of(session, enrollment.id)
    return events_since(enrollment, history, version)


def events_since(
    enrollment: StoredEnrollment, history: Iterable[StoredEvent], version: int
) -> tuple[StoredEvent, ...] | None:
    """Return the events after a version, newest first; `None` if not all of them are known.

    Args:
        enrollment: as it is stored now.
        history: its newest events, newest first.
        version: that someone knows.
    """
    newer = tuple(event for event in history if event.version > version)
    is_whole = 0 < version <= enrollment.version and len(newer) == enrollment.version - version
    return newer if is_whole else None


def last_changes(newer: Iterable[StoredEvent]) -> dict[Field, StoredEvent]:
    """Return for each field that changed the event that changed it last; events newest first."""
    last: dict[Field, StoredEvent] = {}
    for event in newer:
        for field in event.changes:
            if isinstance(field, Field):
                last.setdefault(field, event)
    return last


def changed_by(newer: Iterable[StoredEvent]) -> dict[Field, StoredEvent]:
    """Return as `last_changes` does, with the completion date that a status implies."""
    last: dict[Field, StoredEvent] = {}
    for event in newer:
        for field in event.fields:
            last.setdefault(field, event)
    return last


def by_whom(event: StoredEvent, account_id: int) -> str:
    """Return who made a change, as the person with an account is told: "Dana Ruiz"."""
    if event.actor_id == account_id:
        return OWN_TAB
    return who(event.actor_name, event.source)


def _by_and_at(event: StoredEvent | None, actor: Actor) -> tuple[str, int]:
    """Return who did something and when; "" and 0 if nobody did."""
    return (by_whom(event, actor.account_id), event.at) if event else ("", 0)


def values_before(
    enrollment: StoredEnrollment, newer: Collection[StoredEvent]
) -> dict[Field, Value]:
    """Return the values before these changes, which come newest first."""
    base = dict(enrollment.values)
    for event in newer:
        base |= {field: before for field, (before, _after) in event.fields.items()}
    return base


def fields_changed(newer: Collection[StoredEvent]) -> set[Field]:
    """Return the fields that people set by hand, of those that changed."""
    return {field for event in newer for field in event.changes if isinstance(field, Field)}


def conflict_of(
    session: Session,
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
    newer = [e for e in stored.history_of(session, enrollment.id) if e.version > base_version]
    theirs, base = enrollment.values, values_before(enrollment, newer)
    mine = {
        field: changes.get(field, theirs[field]) if field.value in typed else base[field]
        for field in Field
        if field is not Field.NOTE or may_read_notes(actor)
    }
    if None in (mine[Field.COMPLETED], theirs[Field.COMPLETED]):
        # Who chooses the status chooses with it whether there is a completion date.
        del mine[Field.COMPLETED]
    last = changed_by(newer)
    fields = tuple(
        FieldConflict(
            field.value, base[field], theirs[field], value, *_by_and_at(last.get(field), actor)
        )
        for field, value in mine.items()
        if value != theirs[field]
    )
    by, at = _by_and_at(newer[0], actor) if newer else (SOMEONE, enrollment.updated_at)
    is_own = bool(newer) and all(event.actor_id == actor.account_id for event in newer)
    return Conflict(enrollment.version, by, at, fields, is_own=is_own)
