"""People and groups, ready to show: the small frozen dataclasses that states hold."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from enrollment_portal.domain.access.admin_log import Action
from enrollment_portal.domain.access.messages import stops_leading, stops_teaching
from enrollment_portal.domain.catalog.courses import CourseState, shown_state, state_label
from enrollment_portal.domain.enrolling.enroll_request import Decision, Outcome
from enrollment_portal.domain.people import messages
from enrollment_portal.domain.people.groups import GroupKind
from enrollment_portal.domain.people.people import Role
from enrollment_portal.domain.people.user_edits import PersonStatus, access_label
from enrollment_portal.domain.shared import calendar
from enrollment_portal.domain.shared.wording import sentences, show_number, with_dots
from enrollment_portal.services.enrolling.group_rule import Applied
from enrollment_portal.services.people.groups import kind_word
from enrollment_portal.services.people.users import User
from enrollment_portal.state.shared.views import EventView, initials_of, process_of, tone_of
from enrollment_portal.storage.access.role_assignments import RoleAssignments
from enrollment_portal.storage.people.groups import Assigned, GroupRow, Lead, Member
from enrollment_portal.storage.people.people import PersonRow, StoredAct


@dataclass(frozen=True)
class ListedPerson:
    """A person in a list."""

    id: int
    name: str
    email: str
    initials: str
    tone: int


def listed_person(row: PersonRow | Member) -> ListedPerson:
    """Return a person of a list, from a row of the directory."""
    return ListedPerson(row.id, row.name, row.email or "", initials_of(row.name), tone_of(row.id))


@dataclass(frozen=True)
class UserRow(ListedPerson):
    """A person in a list, ready to show."""

    job_title: str
    department: str
    access: str
    status: str
    status_label: str
    joined: str
    last_sign_in: str


def user_row(row: PersonRow, tz: ZoneInfo) -> UserRow:
    """Return a person as the viewer reads them."""
    return UserRow(
        **vars(listed_person(row)),
        job_title=row.job_title,
        department=row.department,
        access=access_label(Role(row.role) if row.role else None),
        status=row.status,
        status_label=PersonStatus(row.status).label,
        joined=_day(row.joined_at, tz),
        last_sign_in=_day(row.last_sign_in_at, tz) or "Never",
    )


def _day(at: int | None, tz: ZoneInfo) -> str:
    return calendar.show_day(calendar.day_of(at, tz)) if at else ""


@dataclass(frozen=True)
class UserView:
    """A person on their own page, ready to show, with what may be done about them."""

    id: int = 0
    name: str = ""
    email: str = ""
    initials: str = ""
    tone: int = 0
    access: str = ""
    status: str = ""
    status_label: str = ""
    invited: str = ""
    """Until when an invitation is valid, in words; "" for none."""
    account: int = 0
    """Their account; 0 for none."""
    has_account: bool = False
    may_suspend: bool = False
    is_suspended: bool = False
    may_invite: bool = False
    may_send_link: bool = False
    only_super_admin: bool = False
    teaches: str = ""
    """What they would give up with another role: "They teach 2 courses: …"; "" for nothing."""
    leads: str = ""


def user_view(user: User, tz: ZoneInfo) -> UserView:
    """Return a person as the viewer reads them."""
    person = user.person
    until = person.invited_until
    return UserView(
        id=person.id,
        name=person.name,
        email=person.email or "",
        initials=initials_of(person.name),
        tone=tone_of(person.id),
        access=access_label(Role(person.role) if person.role else None),
        status=person.status,
        status_label=PersonStatus(person.status).label,
        invited=messages.invited_until(calendar.show_moment(until, tz)) if until else "",
        account=person.account_id or 0,
        has_account=person.account_id is not None,
        may_suspend=user.may_suspend,
        is_suspended=bool(person.is_suspended),
        may_invite=user.may_edit and not person.has_password and not person.is_suspended,
        may_send_link=user.may_send_link,
        only_super_admin=not user.may_edit,
        teaches=_teaches_text(user.assignments),
        leads=_leads_text(user.assignments),
    )


_N_NAMED = 20


def _teaches_text(assignments: RoleAssignments) -> str:
    return stops_teaching(assignments.courses, _N_NAMED) if assignments.courses else ""


def _leads_text(assignments: RoleAssignments) -> str:
    return stops_leading(assignments.groups, _N_NAMED) if assignments.groups else ""


def given_up_text(assignments: RoleAssignments) -> str:
    """Return what a person would give up as an admin, in a sentence; "" for nothing."""
    return sentences(_teaches_text(assignments), _leads_text(assignments))


def act_view(act: StoredAct, around: str, tz: ZoneInfo, now: int) -> EventView:
    """Return an act of the access log as history shows it; `around` is the name of the page's."""
    what = Action(act.action).label if act.action in list(Action) else act.action
    if act.subject and act.subject not in (around, act.actor_name):
        what = messages.act_on(what, act.subject)
    return EventView(
        seq=act.id,
        who=act.actor_name or "System",
        initials=initials_of(act.actor_name or "System"),
        process=process_of(act.actor_name),
        what=messages.act_with_detail(what, act.detail) if act.detail else what,
        changes=[],
        ago=calendar.ago(act.at, now),
        exact=calendar.show_moment(act.at, tz),
        iso=calendar.iso_moment(act.at),
        reason="",
    )


@dataclass(frozen=True)
class FoundView:
    """A search result to choose: a person, a course, a path."""

    id: int
    name: str
    about: str


def found_person(row: PersonRow) -> FoundView:
    """Return a person to choose."""
    return FoundView(row.id, row.name, with_dots(row.email or "", row.department))


def found_group(row: GroupRow) -> FoundView:
    """Return a group to choose."""
    return FoundView(row.id, row.name, messages.n_people(row.n_members))


@dataclass(frozen=True)
class DecisionView:
    """The preview of enrolling one person in one course, ready to show."""

    id: int
    title: str
    outcome: str
    why: str
    is_warning: bool = False
    """Whether the reason is a warning."""


_OUTCOME_LABELS = {
    Outcome.ENROLLED: "Will be enrolled",
    Outcome.ALREADY: "Nothing to do",
    Outcome.REFUSED: "Not possible",
}


def decision_view(decision: Decision) -> DecisionView:
    """Return a decision about one person as their page shows it."""
    learnable = decision.learnable
    return DecisionView(
        learnable.id,
        learnable.title,
        _OUTCOME_LABELS[decision.outcome],
        decision.why,
        decision.is_retake,
    )


@dataclass(frozen=True)
class GroupView:
    """A group in the list, ready to show."""

    id: int
    name: str
    kind: str
    members: str
    leads: str
    assigned: str


def group_view(row: GroupRow) -> GroupView:
    """Return a group as the list shows it."""
    return GroupView(
        row.id,
        row.name,
        GroupKind(row.kind).label,
        show_number(row.n_members),
        show_number(row.n_leads),
        show_number(row.n_assigned),
    )


@dataclass(frozen=True)
class MemberView(ListedPerson):
    """A member or lead of a group, ready to show."""

    user: int
    about: str
    since: str


def member_view(row: Member, tz: ZoneInfo) -> MemberView:
    """Return a member as the viewer reads them."""
    return MemberView(
        **vars(listed_person(row)),
        user=row.id,
        about=row.job_title or row.department,
        since=_day(row.joined_at, tz),
    )


def lead_view(lead: Lead) -> MemberView:
    """Return an account that leads a group."""
    return MemberView(
        id=lead.account_id,
        user=lead.learner_id or 0,
        name=lead.name,
        email=lead.email,
        initials=initials_of(lead.name),
        tone=tone_of(lead.learner_id or lead.account_id),
        about=Role(lead.role).label,
        since="",
    )


@dataclass(frozen=True)
class AssignedView:
    """A course or path that a group is assigned, ready to show."""

    id: int
    title: str
    kind: str
    is_path: bool
    since: str


def assigned_view(row: Assigned, tz: ZoneInfo) -> AssignedView:
    """Return an assigned course or path, with why it enrolls nobody at present."""
    kind = kind_word(row.kind)
    shown = shown_state(row)
    if shown != CourseState.PUBLISHED:
        kind = messages.kind_and_state(kind, state_label(shown).lower())
    return AssignedView(row.id, row.title, kind, row.kind == "path", _day(row.assigned_at, tz))


def applied_notes(applied: Applied) -> list[FoundView]:
    """Return whom a group's rule did not enroll and which emails it did not find, with why."""
    notes = [
        FoundView(n, messages.in_course(d.person.name, d.learnable.title), d.why)
        for n, d in enumerate(applied.refused)
    ]
    more = applied.n_refused - len(applied.refused)
    if more > 0:
        notes.append(FoundView(len(notes), messages.more_of_them(more), messages.SIMILAR_REASONS))
    for emails, why in (
        (applied.unknown, messages.UNKNOWN_EMAIL),
        (applied.unreadable, messages.NOT_AN_EMAIL),
    ):
        notes += [FoundView(len(notes) + n, email, why) for n, email in enumerate(emails[:50])]
        if len(emails) > 50:
            notes.append(FoundView(len(notes), messages.more_of_them(len(emails) - 50), why))
    return notes
