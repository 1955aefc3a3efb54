"""Mark a lesson as done, and store visits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.enrollment.commands import (
    Context,
    CourseRules,
    LessonsDone,
    course_rules,
)
from enrollment_portal.domain.enrollment.fields import Snapshot, Status, snapshot_of
from enrollment_portal.domain.enrollment.lifecycle import is_reopened, transition
from enrollment_portal.domain.enrollment.tracking import progress_of
from enrollment_portal.domain.grading.teaching import awaits_grade
from enrollment_portal.domain.learning import messages
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import NotFound, Refused
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.services.enrollment.path_progress import TRACKING, make_changes
from enrollment_portal.services.paths.course_locks import require_unlocked
from enrollment_portal.services.shared.retrying import again_after_deadlock
from enrollment_portal.storage.learning import learning, tracking
from enrollment_portal.storage.learning.learning import LessonTitle, OwnEnrollment
from enrollment_portal.storage.shared.database import Database

VISIT_MS = 60_000
"""A visit is stored at most once in this time."""


@dataclass(frozen=True)
class Marked:
    """The result of marking a lesson as done."""

    progress: int
    is_completed: bool
    """Whether it completed the course."""
    awaits_grade: bool
    """Whether all lessons are done and the course requires a grade."""


def done_lessons(
    session: Session, enrollment: OwnEnrollment, lessons: Sequence[LessonTitle]
) -> set[int]:
    """Return the ids of the lessons that are done.

    After a completed enrollment was reopened, only those that were done again since.
    """
    reopened_at = _reopened_at(session, enrollment)
    if reopened_at is None:
        return _ever_done(session, enrollment, lessons)
    id_, course = enrollment.id, enrollment.course_id
    return tracking.lessons_done(session, id_, course, after=reopened_at)


def _reopened_at(session: Session, enrollment: OwnEnrollment) -> int | None:
    """Return when a person reopened the enrollment, in ms; `None` if it is not reopened."""
    if not is_reopened(snapshot_of(enrollment)):
        return None
    return tracking.changed_at(session, enrollment.override_seq or 0)


def _ever_done(
    session: Session, enrollment: OwnEnrollment, lessons: Sequence[LessonTitle]
) -> set[int]:
    """Return the ids of the lessons that an enrollment counts as done.

    If none were marked one by one (an import, the demo), these are the first ones.
    """
    marked = tracking.lessons_done(session, enrollment.id, enrollment.course_id)
    return marked or {lesson.id for lesson in lessons[: enrollment.lessons_done]}


def takes_lessons(enrollment: OwnEnrollment) -> bool:
    """Return whether lessons can be marked as done: not if cancelled, nor in a path."""
    return enrollment.status != Status.CANCELLED and enrollment.kind == CourseKind.COURSE


@again_after_deadlock
def mark_done(database: Database, actor: Actor, course_id: object, lesson_id: object) -> Marked:
    """Mark a lesson of one's own course as done; idempotent.

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
            raise Refused(messages.CANCELLED)
        require_unlocked(session, learner, course)
        return _mark(session, learner, enrollment, lessons, lesson)


def _mark(
    session: Session,
    learner: int,
    enrollment: OwnEnrollment,
    lessons: Sequence[LessonTitle],
    lesson: int,
) -> Marked:
    # The clock may be set back, but times in an enrollment never decrease.
    now = max(now_ms(), enrollment.updated_at, enrollment.enrolled_at)
    reopened_at = _reopened_at(session, enrollment)
    if reopened_at is not None:
        now = max(now, reopened_at + 1)
    needless = done_lessons(session, enrollment, lessons)
    progress = progress_of(len(needless | {lesson}), len(lessons))
    awaits = awaits_grade(enrollment._replace(progress=progress, n_lessons=len(lessons)))
    if lesson in needless:
        return Marked(enrollment.progress, False, awaits)
    done = _ever_done(session, enrollment, lessons)
    # If only a count was known so far, its lessons are dated by the last visit, not now; but
    # before the course was completed, or reopened.
    before = enrollment.last_visit_at or enrollment.enrolled_at
    before = min(before, reopened_at or enrollment.completed_at or now)
    tracking.add_done(session, enrollment.id, done, before)
    tracking.move_done(session, enrollment.id, lesson, now)
    change = transition(
        own_snapshot(enrollment, learner),
        LessonsDone(
            len(done | {lesson}),
            are_done_again=reopened_at is not None and len(needless | {lesson}) == len(lessons),
        ),
        Context(now, own_rules(enrollment, len(lessons))),
    )
    make_changes(session, [change], TRACKING)
    completes = change.ends and change.after.status is Status.COMPLETED
    return Marked(change.after.progress, completes, awaits)


def own_snapshot(enrollment: OwnEnrollment, learner: int) -> Snapshot:
    """Return a snapshot of a learner's own enrollment: the values that their actions change."""
    return replace(snapshot_of(enrollment), learner_id=learner)


def own_rules(enrollment: OwnEnrollment, n_lessons: int) -> CourseRules:
    """Return the completion rules of the course of a learner's own enrollment."""
    return replace(course_rules(enrollment), n_lessons=n_lessons)


def visit(database: Database, enrollment: OwnEnrollment) -> None:
    """Store the last visit of an enrollment, at most once a minute; it never decreases.

    With any status: a learner may still read what they completed or cancelled.
    """
    now, last = now_ms(), enrollment.last_visit_at
    if last is None or last <= now - VISIT_MS:
        with database.write() as session:
            tracking.write_visit(session, enrollment.id, now=now, stale=now - VISIT_MS)
