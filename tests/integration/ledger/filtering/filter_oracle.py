"""Decide in plain Python which enrollments pass the ledger's filters, and write some that do."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from sqlalchemy import text

from enrollment_portal.domain.access.permissions import Everything, Led, Scope, Taught
from enrollment_portal.domain.enrollment.fields import Origin, Status
from enrollment_portal.domain.ledger.day_ranges import Clock, Days, next_days
from enrollment_portal.domain.ledger.filters import Filters, Flag, PercentRange
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery
from enrollment_portal.domain.shared.calendar import SOON_DAYS, day_of
from enrollment_portal.storage.shared.database import Database
from tests.builders import DAY, NOW, make_group
from tests.integration.ledger_oracle import Company, Fact, Oracle
from tests.unit.ledger.drawn_filters import day_ranges, percent_ranges

ZONE = ZoneInfo("Europe/Stockholm")
CLOCK = Clock(day_of(NOW, ZONE), ZONE, NOW - 2 * DAY)
DEPARTMENTS = ("Sales", "R&D, north", "")


class Values(NamedTuple):
    """The values of an enrollment that only filters read."""

    id: int
    department: str
    manager_id: int | None
    last_visit_at: int | None
    completed_at: int | None
    origin: str
    override_seq: int | None
    grade: str | None
    feedback: str
    internal_note: str
    requires_grade: int
    n_lessons: int
    progress_at: int


_VALUES = text(
    "SELECT e.id, l.department, l.manager_id, e.last_visit_at, e.completed_at, e.origin,"
    " e.override_seq, e.grade, e.feedback, e.internal_note, c.requires_grade, c.n_lessons,"
    " e.progress_at"
    " FROM enrollment e JOIN learner l ON l.id = e.learner_id JOIN course c ON c.id = e.course_id"
)


@dataclass(frozen=True)
class World:
    """A company, with all that filters are by."""

    company: Company
    groups: tuple[int, ...]
    """The lead leads the first one."""
    managers: tuple[int, ...]
    """The lead knows the second one."""


def make_world(database: Database, company: Company, seed: int = 3) -> World:
    """Give a company departments, managers, groups, steps of paths, notes, grades and origins."""
    pick = random.Random(seed)
    learners = company.learners
    managers = (learners[6], learners[1])
    with database.write() as session:
        for learner in learners:
            manager = pick.choice((None, *managers))
            session.execute(
                text("UPDATE learner SET department = :d, manager_id = :m WHERE id = :id"),
                {"id": learner, "d": pick.choice(DEPARTMENTS), "m": manager},
            )
        for position, course in enumerate(company.courses[:2], 1):
            session.execute(
                text(
                    "INSERT INTO path_step (path_id, course_id, position, needs_previous)"
                    " VALUES (:p, :c, :n, 0)"
                ),
                {"p": company.paths[0], "c": course, "n": position},
            )
        for course, requires, lessons in zip(
            company.courses, (1, 1, 0, 0), (10, 0, 10, 0), strict=False
        ):
            session.execute(
                text("UPDATE course SET requires_grade = :r, n_lessons = :n WHERE id = :id"),
                {"id": course, "r": requires, "n": lessons},
            )
        for (id_,) in session.execute(text("SELECT id FROM enrollment")).all():
            session.execute(
                text(
                    "UPDATE enrollment SET grade = :g, feedback = :f, internal_note = :i,"
                    " origin = :o, override_seq = :s, progress_at = enrolled_at + :p,"
                    " last_visit_at = last_visit_at + :later,"
                    " completed_at = completed_at + :later WHERE id = :id"
                ),
                {
                    "id": id_,
                    "g": pick.choice((None, None, "A")),
                    "f": pick.choice(("", "", "Good")),
                    "i": pick.choice(("", "", "", "Called twice")),
                    "o": pick.choice(tuple(Origin)).value,
                    "s": pick.choice((None, None, 1)),
                    "p": pick.choice((0, DAY)),
                    "later": pick.choice((0, DAY, 3 * DAY)),
                },
            )
        session.execute(
            text(
                "UPDATE enrollment SET deadline_day = :day"
                f" WHERE id % 3 = 0 AND enrolled_at < {NOW - 2 * DAY}"
            ),
            {"day": CLOCK.today - 1},
        )
    lead = company.lead.account_id
    groups = (
        make_group(database, members=tuple(learners[:6]), leads=(lead,)),
        make_group(database, members=tuple(learners[3:9])),
    )
    return World(company, groups, managers)


class FilterOracle(Oracle):
    """Filter the rows of a database in plain Python."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        with database.read() as session:
            rows = [Values(*row) for row in session.execute(_VALUES)]
            self._values = {row.id: row for row in rows}
            self._members = _pairs(session, "group_member", "group_id, learner_id")
            self._steps = _pairs(session, "path_step", "path_id, course_id")
            self._leads = _pairs(session, "group_lead", "account_id, group_id")
            self._people = dict(_pairs(session, "account", "id, learner_id"))
        self._runs: dict[int, int] = {}
        for fact in self.facts:
            self._runs[fact.id] = 1 + sum(
                other.learner_id == fact.learner_id
                and other.course_id == fact.course_id
                and (other.enrolled_at, other.id) < (fact.enrolled_at, fact.id)
                for other in self.facts
            )

    def in_scope(self, scope: Scope, query: LedgerQuery) -> list[Fact]:
        """Return the rows of a scope that match a query, unordered."""
        facts = super().in_scope(scope, query)
        return [fact for fact in facts if self._passes(scope, query, fact)]

    def _passes(self, scope: Scope, query: LedgerQuery, fact: Fact) -> bool:
        filters, values, clock = query.filters, self._values[fact.id], query.clock or CLOCK
        return all(
            (
                not filters.courses or fact.course_id in filters.courses,
                filters.path is None or self._is_of_path(query, fact),
                filters.group is None or self._is_of_group(scope, filters.group, fact),
                not filters.departments or values.department in filters.departments,
                filters.instructor is None or self._teaches(filters.instructor, fact),
                filters.manager is None
                or (
                    values.manager_id == filters.manager
                    and self._knows_manager(scope, filters.manager)
                ),
                not filters.statuses or fact.status in filters.statuses,
                not filters.progress
                or filters.progress.least <= fact.progress <= filters.progress.most,
                _is_within(filters.enrolled, clock, _day(fact.enrolled_at)),
                _is_within(filters.deadline, clock, fact.deadline_day),
                _is_within(filters.completed, clock, _day(values.completed_at)),
                _is_within(filters.last_visit, clock, _day(values.last_visit_at)),
                not filters.origins or values.origin in filters.origins,
                all(self._has(flag, fact, values, clock) for flag in filters.flags),
            )
        )

    def _teaches(self, account: int, fact: Fact) -> bool:
        is_theirs = fact.instructor_id in (None, account)
        return is_theirs and (account, fact.course_id) in self.taught

    def _is_of_path(self, query: LedgerQuery, fact: Fact) -> bool:
        path = query.filters.path
        if query.kind is Kind.PATHS and query.course is None:
            return fact.course_id == path
        return (path, fact.course_id) in self._steps

    def _is_of_group(self, scope: Scope, group: int, fact: Fact) -> bool:
        is_known = not isinstance(scope, Led) or (scope.account_id, group) in self._leads
        return is_known and (group, fact.learner_id) in self._members

    def _knows_manager(self, scope: Scope, manager: int) -> bool:
        if not isinstance(scope, Led):
            return True
        is_led = (scope.account_id, manager) in self.led
        return is_led or self._people[scope.account_id] == manager

    def _has(self, flag: Flag, fact: Fact, values: Values, clock: Clock) -> bool:
        is_active, deadline = fact.status == Status.ACTIVE, fact.deadline_day
        today = clock.today
        match flag:
            case Flag.OVERDUE:
                return is_active and deadline is not None and deadline < today
            case Flag.DUE_SOON:
                is_soon = deadline is not None and today <= deadline <= today + SOON_DAYS
                return is_active and is_soon
            case Flag.NO_DEADLINE:
                return deadline is None
            case Flag.AWAITING_GRADE:
                is_done = values.n_lessons == 0 or fact.progress == 100
                return is_active and bool(values.requires_grade) and is_done and not values.grade
            case Flag.STUCK:
                has_lessons_left = values.n_lessons > 0 and fact.progress < 100
                return is_active and has_lessons_left and values.progress_at <= clock.stuck_before
            case Flag.NEVER_VISITED:
                return values.last_visit_at is None
            case Flag.BY_HAND:
                return values.override_seq is not None
            case Flag.RETAKE:
                return self._runs[fact.id] > 1
            case Flag.FEEDBACK:
                return values.feedback != ""
            case Flag.NOTE:
                return values.internal_note != ""


def _pairs(session: Any, table: str, columns: str) -> set[tuple[int, int]]:
    return {tuple(row) for row in session.execute(text(f"SELECT {columns} FROM {table}"))}


def _day(moment: int | None) -> int | None:
    return None if moment is None else day_of(moment, ZONE)


def _is_within(days: Days | None, clock: Clock, day: int | None) -> bool:
    if days is None:
        return True
    first, last = days.resolve(clock)
    return day is not None and (first is None or day >= first) and (last is None or day <= last)


def single_filters(world: World) -> dict[str, Filters]:
    """Return each filter alone, by its name, with a value that some rows have and some have not."""
    company = world.company
    of_days = next_days(1)
    return {
        "courses": Filters(courses=(company.courses[0], company.courses[2], 9_999)),
        "path": Filters(path=company.paths[0]),
        "group": Filters(group=world.groups[0]),
        "department": Filters(departments=DEPARTMENTS[:2]),
        "instructor": Filters(instructor=company.teacher.account_id),
        "manager": Filters(manager=world.managers[1]),
        "status": Filters(statuses=(Status.ACTIVE, Status.CANCELLED)),
        "progress": Filters(progress=PercentRange(40, 60)),
        "enrolled": Filters.parse({"enrolled": "-2d..-1d"}),
        "deadline": Filters(deadline=of_days),
        "completed": Filters.parse({"completed": "-1d.."}),
        "visited": Filters.parse({"visited": "..0d"}),
        "origin": Filters(origins=(Origin.GROUP, Origin.SELF)),
        **{flag.value: Filters(flags=(flag,)) for flag in Flag},
    }


def combined(*several: Filters) -> Filters:
    """Return filters that have the values of several, each of another name."""
    params: dict[str, str] = {}
    for filters in several:
        for name, value in filters.params().items():
            params[name] = f"{params[name]},{value}" if name in params else value
    return Filters.parse(params)


@st.composite
def drawn_filters(draw: st.DrawFn, world: World, scope: Scope) -> Filters:
    """Draw up to three filters that a scope has, with values that are in the world or near it."""
    company = world.company
    days = day_ranges(st.integers(CLOCK.today - 5, CLOCK.today + 5), st.integers(-5, 5))
    courses = st.lists(st.sampled_from((*company.courses, *company.paths, 9_999)), min_size=1)
    of_each: dict[str, st.SearchStrategy[Any]] = {
        "courses": courses.map(tuple),
        "path": st.sampled_from((*company.paths, company.courses[0], 9_999)),
        "group": st.sampled_from((*world.groups, 9_999)),
        "departments": st.lists(st.sampled_from(("Sales", "R&D, north", "x")), min_size=1).map(
            tuple
        ),
        "instructor": st.sampled_from((company.teacher.account_id, 9_999)),
        "manager": st.sampled_from((*world.managers, 9_999)),
        "statuses": st.lists(st.sampled_from(Status), min_size=1).map(tuple),
        "progress": percent_ranges(),
        "enrolled": days,
        "deadline": days,
        "completed": days,
        "last_visit": days,
        "origins": st.lists(st.sampled_from(Origin), min_size=1).map(tuple),
        "flags": st.lists(st.sampled_from(Flag), min_size=1, max_size=2).map(tuple),
    }
    if isinstance(scope, Taught):
        of_each = {n: s for n, s in of_each.items() if n not in ("path", "group", "manager")}
    if not isinstance(scope, Everything):
        del of_each["instructor"]
    names = draw(st.lists(st.sampled_from([*of_each]), min_size=1, max_size=3, unique=True))
    return Filters(**{name: draw(of_each[name]) for name in names})
