"""Update enrollments and their paths after a change of a course or path."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from sqlmodel import Session

from enrollment_portal.domain.catalog import messages
from enrollment_portal.domain.catalog.courses import CourseKind, CourseState
from enrollment_portal.domain.enrolling.enroll_request import EnrollRequest, Requester
from enrollment_portal.domain.enrollment.commands import (
    Change,
    Context,
    CourseChanged,
    course_rules,
)
from enrollment_portal.domain.enrollment.fields import Origin, Snapshot, Status, snapshot_of
from enrollment_portal.domain.enrollment.lifecycle import is_reopened, transition
from enrollment_portal.domain.enrollment.tracking import count_done
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import now_ms, zone
from enrollment_portal.domain.shared.errors import OwnEnrollment
from enrollment_portal.services.enrolling.enrolling import carry_out, plan
from enrollment_portal.services.enrollment.open_requests import write_and_answer
from enrollment_portal.services.enrollment.path_progress import COURSE_CHANGED, refresh_paths
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.storage.catalog import courses, lessons, path_admin
from enrollment_portal.storage.catalog.courses import StoredCourse
from enrollment_portal.storage.catalog.lessons import ActiveProgress, EndedProgress
from enrollment_portal.storage.history.history import Author
from enrollment_portal.storage.learning import learning
from enrollment_portal.storage.learning.tracking import changed_at, lessons_done, lock_learners
from enrollment_portal.storage.shared.database import Database

CHUNK = 1_000
"""How many learners are updated together, to bound memory."""


@contextmanager
def refusing_own_completion(session: Session, actor: Actor) -> Iterator[None]:
    """Refuse a change of a course or path that completes an own enrollment of the actor.

    Also refused is a change after which they could complete it by lessons alone, if a passing
    grade was missing before. A Super Admin is refused as well, as such a change has no reason that
    history could mark. Use it around the change and its effects, in their transaction, which the
    refusal rolls back.

    Raises:
        OwnEnrollment: an enrollment of the actor would be completed, or need no grade any more.
    """
    active = {one.id: one for one in _own(session, actor) if one.status == Status.ACTIVE}
    yield
    for after in _own(session, actor) if active else ():
        before = active.get(after.id)
        if before is None:
            continue
        if after.status == Status.COMPLETED:
            raise OwnEnrollment(messages.COMPLETES_OWN)
        if _is_accepted(after) and not _is_accepted(before):
            raise OwnEnrollment(messages.PASSES_OWN)


def _own(session: Session, actor: Actor) -> Sequence[learning.OwnEnrollment]:
    if actor.learner_id is None:
        return ()
    return learning.own_enrollments(session, actor.learner_id)


def _is_accepted(own: learning.OwnEnrollment) -> bool:
    return course_rules(own).accepts(own.grade)


def follow_lessons(
    session: Session,
    course: StoredCourse,
    *,
    now: int,
    marked: Collection[int] | None = None,
) -> None:
    """Update a course's active enrollments after a change of its lessons or grading.

    Of completed and cancelled ones only the number of lessons done changes, if a lesson was
    removed. Whoever has done all remaining lessons completes the course (with a passing grade if
    it requires one).

    Args:
        session: in the transaction of the change, after `lessons.lock_learners`; with those whose
            enrollment is over where a lesson was removed.
        course: as it is now.
        now: the current time, in ms.
        marked: if a lesson was removed, the enrollments whose lessons had been marked one by one;
            the others had done all of them, or none.
    """
    rules = course_rules(course)
    changes = []
    for enrollment in lessons.active_progress(session, course.id):
        before, done = snapshot_of(enrollment), _count(enrollment, course, marked)
        command = CourseChanged(done, is_done_again(session, before, course))
        changes.append(transition(before, command, Context(now, rules)))
    if marked is not None:
        changes += _recount_ended(session, course, marked, Context(now, rules))
    write_and_answer(session, changes, COURSE_CHANGED)
    for path_id in path_admin.paths_of(session, course.id):
        path_admin.sum_lessons(session, path_id, now=now)
        refresh_path(session, path_id, now=now)


def _count(
    one: ActiveProgress | EndedProgress, course: StoredCourse, marked: Collection[int] | None
) -> int:
    """Return how many of a course's lessons an enrollment has done now."""
    were_marked = one.id in (marked or ())
    return count_done(one.lessons_done, one.n_marked, course.n_lessons, were_marked=were_marked)


def _recount_ended(
    session: Session, course: StoredCourse, marked: Collection[int], context: Context
) -> list[Change]:
    """Return the commands that reduce the lessons done of ended enrollments, as a lesson is gone.

    Nothing else of them changes.
    """
    changes = []
    for one in lessons.miscounted(session, course.id):
        done = _count(one, course, marked)
        if done != one.lessons_done:
            changes.append(transition(snapshot_of(one), CourseChanged(done), context))
    return changes


def is_done_again(session: Session, enrollment: Snapshot, course: StoredCourse) -> bool:
    """Return whether all lessons of a course were done since an enrollment in it was reopened."""
    if not course.n_lessons or not is_reopened(enrollment):
        return False
    reopened_at = changed_at(session, enrollment.override_seq or 0)
    again = lessons_done(session, enrollment.id, course.id, after=reopened_at)
    return len(again) == course.n_lessons


def refresh_path(session: Session, path_id: int, *, now: int) -> None:
    """Recompute all enrollments in a path, with their learners locked."""
    enrolled = path_admin.learners_of(session, path_id)
    for start in range(0, len(enrolled), CHUNK):
        refresh_paths(session, enrolled[start : start + CHUNK], {path_id}, now=now)


def refresh_all_paths(database: Database) -> None:
    """Recompute all enrollments in all learning paths, path by path."""
    with database.read() as session:
        paths = path_admin.all_paths(session)
    for path_id in paths:
        with database.write() as session:
            lock_learners(session, path_admin.learners_of(session, path_id))
            refresh_path(session, path_id, now=now_ms())


def bring_course(
    database: Database, session: Session, path: StoredCourse, course_id: int, *, now: int
) -> int:
    """Enroll everybody who is active in a path in one of its courses; return how many.

    Call it with them locked. An enrollment that they have in it counts, even if cancelled. Those
    who completed it before they joined the path are enrolled again if it may be taken again.
    """
    organization = organization_of(database)
    today = organization.today()
    request = EnrollRequest(Requester.RULE, zone(organization.time_zone))
    author = Author("path", None, path.title)
    joined = path_admin.active_since(session, path.id)
    active = list(joined)
    since = {(learner, course_id): moment for learner, moment in joined.items()}
    n_enrolled = 0
    for start in range(0, len(active), CHUNK):
        made = plan(
            session,
            active[start : start + CHUNK],
            [course_id],
            origin=Origin.PATH,
            today=today,
            request=request,
            since=since,
        )
        n_enrolled += len(carry_out(session, made, author, now=now))
    return n_enrolled


def follow_state(database: Database, session: Session, course: StoredCourse, *, now: int) -> None:
    """Update the paths of a course after it was published or archived.

    If published, people who are active in them are enrolled in it; else it no longer counts for
    those who are not enrolled in it.
    """
    lessons.lock_learners(session, course.id)
    for path_id in path_admin.paths_of(session, course.id):
        path = courses.find_course(session, path_id, CourseKind.PATH)
        if path and course.state == CourseState.PUBLISHED:
            bring_course(database, session, path, course.id, now=now)
        refresh_path(session, path_id, now=now)
