"""Test the values of the ledger's filters: which are listed and counted for whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, text

from enrollment_portal.domain.access.permissions import Everything
from enrollment_portal.domain.enrollment.fields import Origin, Status
from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.filter_chips import FilterNames
from enrollment_portal.domain.ledger.filters import FilterName, Filters
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.errors import NotAllowed, NotFound
from enrollment_portal.domain.shared.text_search import sort_text
from enrollment_portal.services.ledger import filter_values as service
from enrollment_portal.services.ledger.filter_values import filter_names, filter_values
from enrollment_portal.storage.access import accounts
from enrollment_portal.storage.ledger.values.enumerated import count_values
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_account, make_group
from tests.integration.ledger_oracle import Company, Fact, Oracle, make_company

BY_RECORD = (
    *(FilterName.COURSES, FilterName.PATH, FilterName.GROUP, FilterName.DEPARTMENT),
    *(FilterName.INSTRUCTOR, FilterName.MANAGER),
)
PLAIN, PATHS = LedgerQuery(), LedgerQuery(kind=Kind.PATHS)


class Records:
    """Which values each enrollment has, read in plain Python, and who knows them."""

    def __init__(self, database: Database, lead: int) -> None:
        with database.read() as session:

            def rows(sql: str) -> list[Any]:
                return [tuple(row) for row in session.execute(text(sql))]

            self.departments = dict(rows("SELECT id, department FROM learner"))
            self.managers = dict(rows("SELECT id, manager_id FROM learner"))
            self.people = dict(rows("SELECT id, name FROM learner"))
            self.titles = dict(rows("SELECT id, title FROM course"))
            self.groups = dict(rows("SELECT id, name FROM people_group"))
            self.accounts = dict(rows("SELECT id, name FROM account"))
            self.members = rows("SELECT learner_id, group_id FROM group_member")
            self.steps = rows("SELECT course_id, path_id FROM path_step")
            self.teachers = rows("SELECT course_id, account_id FROM course_teacher")
            self.led_groups = {
                g for a, g in rows("SELECT account_id, group_id FROM group_lead") if a == lead
            }
            self.led = {
                x for a, x in rows("SELECT account_id, learner_id FROM learner_lead") if a == lead
            }
            self.own = dict(rows("SELECT id, learner_id FROM account"))[lead]
            self.taken_by_led = {
                c for x, c in rows("SELECT learner_id, course_id FROM enrollment") if x in self.led
            }

    def values(self, name: FilterName, fact: Fact, *, is_lead: bool, in_paths: bool) -> list[Any]:
        """Return the values of an enrollment, by name and as a URL has them."""
        learner, course = fact.learner_id, fact.course_id
        match name:
            case FilterName.COURSES:
                return [(str(course), self.titles[course])]
            case FilterName.PATH if in_paths:
                return [(str(course), self.titles[course])]
            case FilterName.PATH:
                known = self.taken_by_led if is_lead else self.titles
                found = [p for c, p in self.steps if c == course and p in known]
                return [(str(p), self.titles[p]) for p in found]
            case FilterName.GROUP:
                known = self.led_groups if is_lead else self.groups
                found = [g for x, g in self.members if x == learner and g in known]
                return [(str(g), self.groups[g]) for g in found]
            case FilterName.DEPARTMENT:
                department = self.departments[learner]
                return [(department, department)] if department else []
            case FilterName.INSTRUCTOR:
                found = [a for c, a in self.teachers if c == course]
                return [(str(a), self.accounts[a]) for a in found]
            case _:
                manager = self.managers[learner]
                known: Any = {*self.led, self.own} if is_lead else self.people
                return [(str(manager), self.people[manager])] if manager in known else []


def arrange(database: Database) -> Company:
    """Write a company whose people have departments, managers and groups."""
    company = make_company(database)
    people, courses, paths = company.learners, company.courses, company.paths
    with database.write() as session:
        for i, learner in enumerate(people):
            department = ("Sales", "Design, UX", "", "Ärzte")[i % 4]
            manager = None if i < 2 else people[i % 2] if i % 3 else people[2]
            session.execute(
                text("UPDATE learner SET department = :d, manager_id = :m WHERE id = :id"),
                {"d": department, "m": manager, "id": learner},
            )
        for path, steps in ((paths[0], courses[:2]), (paths[1], courses[1:4])):
            for position, course in enumerate(steps):
                session.execute(
                    text(
                        "INSERT INTO path_step (path_id, course_id, position, needs_previous)"
                        " VALUES (:p, :c, :n, 0)"
                    ),
                    {"p": path, "c": course, "n": position},
                )
        session.execute(
            text("UPDATE account SET learner_id = :p WHERE id = :id"),
            {"p": people[0], "id": company.lead.account_id},
        )
        session.execute(
            text("UPDATE enrollment SET origin = 'group' WHERE id % 3 = 0"),
        )
    lead = company.lead.account_id
    make_group(database, "Board", members=tuple(people[:4]), leads=(lead,))
    make_group(database, "Night shift", members=tuple(people[3:9]))
    make_group(database, "Nobody")
    return company


def actor_of(database: Database, account: int) -> Actor:
    with database.read() as session:
        found = accounts.find_account(session, account)
    assert found
    return found


@pytest.fixture
def company(database: Database) -> tuple[Company, dict[str, Actor]]:
    company = arrange(database)
    ids = {
        "admin": (make_account(database), Role.SUPER_ADMIN),
        "instructor": (company.teacher.account_id, Role.INSTRUCTOR),
        "lead": (company.lead.account_id, Role.GROUP_LEAD),
    }
    actors = {who: replace(actor_of(database, id_), role=role) for who, (id_, role) in ids.items()}
    return company, actors


def as_pairs(found: service.FilterValues) -> list[tuple[str, str, int | None]]:
    return [(one.value, one.name, one.n) for one in found.values]


def in_order(counted: Iterable[tuple[tuple[str, str], int]]) -> list[tuple[str, str, int]]:
    found = [(value, name, n) for (value, name), n in counted]
    return sorted(
        found, key=lambda one: (sort_text(one[1]), int(one[0]) if one[0].isdigit() else 0)
    )


def test_every_viewer_gets_the_values_of_their_rows_with_their_numbers(
    database: Database, company: tuple[Company, dict[str, Actor]]
) -> None:
    built, actors = company
    oracle, records = Oracle(database), Records(database, built.lead.account_id)
    course, learner = built.courses[0], built.learners[1]
    of_course, of_path = replace(PLAIN, course=course), replace(PLAIN, course=built.paths[0])
    of_learner = replace(PLAIN, learner=learner)
    by_people = {FilterName.GROUP, FilterName.DEPARTMENT, FilterName.MANAGER}
    by_course = {FilterName.COURSES, FilterName.PATH, FilterName.INSTRUCTOR}
    not_led = {FilterName.INSTRUCTOR}
    cases = [
        ("admin", PLAIN, by_people | by_course),
        ("admin", PATHS, by_people | {FilterName.PATH}),
        ("admin", of_course, by_people),
        ("admin", of_path, by_people),
        ("admin", of_learner, by_course),
        ("lead", PLAIN, (by_people | by_course) - not_led),
        ("lead", PATHS, by_people | {FilterName.PATH}),
        ("lead", of_learner, by_course - not_led),
        ("instructor", PLAIN, {FilterName.COURSES, FilterName.DEPARTMENT}),
        ("instructor", of_course, {FilterName.DEPARTMENT}),
    ]
    scopes = {"instructor": built.teacher, "lead": built.lead}
    seen: set[str] = set()
    for who, query, has in cases:
        scope = scopes.get(who)
        for name in BY_RECORD:
            found = as_pairs(filter_values(database, actors[who], query, name.value, ""))
            if name not in has:
                assert found == [], (who, query, name)
                continue
            counted = Counter(
                value
                for fact in oracle.in_scope(scope or service.ledger_scope(actors[who]), query)
                for value in records.values(
                    name,
                    fact,
                    is_lead=who == "lead",
                    in_paths=query.kind is Kind.PATHS and query.course is None,
                )
            )
            assert found == in_order(counted.items()), (who, query, name)
            seen |= {f"{who} {name}"} if found else set()
        facts = oracle.in_scope(scope or service.ledger_scope(actors[who]), query)
        statuses = filter_values(database, actors[who], query, "status", "").values
        assert [one.n for one in statuses] == [
            sum(fact.status == status for fact in facts) for status in Status
        ]
        origins = filter_values(database, actors[who], query, "origin", "").values
        assert {one.value: one.n for one in origins} == {
            **dict.fromkeys(Origin, 0),
            **Counter(fact.origin for fact in facts),
        }
    assert {f"lead {FilterName.MANAGER}", f"lead {FilterName.PATH}", "admin group"} <= seen


def test_values_are_searched_and_bounded_and_hostile_input_lists_nothing(
    database: Database, company: tuple[Company, dict[str, Actor]], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, actors = company
    admin = actors["admin"]

    def names(name: object, typed: object, query: LedgerQuery = PLAIN) -> list[str]:
        return [one.name for one in filter_values(database, admin, query, name, typed).values]

    assert names("courses", "ahn") == ["Ähnlich"]
    assert names("department", "arz") == ["Ärzte"]
    assert names("department", "ux") == ["Design, UX"]
    assert names("group", "night") == ["Night shift"]
    assert names("status", "comp") == ["Completed"]
    assert names("origin", "") == list(messages.ORIGINS.values())
    assert names("manager", "ana") == ["Ana Alba"] * 2
    for nonsense in (None, 5, [], {}, "x" * 9000, "a\ud800", "\x00"):
        assert names(nonsense, "") == []
        assert isinstance(names("courses", nonsense), list)
    assert names("progress", "") == names("note", "") == []
    monkeypatch.setattr(service, "MOST_VALUES", 2)
    first = filter_values(database, admin, PLAIN, "courses", "")
    assert (len(first.values), first.is_complete) == (2, False)
    assert filter_values(database, admin, PLAIN, "department", "sal").is_complete
    past = filter_values(database, admin, replace(PLAIN, as_of=20_000), "courses", "")
    assert [one.n for one in past.values] == [None, None]
    assert names("origin", "", replace(PLAIN, as_of=20_000)) == []
    learner = actor_of(database, make_account(database, Role.LEARNER))
    with pytest.raises(NotAllowed):
        filter_values(database, learner, PLAIN, "courses", "")
    foreign = replace(PLAIN, course=99_999)
    with pytest.raises(NotFound):
        filter_values(database, actors["instructor"], foreign, "department", "")


def test_names_are_those_that_exist_for_the_viewer(
    database: Database, company: tuple[Company, dict[str, Actor]]
) -> None:
    built, actors = company
    records = Records(database, built.lead.account_id)
    ids = {name: id_ for id_, name in records.groups.items()}
    board, night = ids["Board"], ids["Night shift"]
    courses, managers = built.courses, built.learners[:3]
    taught = {courses[0], courses[3], courses[5]}

    def found(who: str, **fields: Any) -> FilterNames:
        return filter_names(database, actors[who], LedgerQuery(filters=Filters(**fields)))

    assert found("admin") == FilterNames()
    everything = found(
        "admin",
        courses=(*courses, 99_999),
        path=built.paths[1],
        group=night,
        instructor=built.teacher.account_id,
        manager=managers[0],
    )
    assert set(everything.courses) == set(courses)
    assert everything.path == "Path"
    assert everything.group == "Night shift"
    assert everything.instructor == actors["instructor"].name
    assert everything.manager == "Ana Alba"
    assert found("admin", path=99_999, group=99_999, instructor=99_999) == FilterNames()
    assert set(found("instructor", courses=tuple(courses)).courses) == taught
    assert set(found("lead", courses=tuple(records.titles)).courses) == records.taken_by_led
    assert found("lead", group=board).group == "Board"
    assert found("lead", group=night).group is None
    for manager in managers:
        known = manager in records.led or manager == records.own
        assert (found("lead", manager=manager).manager is not None) == known


@pytest.mark.parametrize("query", [PLAIN, PATHS], ids=["courses", "paths"])
@pytest.mark.parametrize("name", [FilterName.STATUS, FilterName.ORIGIN])
def test_statuses_and_origins_are_counted_from_tallies(
    database: Database, query: LedgerQuery, name: FilterName
) -> None:
    make_company(database)
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    with database.read() as session:
        assert count_values(session, Everything(), query, name)
    assert asked
    assert not [sql for sql in asked if "FROM enrollment" in sql]
