"""What learners and instructors see first: their own courses."""

from __future__ import annotations

from dataclasses import dataclass

from enrollment_portal.domain.errors import NotAllowed
from enrollment_portal.domain.people import Actor, Role
from enrollment_portal.storage import courses, enrollments
from enrollment_portal.storage.courses import TaughtCourse
from enrollment_portal.storage.database import Database


@dataclass(frozen=True)
class OwnEnrollment:
    """A learner's own enrollment; there is no place in it for an internal note."""

    id: int
    title: str
    status: int
    progress: int
    lessons_done: int
    n_lessons: int
    enrolled_at: int
    deadline_day: int | None
    last_visit_at: int
    grade: str | None
    feedback: str


def own_enrollments(database: Database, actor: Actor) -> list[OwnEnrollment]:
    """Return the actor's own enrollments as a learner, active first, newest first."""
    if actor.learner_id is None:
        return []
    with database.read() as connection:
        found = enrollments.enrollments_of_learner(connection, actor.learner_id)
    return [
        OwnEnrollment(
            id=e.id,
            title=e.title,
            status=e.status,
            progress=e.progress,
            lessons_done=e.lessons_done,
            n_lessons=e.n_lessons,
            enrolled_at=e.enrolled_at,
            deadline_day=e.deadline_day,
            last_visit_at=e.last_visit_at,
            grade=e.grade,
            feedback=e.feedback,
        )
        for e in found
    ]


def taught_courses(database: Database, actor: Actor) -> list[TaughtCourse]:
    """Return the courses that an instructor teaches, by title, with counts by status.

    Raises:
        NotAllowed: the actor is no instructor.
    """
    if actor.role is not Role.INSTRUCTOR:
        raise NotAllowed
    with database.read() as connection:
        return courses.taught_by(connection, actor.account_id)
