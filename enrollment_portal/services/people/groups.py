"""List and change groups of people: members, leads, assigned courses and paths."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.access.permissions import (
    may_manage_learning,
    may_manage_people,
    require,
)
from enrollment_portal.domain.catalog.courses import CourseKind, CourseState
from enrollment_portal.domain.catalog.messages import NOTHING_COMPLETES
from enrollment_portal.domain.enrolling.messages import logged_enrolled
from enrollment_portal.domain.people import messages
from enrollment_portal.domain.people.group_edits import GroupFields, read_group_fields
from enrollment_portal.domain.people.groups import GroupKind
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.emails import read_emails
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, NotFound, PortalError
from enrollment_portal.domain.shared.listing import ListQuery, read_id
from enrollment_portal.domain.shared.messages import NO_EMAIL, changed_meanwhile
from enrollment_portal.domain.shared.wording import sentences, with_commas
from enrollment_portal.services.enrolling.group_rule import Applied, enroll_members
from enrollment_portal.services.paths.path_circles import circle_sentences
from enrollment_portal.services.shared.retrying import again_after_deadlock
from enrollment_portal.storage.access.admin_log import add_act
from enrollment_portal.storage.enrolling import new_enrollments
from enrollment_portal.storage.people import groups as stored
from enrollment_portal.storage.people.groups import Assigned, GroupRow, Lead, Member, StoredGroup
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.listing import Slice

MAX_AT_ONCE = 10_000

Result = TypeVar("Result")


@dataclass(frozen=True)
class GroupDetails:
    """A group with its leads and its assigned courses and paths."""

    group: StoredGroup
    leads: tuple[Lead, ...]
    assigned: tuple[Assigned, ...]
    may_assign: bool


def list_groups(database: Database, actor: Actor, query: ListQuery) -> Slice[GroupRow]:
    """Return a page of the groups; the filter is `kind`.

    Raises:
        NotAllowed: the actor may not manage people, as with everything here.
    """
    require(actor, may_manage_people)
    with database.read() as session:
        return stored.list_groups(session, query)


def read_group(database: Database, actor: Actor, group_id: object) -> GroupDetails:
    """Return a group.

    Raises:
        NotFound: there is no such group.
    """
    require(actor, may_manage_people)
    with database.read() as session:
        group = _find(session, group_id, for_update=False)
        return GroupDetails(
            group,
            tuple(stored.leads_of(session, group.id)),
            tuple(stored.assigned_to(session, group.id)),
            may_manage_learning(actor),
        )


def list_members(
    database: Database, actor: Actor, group_id: object, query: ListQuery
) -> Slice[Member]:
    """Return a page of a group's members.

    Raises:
        NotFound: there is no such group.
    """
    require(actor, may_manage_people)
    with database.read() as session:
        group = _find(session, group_id, for_update=False)
        return stored.list_members(session, group.id, query)


def make_group(database: Database, actor: Actor, typed: Mapping[str, object]) -> int:
    """Create a group without members, and return its id.

    Raises:
        Invalid: a field breaks a rule.
    """
    require(actor, may_manage_people)
    fields = read_group_fields(typed)
    with database.write() as session:
        group_id = stored.add_group(session, fields, now=now_ms())
        _log(session, actor, Action.GROUP_MADE, group_id, fields.name, fields.kind.label)
    return group_id


def typed_group(group: StoredGroup) -> dict[str, str]:
    """Return the text of each form field for a group."""
    return {"name": group.name, "kind": group.kind, "description": group.description}


def save_group(
    database: Database,
    actor: Actor,
    group_id: object,
    *,
    version: object,
    typed: Mapping[str, object],
) -> StoredGroup:
    """Change the settings of a group.

    Raises:
        NotFound: there is no such group.
        Invalid: a field breaks a rule; nothing is changed.
        PortalError: someone else changed it since `version`.
    """
    require(actor, may_manage_people)
    fields = read_group_fields(typed)
    with database.write() as session:
        group = _find(session, group_id)
        before = GroupFields(group.name, GroupKind(group.kind), group.description)
        if fields == before and version == group.version:
            return group
        if version != group.version:
            raise PortalError(changed_meanwhile(messages.the_group(group.name)))
        stored.change_group(session, group.id, fields, version=group.version)
        changed = [n for n in ("name", "kind", "description") if vars(before)[n] != vars(fields)[n]]
        detail = with_commas(changed).capitalize()
        _log(session, actor, Action.GROUP_CHANGED, group.id, fields.name, detail)
        return _find(session, group.id, for_update=False)


def add_members(
    database: Database, actor: Actor, group_id: object, learner_ids: Collection[object]
) -> Applied:
    """Add people to a group, and enroll them in its courses and paths.

    People whose enrollment an admin has cancelled are not enrolled in that course again; the
    result lists them.

    Raises:
        NotFound: there is no such group.
        Invalid: nobody, or too many at once.
    """
    require(actor, may_manage_people)
    ids = {id_ for id_ in map(read_id, learner_ids) if id_}
    if not 0 < len(ids) <= MAX_AT_ONCE:
        raise Invalid({"people": messages.choose_people(MAX_AT_ONCE)})
    return _retry(lambda: _add(database, actor, group_id, ids))


def add_members_by_email(
    database: Database, actor: Actor, group_id: object, typed: object
) -> Applied:
    """Add the people whose emails were pasted; see `add_members`.

    Raises:
        NotFound: there is no such group.
        Invalid: there is no email in it, or too many; nothing is changed.
    """
    require(actor, may_manage_people)
    try:
        emails, unreadable = read_emails(typed)
    except ValueError as refusal:
        raise Invalid({"emails": str(refusal)}) from None
    if not emails:
        raise Invalid({"emails": NO_EMAIL})
    with database.read() as session:
        _find(session, group_id, for_update=False)
        known = stored.learners_by_email(session, emails)
    unknown = tuple(email for email in emails if email not in known)
    added = Applied()
    if known:
        ids = set(known.values())
        added = _retry(lambda: _add(database, actor, group_id, ids))
    return replace(added, unknown=unknown, unreadable=tuple(unreadable))


def _add(database: Database, actor: Actor, group_id: object, ids: Collection[int]) -> Applied:
    with database.write() as session:
        group = _find(session, group_id)
        joined = stored.add_members(session, group.id, ids, now=now_ms())
        if not joined:
            return Applied()
        courses = [course.id for course in stored.assigned_to(session, group.id)]
        applied = enroll_members(database, session, group, joined, courses)
        _log(
            session,
            actor,
            Action.MEMBERS_ADDED,
            group.id,
            group.name,
            with_commas((_names(session, joined), logged_enrolled(applied.n_enrolled))),
        )
        return replace(applied, n_changed=len(joined))


def remove_members(
    database: Database, actor: Actor, group_id: object, learner_ids: Collection[object]
) -> Applied:
    """Remove people from a group; their enrollments stay as they are.

    Raises:
        NotFound: there is no such group.
    """
    require(actor, may_manage_people)
    ids = {id_ for id_ in map(read_id, learner_ids) if id_}
    with database.write() as session:
        group = _find(session, group_id)
        left = stored.remove_members(session, group.id, ids)
        if left:
            names = _names(session, left)
            _log(session, actor, Action.MEMBERS_REMOVED, group.id, group.name, names)
        return Applied(len(left))


def add_lead(database: Database, actor: Actor, group_id: object, learner_id: object) -> None:
    """Make a person a lead of a group: they can see its members' enrollments.

    Raises:
        NotFound: there is no such group, or no such person.
        NotAllowed: the person has no account, or other portal access than Group Lead.
    """
    require(actor, may_manage_people)
    with database.write() as session:
        group = _find(session, group_id)
        account = stored.account_of(session, read_id(learner_id) or 0)
        if account is None or account.role != Role.GROUP_LEAD:
            raise NotAllowed(messages.ONLY_GROUP_LEADS)
        if stored.add_lead(session, group.id, account.account_id):
            detail = messages.logged_leads(account.name)
            _log(session, actor, Action.GROUP_CHANGED, group.id, group.name, detail)


def remove_lead(database: Database, actor: Actor, group_id: object, account_id: object) -> None:
    """Remove a lead from a group.

    Raises:
        NotFound: there is no such group, or it is not led by this account.
    """
    require(actor, may_manage_people)
    with database.write() as session:
        group = _find(session, group_id)
        account = read_id(account_id) or 0
        leads = {lead.account_id: lead.name for lead in stored.leads_of(session, group.id)}
        if account not in leads:
            raise NotFound
        stored.remove_lead(session, group.id, account)
        detail = messages.logged_leads_no_more(leads[account])
        _log(session, actor, Action.GROUP_CHANGED, group.id, group.name, detail)


def assign(database: Database, actor: Actor, group_id: object, course_id: object) -> Applied:
    """Assign a course or path to a group, and enroll all its members; see `add_members`.

    Raises:
        NotFound: there is no such group, or no such course.
        NotAllowed: the actor may not manage learning, or it is not published.
    """
    require(actor, may_manage_people)
    require(actor, may_manage_learning)
    return _retry(lambda: _assign(database, actor, group_id, read_id(course_id) or 0))


def _assign(database: Database, actor: Actor, group_id: object, course_id: int) -> Applied:
    with database.write() as session:
        group = _find(session, group_id)
        course = next(iter(new_enrollments.learnables(session, [course_id])), None)
        if course is None:
            raise NotFound
        if course.state != CourseState.PUBLISHED:
            raise NotAllowed(messages.not_published(course.title))
        if not course.is_offered:
            raise NotAllowed(sentences(messages.not_assignable(course.title), NOTHING_COMPLETES))
        if not stored.add_assigned(session, group.id, course.id, now=now_ms()):
            return Applied()
        members = stored.member_ids(session, group.id)
        applied = enroll_members(database, session, group, members, [course.id])
        _log(
            session,
            actor,
            Action.ASSIGNED,
            group.id,
            group.name,
            with_commas((course.title, logged_enrolled(applied.n_enrolled))),
        )
        is_path = course.kind == CourseKind.PATH
        return replace(applied, circles=circle_sentences(session, {course.id} if is_path else ()))


def unassign(database: Database, actor: Actor, group_id: object, course_id: object) -> None:
    """Remove an assigned course or path from a group; enrollments stay.

    Raises:
        NotFound: there is no such group, or it is not assigned this.
        NotAllowed: the actor may not manage learning.
    """
    require(actor, may_manage_people)
    require(actor, may_manage_learning)
    with database.write() as session:
        group = _find(session, group_id)
        assigned = {c.id: c.title for c in stored.assigned_to(session, group.id)}
        course = read_id(course_id) or 0
        if not stored.remove_assigned(session, group.id, course):
            raise NotFound
        _log(session, actor, Action.UNASSIGNED, group.id, group.name, assigned[course])


def _retry(act: Callable[[], Result]) -> Result:
    """Call a function, and again if someone else changed the same enrollments at the same time."""
    act = again_after_deadlock(act)
    try:
        return act()
    except IntegrityError:
        return act()


def _find(session: Session, group_id: object, *, for_update: bool = True) -> StoredGroup:
    found = read_id(group_id)
    group = stored.group(session, found, for_update=for_update) if found else None
    if group is None:
        raise NotFound
    return group


def _log(
    session: Session, actor: Actor, action: Action, group_id: int, name: str, detail: str
) -> None:
    now = now_ms()
    add_act(session, actor, action, SubjectKind.GROUP, group_id, name, now=now, detail=detail)


def _names(session: Session, learner_ids: Sequence[int]) -> str:
    people = new_enrollments.people(session, learner_ids[:3])
    return messages.logged_names([person.name for person in people], len(learner_ids))


def kind_word(kind: str) -> str:
    """Return "course" or "path" for something assigned."""
    return "Learning path" if kind == CourseKind.PATH else "Course"
