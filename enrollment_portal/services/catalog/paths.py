"""List learning paths, change their settings, courses and state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.exc import IntegrityError

from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.access.permissions import may_manage_learning, require
from enrollment_portal.domain.catalog import messages
from enrollment_portal.domain.catalog.course_edits import (
    PathFields,
    changed_names,
    read_path_fields,
)
from enrollment_portal.domain.catalog.courses import MAX_STEPS, CourseKind, CourseState
from enrollment_portal.domain.enrolling.messages import logged_enrolled
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import NotAllowed, NotFound, PortalError
from enrollment_portal.domain.shared.listing import ListQuery
from enrollment_portal.domain.shared.messages import changed_meanwhile
from enrollment_portal.domain.shared.wording import with_commas
from enrollment_portal.services.catalog.course_changes import (
    find_course,
    require_list_version,
    require_version,
)
from enrollment_portal.services.catalog.course_following import (
    bring_course,
    refusing_own_completion,
)
from enrollment_portal.services.catalog.path_changes import (
    arrange,
    find_path,
    follow_steps,
    lock_enrolled,
    log_path,
    place_steps,
    require_published,
    steps_with,
)
from enrollment_portal.services.enrolling.group_rule import enroll_members_in
from enrollment_portal.services.paths.path_circles import circle_sentences
from enrollment_portal.services.shared.retrying import again_after_deadlock
from enrollment_portal.storage.access.admin_log import add_act
from enrollment_portal.storage.catalog import courses as stored
from enrollment_portal.storage.catalog import path_admin
from enrollment_portal.storage.catalog.courses import CourseRow, StoredCourse
from enrollment_portal.storage.catalog.path_admin import Step
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.listing import Slice

_LABELS = {"title": "title", "description": "description", "deadline_days": "deadline"}


@dataclass(frozen=True)
class PathDetails:
    """A path and its courses in their order."""

    path: StoredCourse
    steps: tuple[Step, ...]
    circles: tuple[str, ...] = ()
    """Circular orders of its courses together with other paths, as sentences."""


def list_paths(database: Database, actor: Actor, query: ListQuery) -> Slice[CourseRow]:
    """Return a page of the learning paths; the filter is `state`.

    Raises:
        NotAllowed: the actor may not manage learning, as with everything here.
    """
    require(actor, may_manage_learning)
    with database.read() as session:
        return stored.list_courses(session, CourseKind.PATH, query)


def read_path(database: Database, actor: Actor, path_id: object) -> PathDetails:
    """Return a learning path.

    Raises:
        NotFound: there is no such path.
    """
    require(actor, may_manage_learning)
    with database.read() as session:
        path = find_path(session, path_id, for_update=False)
        has_ended = path.state == CourseState.ARCHIVED and not path.n_active
        return PathDetails(
            path,
            tuple(path_admin.steps_of(session, path.id)),
            () if has_ended else circle_sentences(session, {path.id}),
        )


def make_path(database: Database, actor: Actor, typed: Mapping[str, object]) -> int:
    """Create a draft without courses, and return its id.

    Raises:
        Invalid: a field breaks a rule.
    """
    require(actor, may_manage_learning)
    fields = read_path_fields(typed)
    with database.write() as session:
        now = now_ms()
        path_id = stored.add_course(session, CourseKind.PATH, fields.as_course, now=now)
        add_act(session, actor, Action.PATH_MADE, SubjectKind.PATH, path_id, fields.title, now=now)
    return path_id


def typed_path(path: StoredCourse) -> dict[str, str]:
    """Return the text of each form field for a path."""
    days = path.deadline_days
    return {
        "title": path.title,
        "description": path.description,
        "deadline_days": "" if days is None else str(days),
    }


def save_path(
    database: Database,
    actor: Actor,
    path_id: object,
    *,
    version: object,
    typed: Mapping[str, object],
) -> StoredCourse:
    """Change the settings of a path.

    Raises:
        NotFound: there is no such path.
        Invalid: a field breaks a rule; nothing is changed.
        PortalError: someone else changed it since `version`; nothing is changed.
    """
    require(actor, may_manage_learning)
    fields = read_path_fields(typed)
    with database.write() as session:
        path, now = find_path(session, path_id), now_ms()
        before = PathFields(path.title, path.description, path.deadline_days)
        if version == path.version and fields == before:
            return path
        if version != path.version:
            raise PortalError(changed_meanwhile(messages.the_path(path.title)))
        stored.change_course(session, path.id, fields.as_course, version=path.version, now=now)
        changed = find_path(session, path.id)
        log_path(session, actor, changed, changed_names(before, fields, _LABELS), now=now)
        return changed


@again_after_deadlock
def set_path_state(
    database: Database, actor: Actor, path_id: object, state: object, *, version: object
) -> StoredCourse:
    """Publish or archive a path, or make it a draft again; its enrollments stay.

    Publishing enrolls the members of groups that it is assigned to.

    Args:
        database: where it is.
        actor: who does it.
        path_id: which path.
        state: of `CourseState`; no effect if it is in that state already.
        version: of the path that the page shows.

    Raises:
        NotFound: there is no such path.
        PortalError: someone else changed it since `version`; nothing is changed.
        NotAllowed: none of its courses is published, and it is to be.
    """
    require(actor, may_manage_learning)
    if not isinstance(state, str) or state not in list(CourseState):
        raise NotFound
    with database.write() as session:
        path, now = find_path(session, path_id), now_ms()
        if state == path.state:
            return path
        require_version(path, version)
        if state == CourseState.PUBLISHED:
            require_published(path_admin.steps_of(session, path.id))
        stored.set_state(session, path.id, state, version=path.version, now=now)
        changed = find_path(session, path.id)
        text = (
            messages.LOGGED_BACK_TO_DRAFT
            if state == CourseState.DRAFT
            else CourseState(state).label
        )
        if state == CourseState.PUBLISHED:
            with refusing_own_completion(session, actor):
                n_enrolled = enroll_members_in(database, session, path.id)
            text = with_commas((text, logged_enrolled(n_enrolled)))
        log_path(session, actor, changed, text, now=now)
        return changed


@again_after_deadlock
def add_step(database: Database, actor: Actor, path_id: object, course_id: object) -> int:
    """Add a course at the end of a path; return how many people were enrolled in it.

    Everybody who is active in the path is enrolled, unless they have an enrollment in it.

    Raises:
        NotFound: there is no such path, or no such course.
        NotAllowed: the path holds it already, or as many as it can.
    """
    require(actor, may_manage_learning)
    try:
        return _add(database, actor, path_id, course_id)
    except IntegrityError:  # someone else enrolled one of them at the same time
        return _add(database, actor, path_id, course_id)


def _add(database: Database, actor: Actor, path_id: object, course_id: object) -> int:
    with database.write() as session:
        # Lock the course first, as a change of its lessons does: so its number of lessons cannot
        # change until they are summed up, and the two cannot deadlock.
        course = find_course(session, course_id)
        path, now = find_path(session, path_id), now_ms()
        steps = path_admin.steps_of(session, path.id)
        if course.id in {step.course_id for step in steps}:
            raise NotAllowed(messages.already_in_path(course.title))
        if len(steps) >= MAX_STEPS:
            raise NotAllowed(messages.too_many_courses(MAX_STEPS))
        lock_enrolled(session, path)
        path_admin.add_step(session, path.id, course.id, now=now)
        stored.list_changed(session, path.id)
        with refusing_own_completion(session, actor):
            n_enrolled = bring_course(database, session, path, course.id, now=now)
            follow_steps(session, path, now=now)
        log_path(session, actor, path, messages.logged_added(course.title), now=now)
        return n_enrolled


@again_after_deadlock
def remove_step(
    database: Database, actor: Actor, path_id: object, course_id: object, *, version: object
) -> None:
    """Remove a course from a path; enrollments in the course stay.

    Args:
        database: where it is.
        actor: who does it.
        path_id: which path.
        course_id: which course.
        version: of the path's courses that the page shows.

    Raises:
        NotFound: there is no such path, or it does not hold this course.
        PortalError: someone else changed its courses since `version`; nothing is changed.
        NotAllowed: it is the only published one of a published path, or the last one that is
            missing in the actor's own enrollment.
    """
    require(actor, may_manage_learning)
    with database.write() as session:
        path, now = find_path(session, path_id), now_ms()
        steps, place = steps_with(session, path, course_id)
        require_list_version(path, version)
        step = steps.pop(place)
        if path.state == CourseState.PUBLISHED:
            require_published(steps)
        lock_enrolled(session, path)
        path_admin.remove_step(session, path.id, step.course_id)
        place_steps(session, path, steps)
        with refusing_own_completion(session, actor):
            follow_steps(session, path, now=now)
        log_path(session, actor, path, messages.logged_removed(step.title), now=now)


def move_step(
    database: Database,
    actor: Actor,
    path_id: object,
    course_id: object,
    *,
    down: bool,
    version: object,
) -> None:
    """Swap a course with the one before or after it; no effect at either end.

    Args:
        database: where it is.
        actor: who does it.
        path_id: which path.
        course_id: which course.
        down: whether to swap with the one after it.
        version: of the path's courses that the page shows.

    Raises:
        NotFound: there is no such path, or it does not hold this course.
        PortalError: someone else changed its courses since `version`; nothing is changed.
    """

    def move(steps: list[Step], place: int) -> str:
        other = place + (1 if down else -1)
        if not 0 <= other < len(steps):
            return ""
        steps[place], steps[other] = steps[other], steps[place]
        return messages.logged_moved(steps[other].title)

    require(actor, may_manage_learning)
    with database.write() as session:
        arrange(session, actor, path_id, course_id, move, version=version)


def set_needs_previous(
    database: Database,
    actor: Actor,
    path_id: object,
    course_id: object,
    *,
    is_on: bool,
    version: object,
) -> None:
    """Set whether a course of a path opens only after the previous one is completed.

    Args:
        database: where it is.
        actor: who does it.
        path_id: which path.
        course_id: which course.
        is_on: whether it waits for the previous one.
        version: of the path's courses that the page shows.

    Raises:
        NotFound: there is no such path, or it does not hold this course.
        PortalError: someone else changed its courses since `version`; nothing is changed.
    """

    def switch(steps: list[Step], place: int) -> str:
        step = steps[place]
        if place == 0 or bool(step.needs_previous) is is_on:
            return ""
        steps[place] = replace(step, needs_previous=int(is_on))
        if is_on:
            return messages.logged_opens_after(step.title)
        return messages.logged_opens_at_once(step.title)

    require(actor, may_manage_learning)
    with database.write() as session:
        arrange(session, actor, path_id, course_id, switch, version=version)
