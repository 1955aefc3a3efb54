"""Read what only an export has: more columns, and the name of what the ledger is filtered by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import bindparam
from sqlmodel import Session, select

from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.ledger.ledger_query import Kind
from enrollment_portal.storage.ledger.engines import engine_of, fetch
from enrollment_portal.storage.ledger.page import LedgerRow
from enrollment_portal.storage.shared.tables import Course, Learner, table_of

_FACTS = (
    "SELECT e.id, l.department, e.grade, e.completed_at, e.last_visit_at, e.origin"
    " FROM ({listed}) d CROSS JOIN enrollment e CROSS JOIN learner l"
    " WHERE e.id = d.id AND l.id = e.learner_id"
)
_c, _l = table_of(Course).c, table_of(Learner).c
_TITLE = select(_c.title).where(_c.id == bindparam("id"))
_KIND = select(_c.kind).where(_c.id == bindparam("id"))
_NAME = select(_l.name).where(_l.id == bindparam("id"))


class ExportedFacts(NamedTuple):
    """The additional cells of an exported row, as they are now; times in ms since 1970."""

    department: str
    grade: str | None
    completed_at: int | None
    last_visit_at: int | None
    origin: str


class ExportedRow(NamedTuple):
    """A row of an exported ledger."""

    row: LedgerRow
    facts: ExportedFacts
    run: int


def exported_facts(session: Session, ids: Sequence[int]) -> dict[int, ExportedFacts]:
    """Return the additional cells of some enrollments, by their ids."""
    engine = engine_of(session)
    sql = engine.sql(_FACTS.format(listed=engine.listed_ids()))
    found = fetch(session, sql, {"ids": engine.list_parameter(ids)})
    return {row[0]: ExportedFacts(*row[1:]) for row in found}


def title_of(session: Session, course_id: int) -> str:
    """Return the title of a course or path; "" if there is none."""
    return session.exec(_TITLE, params={"id": course_id}).first() or ""


def kind_of(session: Session, course_id: int) -> Kind:
    """Return whether a row of the table `course` is a learning path or a course."""
    kind = session.exec(_KIND, params={"id": course_id}).first()
    return Kind.PATHS if kind == CourseKind.PATH else Kind.COURSES


def name_of(session: Session, learner_id: int) -> str:
    """Return the name of a learner; "" if there is none."""
    return session.exec(_NAME, params={"id": learner_id}).first() or ""
