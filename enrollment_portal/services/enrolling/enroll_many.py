"""Enroll many people at once: find and choose them, preview, and enroll."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.access.permissions import may_manage_learning, require
from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.enrolling import messages
from enrollment_portal.domain.enrolling.completed_elsewhere import (
    NOT_COMPLETED,
    TypedCompletion,
    log_text,
    read_completion,
)
from enrollment_portal.domain.enrolling.enroll_request import EnrollRequest, Outcome, Requester
from enrollment_portal.domain.enrollment.fields import Origin
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.people.user_edits import read_deadline
from enrollment_portal.domain.shared.calendar import now_ms, zone
from enrollment_portal.domain.shared.emails import read_emails
from enrollment_portal.domain.shared.errors import Invalid, PortalError
from enrollment_portal.domain.shared.listing import ListQuery, read_id
from enrollment_portal.domain.shared.messages import NO_EMAIL
from enrollment_portal.domain.shared.wording import with_commas
from enrollment_portal.services.enrolling.enrolling import Plan, carry_out, plan
from enrollment_portal.services.paths.path_circles import circle_sentences
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.services.shared.retrying import again_after_deadlock
from enrollment_portal.storage.access.admin_log import add_act
from enrollment_portal.storage.enrolling.new_enrollments import learnables
from enrollment_portal.storage.history.history import Author
from enrollment_portal.storage.learning.tracking import lock_learners
from enrollment_portal.storage.people import groups
from enrollment_portal.storage.people.directory import list_people
from enrollment_portal.storage.people.groups import GroupRow
from enrollment_portal.storage.people.people import PersonRow, rows_of
from enrollment_portal.storage.shared.database import Database

MAX_PEOPLE, MAX_COURSES, MAX_PAIRS = 5_000, 20, 20_000
N_FOUND = 8


@dataclass(frozen=True)
class Chosen:
    """The selection: ids of people, of groups (all their members), and of courses and paths; the
    typed deadline, "" for each course's own; and whether to enroll again who has completed one."""

    people: Collection[object] = ()
    groups: Collection[object] = ()
    courses: Collection[object] = ()
    typed_deadline: object = ""
    again: object = False
    completed: TypedCompletion = NOT_COMPLETED
    """The typed day and grade, if they have completed it already."""


@dataclass(frozen=True)
class Preview:
    """The result of enrolling, before it is done; the fingerprint identifies it."""

    plan: Plan
    fingerprint: str
    circles: tuple[str, ...] = ()
    """Circular orders among the courses of the paths, as sentences."""
    batch: str = ""
    """The batch, for undoing it; "" for a preview."""


@dataclass(frozen=True)
class Pasted:
    """The result of pasting emails: people, unknown emails, and parts that are not emails."""

    people: tuple[PersonRow, ...]
    unknown: tuple[str, ...]
    unreadable: tuple[str, ...]


@dataclass(frozen=True)
class Named:
    """The selected people, group names and titles of courses and paths, by id."""

    people: Mapping[int, PersonRow]
    groups: Mapping[int, str]
    courses: Mapping[int, str]


class Changed(PortalError):
    """The result would no longer be what the preview showed; nothing was done.

    Args:
        preview: the new preview.
    """

    message = messages.PREVIEW_CHANGED

    def __init__(self, preview: Preview) -> None:
        super().__init__()
        self.preview = preview


def find_people(database: Database, actor: Actor, typed: object) -> tuple[PersonRow, ...]:
    """Return the first few people whose name or email contains the typed words.

    Raises:
        NotAllowed: the actor may not manage learning, as with everything here.
    """
    require(actor, may_manage_learning)
    query = ListQuery().searching(typed)
    if not query.search:
        return ()
    with database.read() as session:
        return list_people(session, query, now=now_ms(), size=N_FOUND).rows


def find_groups(database: Database, actor: Actor, typed: object) -> tuple[GroupRow, ...]:
    """Return the first few groups whose name contains the typed words."""
    require(actor, may_manage_learning)
    with database.read() as session:
        return groups.list_groups(session, ListQuery().searching(typed), N_FOUND).rows


def people_by_email(database: Database, actor: Actor, typed: object) -> Pasted:
    """Return the people of a pasted list of emails, by name.

    Raises:
        Invalid: it is no text, too long, or names nobody at all.
    """
    require(actor, may_manage_learning)
    try:
        emails, unreadable = read_emails(typed)
    except ValueError as refusal:
        raise Invalid({"emails": str(refusal)}) from None
    if not emails and not unreadable:
        raise Invalid({"emails": NO_EMAIL})
    with database.read() as session:
        ids = groups.learners_by_email(session, emails)
        found = rows_of(session, ids.values(), now=now_ms())
    return Pasted(
        tuple(found[id_] for id_ in ids.values()),
        tuple(email for email in emails if email not in ids),
        tuple(unreadable),
    )


def read_names(database: Database, actor: Actor, chosen: Chosen) -> Named:
    """Return the current names of the selection; deleted records are left out."""
    require(actor, may_manage_learning)
    with database.read() as session:
        found = [groups.group(session, id_) for id_ in sorted(_ids(chosen.groups))]
        return Named(
            rows_of(session, _ids(chosen.people), now=now_ms()),
            {group.id: group.name for group in found if group},
            {one.id: one.title for one in learnables(session, _ids(chosen.courses))},
        )


def preview(database: Database, actor: Actor, chosen: Chosen) -> Preview:
    """Return the decision for each person in each course and path; change nothing.

    Raises:
        Invalid: nobody or nothing is chosen, too much at once, or the deadline is no day or over.
    """
    require(actor, may_manage_learning)
    with database.read() as session:
        return _preview(database, session, actor, chosen, now_ms())


@again_after_deadlock
def enroll(database: Database, actor: Actor, chosen: Chosen, fingerprint: object) -> Preview:
    """Do what a preview showed, in one transaction and as one batch.

    Submitted twice, the second time everybody is enrolled already.

    Args:
        database: where everything is stored.
        actor: who enrolls.
        chosen: whom and in what.
        fingerprint: of the preview that was shown.

    Returns:
        What was done.

    Raises:
        Invalid: as for the preview.
        Changed: something else would happen now than was shown; nothing was done.
    """
    require(actor, may_manage_learning)
    now = now_ms()
    try:
        with database.write() as session:
            lock_learners(session, _people_of(session, chosen))
            made = _preview(database, session, actor, chosen, now)
            if made.fingerprint != fingerprint:
                raise Changed(made)
            author = Author("person", actor.account_id, actor.name)
            batch = uuid.uuid4().hex
            carry_out(session, made.plan, author, now=now, batch=batch)
            _record(session, actor, made.plan, chosen.completed, now)
    except IntegrityError:
        # On PostgreSQL, someone else enrolled one of them between the plan and the insert.
        raise Changed(preview(database, actor, chosen)) from None
    return replace(made, batch=batch)


def _record(
    session: Session, actor: Actor, made: Plan, completed: TypedCompletion, now: int
) -> None:
    """Record in the access log how many were enrolled in each course and path."""
    enrolled: dict[int, int] = {}
    learnables = {d.learnable.id: d.learnable for d in made.decisions}
    for decision in made.decisions:
        if decision.outcome is Outcome.ENROLLED:
            enrolled[decision.learnable.id] = enrolled.get(decision.learnable.id, 0) + 1
    for id_, n in enrolled.items():
        is_path = learnables[id_].kind == CourseKind.PATH
        add_act(
            session,
            actor,
            Action.ENROLLED,
            SubjectKind.PATH if is_path else SubjectKind.COURSE,
            id_,
            learnables[id_].title,
            now=now,
            detail=with_commas((messages.logged_people(n), log_text(completed))),
        )


def _preview(
    database: Database, session: Session, actor: Actor, chosen: Chosen, now: int
) -> Preview:
    organization = organization_of(database)
    today = organization.today()
    deadline = read_deadline(chosen.typed_deadline, today)
    people = _people_of(session, chosen)
    courses = _ids(chosen.courses)
    _check_size(len(people), len(courses))
    tz = zone(organization.time_zone)
    completion = read_completion(chosen.completed, learnables(session, courses), now, tz)
    if completion and deadline is not None:
        raise Invalid({"deadline": messages.COMPLETED_WITHOUT_DEADLINE})
    made = plan(
        session,
        people,
        courses,
        origin=Origin.ADMIN,
        today=today,
        request=EnrollRequest(
            Requester.ADMIN, tz, chosen.again is True, completion, actor.learner_id, deadline
        ),
    )
    paths = {d.learnable.id for d in made.decisions if d.learnable.kind == CourseKind.PATH}
    return Preview(
        made, _fingerprint(made, deadline, chosen.completed), circle_sentences(session, paths)
    )


def _people_of(session: Session, chosen: Chosen) -> set[int]:
    people = _ids(chosen.people)
    for group in sorted(_ids(chosen.groups)):
        people |= set(groups.member_ids(session, group))
    return people


def _check_size(n_people: int, n_courses: int) -> None:
    errors: dict[str, str] = {}
    if not n_people:
        errors["people"] = messages.CHOOSE_PEOPLE
    elif n_people > MAX_PEOPLE:
        errors["people"] = messages.too_many_people(n_people, limit=MAX_PEOPLE)
    if not n_courses:
        errors["courses"] = messages.CHOOSE_COURSES
    elif n_courses > MAX_COURSES:
        errors["courses"] = messages.too_many_courses(n_courses, limit=MAX_COURSES)
    elif n_people * n_courses > MAX_PAIRS:
        errors["courses"] = messages.too_many_enrollments(n_people * n_courses, limit=MAX_PAIRS)
    if errors:
        raise Invalid(errors)


def _ids(typed: Collection[object]) -> set[int]:
    return {id_ for id_ in map(read_id, typed) if id_}


def _fingerprint(made: Plan, deadline: int | None, completed: TypedCompletion) -> str:
    outcomes = sorted((d.person.id, d.learnable.id, d.outcome.value) for d in made.decisions)
    return hashlib.sha256(repr((outcomes, deadline, completed)).encode()).hexdigest()
