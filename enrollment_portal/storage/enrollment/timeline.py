"""Read older pages of an enrollment's history, filtered by field or person."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, func
from sqlmodel import Session

from enrollment_portal.domain.enrollment.fields import HistoryField
from enrollment_portal.storage.enrollment.enrollments import EVENTS, StoredEvent
from enrollment_portal.storage.history.batches import MOST_COUNTED, batches_by_name
from enrollment_portal.storage.shared.id_lists import is_among_texts
from enrollment_portal.storage.shared.records import records, select_columns
from enrollment_portal.storage.shared.tables import EnrollmentEvent, table_of

HISTORY_SIZE = 200
"""How many of the newest changes are read with an enrollment."""

_v = table_of(EnrollmentEvent).c
_NEWEST = EVENTS.where(_v.enrollment_id == bindparam("id")).order_by(_v.seq.desc())
_BEFORE = _NEWEST.where(_v.seq < bindparam("before")).limit(bindparam("limit"))
_UNDOING = _NEWEST.where(_v.undoes.is_not(None))
_BATCHES = (
    select_columns(
        _v.batch,
        # An enrollment that was created as completed has two rows of history.
        func.count(_v.enrollment_id.distinct()).label("n"),
    )
    .where(is_among_texts(_v.batch, "names"))
    .group_by(_v.batch)
)


def history_before(
    session: Session,
    enrollment_id: int,
    before: int,
    limit: int,
    *,
    field: HistoryField | None = None,
    person: tuple[str, str] | None = None,
) -> list[StoredEvent]:
    """Return older changes of an enrollment, newest first.

    Args:
        session: where they are read.
        enrollment_id: the enrollment.
        before: the `seq` of the change that they are older than.
        limit: at most so many.
        field: only changes of this field.
        person: only changes by this stored name; if that is "", by this source.
    """
    older = _BEFORE
    if field is not None:
        older = older.where(_v.changes.like(f'%"{field.value}":[%'))
    if person is not None:
        name, source = person
        older = older.where(_v.actor_name == name)
        if not name:
            older = older.where(_v.source == source)
    values = {"id": enrollment_id, "before": before, "limit": limit}
    return records(StoredEvent, session.exec(older, params=values))


def undoing_changes(session: Session, enrollment_id: int) -> list[StoredEvent]:
    """Return the changes of an enrollment that undo another one, newest first."""
    return records(StoredEvent, session.exec(_UNDOING, params={"id": enrollment_id}))


def batch_sizes(session: Session, events: Iterable[StoredEvent]) -> dict[str, int]:
    """Return the number of changes in the batch of each event."""
    names = {event.batch for event in events if event.batch}
    if not names:
        return {}
    # Counting a batch of a hundred thousand changes would take longer than the page may.
    large = {
        one.batch: one.n
        for one in batches_by_name(session, sorted(names)).values()
        if one.n > MOST_COUNTED
    }
    rows = session.exec(_BATCHES, params={"names": names - large.keys()})
    return large | {row.batch: row.n for row in rows}
