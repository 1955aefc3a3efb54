"""Generate the access log of the last weeks: sign-ins and actions of admins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random

from enrollment_portal.demo.people.directory import (
    ADMIN_FOR_A_WEEK,
    INVITED_LATELY,
    INVITED_TOGETHER,
    ON_SABBATICAL,
    SABBATICAL_DAYS,
    SUSPENDED,
    SUSPENDED_DAYS,
    Directory,
)
from enrollment_portal.demo.people.groups import Groups
from enrollment_portal.demo.people.people import Staff, Team
from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.shared.calendar import MS_PER_DAY
from enrollment_portal.domain.shared.text_search import search_text

ADMIN_EVENT_COLUMNS = (
    "id at actor_id actor_name action subject_kind subject_id subject detail search"
)
_A, _K = Action, SubjectKind
_HOUR = 3_600_000
_SIGN_INS = 24

_BEFORE_MS = 15 * 60_000
"""How long before an action people have signed in, in ms."""
_LOG_DAYS = 90


@dataclass(frozen=True)
class At:
    """An exact time, in ms, that is also recorded elsewhere."""

    at: int


@dataclass(frozen=True)
class Seen:
    """An account, and the time of its last sign-in, in ms."""

    who: Staff
    at: int


When = int | At
"""How many days ago, or the exact time."""
Act = tuple[Staff | None, Action, SubjectKind, int | None, str, str]
"""Actor, action, kind, id and name of the changed record, and details as text."""


def admin_events(
    directory: Directory,
    team: Team,
    groups: Groups,
    seen: dict[int, Seen],
    now: int,
    random: Random,
) -> list[tuple[object, ...]]:
    """Return the rows of the access log, the oldest first.

    Args:
        directory: the completed directory.
        team: the actors.
        groups: the groups that they change.
        seen: the last sign-in of each account; it is corrected for those who act later.
        now: the current time of the company, in ms.
        random: for the hours of the events.
    """
    moments: list[tuple[int, Act]] = [
        # In office hours of that day.
        (
            when.at
            if isinstance(when, At)
            else (now // MS_PER_DAY - when) * MS_PER_DAY + int((7 + random.random() * 9) * _HOUR),
            act,
        )
        for when, act in _acts(directory, team, groups)
    ]
    for at, (who, *_rest) in moments:
        if who and seen[who.id].at < at:
            seen[who.id] = replace(seen[who.id], at=at - _BEFORE_MS)
    rows: list[tuple[object, ...]] = []
    for at, (who, action, kind, subject_id, subject, detail) in (
        *moments,
        *_sign_ins(team, seen, now, random),
    ):
        actor_id, actor = (who.id, who.name) if who else (None, "")
        search = search_text(f"{actor} {subject} {detail}")
        rows.append(
            (at, actor_id, actor, action.value, kind.value, subject_id, subject, detail, search)
        )
    rows.sort(key=lambda row: (row[0], row[3]))
    return [(number, *row) for number, row in enumerate(rows, 1)]


def _acts(directory: Directory, team: Team, groups: Groups) -> list[tuple[When, Act]]:
    maya, dana, tom = (team.known[n] for n in ("Maya Lindqvist", "Dana Ruiz", "Tom Becker"))
    names = directory.names
    group_ids = {group.name: id_ for id_, group in enumerate(groups.all, 1)}
    titles = groups.titles
    courses = [t for t, kind in titles.items() if kind is _K.COURSE]

    def person(
        days: When, who: Staff, action: Action, learner: int, detail: str = ""
    ) -> tuple[When, Act]:
        return days, (who, action, _K.USER, learner, names[learner - 1], detail)

    def group(
        days: When, who: Staff, action: Action, name: str, detail: str = ""
    ) -> tuple[When, Act]:
        return days, (who, action, _K.GROUP, group_ids[name], name, detail)

    def course(
        days: When, who: Staff, action: Action, title: str, detail: str = ""
    ) -> tuple[When, Act]:
        return days, (who, action, titles[title], groups.ids[title], title, detail)

    def admin(days: When, action: Action, whom: Staff, detail: str = "") -> tuple[When, Act]:
        return days, (maya, action, _K.ADMIN, whom.id, whom.name, detail)

    cohort = groups.cohort
    earlier = next(
        g.name for g in groups.all if g.name.startswith("Graduates") and g.name != cohort
    )
    draft = [title for title, kind in titles.items() if kind is _K.PATH][-1]
    for_a_week = team.takes_courses[ADMIN_FOR_A_WEEK]
    first, second = INVITED_TOGETHER

    def made(name: str, later_ms: int = 0) -> At:
        return At(groups.made_at(group_ids[name]) + later_ms)

    def assigned(name: str) -> At:
        return At(groups.assigned_at(group_ids[name], 0))

    def joined(learner: int) -> At:
        return At(directory.joined[learner - 1])

    return [
        admin(88, _A.ADMIN_ADDED, tom, "As Admin with Support"),
        group(made("Fjord Robotics"), dana, _A.GROUP_MADE, "Fjord Robotics", "Partner"),
        group(made("Fjord Robotics", _HOUR), dana, _A.MEMBERS_ADDED, "Fjord Robotics", "4 people"),
        course(83, dana, _A.COURSE_MADE, courses[-1]),
        course(81, dana, _A.COURSE_CHANGED, "SQL for Analysts", "Description"),
        admin(78, _A.SECTIONS_SWITCHED, tom, "Billing on"),
        course(76, dana, _A.PATH_MADE, draft),
        person(joined(first), dana, _A.INVITED, first, "As Learner"),
        person(joined(second), dana, _A.INVITED, second, "As Learner"),
        person(69, dana, _A.USER_CHANGED, 4, "Job title: “Accountant” → “Financial Analyst”"),
        group(made(cohort), dana, _A.GROUP_MADE, cohort, "Cohort"),
        group(
            made(cohort, _HOUR), dana, _A.MEMBERS_ADDED, cohort, "Everyone who started this year"
        ),
        group(assigned(cohort), dana, _A.ASSIGNED, cohort, "Onboarding: First 30 Days"),
        course(61, dana, _A.COURSE_ARCHIVED, groups.archived, "Replaced by a new edition"),
        course(58, dana, _A.PATH_CHANGED, "Safe on Site", "Courses in order"),
        admin(55, _A.ADMIN_ADDED, for_a_week, "As Admin"),
        admin(48, _A.ADMIN_REMOVED, for_a_week),
        group(made("Harbour Crew"), dana, _A.GROUP_MADE, "Harbour Crew", "Project Team"),
        group(made("Harbour Crew", _HOUR), dana, _A.MEMBERS_ADDED, "Harbour Crew", "7 people"),
        group(46, dana, _A.GROUP_CHANGED, "Harbour Crew", "Lead: Kwame Mensah"),
        group(
            assigned("Harbour Crew"),
            dana,
            _A.ASSIGNED,
            "Harbour Crew",
            "Fire Safety and Evacuation",
        ),
        course(40, dana, _A.ENROLLED, "Leading a Team", "Aarav Menon"),
        person(SUSPENDED_DAYS, dana, _A.SUSPENDED, SUSPENDED, "Left the company"),
        course(37, dana, _A.COURSE_CHANGED, "Coaching for Managers", "Requires a grade"),
        person(SABBATICAL_DAYS[0], dana, _A.SUSPENDED, ON_SABBATICAL, "On a sabbatical"),
        group(30, dana, _A.MEMBERS_REMOVED, "Warehouse Automation", "2 people"),
        person(27, dana, _A.USER_CHANGED, 6, "Department: “Marketing” → “Product”"),
        group(
            assigned("IT and Security"),
            dana,
            _A.ASSIGNED,
            "IT and Security",
            "Data Protection Essentials",
        ),
        person(SABBATICAL_DAYS[1], dana, _A.REINSTATED, ON_SABBATICAL),
        group(19, dana, _A.GROUP_CHANGED, earlier, "Description"),
        course(18, dana, _A.ENROLLED, "Data Protection Essentials", "Aarav Menon"),
        admin(14, _A.SECTIONS_SWITCHED, dana, "People on"),
        course(11, dana, _A.PATH_CHANGED, "Customer Conversations", "Deadline: 120 days"),
        course(7, dana, _A.COURSE_CHANGED, "Forklift Safety, Level 2", "Teacher: Ingrid Solberg"),
        person(joined(INVITED_LATELY), dana, _A.INVITED, INVITED_LATELY, "As Learner"),
        course(3, dana, _A.ENROLLED, "Customer Conversations", "12 people"),
        group(2, dana, _A.MEMBERS_ADDED, "New managers", "1 person"),
    ]


def _sign_ins(
    team: Team, seen: Mapping[int, Seen], now: int, random: Random
) -> Iterator[tuple[int, Act]]:
    """Yield the last sign-in of everybody, and earlier ones of the well-known people."""
    for one in seen.values():
        if now - one.at < _LOG_DAYS * MS_PER_DAY:
            yield one.at, (one.who, _A.SIGNED_IN, _K.SESSION, one.who.id, one.who.name, "")
    people = list(team.known.values())
    for number in range(_SIGN_INS):
        who = people[number % len(people)]
        at = now - int((1 + number * number * 0.12 + random.random()) * MS_PER_DAY)
        if number % 8 == 7:
            yield at, (None, _A.SIGN_IN_FAILED, _K.SESSION, who.id, who.name, "")
        elif at < seen[who.id].at:
            yield at, (who, _A.SIGNED_IN, _K.SESSION, who.id, who.name, "")
