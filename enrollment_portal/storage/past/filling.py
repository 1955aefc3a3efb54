"""Spans for enrollments that have none yet: worked out from their rows and their history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.domain.ledger.spans import spans_of
from enrollment_portal.storage.shared.bulk import insert_rows

SPAN_COLUMNS = (
    "enrolled_at enrollment_id from_at until_at status progress deadline_day learner_id course_id"
    " is_path"
)
CHUNK = 10_000

_ENROLLMENTS = text(
    "SELECT e.id, e.learner_id, e.course_id, CAST(c.kind = 'path' AS INTEGER), e.enrolled_at,"
    " e.updated_at, e.status, e.progress, e.deadline_day"
    " FROM enrollment e JOIN course c ON c.id = e.course_id"
    " WHERE e.id > :after ORDER BY e.id LIMIT :chunk"
)
_EVENTS = text(
    "SELECT enrollment_id, at, kind, changes FROM enrollment_event"
    " WHERE enrollment_id BETWEEN :first AND :last ORDER BY enrollment_id, seq"
)


def fill_spans(session: Session) -> None:
    """Write the spans of every enrollment, some thousand at a time; there must be none before."""
    after = 0
    while rows := session.execute(_ENROLLMENTS, {"after": after, "chunk": CHUNK}).all():
        ends = {"first": rows[0].id, "last": rows[-1].id}
        history: defaultdict[int, list[tuple[int, str, str]]] = defaultdict(list)
        for id_, *event in session.execute(_EVENTS, ends):
            history[id_].append(tuple(event))  # type: ignore[arg-type]
        insert_rows(session, "enrollment_span", SPAN_COLUMNS, _spans(rows, history))
        after = rows[-1].id


def _spans(
    rows: Sequence[Any], history: defaultdict[int, list[tuple[int, str, str]]]
) -> Iterator[tuple[Any, ...]]:
    for id_, learner, course, is_path, enrolled_at, updated_at, *facts in rows:
        events = history[id_]
        if not events:
            since = updated_at
        else:
            at, kind, _ = events[0]
            since = at if kind == "began" else enrolled_at
        later = [(at, changes) for at, _, changes in events]
        # Imported ones began before the ledger showed them, but none is shown before it began.
        began_at = max(since, enrolled_at)
        for span in spans_of(began_at, tuple(facts), later):  # type: ignore[arg-type]
            yield (enrolled_at, id_, *span, learner, course, is_path)
