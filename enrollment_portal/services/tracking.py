"""What a learner's activity moves: lessons done, progress, the tracked status, and visits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from enrollment_portal.domain.calendar import now_ms
from enrollment_portal.domain.courses import CourseKind
from enrollment_portal.domain.enrollments import Field, Status, Tracked
from enrollment_portal.domain.errors import NotFound
from enrollment_portal.domain.learning import Refused
from enrollment_portal.domain.listing import read_id
from enrollment_portal.domain.people import Actor
from enrollment_portal.domain.tracking import progress_of, tracked_status
from enrollment_portal.services.course_locks import require_unlocked
from enrollment_portal.services.path_progress import refresh_paths
from enrollment_portal.services.retrying import again_after_deadlock
from enrollment_portal.storage import learning, tracking
from enrollment_portal.storage.beginnings import Author
from enrollment_portal.storage.database import Database
from enrollment_portal.storage.learning import LessonTitle, OwnEnrollment
from enrollment_portal.storage.tracking import Move

VISIT_MS = 60_000
"""A visit is written down at most once in this time."""


@dataclass(frozen=True)
class Marked:
    """What marking a lesson as done led to."""

    progress: int
    is_completed: bool
    """It completed the course."""
    awaits_grade: bool
    """All lessons are done, and the course waits for a grade."""


def done_lessons(
    session: Session, enrollment: OwnEnrollment, lessons: Sequence[LessonTitle]
) -> set[int]:
    """Return the ids of the lessons that an enrollment counts as done.

    Where none were marked one by one (an import, the demo), its count stands for the first ones.
    """
    marked = tracking.lessons_done(session, enrollment.id, enrollment.course_id)
    return marked or {lesson.id for lesson in lessons[: enrollment.lessons_done]}


def takes_lessons(enrollment: OwnEnrollment) -> bool:
    """Tell whether lessons can be done: not once it is cancelled, nor in a path itself."""
    return enrollment.status != Status.CANCELLED and enrollment.kind == CourseKind.COURSE


@again_after_deadlock
def mark_done(database: Database, actor: Actor, course_id: object, lesson_id: object) -> Marked:
    """Mark a lesson of one's own course as done; once more changes nothing.

    Raises:
        NotFound: the lesson does not exist, or the actor is not enrolled in its course.
        Refused: the enrollment is cancelled, or a path keeps the course locked.
    """
    learner, course, lesson = actor.learner_id, read_id(course_id), read_id(lesson_id)
    if learner is None or course is None or lesson is None:
        raise NotFound
    with database.write() as session:
        tracking.lock_learner(session, learner)
        enrollment = learning.own_in_course(session, learner, course)
        lessons = learning.lessons_of(session, course)
        if enrollment is None or lesson not in {one.id for one in lessons}:
            raise NotFound
        if not takes_lessons(enrollment):
            raise Refused("This enrollment was cancelled. Start the course again to go on.")
        require_unlocked(session, learner, course)
        return _mark(session, learner, enrollment, lessons, lesson)


def _mark(
    session: Session,
    learner: int,
    enrollment: OwnEnrollment,
    lessons: Sequence[LessonTitle],
    lesson: int,
) -> Marked:
    # The clock may be set back; time in an enrollment's life only goes forward.
    now = max(now_ms(), enrollment.updated_at, enrollment.enrolled_at)
    done = done_lessons(session, enrollment, lessons)
    awaits = awaits_grade(enrollment, len(done | {lesson}), len(lessons))
    if lesson in done:
        return Marked(enrollment.progress, False, awaits)
    # Where only a count was known so far, its lessons were done by the last visit, not now.
    before = enrollment.last_visit_at or enrollment.enrolled_at
    tracking.add_done(session, enrollment.id, done, min(before, now))
    tracking.add_done(session, enrollment.id, [lesson], now)
    done.add(lesson)
    move = moved(enrollment, len(done), len(lessons), now)
    tracking.write_moves(session, [move], Author("tracking"))
    refresh_paths(session, {learner}, {enrollment.course_id}, now=now)
    completes = move.status == Status.COMPLETED != enrollment.status
    return Marked(move.progress, completes, awaits)


def awaits_grade(enrollment: OwnEnrollment, done: int, total: int) -> bool:
    """Tell whether all is done that the learner can do, and only a grade is missing."""
    return bool(
        enrollment.status == Status.ACTIVE
        and enrollment.requires_grade
        and not enrollment.grade
        and done >= total
    )


def moved(enrollment: OwnEnrollment, done: int, total: int, now: int) -> Move:
    """Return what an enrollment holds once so many of its lessons are done.

    The status follows what is tracked unless a person set it by hand: then only the tracked
    value moves. Whoever has completed a course keeps that, whatever it asks for since.
    """
    progress = progress_of(done, total)
    tracked = tracked_status(
        done,
        total,
        requires_grade=bool(enrollment.requires_grade),
        is_graded=bool(enrollment.grade),
    )
    follows = enrollment.status == enrollment.tracked_status
    if follows and enrollment.status == Status.COMPLETED:
        progress, tracked = max(progress, enrollment.progress), Status.COMPLETED
    changes: dict[str, tuple[int, int]] = {}
    if progress != enrollment.progress:
        changes[Tracked.PROGRESS.value] = (enrollment.progress, progress)
    if tracked != enrollment.tracked_status:
        name = Field.STATUS if follows else Tracked.STATUS
        changes[name.value] = (enrollment.tracked_status, int(tracked))
    return Move(
        id=enrollment.id,
        version=enrollment.version,
        status=int(tracked) if follows else enrollment.status,
        tracked_status=int(tracked),
        progress=progress,
        lessons_done=done,
        at=now,
        changes=changes,
        is_visit=True,
    )


def visit(database: Database, enrollment: OwnEnrollment) -> None:
    """Stamp the last visit of an active enrollment, at most once a minute; never backwards."""
    now, last = now_ms(), enrollment.last_visit_at
    if enrollment.status == Status.ACTIVE and (last is None or last <= now - VISIT_MS):
        with database.write() as session:
            tracking.write_visit(session, enrollment.id, now=now, stale=now - VISIT_MS)
