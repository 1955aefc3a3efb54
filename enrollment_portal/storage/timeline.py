"""An enrollment's history to leaf through: older pages, of one field or one person alone."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.domain.enrollments import HistoryField
from enrollment_portal.storage.enrollments import EVENTS, StoredEvent, read_event
from enrollment_portal.storage.id_lists import in_texts, text_list

HISTORY_SIZE = 200
"""So many of the newest changes are read with an enrollment."""

_UNDOING = text(f"{EVENTS} WHERE enrollment_id = :id AND undoes IS NOT NULL ORDER BY seq DESC")


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
        enrollment_id: whose.
        before: the `seq` of the change that they are older than.
        limit: at most so many.
        field: only those that changed it.
        person: only theirs, by the name that history keeps; where that is "", by the source.
    """
    terms = ["enrollment_id = :id", "seq < :before"]
    values: dict[str, object] = {"id": enrollment_id, "before": before, "limit": limit}
    if field is not None:
        terms.append("changes LIKE :field")
        values["field"] = f'%"{field.value}":[%'
    if person is not None:
        values["name"], values["source"] = person
        terms.append("actor_name = :name" if person[0] else "actor_name = '' AND source = :source")
    sql = text(f"{EVENTS} WHERE {' AND '.join(terms)} ORDER BY seq DESC LIMIT :limit")
    return [read_event(row) for row in session.execute(sql, values)]


def undoing_changes(session: Session, enrollment_id: int) -> list[StoredEvent]:
    """Return the changes of an enrollment that take another one back, newest first."""
    return [read_event(row) for row in session.execute(_UNDOING, {"id": enrollment_id})]


def batch_sizes(session: Session, events: Iterable[StoredEvent]) -> dict[str, int]:
    """Return how many changes were made together under the name of each event's batch."""
    names = {event.batch for event in events if event.batch}
    if not names:
        return {}
    sql = text(
        "SELECT batch, count(*) FROM enrollment_event"
        f" WHERE batch IN {in_texts(session, 'names')} GROUP BY batch"
    )
    rows = session.execute(sql, {"names": text_list(session, names)})
    return {row[0]: row[1] for row in rows}
