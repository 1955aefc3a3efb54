"""Add, change, move and remove the lessons of a course, and update its enrollments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from enrollment_portal.domain.access.permissions import may_manage_learning, require
from enrollment_portal.domain.catalog import messages
from enrollment_portal.domain.catalog.course_edits import read_lesson_fields
from enrollment_portal.domain.catalog.courses import MAX_LESSONS, ends_offer
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import NotAllowed, NotFound, PortalError
from enrollment_portal.domain.shared.listing import read_id
from enrollment_portal.domain.shared.messages import changed_meanwhile
from enrollment_portal.services.catalog.course_changes import (
    find_course,
    log_change,
    require_list_version,
)
from enrollment_portal.services.catalog.course_following import (
    follow_lessons,
    refusing_own_completion,
)
from enrollment_portal.services.shared.retrying import again_after_deadlock
from enrollment_portal.storage.catalog import lessons as stored
from enrollment_portal.storage.catalog.courses import StoredCourse, list_changed
from enrollment_portal.storage.catalog.lessons import StoredLesson
from enrollment_portal.storage.shared.database import Database


def read_lessons(
    database: Database, actor: Actor, course_id: object
) -> tuple[StoredCourse, list[StoredLesson]]:
    """Return a course and its lessons in their order.

    Raises:
        NotFound: there is no such course.
        NotAllowed: the actor may not manage learning, as with everything here.
    """
    require(actor, may_manage_learning)
    with database.read() as session:
        course = find_course(session, course_id, for_update=False)
        return course, stored.lessons_of(session, course.id)


@again_after_deadlock
def add_lesson(
    database: Database, actor: Actor, course_id: object, typed: Mapping[str, object]
) -> int:
    """Add a lesson after the last one, and return its id; progress in the course follows.

    Raises:
        NotFound: there is no such course.
        Invalid: a field breaks a rule.
        NotAllowed: the course has as many lessons as a course can have.
    """
    require(actor, may_manage_learning)
    fields = read_lesson_fields(typed)
    with database.write() as session:
        course, now = find_course(session, course_id), now_ms()
        if len(stored.lessons_of(session, course.id)) >= MAX_LESSONS:
            raise NotAllowed(messages.too_many_lessons(MAX_LESSONS))
        stored.lock_learners(session, course.id)
        lesson_id = stored.add_lesson(session, course.id, fields.title, fields.content)
        stored.count_lessons(session, course.id, now=now)
        list_changed(session, course.id)
        with refusing_own_completion(session, actor):
            follow_lessons(session, find_course(session, course.id), now=now)
        log_change(session, actor, course, messages.logged_lesson_added(fields.title), now=now)
    return lesson_id


def save_lesson(
    database: Database,
    actor: Actor,
    course_id: object,
    lesson_id: object,
    *,
    version: object,
    typed: Mapping[str, object],
) -> None:
    """Change the title and content of a lesson.

    Raises:
        NotFound: there is no such lesson in such a course.
        Invalid: a field breaks a rule; nothing is changed.
        PortalError: someone else changed it since `version`.
    """
    require(actor, may_manage_learning)
    fields = read_lesson_fields(typed)
    with database.write() as session:
        course = find_course(session, course_id)
        lesson, _place = _find(stored.lessons_of(session, course.id), lesson_id)
        if version != lesson.version:
            raise PortalError(changed_meanwhile(messages.the_lesson(lesson.title)))
        if (lesson.title, lesson.content) == (fields.title, fields.content):
            return
        stored.change_lesson(
            session, lesson.id, fields.title, fields.content, version=lesson.version
        )
        list_changed(session, course.id)
        log_change(
            session, actor, course, messages.logged_lesson_changed(fields.title), now=now_ms()
        )


@again_after_deadlock
def move_lesson(
    database: Database,
    actor: Actor,
    course_id: object,
    lesson_id: object,
    *,
    down: bool,
    version: object,
) -> None:
    """Swap a lesson with the one before or after it; no effect at either end.

    Lessons that were done stay done.

    Args:
        database: where it is.
        actor: who does it.
        course_id: the lesson's course.
        lesson_id: which lesson.
        down: whether to swap with the one after it.
        version: of the course's lessons that the page shows.

    Raises:
        NotFound: there is no such lesson in such a course.
        PortalError: someone else changed the lessons since `version`; nothing is changed.
    """
    require(actor, may_manage_learning)
    with database.write() as session:
        course = find_course(session, course_id)
        lessons = stored.lessons_of(session, course.id)
        lesson, place = _find(lessons, lesson_id)
        other = place + (1 if down else -1)
        require_list_version(course, version)
        if 0 <= other < len(lessons):
            stored.lock_learners(session, course.id)
            stored.mark_first(session, course.id)
            stored.swap_lessons(session, lesson, lessons[other])
            list_changed(session, course.id)
            log_change(
                session, actor, course, messages.logged_lesson_moved(lesson.title), now=now_ms()
            )


@again_after_deadlock
def remove_lesson(
    database: Database, actor: Actor, course_id: object, lesson_id: object, *, version: object
) -> None:
    """Remove a lesson; progress in the course follows.

    Args:
        database: where it is.
        actor: who does it.
        course_id: the lesson's course.
        lesson_id: which lesson.
        version: of the course's lessons that the page shows.

    Raises:
        NotFound: there is no such lesson in such a course.
        PortalError: someone else changed the lessons since `version`; nothing is changed.
        NotAllowed: it is the only one of a published course that neither a grade nor an admin
            completes, or the last one that is missing in the actor's own enrollment.
    """
    require(actor, may_manage_learning)
    with database.write() as session:
        course, now = find_course(session, course_id), now_ms()
        lessons = stored.lessons_of(session, course.id)
        lesson, _place = _find(lessons, lesson_id)
        require_list_version(course, version)
        if ends_offer(course, replace(course, n_lessons=len(lessons) - 1)):
            raise NotAllowed(messages.NEEDS_LESSON)
        stored.lock_learners(session, course.id, with_ended=True)
        stored.mark_first(session, course.id)
        marked = stored.marked_one_by_one(session, course.id)
        stored.remove_lesson(session, course.id, lesson)
        stored.count_lessons(session, course.id, now=now)
        list_changed(session, course.id)
        with refusing_own_completion(session, actor):
            follow_lessons(session, find_course(session, course.id), now=now, marked=marked)
        log_change(session, actor, course, messages.logged_lesson_removed(lesson.title), now=now)


def _find(lessons: Sequence[StoredLesson], lesson_id: object) -> tuple[StoredLesson, int]:
    wanted = read_id(lesson_id)
    for place, lesson in enumerate(lessons):
        if lesson.id == wanted:
            return lesson, place
    raise NotFound
