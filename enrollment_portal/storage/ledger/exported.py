"""Read what only an export has: the name and kind of what the ledger is filtered by."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import bindparam
from sqlmodel import Session, select

from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.ledger.ledger_query import Kind
from enrollment_portal.storage.ledger.columns.facts import RowFacts
from enrollment_portal.storage.ledger.page import LedgerRow
from enrollment_portal.storage.shared.tables import Course, Learner, table_of

_c, _l = table_of(Course).c, table_of(Learner).c
_TITLE = select(_c.title).where(_c.id == bindparam("id"))
_KIND = select(_c.kind).where(_c.id == bindparam("id"))
_NAME = select(_l.name).where(_l.id == bindparam("id"))


class ExportedRow(NamedTuple):
    """A row of an exported ledger."""

    row: LedgerRow
    facts: RowFacts


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
