"""Shared by all changes of a learning path: find it, order its courses, record the change."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlmodel import Session

from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.catalog import messages
from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import NotAllowed, NotFound
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.services.catalog.course_changes import require_list_version
from enrollment_portal.services.catalog.course_following import refresh_path
from enrollment_portal.storage.access.admin_log import add_act
from enrollment_portal.storage.catalog import courses as stored
from enrollment_portal.storage.catalog import path_admin
from enrollment_portal.storage.catalog.courses import StoredCourse
from enrollment_portal.storage.catalog.path_admin import Step
from enrollment_portal.storage.learning.tracking import lock_learners


def find_path(session: Session, path_id: object, *, for_update: bool = True) -> StoredCourse:
    """Return a path by an id from outside, locked if it is to be changed.

    Raises:
        NotFound: there is no such path.
    """
    found = read_id(path_id)
    path = found and stored.find_course(session, found, CourseKind.PATH, for_update=for_update)
    if not path:
        raise NotFound
    return path


def log_path(session: Session, actor: Actor, path: StoredCourse, detail: str, *, now: int) -> None:
    """Record a change of a path in the access log."""
    add_act(
        session,
        actor,
        Action.PATH_CHANGED,
        SubjectKind.PATH,
        path.id,
        path.title,
        now=now,
        detail=detail,
    )


def steps_with(session: Session, path: StoredCourse, course_id: object) -> tuple[list[Step], int]:
    """Return a path's courses, and the place of one of them, counted from 0.

    Raises:
        NotFound: the path does not hold it.
    """
    steps, wanted = path_admin.steps_of(session, path.id), read_id(course_id)
    for place, step in enumerate(steps):
        if step.course_id == wanted:
            return steps, place
    raise NotFound


def place_steps(session: Session, path: StoredCourse, steps: Sequence[Step]) -> None:
    """Write the order of a path's courses, and which wait for the previous one."""
    path_admin.place_steps(session, path.id, [(s.course_id, s.needs_previous) for s in steps])
    stored.list_changed(session, path.id)


def lock_enrolled(session: Session, path: StoredCourse) -> None:
    """Lock everybody who is or was enrolled in a path."""
    lock_learners(session, path_admin.learners_of(session, path.id))


def follow_steps(session: Session, path: StoredCourse, *, now: int) -> None:
    """Recompute a path and all its enrollments from its courses.

    Call it after `lock_enrolled`.
    """
    path_admin.sum_lessons(session, path.id, now=now)
    refresh_path(session, path.id, now=now)


def require_published(steps: Sequence[Step]) -> None:
    """Raise if a published path would have no published course.

    Raises:
        NotAllowed: none of these is published.
    """
    if not any(step.is_offered for step in steps):
        raise NotAllowed(messages.NEEDS_COURSE)


def arrange(
    session: Session,
    actor: Actor,
    path_id: object,
    course_id: object,
    change: Callable[[list[Step], int], str],
    *,
    version: object,
) -> None:
    """Change the order of a path's courses, or which of them wait.

    Args:
        session: in the transaction of the change.
        actor: who does it.
        path_id: which path.
        course_id: the course that is meant.
        change: changes the list of steps, given the place of that course, and returns what it
            did, for the record; "" if there is nothing to do.
        version: of the path's courses that the page shows.

    Raises:
        NotFound: there is no such path, or it does not hold this course.
        PortalError: someone else changed its courses since `version`; nothing is changed.
    """
    path = find_path(session, path_id)
    steps, place = steps_with(session, path, course_id)
    require_list_version(path, version)
    if text := change(steps, place):
        place_steps(session, path, steps)
        log_path(session, actor, path, text, now=now_ms())
