"""Generate the directory: job titles, managers, places and dates of joining."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from random import Random

from enrollment_portal.demo.people.people import (
    COMPANY_DAYS,
    DEPARTMENTS,
    KWAME,
    N_LED,
    N_WELL_KNOWN,
    Staff,
    Team,
)
from enrollment_portal.demo.people.titles import (
    JOB_TITLES,
    STAFF_TITLE,
    WELL_KNOWN_TITLES,
    lead_title,
)
from enrollment_portal.domain.people.people import Role
from enrollment_portal.domain.shared.calendar import MS_PER_DAY

LOCATIONS = ("Stockholm", "Hamburg", "Rotterdam", "Porto", "Toronto")
_PLACES = (0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4)
"""Indexes of places, weighted by how many people work there."""
_LONGEST_DAYS = 8 * 365
_NEW_SHARE = 0.12
"""The share of people who joined since the company uses the portal."""
_SMALLEST_TEAM, _LARGEST_TEAM = 8, 12
_FIRST_AFTER_KNOWN = KWAME + N_LED
# Special people, by learner id; all others with an account learn regularly.
SUSPENDED, ON_SABBATICAL, INVITED_LATELY = (_FIRST_AFTER_KNOWN + n for n in range(3))
INVITED_TOGETHER = (_FIRST_AFTER_KNOWN + 3, _FIRST_AFTER_KNOWN + 4)
ADMIN_FOR_A_WEEK = _FIRST_AFTER_KNOWN + 5
SECOND_LEADS = (_FIRST_AFTER_KNOWN + 6, _FIRST_AFTER_KNOWN + 7)
_FIRST_OTHER = _FIRST_AFTER_KNOWN + 8
_NOT_YET_EVERY, _NOT_YET_DAYS = 16, 60
"""One of so many has joined in the last days, and has done nothing yet: every second of them has
an open invitation, and the others have no account."""
INVITED_TOGETHER_DAYS, INVITED_LATELY_DAYS = 72, 5
SUSPENDED_DAYS, SABBATICAL_DAYS = 40, (33, 21)
N_REPORTS = 5
"""How many people report to Kwame."""


@dataclass
class _Line:
    """The reporting lines of one department: the current lead of each level."""

    leads: list[list[int]] = field(default_factory=list)
    """For each level, the learner id of the lead and how many more can report to them."""
    managers: list[int] = field(default_factory=list)


class Directory:
    """Complete the rows of learners, and remember what other parts need.

    Managers have a lower id than those who report to them, except for well-known people.

    Args:
        team: the staff, and the people whom Kwame leads.
        n_learners: how many people take courses.
        now: the current time of the company, in ms.
        random: for titles, places and years.
    """

    def __init__(self, team: Team, n_learners: int, now: int, random: Random) -> None:
        self._now, self._random = now, random
        self._reports = range(KWAME + N_LED - N_REPORTS, KWAME + N_LED)
        self._lines = {department: _Line() for department in DEPARTMENTS}
        # Enough levels of managers so that nobody has too many people.
        self._depth, room = 2, 10 * _LARGEST_TEAM
        while room * len(DEPARTMENTS) < n_learners:
            self._depth, room = self._depth + 1, room * 10
        self.n_learners = n_learners
        self.names: list[str] = []
        self.joined = array("q")
        """When each learner joined, in ms, by id from 1."""
        self.members: dict[str, list[int]] = {department: [] for department in DEPARTMENTS}
        self.places: list[list[int]] = [[] for _ in LOCATIONS]
        self.accounts: list[tuple[object, ...]] = []
        self.second_leads: list[Staff] = []
        """Two more people who each lead a group."""
        self._team = team

    def complete(self, rows: Iterable[tuple[object, ...]]) -> Iterator[tuple[object, ...]]:
        """Yield complete learner rows in the order of their ids, then those of the staff."""
        for row in rows:
            yield self._learner(row)
        boss = self.n_learners + 1
        for row in self._team.people:
            id_: int = row[0]  # type: ignore[assignment]
            name, department = str(row[1]), str(row[3])
            if name in ("Maya Lindqvist", "Dana Ruiz", "Tom Becker"):
                manager = None if id_ == boss else boss
            else:
                manager = self._some_manager(department)
            joined_at = self._now - (COMPANY_DAYS + 40 * (id_ - boss + 1)) * MS_PER_DAY
            self._remember(id_, name, department, joined_at)
            title = WELL_KNOWN_TITLES.get(name, STAFF_TITLE)
            yield (*row, title, manager, joined_at)

    def late_managers(self) -> list[tuple[int, int]]:
        """Return learner id and manager of the well-known people, after all rows are completed."""
        found: list[tuple[int, int]] = []
        for department, members in self.members.items():
            manager = self._some_manager(department)
            found += [(id_, manager) for id_ in members if id_ <= N_WELL_KNOWN and manager]
        return found

    def managers(self) -> list[int]:
        """Return the learner ids of all managers."""
        return sorted(id_ for line in self._lines.values() for id_ in line.managers)

    def _learner(self, row: tuple[object, ...]) -> tuple[object, ...]:
        id_: int = row[0]  # type: ignore[assignment]
        name, department = str(row[1]), str(row[3])
        draw = self._random.random
        days = self._joined(id_)
        # In the morning of a day, before its first enrollments.
        joined_at = (self._now // MS_PER_DAY - days - 1) * MS_PER_DAY + 6 * 3_600_000
        self._remember(id_, name, department, joined_at)
        title = JOB_TITLES[department][int(draw() * len(JOB_TITLES[department]))]
        manager: int | None = None
        if id_ <= N_WELL_KNOWN:
            title = WELL_KNOWN_TITLES[name]
        elif id_ in self._reports:
            manager = KWAME
        else:
            manager, title = self._place(id_, department, title)
        if id_ > KWAME and self._has_account(id_):
            self._add_account(id_, name, str(row[2]), joined_at)
        return (*row, title, manager, joined_at)

    def _remember(self, id_: int, name: str, department: str, joined_at: int) -> None:
        self.names.append(name)
        self.joined.append(joined_at)
        self.members[department].append(id_)
        self.places[_PLACES[int(self._random.random() * len(_PLACES))]].append(id_)

    def _place(self, id_: int, department: str, title: str) -> tuple[int | None, str]:
        """Return the manager of a person, and their title if they are a manager themselves."""
        line = self._lines[department]
        leads = line.leads
        while len(leads) > 1 and leads[-1][1] == 0:
            leads.pop()
        manager = leads[-1][0] if leads else None
        level = len(leads)
        if leads:
            leads[-1][1] -= 1
        if level < self._depth:
            if level == self._depth - 1:
                line.managers.append(id_)
            leads.append([id_, self._random.randint(_SMALLEST_TEAM, _LARGEST_TEAM)])
            title = lead_title(department, level, self._depth)
        return manager, title

    def _some_manager(self, department: str) -> int | None:
        line = self._lines[department]
        if line.managers:
            return line.managers[0]
        return line.leads[0][0] if line.leads else None

    def _joined(self, learner: int) -> int:
        """Return since how many days someone has worked here."""
        draw = self._random.random
        days = COMPANY_DAYS + int(draw() * (_LONGEST_DAYS - COMPANY_DAYS))
        if learner >= _FIRST_OTHER and draw() < _NEW_SHARE:
            days = int(draw() * COMPANY_DAYS)
        if learner == INVITED_LATELY:
            return INVITED_LATELY_DAYS
        if learner in INVITED_TOGETHER:
            return INVITED_TOGETHER_DAYS
        return days % _NOT_YET_DAYS if self._is_not_yet(learner) else days

    @staticmethod
    def _is_not_yet(learner: int) -> bool:
        """Return whether someone has just joined, and has done nothing yet."""
        return learner >= _FIRST_OTHER and learner % _NOT_YET_EVERY == 0

    def _has_account(self, learner: int) -> bool:
        return not self._is_not_yet(learner) or learner % (2 * _NOT_YET_EVERY) == 0

    def is_idle(self, learner: int) -> bool:
        """Return whether someone does nothing in courses that others enrolled them in."""
        special = (SUSPENDED, ON_SABBATICAL, INVITED_LATELY)
        return learner in special or self._is_not_yet(learner)

    def _add_account(self, learner: int, name: str, email: str, joined_at: int) -> None:
        id_ = len(self._team.accounts) + len(self.accounts) + 1
        draw = self._random.random
        created_at = max(joined_at, self._now - COMPANY_DAYS * MS_PER_DAY)
        # The last sign-in is at least as recent as the last action; see `company.build_company`.
        seen_at: int | None = max(created_at, self._now - int(draw() * 90 * MS_PER_DAY))
        role = Role.LEARNER
        if learner in SECOND_LEADS:
            role = Role.GROUP_LEAD
            self.second_leads.append(Staff(id_, name))
        elif learner == SUSPENDED:
            seen_at = self._now - (SUSPENDED_DAYS + 3) * MS_PER_DAY
        elif learner == ON_SABBATICAL:
            seen_at = self._now - (SABBATICAL_DAYS[0] + 2) * MS_PER_DAY
        elif learner == INVITED_LATELY or self._is_not_yet(learner):
            seen_at = None
        is_suspended = int(learner == SUSPENDED)
        self.accounts.append(
            (id_, email, name, role.value, 0, learner, is_suspended, created_at, seen_at)
        )
        self._team.takes_courses[learner] = Staff(id_, name)
