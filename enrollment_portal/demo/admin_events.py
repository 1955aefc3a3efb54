"""The access log of the last weeks: who signed in, and what admins did."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from enrollment_portal.demo.directory import Directory
from enrollment_portal.demo.groups import Groups
from enrollment_portal.demo.people import Staff, Team
from enrollment_portal.domain.admin_log import Action, SubjectKind
from enrollment_portal.domain.calendar import MS_PER_DAY
from enrollment_portal.domain.text_search import search_text

ADMIN_EVENT_COLUMNS = (
    "id at actor_id actor_name action subject_kind subject_id subject detail search"
)
_A, _K = Action, SubjectKind
_HOUR = 3_600_000
_SIGN_INS = 24

Act = tuple[Staff | None, Action, SubjectKind, int | None, str, str]
"""Who, what, to what by kind, id and name, and what changed in words."""


def admin_events(
    directory: Directory, team: Team, groups: Groups, now: int, random: Random
) -> list[tuple[object, ...]]:
    """Return about sixty rows of the access log, the oldest first.

    Args:
        directory: everyone, once all have passed.
        team: who acts.
        groups: what they act on.
        now: the moment up to which the company has lived, in ms.
        random: the hours at which things happen.
    """
    moments: list[tuple[int, Act]] = [
        # Within office hours of that day.
        ((now // MS_PER_DAY - days) * MS_PER_DAY + int((7 + random.random() * 9) * _HOUR), act)
        for days, act in _acts(directory, team, groups)
    ]
    rows: list[tuple[object, ...]] = []
    for at, (who, action, kind, subject_id, subject, detail) in (
        *moments,
        *_sign_ins(team, now, random),
    ):
        actor_id, actor = (who.id, who.name) if who else (None, "")
        search = search_text(f"{actor} {subject} {detail}")
        rows.append(
            (at, actor_id, actor, action.value, kind.value, subject_id, subject, detail, search)
        )
    rows.sort(key=lambda row: (row[0], row[3]))
    return [(number, *row) for number, row in enumerate(rows, 1)]


def _acts(directory: Directory, team: Team, groups: Groups) -> list[tuple[int, Act]]:
    maya, dana, tom = (team.known[n] for n in ("Maya Lindqvist", "Dana Ruiz", "Tom Becker"))
    names = directory.names
    group_ids = {group.name: id_ for id_, group in enumerate(groups.all, 1)}
    titles = groups.titles
    courses = [t for t, kind in titles.items() if kind is _K.COURSE]

    def person(
        days: int, who: Staff, action: Action, learner: int, detail: str = ""
    ) -> tuple[int, Act]:
        return days, (who, action, _K.USER, learner, names[learner - 1], detail)

    def group(
        days: int, who: Staff, action: Action, name: str, detail: str = ""
    ) -> tuple[int, Act]:
        return days, (who, action, _K.GROUP, group_ids[name], name, detail)

    def course(
        days: int, who: Staff, action: Action, title: str, detail: str = ""
    ) -> tuple[int, Act]:
        return days, (who, action, titles[title], groups.ids[title], title, detail)

    def admin(days: int, action: Action, whom: Staff, detail: str = "") -> tuple[int, Act]:
        return days, (maya, action, _K.ADMIN, whom.id, whom.name, detail)

    suspended = directory.suspended_learner
    cohort, earlier = (g.name for g in groups.all if g.name.startswith("Graduates"))
    cohort, earlier = earlier, cohort
    signed_up = [int(str(account[5])) for account in directory.accounts]
    for_a_week = Staff(int(str(directory.accounts[4][0])), names[signed_up[4] - 1])
    return [
        admin(88, _A.ADMIN_ADDED, tom, "As Admin with Support"),
        group(86, dana, _A.GROUP_MADE, "Fjord Robotics", "Partner"),
        group(85, dana, _A.MEMBERS_ADDED, "Fjord Robotics", "4 people"),
        course(83, dana, _A.COURSE_MADE, courses[-1]),
        course(81, dana, _A.COURSE_CHANGED, "SQL for Analysts", "Description"),
        admin(78, _A.SECTIONS_SWITCHED, tom, "Billing on"),
        course(76, dana, _A.PATH_MADE, "Leading a Team", "3 courses"),
        course(75, dana, _A.COURSE_PUBLISHED, "Leading a Team"),
        person(72, dana, _A.INVITED, signed_up[2], "As Learner"),
        person(72, dana, _A.INVITED, signed_up[3], "As Learner"),
        person(69, dana, _A.USER_CHANGED, 4, "Job title: “Accountant” → “Financial Analyst”"),
        group(66, dana, _A.GROUP_MADE, cohort, "Cohort"),
        group(66, dana, _A.MEMBERS_ADDED, cohort, "Everyone who started this year"),
        group(65, dana, _A.ASSIGNED, cohort, "Onboarding: First 30 Days"),
        course(61, dana, _A.COURSE_ARCHIVED, groups.archived, "Replaced by a new edition"),
        course(58, dana, _A.PATH_CHANGED, "Safe on Site", "Courses in order"),
        admin(55, _A.ADMIN_ADDED, for_a_week, "As Admin"),
        admin(48, _A.ADMIN_REMOVED, for_a_week),
        group(47, dana, _A.GROUP_MADE, "Harbour Crew", "Project Team"),
        group(47, dana, _A.MEMBERS_ADDED, "Harbour Crew", "7 people"),
        group(46, dana, _A.GROUP_CHANGED, "Harbour Crew", "Lead: Kwame Mensah"),
        group(44, dana, _A.ASSIGNED, "Harbour Crew", "Fire Safety and Evacuation"),
        course(40, dana, _A.ENROLLED, "Leading a Team", "Aarav Menon"),
        person(40, dana, _A.SUSPENDED, suspended, "Left the company"),
        course(37, dana, _A.COURSE_CHANGED, "Coaching for Managers", "Requires a grade"),
        person(33, dana, _A.SUSPENDED, signed_up[0], "On a sabbatical"),
        group(30, dana, _A.MEMBERS_REMOVED, "Warehouse Automation", "2 people"),
        person(27, dana, _A.USER_CHANGED, 6, "Department: “Marketing” → “Product”"),
        group(24, dana, _A.ASSIGNED, "IT and Security", "Data Protection Essentials"),
        person(21, dana, _A.REINSTATED, signed_up[0]),
        group(19, dana, _A.GROUP_CHANGED, earlier, "Description"),
        course(18, dana, _A.ENROLLED, "Data Protection Essentials", "Aarav Menon"),
        admin(14, _A.SECTIONS_SWITCHED, dana, "People on"),
        course(11, dana, _A.PATH_CHANGED, "Customer Conversations", "Deadline: 120 days"),
        course(7, dana, _A.COURSE_CHANGED, "Forklift Safety, Level 2", "Teacher: Ingrid Solberg"),
        person(5, dana, _A.INVITED, signed_up[-1], "As Learner"),
        course(3, dana, _A.ENROLLED, "Customer Conversations", "12 people"),
        group(2, dana, _A.MEMBERS_ADDED, "New managers", "1 person"),
    ]


def _sign_ins(team: Team, now: int, random: Random) -> Iterator[tuple[int, Act]]:
    people = list(team.known.values())
    last_seen: dict[object, int] = {account[0]: int(str(account[-1])) for account in team.accounts}
    for number in range(_SIGN_INS):
        who = people[number % len(people)]
        days = number * number * 0.12 + random.random() * 0.05
        is_last = number < len(people)
        at = last_seen[who.id] if is_last else now - int(days * MS_PER_DAY)
        if number % 8 == 7:
            yield at, (None, _A.SIGN_IN_FAILED, _K.SESSION, who.id, who.name, "")
            continue
        yield at, (who, _A.SIGNED_IN, _K.SESSION, who.id, who.name, "")
        if number % 6 == 3:
            yield at + _HOUR, (who, _A.SIGNED_OUT, _K.SESSION, who.id, who.name, "")
