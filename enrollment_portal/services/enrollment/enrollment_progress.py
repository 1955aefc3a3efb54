"""Read the progress of an enrollment: lessons of a course, or courses of a path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from enrollment_portal.domain.access.permissions import ledger_scope
from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.enrollment.fields import Tracked
from enrollment_portal.domain.learning.lesson_progress import CourseProgress, course_progress
from enrollment_portal.domain.paths.learning_paths import StepState
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.services.paths.path_steps import path_steps
from enrollment_portal.storage.enrollment import enrollments as stored
from enrollment_portal.storage.enrollment.enrollments import StoredEnrollment, StoredEvent
from enrollment_portal.storage.learning import learning
from enrollment_portal.storage.learning.learning import OwnEnrollment
from enrollment_portal.storage.shared.scopes import taught_by


@dataclass(frozen=True)
class PathCourse:
    """One course of a learning path, and the learner's enrollment in it."""

    number: int
    """Its place in the path, counted from 1."""
    title: str
    enrollment: OwnEnrollment | None
    opened_by: str = ""
    """If it is locked, the title of the course that opens it."""


def progress_of_course(
    session: Session, enrollment: StoredEnrollment, history: Sequence[StoredEvent]
) -> CourseProgress | None:
    """Return the progress in the lessons of a course; `None` for a learning path.

    Args:
        session: for reading.
        enrollment: the enrollment.
        history: its changes, newest first.
    """
    if enrollment.kind == CourseKind.PATH:
        return None
    lessons = learning.lessons_with_done(session, enrollment.id, enrollment.course_id)
    return course_progress(
        lessons,
        n_lessons=enrollment.n_lessons,
        n_done=enrollment.lessons_done,
        reached=[
            (event.at, int(event.changes[Tracked.PROGRESS][1] or 0))
            for event in reversed(history)
            if Tracked.PROGRESS in event.changes
        ],
    )


def courses_of_path(
    session: Session, actor: Actor, enrollment: StoredEnrollment
) -> tuple[PathCourse, ...]:
    """Return the courses of a path in order, as far as the actor may see the enrollments in them.

    An instructor sees only the courses they teach, and not which other course locks one. Empty for
    an enrollment in a course.
    """
    if enrollment.kind != CourseKind.PATH:
        return ()
    steps = path_steps(session, enrollment.learner_id, enrollment.course_id)
    scope = ledger_scope(actor)
    is_part = not scope.has_all_courses
    courses = taught_by(session, actor.account_id) if is_part else None
    ids = [step.enrollment.id for step in steps if step.enrollment]
    visible = stored.find_enrollments(session, scope, ids)
    return tuple(
        PathCourse(
            number,
            step.step.title,
            step.enrollment if step.enrollment and step.enrollment.id in visible else None,
            step.opened_by if step.state is StepState.LOCKED and not is_part else "",
        )
        for number, step in enumerate(steps, 1)
        if courses is None or step.step.course_id in courses
    )
