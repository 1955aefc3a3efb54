"""Read an enrollment's history as a timeline, with which changes can be undone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from enrollment_portal.domain.access.permissions import STAFF_FIELDS
from enrollment_portal.domain.enrollment import undo
from enrollment_portal.domain.enrollment.commands import CourseRules, course_rules
from enrollment_portal.domain.enrollment.edits import Value
from enrollment_portal.domain.enrollment.fields import (
    Assigned,
    Field,
    HistoryField,
    Origin,
    Sent,
    Snapshot,
    Tracked,
    snapshot_of,
)
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import NotFound
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.services.enrollment.enrollment_details import (
    EnrollmentDetails,
    read_details,
    seen_before,
)
from enrollment_portal.storage.enrollment import timeline as stored
from enrollment_portal.storage.enrollment.enrollments import StoredEvent
from enrollment_portal.storage.shared.database import Database

PAGE_SIZE = 50
_FIELDS: tuple[HistoryField, ...] = (*Field, *Assigned, *Sent, *Tracked)


@dataclass(frozen=True)
class Entry:
    """One change, and its relation to others."""

    event: StoredEvent
    may_undo: bool
    """Whether the person may undo it, unless a later change prevents it."""
    undone_by: StoredEvent | None
    """The change that undid it."""
    batch_size: int
    """The number of changes in its batch; 0 without a batch."""


@dataclass(frozen=True)
class Timeline:
    """A part of an enrollment's history, newest first."""

    entries: tuple[Entry, ...]
    has_older: bool
    before: int
    """The `seq` to pass to `read_older` for the next page."""
    fields: tuple[HistoryField, ...]
    """The fields that occur in these changes."""
    persons: tuple[str, ...]
    values: Mapping[Field, Value]
    """The current values of the fields that the person may set."""
    began: str
    """How the enrollment was created, as a sentence."""


def newest(
    details: EnrollmentDetails, *, field: str = "", person: str = "", size: int = PAGE_SIZE
) -> Timeline:
    """Return the newest changes of an enrollment that has just been read.

    Args:
        details: the enrollment.
        field: show only changes of this field; "" for all.
        person: show only changes by this person, by the shown name; "" for all.
        size: at most so many changes.
    """
    seen = details.history
    found = [e for e in seen if _is_meant(e, field, person)]
    undos = [event for event in seen if event.undoes is not None]
    is_more = len(found) > size
    last = found[size - 1] if is_more else (seen[-1] if seen else None)
    return Timeline(
        _entries(details, found[:size], undos, details.batch_sizes),
        is_more or details.is_cut,
        last.seq if last else 0,
        _fields_in(seen),
        tuple(sorted({_who(event) for event in seen})),
        {f: details.facts.values[f] for f in details.editable},
        Origin(details.facts.origin).sentence,
    )


def read_older(
    database: Database,
    actor: Actor,
    enrollment_id: object,
    before: object,
    *,
    field: str = "",
    person: str = "",
) -> Timeline:
    """Return the next page of changes that are older than one of them; see `newest`.

    Raises:
        NotFound: the enrollment does not exist for the actor.
    """
    seq = read_id(before)
    if seq is None:
        raise NotFound
    wanted = next((f for f in _FIELDS if f.value == field), None)
    with database.read() as session:
        details = read_details(session, actor, enrollment_id)
        if wanted in STAFF_FIELDS and not details.reads_notes:
            raise NotFound
        found = seen_before(
            session,
            details.facts.id,
            seq,
            PAGE_SIZE + 1,
            reads_notes=details.reads_notes,
            field=wanted,
            person=_stored_person(person) if person else None,
        )
        undos = stored.undoing_changes(session, details.facts.id)
        sizes = stored.batch_sizes(session, found)
    page = found[:PAGE_SIZE]
    return Timeline(
        _entries(details, page, undos, sizes),
        len(found) > PAGE_SIZE,
        page[-1].seq if page else seq,
        _fields_in(page),
        tuple(sorted({_who(event) for event in page})),
        {f: details.facts.values[f] for f in details.editable},
        Origin(details.facts.origin).sentence,
    )


def _entries(
    details: EnrollmentDetails,
    events: Sequence[StoredEvent],
    undos: Sequence[StoredEvent],
    sizes: Mapping[str, int],
) -> tuple[Entry, ...]:
    snapshot, course = snapshot_of(details.facts), course_rules(details.facts)

    def entry(event: StoredEvent) -> Entry:
        undone_by = undo.undo_of(event.seq, [one for one in undos if one.seq > event.seq])
        may_undo = (
            not details.is_own
            and undone_by is None
            and offers_undo(event, snapshot, course, details.editable)
        )
        size = sizes.get(event.batch, 0) if event.batch else 0
        return Entry(event, may_undo, undone_by, size if size > 1 else 0)

    return tuple(map(entry, events))


def offers_undo(
    event: StoredEvent,
    enrollment: Snapshot,
    course: CourseRules,
    editable: Collection[Field],
) -> bool:
    """Return whether undoing a change is offered to who may set these fields."""
    is_by_hand = event.kind == "changed" and event.source == "person"
    return is_by_hand and undo.may_undo(event, enrollment, course, editable)


def _is_meant(event: StoredEvent, field: str, person: str) -> bool:
    return (not field or field in {f.value for f in event.changes}) and (
        not person or person == _who(event)
    )


def _who(event: StoredEvent) -> str:
    return undo.who(event.actor_name, event.source)


def _stored_person(shown: str) -> tuple[str, str]:
    """Return the stored name for a name that the timeline shows, or "" and the source.

    "" and "" for a text that cannot be a stored name.
    """
    source = next((s for s, name in undo.SOURCES.items() if name == shown), None)
    can_be = "\0" not in shown and shown.encode("utf-8", "ignore").decode("utf-8") == shown
    return ("", source) if source else (shown if can_be else "", "")


def _fields_in(events: Iterable[StoredEvent]) -> tuple[HistoryField, ...]:
    occurring = {field for event in events for field in event.changes}
    return tuple(field for field in _FIELDS if field in occurring)
