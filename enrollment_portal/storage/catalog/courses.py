"""Read and write courses and learning paths, their lists with counts, and instructors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, func, or_, update
from sqlmodel import Session, select

from enrollment_portal.domain.catalog.course_edits import CourseFields
from enrollment_portal.domain.catalog.courses import CourseKind, CourseState
from enrollment_portal.domain.enrolling.enroll_request import Learnable
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.ledger_query import PAGE_SIZE
from enrollment_portal.domain.people.people import Role
from enrollment_portal.domain.shared.listing import ListQuery
from enrollment_portal.domain.shared.text_search import search_terms, search_text, sort_text
from enrollment_portal.storage.shared.database import is_sqlite
from enrollment_portal.storage.shared.listing import Order, Slice, select_slice
from enrollment_portal.storage.shared.records import (
    add_record,
    first_record,
    insert_missing,
    records,
    select_columns,
    update_version,
)
from enrollment_portal.storage.shared.searching import (
    matches_all,
    matches_terms,
    matches_typed,
    typed_terms,
)
from enrollment_portal.storage.shared.tables import (
    Account,
    Course,
    CourseTeacher,
    Learner,
    PathStep,
    TallyCourse,
    constant,
    table_of,
)

_course, _account = table_of(Course), table_of(Account)
_tally, _teacher = table_of(TallyCourse), table_of(CourseTeacher)
_c, _y, _t, _a = _course.c, _tally.c, _teacher.c, _account.c
_step, _learner = table_of(PathStep), table_of(Learner)
_s, _l = _step.c, _learner.c


def _count(status: Status) -> Any:
    of_course = select(_y.n).where(_y.course_id == _c.id, _y.status == constant(status))
    return func.coalesce(of_course.scalar_subquery(), 0)


IS_OFFERED = and_(
    _c.state == constant(CourseState.PUBLISHED),
    or_(
        _c.kind == constant(CourseKind.PATH),
        _c.n_lessons > 0,
        _c.requires_grade == 1,
        _c.admin_completes == 1,
    ),
)
"""The rule `domain.catalog.courses.is_offered` in SQL, for paged lists."""

_COUNTS = (
    _count(Status.ACTIVE).label("n_active"),
    _count(Status.COMPLETED).label("n_completed"),
)
_ONE = select_columns(
    *(_c.id, _c.kind, _c.title, _c.description, _c.n_lessons),
    *(_c.grading_scheme, _c.grading_points, _c.requires_grade, _c.pass_percent),
    *(
        _c.may_be_retaken,
        _c.admin_completes,
        _c.deadline_days,
        _c.state,
        _c.version,
        _c.list_version,
        *_COUNTS,
    ),
).where(_c.id == bindparam("id"), _c.kind == bindparam("kind"))
_LISTED = select_columns(
    *(_c.id, _c.kind, _c.title, _c.n_lessons),
    *(_c.grading_scheme, _c.grading_points, _c.requires_grade, _c.admin_completes, _c.state),
    select(func.count()).where(_s.path_id == _c.id).scalar_subquery().label("n_courses"),
    *_COUNTS,
)
_BY_TITLE = Order((_c.sort_title, _c.id))
_LEARNABLES = select_columns(
    *(_c.id, _c.title, _c.kind, _c.state, _c.deadline_days),
    *(_c.n_lessons, _c.requires_grade, _c.admin_completes),
)
_ACCOUNTS = select_columns(_a.id.label("account_id"), _a.name, _a.email).order_by(_a.name, _a.id)
_TEACHERS = _ACCOUNTS.join_from(_account, _teacher, _t.account_id == _a.id).where(
    _t.course_id == bindparam("course")
)


@dataclass(frozen=True, slots=True)
class CourseRow:
    """A course or path in its list; a path has courses, a course none."""

    id: int
    kind: str
    title: str
    n_lessons: int
    grading_scheme: str
    grading_points: int | None
    requires_grade: int
    admin_completes: int
    state: str
    n_courses: int
    n_active: int
    n_completed: int


@dataclass(frozen=True, slots=True)
class StoredCourse:
    """A course or path with its settings."""

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
    admin_completes: int
    deadline_days: int | None
    state: str
    version: int
    """The version of its settings and its state."""
    list_version: int
    """The version of its list of lessons, or of a path's list of courses."""
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

    A search reads all titles of the kind, a few hundred; the counts come from `tally_course`.
    """
    n, values = typed_terms(query.search)
    values["kind"] = kind
    if state := query.filters.get("state"):
        values["state"] = state
    rows, count = _list(n, bool(state))
    page = select_slice(
        session,
        rows,
        order=_BY_TITLE,
        total=session.exec(count, params=values).one(),
        place=query.place,
        size=size,
        params=values,
    )
    return page.records(CourseRow)


@cache
def _list(n_parts: int | None, is_of_state: bool) -> tuple[Any, Any]:
    condition = and_(_c.kind == bindparam("kind"), matches_terms(_c.search, n_parts))
    if is_of_state:
        condition = and_(condition, _c.state == bindparam("state"))
    return _LISTED.where(condition), select(func.count()).select_from(_course).where(condition)


def find_learnables(session: Session, typed: str, limit: int, *, kind: str = "") -> list[Learnable]:
    """Return published courses and paths, or one kind of them, whose title has all the words."""
    found = _LEARNABLES.where(IS_OFFERED, matches_typed(_c.search, typed))
    if kind:
        found = found.where(_c.kind == kind)
    rows = session.exec(found.order_by(_c.sort_title, _c.id).limit(limit))
    return records(Learnable, rows)


def find_course(
    session: Session, course_id: int, kind: str, *, for_update: bool = False
) -> StoredCourse | None:
    """Return a course or path; locked until the transaction ends if it is to be changed."""
    if for_update:
        lock_course(session, course_id)
    values = {"id": course_id, "kind": kind}
    return first_record(StoredCourse, session.exec(_ONE, params=values))


def lock_course(session: Session, course_id: int) -> None:
    """Lock a course against parallel changes; SQLite has one writer at a time anyway."""
    if not is_sqlite(session):
        lock = select(_c.id).where(_c.id == course_id).with_for_update(key_share=True)
        session.exec(lock).first()


def _values(fields: CourseFields) -> dict[str, Any]:
    return {
        "title": fields.title,
        "sort_title": sort_text(fields.title),
        "search": search_text(fields.title),
        "description": fields.description,
        "deadline_days": fields.deadline_days,
        "grading_scheme": fields.scheme.value,
        "grading_points": fields.points,
        "requires_grade": int(fields.requires_grade),
        "pass_percent": fields.pass_percent,
        "may_be_retaken": int(fields.may_be_retaken),
        "admin_completes": int(fields.admin_completes),
    }


def add_course(session: Session, kind: str, fields: CourseFields, *, now: int) -> int:
    """Write a new draft and return its id."""
    draft = Course(kind=kind, state=CourseState.DRAFT.value, updated_at=now, **_values(fields))
    return add_record(session, draft)


def change_course(
    session: Session, course_id: int, fields: CourseFields, *, version: int, now: int
) -> None:
    """Write the settings of a course or path.

    Raises:
        StaleVersion: it is not at that version any more.
    """
    update_version(session, Course, course_id, version, updated_at=now, **_values(fields))


def set_state(session: Session, course_id: int, state: str, *, version: int, now: int) -> None:
    """Write whether a course or path is a draft, published or archived.

    Raises:
        StaleVersion: it is not at that version any more.
    """
    update_version(session, Course, course_id, version, state=state, updated_at=now)


def list_changed(session: Session, course_id: int) -> None:
    """Increase the version of a course's list of lessons, or of a path's list of courses."""
    session.exec(update(_course).where(_c.id == course_id).values(list_version=_c.list_version + 1))


def teachers_of(session: Session, course_id: int) -> list[Teacher]:
    """Return the instructors of a course, by name."""
    return records(Teacher, session.exec(_TEACHERS, params={"course": course_id}))


def find_instructors(
    session: Session, course_id: int | None, typed: str, limit: int
) -> list[Teacher]:
    """Return instructors whose name or email has all the words.

    Args:
        session: for reading.
        course_id: of a course that they do not teach; `None` for all instructors.
        typed: the words.
        limit: how many to return.
    """
    terms = search_terms(typed)
    if terms is None:
        return []
    free = _ACCOUNTS.where(_a.role == Role.INSTRUCTOR.value, _a.is_suspended == 0)
    if course_id is not None:
        teaches = exists().where(_t.account_id == _a.id, _t.course_id == course_id)
        free = free.where(~teaches)
    of_people = free.join_from(_account, _learner, _l.id == _a.learner_id)
    found = session.exec(of_people.where(matches_all(_l.search, terms)).limit(limit))
    # Accounts outside the directory have no stored search text; there are few of them.
    others = records(Teacher, session.exec(free.where(_a.learner_id.is_(None))))
    outside = [one for one in others if all(t in search_text(one.name, one.email) for t in terms)]
    everybody = records(Teacher, found) + outside
    return sorted(everybody, key=lambda one: (sort_text(one.name), one.account_id))[:limit]


def add_teacher(session: Session, course_id: int, account_id: int) -> bool:
    """Assign an instructor to a course; false if they are already, or are no instructor."""
    is_instructor = select(_a.id).where(_a.id == account_id, _a.role == Role.INSTRUCTOR.value)
    if session.exec(is_instructor).first() is None:
        return False
    return insert_missing(session, CourseTeacher, account_id=account_id, course_id=course_id)


def remove_teacher(session: Session, course_id: int, account_id: int) -> bool:
    """Remove an instructor from a course; false if they did not teach it."""
    gone = delete(_teacher).where(_t.account_id == account_id, _t.course_id == course_id)
    return session.exec(gone).rowcount == 1
