"""Read the columns of an export that the ledger's table does not show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlmodel import Session

from enrollment_portal.storage.ledger.engines import engine_of, fetch

_FACTS = (
    "SELECT e.id, l.department, e.grade, e.completed_at, e.last_visit_at, e.origin"
    " FROM ({listed}) d CROSS JOIN enrollment e CROSS JOIN learner l"
    " WHERE e.id = d.id AND l.id = e.learner_id"
)


class ExportedFacts(NamedTuple):
    """The additional cells of an exported row, as they are now; times in ms since 1970."""

    department: str
    grade: str | None
    completed_at: int | None
    last_visit_at: int | None
    origin: str


def exported_facts(session: Session, ids: Sequence[int]) -> dict[int, ExportedFacts]:
    """Return the additional cells of some enrollments, by their ids."""
    engine = engine_of(session)
    sql = engine.sql(_FACTS.format(listed=engine.listed_ids()))
    found = fetch(session, sql, {"ids": engine.list_parameter(ids)})
    return {row[0]: ExportedFacts(*row[1:]) for row in found}
