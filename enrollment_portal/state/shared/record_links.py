"""The paths of a learner's and a course's own page, for those who may open it."""

from __future__ import annotations

from enrollment_portal.domain.access.permissions import (
    may_manage_learning,
    may_manage_people,
    may_teach,
)
from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.state.shared.views import COURSES_PATH, PATHS_PATH, TEACH_PATH, USERS_PATH
from enrollment_portal.storage.enrollment.enrollments import StoredEnrollment


def learner_path(actor: Actor, enrollment: StoredEnrollment) -> str:
    """Return the path of the learner's page; "" if the actor may not open it."""
    return f"{USERS_PATH}/{enrollment.learner_id}" if may_manage_people(actor) else ""


def course_path(actor: Actor, enrollment: StoredEnrollment) -> str:
    """Return the path of the course's or learning path's page; "" if the actor has none.

    An instructor's is the course's grading grid.
    """
    is_path = enrollment.kind == CourseKind.PATH
    if may_manage_learning(actor):
        return f"{PATHS_PATH if is_path else COURSES_PATH}/{enrollment.course_id}"
    if may_teach(actor) and not is_path:
        return f"{TEACH_PATH}/courses/{enrollment.course_id}"
    return ""
