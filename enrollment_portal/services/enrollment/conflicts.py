"""Detect conflicts: fields that others saved since the form was loaded."""

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
    """Return the rows of history after a version, newest first; `None` if it is unknown."""
    if isinstance(version, bool) or not isinstance(version, int):
        return None
    if version == enrollment.version:
        return ()
    history = stored.history_of(session, enrollment.id)
    return events_since(enrollment, history, version)


def events_since(
    enrollment: StoredEnrollment, history: Iterable[StoredEvent], version: int
) -> tuple[StoredEvent, ...] | None:
    """Return the rows of history after a version, newest first; `None` if some are not loaded.

    Args:
        enrollment: as it is stored now.
        history: its newest rows of history, newest first.
        version: the base version of a form.
    """
    newer = tuple(event for event in history if event.version > version)
    is_whole = 0 < version <= enrollment.version and len(newer) == enrollment.version - version
    return newer if is_whole else None


def last_changes(newer: Iterable[StoredEvent]) -> dict[Field, StoredEvent]:
    """Return the last change of each field, from rows of history that come newest first."""
    last: dict[Field, StoredEvent] = {}
    for event in newer:
        for field in event.changes:
            if isinstance(field, Field):
                last.setdefault(field, event)
    return last


def changed_by(newer: Iterable[StoredEvent]) -> dict[Field, StoredEvent]:
    """Return the same as `last_changes`, including completion dates that a status implies."""
    last: dict[Field, StoredEvent] = {}
    for event in newer:
        for field in event.fields:
            last.setdefault(field, event)
    return last


def by_whom(event: StoredEvent, account_id: int) -> str:
    """Return the name of who made a change, as shown to an account: "Dana Ruiz"."""
    if event.actor_id == account_id:
        return OWN_TAB
    return who(event.actor_name, event.source)


def _by_and_at(event: StoredEvent | None, actor: Actor) -> tuple[str, int]:
    """Return who made a change and when; "" and 0 for no change."""
    return (by_whom(event, actor.account_id), event.at) if event else ("", 0)


def values_before(
    enrollment: StoredEnrollment, newer: Collection[StoredEvent]
) -> dict[Field, Value]:
    """Return the values before some rows of history, which come newest first."""
    base = dict(enrollment.values)
    for event in newer:
        base |= {field: before for field, (before, _after) in event.fields.items()}
    return base


def fields_changed(newer: Collection[StoredEvent]) -> set[Field]:
    """Return the changed fields that people can set."""
    return {field for event in newer for field in event.changes if isinstance(field, Field)}


def conflict_of(
    session: Session,
    actor: Actor,
    enrollment: StoredEnrollment,
    version: object,
    typed: Mapping[str, object],
    changes: Mapping[Field, Value],
) -> Conflict:
    """Return the conflict between what others saved since a version and a submitted form.

    `changes` has the submitted fields that differ from the stored values.
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
        # Whether there is a completion date follows from the chosen status.
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
