"""The group rule: members of a group are enrolled in the courses and paths assigned to it.

It creates missing enrollments once, and never overrides what a person did. If a course may be
taken again, it enrolls again those who completed it before they joined or it was assigned.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from enrollment_portal.domain.enrolling.enroll_request import (
    Decision,
    EnrollRequest,
    Outcome,
    Requester,
)
from enrollment_portal.domain.enrollment.fields import Origin
from enrollment_portal.domain.shared.calendar import now_ms, zone
from enrollment_portal.services.enrolling.enrolling import carry_out, plan
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.storage.history.history import Author
from enrollment_portal.storage.learning.tracking import lock_learners
from enrollment_portal.storage.people import groups as stored
from enrollment_portal.storage.people.groups import StoredGroup
from enrollment_portal.storage.shared.database import Database

CHUNK = 1_000
"""How many members are planned and enrolled together, to bound memory."""
MAX_REPORTED = 50
"""Up to how many people who were not enrolled are named."""


@dataclass(frozen=True)
class Applied:
    """The result of a change of a group's members or assigned courses."""

    n_changed: int = 0
    """How many people joined or left."""
    n_enrolled: int = 0
    n_refused: int = 0
    refused: tuple[Decision, ...] = ()
    """The first of those whom the rule did not enroll, each with why."""
    unknown: tuple[str, ...] = ()
    """Emails that nobody has."""
    unreadable: tuple[str, ...] = ()
    """Pasted parts that are not emails."""
    circles: tuple[str, ...] = ()
    """Circular orders of an assigned path together with other paths, as sentences."""
    batch: str = ""
    """The batch of the created enrollments, for undoing it; "" for none."""


def enroll_members(
    database: Database,
    session: Session,
    group: StoredGroup,
    learner_ids: Sequence[int],
    course_ids: Collection[int],
) -> Applied:
    """Enroll members of a group in its assigned courses, as one batch, within a transaction.

    Args:
        database: for the organization's current day.
        session: in the transaction, with the group locked.
        group: the group.
        learner_ids: some of its members.
        course_ids: some of its courses and paths.
    """
    if not course_ids:
        return Applied()
    organization = organization_of(database)
    today, now = organization.today(), now_ms()
    request = EnrollRequest(Requester.RULE, zone(organization.time_zone))
    author, batch = Author("group", None, group.name), uuid.uuid4().hex
    n_enrolled = n_refused = 0
    refused: list[Decision] = []
    # Lock all of them first: chunk after chunk, two groups that share people
    # could deadlock.
    lock_learners(session, learner_ids)
    assigned = {
        one.id: one.assigned_at
        for one in stored.assigned_to(session, group.id)
        if one.id in course_ids
    }
    for start in range(0, len(learner_ids), CHUNK):
        learners = learner_ids[start : start + CHUNK]
        joined = stored.joined_at(session, group.id, learners)
        made = plan(
            session,
            learners,
            course_ids,
            origin=Origin.GROUP,
            today=today,
            request=request,
            since={
                (learner, course): max(joined_at, assigned_at)
                for learner, joined_at in joined.items()
                for course, assigned_at in assigned.items()
            },
        )
        carry_out(session, made, author, now=now, batch=batch)
        n_enrolled += made.count(Outcome.ENROLLED)
        n_refused += made.count(Outcome.REFUSED)
        if len(refused) < MAX_REPORTED:
            refused += [d for d in made.decisions if d.outcome is Outcome.REFUSED]
    return Applied(
        n_enrolled=n_enrolled,
        n_refused=n_refused,
        refused=tuple(refused[:MAX_REPORTED]),
        batch=batch if n_enrolled else "",
    )


def enroll_members_in(database: Database, session: Session, course_id: int) -> int:
    """Enroll the members of its groups in a course or path that was just published.

    People who joined before that were refused then. Returns how many were enrolled.
    """
    n_enrolled = 0
    for group_id in stored.groups_assigned(session, course_id):
        group = stored.group(session, group_id, for_update=True)
        if group:
            members = stored.member_ids(session, group.id)
            n_enrolled += enroll_members(database, session, group, members, [course_id]).n_enrolled
    return n_enrolled


def enroll_by_groups(database: Database, session: Session, learner_id: int) -> int:
    """Enroll a reinstated person in the courses and paths of their groups; return how many.

    While they were suspended, the rule refused to enroll them.
    """
    n_enrolled = 0
    for group_id in stored.groups_of(session, learner_id):
        group = stored.group(session, group_id, for_update=True)
        if group:
            courses = [course.id for course in stored.assigned_to(session, group.id)]
            n_enrolled += enroll_members(database, session, group, [learner_id], courses).n_enrolled
    return n_enrolled
