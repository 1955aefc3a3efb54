"""The course, the learning path or the learner that a ledger is narrowed to: name and kind."""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.ledger.ledger_query import Kind

_TITLE = text("SELECT title FROM course WHERE id = :id")
_KIND = text("SELECT kind FROM course WHERE id = :id")
_NAME = text("SELECT name FROM learner WHERE id = :id")


def title_of(session: Session, course_id: int) -> str:
    """Return the title of a course or path; "" where there is none."""
    return session.connection().execute(_TITLE, {"id": course_id}).scalar() or ""


def kind_of(session: Session, course_id: int) -> Kind:
    """Return whether a row of `course` is a learning path or a course."""
    kind = session.connection().execute(_KIND, {"id": course_id}).scalar()
    return Kind.PATHS if kind == CourseKind.PATH else Kind.COURSES


def name_of(session: Session, learner_id: int) -> str:
    """Return the name of a learner; "" where there is none."""
    return session.connection().execute(_NAME, {"id": learner_id}).scalar() or ""
