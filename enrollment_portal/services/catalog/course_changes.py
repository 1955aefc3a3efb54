"""Shared by all changes of a course: find it, check its version, record the change."""

from __future__ import annotations

from sqlmodel import Session

from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.catalog import messages
from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import NotFound, PortalError
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.domain.shared.messages import stale_act
from enrollment_portal.storage.access.admin_log import add_act
from enrollment_portal.storage.catalog import courses as stored
from enrollment_portal.storage.catalog.courses import StoredCourse


def find_course(session: Session, course_id: object, *, for_update: bool = True) -> StoredCourse:
    """Return a course by an id from outside, locked if it is to be changed.

    Raises:
        NotFound: there is no such course.
    """
    found = read_id(course_id)
    course = found and stored.find_course(session, found, CourseKind.COURSE, for_update=for_update)
    if not course:
        raise NotFound
    return course


def require_version(course: StoredCourse, version: object) -> None:
    """Raise if a course or path has changed since the page was loaded.

    Raises:
        PortalError: someone else changed it since `version`.
    """
    if version != course.version:
        raise PortalError(stale_act(_name_of(course)))


def require_list_version(course: StoredCourse, version: object) -> None:
    """Raise if a course's lessons, or a path's courses, have changed since the page was loaded.

    Raises:
        PortalError: someone else changed them since `version`.
    """
    if version != course.list_version:
        raise PortalError(stale_act(_name_of(course)))


def _name_of(course: StoredCourse) -> str:
    is_path = course.kind == CourseKind.PATH
    return messages.the_path(course.title) if is_path else messages.the_course(course.title)


def teacher_name(session: Session, course_id: int, account_id: int) -> str:
    """Return the name of an instructor who teaches a course.

    Raises:
        NotFound: they do not teach it.
    """
    for teacher in stored.teachers_of(session, course_id):
        if teacher.account_id == account_id:
            return teacher.name
    raise NotFound


def log_change(
    session: Session,
    actor: Actor,
    course: StoredCourse,
    detail: str,
    *,
    now: int,
    action: Action = Action.COURSE_CHANGED,
) -> None:
    """Record a change of a course in the access log."""
    add_act(
        session,
        actor,
        action,
        SubjectKind.COURSE,
        course.id,
        course.title,
        now=now,
        detail=detail,
    )
