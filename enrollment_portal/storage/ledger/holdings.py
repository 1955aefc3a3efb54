"""What a scope holds besides rows: whether one course or one learner, and how many ask."""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.domain.access.permissions import Everything, Led, Scope, Taught
from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.ledger.ledger_query import Kind
from enrollment_portal.storage.shared.database import is_sqlite

_COURSE = text("SELECT 1 FROM course WHERE id = :course")
_TAUGHT_COURSE = text(
    "SELECT 1 FROM course_teacher WHERE course_id = :course AND account_id = :account"
)
_LEARNER = text("SELECT 1 FROM learner WHERE id = :learner")
_LED_LEARNER = text(
    # The view `learner_lead`, from the learner on: SQLite would work out everybody's people.
    "SELECT 1 FROM learner r JOIN account a ON a.learner_id = r.manager_id"
    " WHERE r.id = :learner AND a.id = :account"
    " UNION ALL SELECT 1 FROM group_lead g JOIN group_member m ON m.group_id = g.group_id"
    " WHERE g.account_id = :account AND m.learner_id = :learner"
)
_TITLE = text("SELECT title FROM course WHERE id = :id")
_KIND = text("SELECT kind FROM course WHERE id = :id")
_NAME = text("SELECT name FROM learner WHERE id = :id")
_ASKING = text(
    "SELECT count(*) FROM extension_request x JOIN enrollment e ON e.id = x.enrollment_id"
    " JOIN course c ON c.id = e.course_id"
    " WHERE x.state = 'open' AND (c.kind = 'path') = :is_path"
)


def holds_course(session: Session, scope: Scope, course_id: int) -> bool:
    """Tell whether a scope holds all enrollments of a course or path."""
    match scope:
        case Everything():
            found = session.connection().execute(_COURSE, {"course": course_id})
        case Taught(account_id):
            found = session.connection().execute(
                _TAUGHT_COURSE, {"course": course_id, "account": account_id}
            )
        case Led():
            return False
    return found.first() is not None


def holds_learner(session: Session, scope: Scope, learner_id: int) -> bool:
    """Tell whether a scope holds all enrollments of a learner."""
    match scope:
        case Everything():
            found = session.connection().execute(_LEARNER, {"learner": learner_id})
        case Led(account_id):
            found = session.connection().execute(
                _LED_LEARNER, {"learner": learner_id, "account": account_id}
            )
        case Taught():
            return False
    return found.first() is not None


def count_asking(session: Session, kind: Kind) -> int:
    """Return how many enrollments of a kind have an open request for an extension."""
    is_path = kind is Kind.PATHS
    parameter = int(is_path) if is_sqlite(session) else is_path
    return session.connection().execute(_ASKING, {"is_path": parameter}).scalar_one()


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
