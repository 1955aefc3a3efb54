"""Courses and learning paths: their lists with counts, one of them, and who teaches it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.domain.course_edits import CourseFields
from enrollment_portal.domain.ledger_query import PAGE_SIZE
from enrollment_portal.domain.listing import ListQuery
from enrollment_portal.domain.text_search import search_terms, search_text, sort_text
from enrollment_portal.storage.beginnings import Learnable
from enrollment_portal.storage.database import is_sqlite
from enrollment_portal.storage.ledger.engines import engine_of
from enrollment_portal.storage.listing import Order, Slice, read_slice
from enrollment_portal.storage.searching import text_holds

_COUNTS = (
    "COALESCE((SELECT n FROM tally_course y WHERE y.course_id = c.id AND y.status = 0), 0),"
    " COALESCE((SELECT n FROM tally_course y WHERE y.course_id = c.id AND y.status = 1), 0)"
)
_ONE = text(
    "SELECT c.id, c.kind, c.title, c.description, c.n_lessons, c.grading_scheme, c.grading_points,"
    " c.requires_grade, c.pass_percent, c.may_be_retaken, c.deadline_days, c.state, c.version,"
    f" {_COUNTS} FROM course c"
    " WHERE c.id = :id AND c.kind = :kind"
)
_LOCK = text("SELECT 1 FROM course WHERE id = :id FOR NO KEY UPDATE")
_ADD = text(
    "INSERT INTO course (title, sort_title, search, kind, n_lessons, grading_scheme,"
    " grading_points, state, description, deadline_days, requires_grade, pass_percent,"
    " may_be_retaken, version, updated_at)"
    " VALUES (:title, :sort_title, :search, :kind, 0, :scheme, :points, 'draft', :description,"
    " :days, :requires_grade, :pass_percent, :may_be_retaken, 1, :now)"
    " RETURNING id"
)
_CHANGE = text(
    "UPDATE course SET title = :title, sort_title = :sort_title, search = :search,"
    " description = :description,"
    " deadline_days = :days, grading_scheme = :scheme, grading_points = :points,"
    " requires_grade = :requires_grade, pass_percent = :pass_percent,"
    " may_be_retaken = :may_be_retaken, version = version + 1, updated_at = :now"
    " WHERE id = :id AND version = :version"
)
_SET_STATE = text(
    "UPDATE course SET state = :state, version = version + 1, updated_at = :now WHERE id = :id"
)
_TEACHERS = text(
    "SELECT a.id, a.name, a.email FROM course_teacher t JOIN account a ON a.id = t.account_id"
    " WHERE t.course_id = :course ORDER BY a.name, a.id"
)
_ADD_TEACHER = (
    "INSERT INTO course_teacher (account_id, course_id) SELECT a.id, :course FROM account a"
    " WHERE a.id = :account AND a.role = 'instructor'{lock} ON CONFLICT DO NOTHING"
)
_REMOVE_TEACHER = text(
    "DELETE FROM course_teacher WHERE account_id = :account AND course_id = :course"
)
_INSTRUCTORS = (
    "SELECT a.id, a.name, a.email FROM account a LEFT JOIN learner l ON l.id = a.learner_id"
    " WHERE a.role = 'instructor' AND a.is_suspended = 0 AND NOT EXISTS (SELECT 1"
    " FROM course_teacher t WHERE t.account_id = a.id AND t.course_id = :course)"
)


@dataclass(frozen=True, slots=True)
class CourseRow:
    """A course or path as its list shows it; a path has courses, a course none."""

    id: int
    title: str
    n_lessons: int
    grading_scheme: str
    grading_points: int | None
    requires_grade: int
    state: str
    n_courses: int
    n_active: int
    n_completed: int


@dataclass(frozen=True, slots=True)
class StoredCourse:
    """A course or path with what its settings hold."""

    id: int
    kind: str
    title: str
    description: str
    n_lessons: int
    grading_scheme: str
    grading_points: int | None
    requires_grade: int
    pass_percent: int
    may_be_retaken: int
    deadline_days: int | None
    state: str
    version: int
    n_active: int
    n_completed: int


@dataclass(frozen=True, slots=True)
class Teacher:
    """An instructor's account."""

    account_id: int
    name: str
    email: str


def list_courses(
    session: Session, kind: str, query: ListQuery, size: int = PAGE_SIZE
) -> Slice[CourseRow]:
    """Return a page of the courses or the paths by title (ix_course_kind); the filter is `state`.

    A search reads the titles of one kind, of which there are hundreds; counts are kept sums.
    """
    condition, parameters = text_holds(session, "c.search", query.search)
    source = f"course c WHERE c.kind = :kind{condition}"
    parameters["kind"] = kind
    if state := query.filters.get("state"):
        source += " AND c.state = :state"
        parameters["state"] = state
    total = session.execute(text(f"SELECT count(*) FROM {source}"), parameters).scalar_one()
    page = read_slice(
        session,
        "c.id, c.title, c.n_lessons, c.grading_scheme, c.grading_points, c.requires_grade,"
        f" c.state, (SELECT count(*) FROM path_step s WHERE s.path_id = c.id), {_COUNTS}",
        source,
        order=Order(("c.sort_title", "c.id")),
        parameters=parameters,
        total=total,
        place=query.place,
        size=size,
    )
    return page.of([CourseRow(*tuple(row)[:10]) for row in page.rows])


def find_learnables(session: Session, typed: str, limit: int, *, kind: str = "") -> list[Learnable]:
    """Return published courses and paths, or one kind of them, whose title holds the words."""
    condition, parameters = text_holds(session, "c.search", typed)
    if kind:
        condition += " AND c.kind = :kind"
        parameters["kind"] = kind
    rows = session.execute(
        text(
            "SELECT c.id, c.title, c.kind, c.state, c.deadline_days, c.n_lessons FROM course c"
            f" WHERE c.state = 'published'{condition} ORDER BY c.sort_title, c.id LIMIT :limit"
        ),
        {**parameters, "limit": limit},
    )
    return [Learnable(*row) for row in rows]


def find_course(
    session: Session, course_id: int, kind: str, *, for_update: bool = False
) -> StoredCourse | None:
    """Return a course or path; locked until the transaction ends where it is to be changed."""
    if for_update:
        lock_course(session, course_id)
    row = session.execute(_ONE, {"id": course_id, "kind": kind}).first()
    return StoredCourse(*row) if row else None


def lock_course(session: Session, course_id: int) -> None:
    """Let changes of one course wait for each other; SQLite has one writer at a time anyway."""
    if not is_sqlite(session):
        session.execute(_LOCK, {"id": course_id})


def _values(fields: CourseFields) -> dict[str, Any]:
    return {
        "title": fields.title,
        "sort_title": sort_text(fields.title),
        "search": search_text(fields.title),
        "description": fields.description,
        "days": fields.deadline_days,
        "scheme": fields.scheme.value,
        "points": fields.points,
        "requires_grade": int(fields.requires_grade),
        "pass_percent": fields.pass_percent,
        "may_be_retaken": int(fields.may_be_retaken),
    }


def add_course(session: Session, kind: str, fields: CourseFields, *, now: int) -> int:
    """Write a new draft and return its id."""
    values = {**_values(fields), "kind": kind, "now": now}
    return session.execute(_ADD, values).scalar_one()


def change_course(
    session: Session, course_id: int, fields: CourseFields, *, version: int, now: int
) -> bool:
    """Write the settings; false where it is not at that version any more."""
    values = {**_values(fields), "id": course_id, "version": version, "now": now}
    return session.connection().execute(_CHANGE, values).rowcount == 1


def set_state(session: Session, course_id: int, state: str, *, now: int) -> None:
    """Write where a course or path stands."""
    session.execute(_SET_STATE, {"id": course_id, "state": state, "now": now})


def teachers_of(session: Session, course_id: int) -> list[Teacher]:
    """Return who teaches a course, by name."""
    return [Teacher(*row) for row in session.execute(_TEACHERS, {"course": course_id})]


def find_instructors(session: Session, course_id: int, typed: str, limit: int) -> list[Teacher]:
    """Return instructors who do not teach this course and whose name or email holds the words."""
    terms = search_terms(typed)
    if terms is None:
        return []
    engine, statement = engine_of(session), _INSTRUCTORS
    for i in range(len(terms)):
        # An account may stand outside the directory; then its own name is what there is.
        held = "COALESCE(l.search, '  ' || lower(a.name) || '  ' || a.email)"
        statement += " AND " + engine.contains(held, f":term{i}")
    rows = session.execute(
        text(f"{statement} ORDER BY a.name, a.id LIMIT :limit"),
        {"course": course_id, "limit": limit, **{f"term{i}": t for i, t in enumerate(terms)}},
    )
    return [Teacher(*row) for row in rows]


def add_teacher(session: Session, course_id: int, account_id: int) -> bool:
    """Let an instructor teach a course; false where they do, or the account is none."""
    values = {"course": course_id, "account": account_id}
    # Locked, so that it does not lose the role in the same moment and keep the course.
    sql = text(_ADD_TEACHER.format(lock="" if is_sqlite(session) else " FOR SHARE"))
    return session.connection().execute(sql, values).rowcount == 1


def remove_teacher(session: Session, course_id: int, account_id: int) -> bool:
    """Let an instructor teach a course no more; false where they did not."""
    values = {"course": course_id, "account": account_id}
    return session.connection().execute(_REMOVE_TEACHER, values).rowcount == 1
