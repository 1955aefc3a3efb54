"""Generate groups: departments, places, cohorts, partners, teams, and their courses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from enrollment_portal.demo.catalog.courses import DemoCourse
from enrollment_portal.demo.catalog.paths import DemoPath
from enrollment_portal.demo.people.directory import LOCATIONS, N_REPORTS, Directory
from enrollment_portal.demo.people.people import COMPANY_DAYS, Team
from enrollment_portal.domain.access.admin_log import SubjectKind
from enrollment_portal.domain.catalog.courses import CourseState
from enrollment_portal.domain.people.groups import GroupKind
from enrollment_portal.domain.shared.calendar import MS_PER_DAY, day_of, day_to_date, zone
from enrollment_portal.domain.shared.text_search import search_text, sort_text

GROUP_COLUMNS = "id name sort_name search kind description version created_at"
MEMBER_COLUMNS = "group_id learner_id joined_at"
_MOST_MANAGERS = 200
_NEW_GROUPS = {"Fjord Robotics": 86, "Harbour Crew": 47}
_COHORT_DAYS = 66
"""How many days ago these were created, which is in the access log too."""
_ASSIGNED_DAYS = {
    "Harbour Crew": 44,
    "IT and Security": 24,
}


@dataclass(frozen=True)
class DemoGroup:
    """One group: its members by learner id, its leads by account id, its courses by title."""

    name: str
    kind: GroupKind
    description: str
    members: list[int]
    leads: tuple[int, ...] = ()
    courses: tuple[str, ...] = ()


class Groups:
    """The company's groups, with ids from 1.

    Args:
        directory: the completed directory.
        team: the group leads and their people.
        courses: the courses to assign.
        paths: the paths to assign.
        now: the current time of the company, in ms.
        random: for the members of cohorts and teams.
    """

    def __init__(
        self,
        directory: Directory,
        team: Team,
        courses: list[DemoCourse],
        paths: list[DemoPath],
        now: int,
        random: Random,
    ) -> None:
        self._directory, self._now = directory, now
        self.ids = {item.title: item.id for item in (*courses, *paths)}
        """The ids of courses and paths by title."""
        self.titles = {course.title: SubjectKind.COURSE for course in courses} | {
            path.title: SubjectKind.PATH for path in paths
        }
        """The kind of each title: course or path."""
        self.archived = next(c.title for c in courses if c.state is CourseState.ARCHIVED)
        """The title of an archived course."""
        year = day_to_date(day_of(now, zone("UTC"))).year
        self.cohort = f"Graduates {year}"
        """The name of the group of this year's graduates."""
        self.all = [*_departments(directory), *_places(directory), *self._others(team, random)]

    def rows(self) -> Iterator[tuple[object, ...]]:
        """Yield the groups."""
        for id_, group in enumerate(self.all, 1):
            yield (
                id_,
                group.name,
                sort_text(group.name),
                search_text(group.name),
                group.kind.value,
                group.description,
                1,
                self.made_at(id_),
            )

    def made_at(self, id_: int) -> int:
        """Return when a group was created, in ms."""
        name = self.all[id_ - 1].name
        days = COMPANY_DAYS - 1 if id_ <= 12 else 600 - id_ * 17
        if name == self.cohort:
            days = _COHORT_DAYS
        return self._now - _NEW_GROUPS.get(name, days) * MS_PER_DAY

    def assigned_at(self, id_: int, place: int) -> int:
        """Return when the course at an index was assigned to a group, in ms."""
        name = self.all[id_ - 1].name
        days = _ASSIGNED_DAYS.get(name) if place == 0 else None
        if name == self.cohort:
            days = _COHORT_DAYS - 1
        wanted = self._now - (days or 100 + id_ * 17 + place) * MS_PER_DAY
        return max(wanted, self.made_at(id_) + MS_PER_DAY)

    def enrolled_by_rule(self) -> dict[int, dict[int, int]]:
        """Return since when a group's rule enrolls a learner in a course or path, by both ids."""
        found: dict[int, dict[int, int]] = {}
        since = {(id_, learner): at for id_, learner, at in self.members()}
        for id_, group in enumerate(self.all, 1):
            for place, title in enumerate(group.courses):
                known = found.setdefault(self.ids[title], {})
                for learner in group.members:
                    at = max(since[id_, learner], self.assigned_at(id_, place))
                    known[learner] = min(at, known.get(learner, at))
        return found

    def members(self) -> Iterator[tuple[int, int, int]]:
        """Yield the members of all groups, each with the date of joining."""
        joined, first = self._directory.joined, self._now - (COMPANY_DAYS - 1) * MS_PER_DAY
        for id_, group in enumerate(self.all, 1):
            made_at = max(first, self.made_at(id_))
            for learner in group.members:
                yield id_, learner, max(joined[learner - 1], made_at)

    def leads(self) -> list[tuple[object, ...]]:
        """Return the leads of all groups."""
        return [(id_, who) for id_, group in enumerate(self.all, 1) for who in group.leads]

    def courses(self) -> list[tuple[object, ...]]:
        """Return the courses and paths assigned to the groups, and since when."""
        return [
            (id_, self.ids[title], self.assigned_at(id_, place))
            for id_, group in enumerate(self.all, 1)
            for place, title in enumerate(group.courses)
        ]

    def _others(self, team: Team, random: Random) -> list[DemoGroup]:
        directory = self._directory
        year = day_to_date(day_of(self._now, zone("UTC"))).year

        def some(most: int, share: float) -> list[int]:
            count = min(most, max(4, int(directory.n_learners * share)))
            return sorted(random.sample(range(1, directory.n_learners + 1), count))

        def joined_in(days: int, until: int) -> list[int]:
            first, last = (self._now - d * MS_PER_DAY for d in (days, until))
            found = [id_ for id_, at in enumerate(directory.joined, 1) if first <= at < last]
            return sorted(random.sample(found, min(60, len(found))))

        managers = directory.managers()
        leads = [staff.id for staff in directory.second_leads]
        own_group = team.led[: len(team.led) - N_REPORTS]
        return [
            DemoGroup(
                f"Graduates {year - 1}",
                GroupKind.COHORT,
                "Everyone who started in the graduate programme last year.",
                joined_in(730, 365),
            ),
            DemoGroup(
                f"Graduates {year}",
                GroupKind.COHORT,
                "This year's graduate programme.",
                joined_in(365, 0),
                leads=(leads[0],),
                courses=("Onboarding: First 30 Days", "Data Protection Essentials"),
            ),
            DemoGroup(
                "Baltic Freight",
                GroupKind.PARTNER,
                "Drivers and dispatchers of our partner who load at our sites.",
                some(40, 0.05),
                leads=(leads[1],),
                courses=("Safe on Site",),
            ),
            DemoGroup(
                "Fjord Robotics",
                GroupKind.PARTNER,
                "Service technicians who maintain the picking robots.",
                some(25, 0.04),
            ),
            DemoGroup(
                "Port of Lisbon",
                GroupKind.CUSTOMER,
                "Our customer's trainers, who teach their own shifts.",
                some(20, 0.04),
            ),
            DemoGroup(
                "Harbour Crew",
                GroupKind.PROJECT_TEAM,
                "The crew that opens the new harbour terminal.",
                list(own_group),
                leads=(team.known["Kwame Mensah"].id,),
                courses=("Fire Safety and Evacuation",),
            ),
            DemoGroup(
                "Warehouse Automation",
                GroupKind.PROJECT_TEAM,
                "Engineering, Logistics and IT introduce picking robots.",
                some(30, 0.06),
            ),
            DemoGroup(
                "New managers",
                GroupKind.ROLE_LEVEL,
                "Who leads a team for the first time.",
                sorted(random.sample(managers, min(_MOST_MANAGERS, max(1, len(managers) // 3)))),
                courses=("Leading a Team",),
            ),
            DemoGroup(
                "First aiders",
                GroupKind.OTHER,
                "Trained to help until the ambulance arrives.",
                some(120, 0.08),
                courses=("First Aid at Work, Level 2",),
            ),
        ]


_ASSIGNED = {
    "IT and Security": ("Data Protection Essentials", "Information Security Basics"),
    "Logistics": ("Forklift Safety, Level 2",),
    "Sales": ("Consultative Selling",),
    "Finance": ("Financial Literacy for Non-Financial Managers",),
}


def _departments(directory: Directory) -> list[DemoGroup]:
    return [
        DemoGroup(
            department,
            GroupKind.DEPARTMENT,
            f"Everyone in {department}.",
            members,
            courses=_ASSIGNED.get(department, ()),
        )
        for department, members in directory.members.items()
    ]


def _places(directory: Directory) -> list[DemoGroup]:
    return [
        DemoGroup(place, GroupKind.LOCATION, f"Everyone who works in {place}.", members)
        for place, members in zip(LOCATIONS, directory.places, strict=True)
    ]
