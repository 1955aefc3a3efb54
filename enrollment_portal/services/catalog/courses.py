"""List courses, change their settings, state and instructors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.access.permissions import may_manage_learning, require
from enrollment_portal.domain.catalog import messages
from enrollment_portal.domain.catalog.course_edits import (
    CourseFields,
    changed_names,
    read_course_fields,
)
from enrollment_portal.domain.catalog.courses import (
    CourseKind,
    CourseState,
    can_be_published,
    ends_offer,
)
from enrollment_portal.domain.catalog.grades import GradingScheme
from enrollment_portal.domain.catalog.messages import NOTHING_COMPLETES
from enrollment_portal.domain.enrolling.enroll_request import Learnable
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, NotFound, PortalError
from enrollment_portal.domain.shared.listing import ListQuery, clean_search, read_id
from enrollment_portal.domain.shared.messages import changed_meanwhile
from enrollment_portal.services.catalog.course_changes import (
    find_course,
    log_change,
    require_version,
    teacher_name,
)
from enrollment_portal.services.catalog.course_following import (
    follow_lessons,
    follow_state,
    refusing_own_completion,
)
from enrollment_portal.services.enrolling.group_rule import enroll_members_in
from enrollment_portal.services.enrollment.assigning import unassign
from enrollment_portal.services.shared.retrying import again_after_deadlock
from enrollment_portal.storage.access.admin_log import add_act
from enrollment_portal.storage.catalog import courses as stored
from enrollment_portal.storage.catalog import lessons
from enrollment_portal.storage.catalog.courses import CourseRow, StoredCourse, Teacher
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.listing import Slice

MAX_FOUND = 50
_LABELS = {
    "title": "title",
    "description": "description",
    "deadline_days": "default deadline",
    "scheme": "grading",
    "points": "points",
    "requires_grade": "requires a grade",
    "pass_percent": "pass mark",
    "may_be_retaken": "may be taken again",
    "admin_completes": "completed by an admin",
}


_COMPLETING_WITHOUT_LESSONS = ("requires_grade", "admin_completes")
"""The settings of which a published course without lessons needs one."""
_COMPLETING = (*_COMPLETING_WITHOUT_LESSONS, "scheme", "points", "pass_percent")
"""The settings that decide whether a course is completed."""


@dataclass(frozen=True)
class CourseDetails:
    """A course and who teaches it."""

    course: StoredCourse
    teachers: tuple[Teacher, ...]


def list_courses(database: Database, actor: Actor, query: ListQuery) -> Slice[CourseRow]:
    """Return a page of the courses; the filter is `state`.

    Raises:
        NotAllowed: the actor may not manage learning, as with everything here.
    """
    require(actor, may_manage_learning)
    with database.read() as session:
        return stored.list_courses(session, CourseKind.COURSE, query)


def find_learnables(
    database: Database, actor: Actor, typed: object, limit: int = 20, *, kind: str = ""
) -> list[Learnable]:
    """Return the first published courses and paths, by title, that contain every typed word.

    Args:
        database: where they are.
        actor: who asks.
        typed: words of a title; "" finds all.
        limit: how many at most.
        kind: of `CourseKind`, to find only courses or only paths.

    Raises:
        NotAllowed: the actor may not manage learning.
    """
    require(actor, may_manage_learning)
    with database.read() as session:
        return stored.find_learnables(
            session, clean_search(typed), min(limit, MAX_FOUND), kind=kind
        )


def read_course(database: Database, actor: Actor, course_id: object) -> CourseDetails:
    """Return a course.

    Raises:
        NotFound: there is no such course.
    """
    require(actor, may_manage_learning)
    with database.read() as session:
        course = find_course(session, course_id, for_update=False)
        return CourseDetails(course, tuple(stored.teachers_of(session, course.id)))


def make_course(database: Database, actor: Actor, typed: Mapping[str, object]) -> int:
    """Create a draft without lessons, and return its id.

    Raises:
        Invalid: a field breaks a rule.
    """
    require(actor, may_manage_learning)
    fields = read_course_fields(typed)
    with database.write() as session:
        now = now_ms()
        course_id = stored.add_course(session, CourseKind.COURSE, fields, now=now)
        add_act(
            session,
            actor,
            Action.COURSE_MADE,
            SubjectKind.COURSE,
            course_id,
            fields.title,
            now=now,
        )
    return course_id


def typed_course(course: StoredCourse) -> dict[str, str]:
    """Return the text of each form field for a course."""
    days, points = course.deadline_days, course.grading_points
    return {
        "title": course.title,
        "description": course.description,
        "deadline_days": "" if days is None else str(days),
        "scheme": course.grading_scheme,
        "points": "" if points is None else str(points),
        "requires_grade": "on" if course.requires_grade else "",
        "pass_percent": str(course.pass_percent),
        "may_be_retaken": "on" if course.may_be_retaken else "",
        "admin_completes": "on" if course.admin_completes else "",
    }


def _fields_of(course: StoredCourse) -> CourseFields:
    return CourseFields(
        course.title,
        course.description,
        course.deadline_days,
        GradingScheme(course.grading_scheme),
        course.grading_points,
        bool(course.requires_grade),
        course.pass_percent,
        bool(course.may_be_retaken),
        bool(course.admin_completes),
    )


@again_after_deadlock
def save_course(
    database: Database,
    actor: Actor,
    course_id: object,
    *,
    version: object,
    typed: Mapping[str, object],
) -> StoredCourse:
    """Change the settings of a course, and update its active enrollments.

    A lower pass mark completes those whose grade passes now. A higher one, like an added lesson,
    never ends a completion.

    Raises:
        NotFound: there is no such course.
        Invalid: a field breaks a rule; nothing is changed.
        PortalError: someone else changed it since `version`; nothing is changed.
        OwnEnrollment: it would complete the actor's own enrollment, or let them complete it
            without the passing grade that it waits for; nothing is changed.
    """
    require(actor, may_manage_learning)
    with database.write() as session:
        course, now = find_course(session, course_id), now_ms()
        before = _fields_of(course)
        fields = read_course_fields(typed, before.pass_percent)
        if version == course.version and fields == before:
            return course
        completes = {name: getattr(fields, name) for name in _COMPLETING_WITHOUT_LESSONS}
        if ends_offer(course, replace(course, **completes)):
            ended = [name for name in completes if getattr(before, name)]
            raise Invalid(dict.fromkeys(ended, NOTHING_COMPLETES))
        if version != course.version:
            raise PortalError(changed_meanwhile(messages.the_course(course.title)))
        is_followed = any(getattr(fields, n) != getattr(before, n) for n in _COMPLETING)
        if is_followed:
            lessons.lock_learners(session, course.id)
        with refusing_own_completion(session, actor):
            stored.change_course(session, course.id, fields, version=course.version, now=now)
            changed = find_course(session, course.id)
            if is_followed:
                follow_lessons(session, changed, now=now)
        log_change(session, actor, changed, changed_names(before, fields, _LABELS), now=now)
        return changed


@again_after_deadlock
def set_course_state(
    database: Database, actor: Actor, course_id: object, state: object, *, version: object
) -> StoredCourse:
    """Publish or archive a course, or make it a draft again; its enrollments stay.

    Publishing enrolls the members of groups that it is assigned to.

    Args:
        database: where it is.
        actor: who does it.
        course_id: which course.
        state: of `CourseState`; no effect if it is in that state already.
        version: of the course that the page shows.

    Raises:
        NotFound: there is no such course.
        PortalError: someone else changed it since `version`; nothing is changed.
        NotAllowed: it is to be published, and neither lessons, a grade nor an admin complete it;
            or it would complete the actor's own enrollment in a path.
    """
    require(actor, may_manage_learning)
    if not isinstance(state, str) or state not in list(CourseState):
        raise NotFound
    with database.write() as session:
        course, now = find_course(session, course_id), now_ms()
        if state == course.state:
            return course
        require_version(course, version)
        if state == CourseState.PUBLISHED and not can_be_published(course):
            raise NotAllowed(NOTHING_COMPLETES)
        stored.set_state(session, course.id, state, version=course.version, now=now)
        changed = find_course(session, course.id)
        n_enrolled = 0
        with refusing_own_completion(session, actor):
            if state == CourseState.PUBLISHED:
                n_enrolled = enroll_members_in(database, session, course.id)
            follow_state(database, session, changed, now=now)
        action, detail = {
            CourseState.PUBLISHED: (Action.COURSE_PUBLISHED, ""),
            CourseState.ARCHIVED: (Action.COURSE_ARCHIVED, ""),
            CourseState.DRAFT: (Action.COURSE_CHANGED, messages.LOGGED_BACK_TO_DRAFT),
        }[CourseState(state)]
        if n_enrolled:
            detail = messages.logged_enrolled(n_enrolled)
        log_change(session, actor, changed, detail, now=now, action=action)
        return changed


def find_instructors(
    database: Database, actor: Actor, course_id: object, typed: object, limit: int = 10
) -> list[Teacher]:
    """Return instructors who could teach a course and do not yet.

    Raises:
        NotFound: there is no such course.
    """
    require(actor, may_manage_learning)
    with database.read() as session:
        course = find_course(session, course_id, for_update=False)
        return stored.find_instructors(session, course.id, clean_search(typed), limit)


def find_all_instructors(
    database: Database, actor: Actor, typed: object, limit: int = 10
) -> list[Teacher]:
    """Return instructors by name or email, whatever they teach."""
    require(actor, may_manage_learning)
    with database.read() as session:
        return stored.find_instructors(session, None, clean_search(typed), limit)


def add_teacher(database: Database, actor: Actor, course_id: object, account_id: object) -> None:
    """Assign an instructor to a course: they can see and grade its enrollments.

    Raises:
        NotFound: there is no such course, or the account is no instructor.
    """
    require(actor, may_manage_learning)
    with database.write() as session:
        course, account = find_course(session, course_id), read_id(account_id) or 0
        added = stored.add_teacher(session, course.id, account)
        name = teacher_name(session, course.id, account)
        if added:
            log_change(session, actor, course, messages.logged_teaches(name), now=now_ms())


@again_after_deadlock
def remove_teacher(database: Database, actor: Actor, course_id: object, account_id: object) -> None:
    """Remove an instructor from a course, and from its enrollments that they were assigned.

    Raises:
        NotFound: there is no such course, or they do not teach it.
    """
    require(actor, may_manage_learning)
    with database.write() as session:
        course, account = find_course(session, course_id), read_id(account_id) or 0
        name = teacher_name(session, course.id, account)
        stored.remove_teacher(session, course.id, account)
        unassign(session, actor, account, [course.id])
        log_change(session, actor, course, messages.logged_teaches_no_more(name), now=now_ms())
