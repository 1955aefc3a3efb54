"""A learner's own actions: see, start and cancel courses, read lessons and feedback.

All functions only find the actor's own enrollments; others raise `NotFound`.
"""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from enrollment_portal.domain.access.permissions import may_learn, require
from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.enrolling.enroll_request import EnrollRequest, Outcome, Requester
from enrollment_portal.domain.enrollment.commands import Cancel, Context
from enrollment_portal.domain.enrollment.fields import REASON_LENGTH, Origin, Status
from enrollment_portal.domain.enrollment.lifecycle import transition
from enrollment_portal.domain.enrollment.messages import HAS_ENDED
from enrollment_portal.domain.learning import messages
from enrollment_portal.domain.learning.learner_messages import MessageState
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import now_ms, zone
from enrollment_portal.domain.shared.errors import Invalid, NotFound, Refused
from enrollment_portal.domain.shared.listing import Place, read_id
from enrollment_portal.domain.shared.typed_text import clean_text
from enrollment_portal.services.enrolling.enrolling import carry_out, plan
from enrollment_portal.services.enrollment.path_progress import make_changes
from enrollment_portal.services.learning.learner_pages import (
    CatalogRow,
    CoursePage,
    Dashboard,
    LessonPage,
    can_start,
    course_page,
)
from enrollment_portal.services.learning.lessons_done import own_snapshot, takes_lessons, visit
from enrollment_portal.services.paths.course_locks import (
    locks_among,
    locks_of,
    refuse_locked,
    require_unlocked,
)
from enrollment_portal.services.paths.path_steps import path_ids_of, steps_of
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.services.shared.retrying import again_after_deadlock
from enrollment_portal.storage.enrolling import new_enrollments
from enrollment_portal.storage.enrollment import learner_messages as messages_to_learners
from enrollment_portal.storage.history.history import Author, Signature
from enrollment_portal.storage.learning import learning as stored
from enrollment_portal.storage.learning import tracking
from enrollment_portal.storage.paths.learning_paths import paths_with_ids
from enrollment_portal.storage.requests import extensions
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.listing import Slice


def read_dashboard(database: Database, actor: Actor) -> Dashboard:
    """Return the actor's own enrollments with their paths' steps, in five queries."""
    if actor.learner_id is None:
        return Dashboard((), {}, ())
    with database.read() as session:
        own = stored.own_enrollments(session, actor.learner_id)
        paths = paths_with_ids(session, path_ids_of(own))
        requests = extensions.requests_of(session, actor.learner_id)
        messages_to = messages_to_learners.messages_of(session, actor.learner_id)
    locks = locks_among(own, paths)
    steps = {path.id: steps_of(path, own, locks) for path in paths}
    by_path = {e.id: steps.get(e.course_id, ()) for e in own if e.kind == CourseKind.PATH}
    return Dashboard(tuple(own), by_path, tuple(requests), locks, tuple(messages_to))


def mark_message(
    database: Database, actor: Actor, message_id: object, *, is_dismissed: bool
) -> None:
    """Record that a message to the actor was read, or dismissed; no effect for any other."""
    learner, wanted = actor.learner_id, read_id(message_id)
    if learner is None or wanted is None:
        return
    state = MessageState.DISMISSED if is_dismissed else MessageState.READ
    with database.write() as session:
        messages_to_learners.mark_message(session, learner, wanted, state)


def read_catalog(
    database: Database, actor: Actor, search: str, place: Place | None
) -> Slice[CatalogRow]:
    """Return a page of the published courses, with the actor's enrollment in each.

    Raises:
        NotAllowed: the actor takes no courses.
    """
    require(actor, may_learn)
    learner = actor.learner_id or 0
    with database.read() as session:
        page = stored.read_catalog(session, search, place)
        ids = [course.id for course in page.rows]
        existing = new_enrollments.existing(session, [learner], ids)
        locks = locks_of(session, learner)
    return page.of(
        [
            CatalogRow(
                course,
                next(iter(existing.get((learner, course.id), ())), None),
                locks.get(course.id, ""),
            )
            for course in page.rows
        ]
    )


def read_course(
    database: Database, actor: Actor, course_id: object, *, is_visit: bool = True
) -> CoursePage:
    """Return a published course, or whatever the actor is or was enrolled in.

    Opening it stores a visit, and marks the instructor's feedback as read; refreshing an open page
    (not `is_visit`) does neither.

    Raises:
        NotFound: there is no such thing for the actor.
    """
    learner, wanted = actor.learner_id, read_id(course_id)
    if learner is None or wanted is None:
        raise NotFound
    with database.read() as session:
        page = course_page(session, learner, wanted)
    if is_visit and page.enrollment:
        visit(database, page.enrollment)
        if page.enrollment.feedback_is_new:
            read_feedback(database, actor, page.enrollment.id, page.enrollment.feedback)
    return page


def read_lesson(
    database: Database,
    actor: Actor,
    course_id: object,
    lesson_id: object,
    *,
    is_visit: bool = True,
) -> LessonPage:
    """Open a lesson of a course that the actor takes, and store the visit.

    Refreshing an open page (not `is_visit`) stores no visit.

    Raises:
        NotFound: there is no such lesson in a course that the actor is enrolled in.
        Refused: the enrollment is cancelled, or a path keeps the course locked.
    """
    learner, course, wanted = actor.learner_id, read_id(course_id), read_id(lesson_id)
    if learner is None or course is None or wanted is None:
        raise NotFound
    with database.read() as session:
        page = course_page(session, learner, course)
        lesson = next((one for one in page.lessons if one.id == wanted), None)
        if page.enrollment is None or lesson is None:
            raise NotFound
        if not takes_lessons(page.enrollment):
            raise Refused(messages.CANCELLED)
        refuse_locked(page.locked_by)
        content = stored.content_of(session, wanted)
    if is_visit:
        visit(database, page.enrollment)
    return LessonPage(page.course, page.enrollment, lesson, content, page.lessons, page.done)


@again_after_deadlock
def start_course(database: Database, actor: Actor, course_id: object) -> int:
    """Start a published course, and return the enrollment's id; if active already, that one's.

    Raises:
        NotFound: there is no such course to start.
        Refused: a path keeps it locked, or the actor has completed it.
    """
    learner, wanted = actor.learner_id, read_id(course_id)
    if learner is None or wanted is None:
        raise NotFound
    try:
        return _start(database, actor, learner, wanted)
    except IntegrityError:
        # Somebody else enrolled them at the same time: that enrollment is found now.
        return _start(database, actor, learner, wanted)


@again_after_deadlock
def cancel_enrollment(
    database: Database, actor: Actor, enrollment_id: object, reason: object
) -> None:
    """Cancel one's own active enrollment; of a path, its courses stay.

    Raises:
        NotFound: the enrollment is not the actor's, or does not exist.
        Refused: it has ended already.
        Invalid: "reason" is missing or too long.
    """
    learner, wanted = actor.learner_id, read_id(enrollment_id)
    if learner is None or wanted is None:
        raise NotFound
    with database.write() as session:
        tracking.lock_learner(session, learner)
        own = stored.own_enrollment(session, learner, wanted)
        if own is None:
            raise NotFound
        if own.status != Status.ACTIVE:
            raise Refused(HAS_ENDED)
        try:
            why = clean_text(reason, REASON_LENGTH, required=True)
        except ValueError as refusal:
            raise Invalid({"reason": str(refusal)}) from None
        change = transition(own_snapshot(own, learner), Cancel(), Context(now_ms()))
        make_changes(session, [change], Signature(_as_person(actor), why))


def read_feedback(database: Database, actor: Actor, enrollment_id: object, feedback: str) -> None:
    """Mark this feedback on one of the actor's enrollments as read.

    If the feedback has changed meanwhile, it stays marked as new.
    """
    learner, wanted = actor.learner_id, read_id(enrollment_id)
    if learner is None or wanted is None:
        return
    with database.write() as session:
        stored.read_feedback(session, learner, wanted, feedback)


def _start(database: Database, actor: Actor, learner: int, wanted: int) -> int:
    organization = organization_of(database)
    with database.write() as session:
        tracking.lock_learner(session, learner)
        own = stored.own_in_course(session, learner, wanted)
        if own and own.status == Status.ACTIVE:
            return own.id
        course = stored.find_learnable(session, wanted)
        if course is None or not can_start(course):
            raise NotFound
        require_unlocked(session, learner, wanted)
        made = plan(
            session,
            [learner],
            [wanted],
            origin=Origin.SELF,
            today=organization.today(),
            request=EnrollRequest(Requester.LEARNER, zone(organization.time_zone)),
        )
        if not made.count(Outcome.ENROLLED):
            raise Refused(next((d.why for d in made.decisions), NotFound.message))
        ids = carry_out(session, made, _as_person(actor), now=now_ms())
        return ids[learner, wanted]


def _as_person(actor: Actor) -> Author:
    return Author("person", actor.account_id, actor.name)
