"""Test the ledger's filters: paths, one course, one learner, open requests."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrollment_portal.domain.access.permissions import Everything, Scope
from enrollment_portal.domain.ledger.attention.needs import Need
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery, SortKey, Tab
from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.shared.errors import NotAllowed, NotFound
from enrollment_portal.services.ledger.attention import needs_of
from enrollment_portal.services.ledger.ledger import (
    as_seen_by,
    read_ledger,
)
from enrollment_portal.storage.ledger import counts, rows
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_account, make_course, make_enrollment, make_learner, make_path
from tests.integration.ledger_oracle import (
    PLANS,
    Company,
    Oracle,
    all_orders,
    assert_pages_are_right,
    force_plan,
    make_company,
)


def filtered_ledgers(company: Company) -> list[tuple[Scope, LedgerQuery]]:
    """Return every filter of the ledger, with the scopes that have it."""
    everything, query = Everything(), LedgerQuery()
    paths = LedgerQuery(kind=Kind.PATHS)
    learner, course = company.learners[1], company.courses[0]
    return [
        (everything, paths),
        (company.lead, paths),
        (everything, replace(query, course=course)),
        (everything, replace(query, course=company.paths[0])),
        (company.teacher, replace(query, course=course)),
        (everything, replace(query, learner=learner)),
        (everything, replace(paths, learner=learner)),
        (company.lead, replace(query, learner=learner)),
        (company.lead, replace(paths, learner=learner)),
        (everything, replace(query, only_requests=True)),
        (everything, replace(paths, only_requests=True)),
    ]


@pytest.mark.parametrize("plan", PLANS)
def test_every_filter_has_correct_pages_in_every_sort(
    database: Database, monkeypatch: pytest.MonkeyPatch, plan: str
) -> None:
    force_plan(monkeypatch, plan)
    company = make_company(database)
    oracle = Oracle(database)
    for scope, filtered in filtered_ledgers(company):
        assert 0 < len(oracle.in_scope(scope, filtered)) < len(oracle.facts)
        for order in all_orders():
            if order.tab in (Tab.ALL, Tab.ACTIVE):
                query = replace(
                    filtered, tab=order.tab, sort=order.sort, descending=order.descending
                )
                assert_pages_are_right(database, oracle, scope, query, 13)


@pytest.mark.parametrize("few", [0, 1_000_000])
def test_every_filter_is_searched_with_either_driving_table(
    database: Database, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(counts, "FEW_ROWS", few)
    company = make_company(database)
    oracle = Oracle(database)
    for scope, filtered in filtered_ledgers(company):
        for search in ("bo", "ana", "e", "nobody"):
            for sort in (SortKey.ENROLLED, SortKey.LEARNER):
                query = replace(filtered, search=search, sort=sort)
                assert_pages_are_right(database, oracle, scope, query, 13)


@st.composite
def _queries(draw: st.DrawFn, company: Company) -> tuple[Scope, LedgerQuery]:
    """Draw a ledger that somebody may see, with any filter."""
    scope = draw(st.sampled_from([Everything(), company.teacher, company.lead]))
    is_admin, teaches = isinstance(scope, Everything), scope == company.teacher
    taught = (company.courses[0], company.courses[3], company.courses[5])
    courses = taught if teaches else (*company.courses, *company.paths) if is_admin else ()
    learners = () if teaches else company.learners if is_admin else company.learners[1::2]
    query = LedgerQuery(
        tab=draw(st.sampled_from(Tab)),
        search=draw(st.sampled_from(["", "", "ana", "b", "x.example a", "nobody"])),
        sort=draw(st.sampled_from(SortKey)),
        descending=draw(st.booleans()),
        kind=Kind.COURSES if teaches else draw(st.sampled_from(Kind)),
        only_requests=is_admin and draw(st.booleans()),
        course=draw(st.none() | st.sampled_from(courses)) if courses else None,
        learner=draw(st.none() | st.sampled_from(learners)) if learners else None,
    )
    return scope, query


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    data=st.data(),
    size=st.integers(2, 12),
    sort_rows=st.sampled_from([0, 15, 1_000_000]),
    scan_cost=st.sampled_from([0, 3, 50]),
    few=st.sampled_from([0, 20, 2_000]),
)
def test_any_ledger_has_exactly_the_expected_rows(
    filled: tuple[Database, Company, Oracle],
    data: st.DataObject,
    size: int,
    sort_rows: int,
    scan_cost: int,
    few: int,
) -> None:
    database, company, oracle = filled
    scope, query = data.draw(_queries(company))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "SORT_ROWS", sort_rows)
        patch.setattr(rows, "SCAN_COST", scan_cost)
        patch.setattr(rows, "COURSE_ROWS", few)
        patch.setattr(counts, "FEW_ROWS", few)
        assert_pages_are_right(database, oracle, scope, query, size)


@pytest.fixture
def filled(database: Database) -> tuple[Database, Company, Oracle]:
    """A company that the property's examples only read."""
    company = make_company(database)
    return database, company, Oracle(database)


def actor(account: int, role: Role, sections: Section = Section.LEARNING) -> Actor:
    return Actor(account, "Somebody", "somebody@northwind.example", role, sections)


class TestReadLedger:
    @pytest.fixture(autouse=True)
    def _company(self, database: Database) -> None:
        self.mine, self.other = make_course(database, "Mine"), make_course(database, "Other")
        self.path = make_path(database, "Path", (self.mine,))
        self.led, self.alone = make_learner(database, "Led"), make_learner(database, "Alone")
        self.ids = {
            (learner, course): make_enrollment(database, learner, course)
            for learner in (self.led, self.alone)
            for course in (self.mine, self.other, self.path)
        }
        teacher = make_account(database, Role.INSTRUCTOR, teaches=(self.mine,))
        self.teacher = actor(teacher, Role.INSTRUCTOR)
        lead = make_account(database, Role.GROUP_LEAD, leads=(self.led,))
        self.lead = actor(lead, Role.GROUP_LEAD)
        self.admin = actor(make_account(database, Role.ADMIN), Role.ADMIN)

    def seen(self, database: Database, who: Actor, query: LedgerQuery) -> set[int]:
        return {row.id for row in read_ledger(database, who, query).rows}

    def test_shows_a_course_only_to_its_instructors_and_admins(self, database: Database) -> None:
        query = LedgerQuery(course=self.mine)
        mine = {self.ids[self.led, self.mine], self.ids[self.alone, self.mine]}
        assert self.seen(database, self.admin, query) == mine
        assert self.seen(database, self.teacher, query) == mine
        for who, course in (
            (self.teacher, self.other),
            (self.teacher, self.path),
            (self.lead, self.mine),
            (self.admin, 9_999),
        ):
            with pytest.raises(NotFound):
                read_ledger(database, who, LedgerQuery(course=course))

    def test_shows_a_learner_to_their_leads(self, database: Database) -> None:
        query = LedgerQuery(learner=self.led)
        mine = {self.ids[self.led, self.mine], self.ids[self.led, self.other]}
        assert self.seen(database, self.admin, query) == mine
        assert self.seen(database, self.lead, query) == mine
        for who, learner in (
            (self.lead, self.alone),
            (self.teacher, self.led),
            (self.admin, 9_999),
        ):
            with pytest.raises(NotFound):
                read_ledger(database, who, LedgerQuery(learner=learner))

    def test_shows_an_instructor_no_paths(self, database: Database) -> None:
        paths = LedgerQuery(kind=Kind.PATHS)
        assert self.seen(database, self.teacher, paths) == self.seen(
            database, self.teacher, LedgerQuery()
        )
        assert self.seen(database, self.lead, paths) == {self.ids[self.led, self.path]}
        assert self.seen(database, self.admin, paths) == {
            self.ids[self.led, self.path],
            self.ids[self.alone, self.path],
        }

    def test_is_refused_to_learners(self, database: Database) -> None:
        for query in (LedgerQuery(course=self.mine), LedgerQuery(learner=self.led)):
            with pytest.raises(NotAllowed):
                read_ledger(database, actor(1, Role.LEARNER), query)

    def test_only_people_who_may_decide_see_open_requests(self, database: Database) -> None:
        with database.write() as session:
            session.connection().exec_driver_sql(
                "INSERT INTO extension_request (enrollment_id, wanted_day, reason, state,"
                " asked_at, decided_by, answer, is_seen)"
                f" VALUES ({self.ids[self.led, self.mine]}, 20700, '', 'open', 1, '', '', 0)"
            )
        asking = LedgerQuery(only_requests=True)
        (row,) = read_ledger(database, self.admin, asking).rows
        assert (row.id, row.requested_day) == (self.ids[self.led, self.mine], 20_700)
        assert needs_of(database, self.admin, Kind.COURSES)[Need.REQUESTS] == 1
        assert needs_of(database, self.admin, Kind.PATHS)[Need.REQUESTS] == 0
        assert Need.REQUESTS not in needs_of(database, self.lead, Kind.COURSES)
        assert len(self.seen(database, self.lead, asking)) == 2

    def test_a_lead_sees_people_who_report_to_them(self, database: Database) -> None:
        manager = make_learner(database, "Manager")
        mine = make_learner(database, "Mine", manager_id=manager)
        lead = actor(
            make_account(database, Role.GROUP_LEAD, learner_id=manager, leads=(mine, self.led)),
            Role.GROUP_LEAD,
        )
        make_account(database, Role.GROUP_LEAD)  # of nobody in the directory: leads nobody
        make_enrollment(database, make_learner(database, manager_id=self.alone), self.mine)
        reported = make_enrollment(database, mine, self.other)
        of_led = {self.ids[self.led, course] for course in (self.mine, self.other)}
        assert self.seen(database, lead, LedgerQuery()) == {reported, *of_led}
        assert read_ledger(database, lead, LedgerQuery()).total == 3
        assert self.seen(database, lead, LedgerQuery(learner=mine)) == {reported}
        for learner in (manager, self.alone):
            with pytest.raises(NotFound):
                read_ledger(database, lead, LedgerQuery(learner=learner))

    def test_filters_that_a_ledger_lacks_are_ignored(self) -> None:
        asked = LedgerQuery(kind=Kind.PATHS, only_requests=True)
        assert as_seen_by(self.admin, asked) == asked
        assert as_seen_by(self.lead, asked) == LedgerQuery(kind=Kind.PATHS)
        assert as_seen_by(self.teacher, asked) == LedgerQuery()
        of_course = replace(asked, course=self.mine)
        assert as_seen_by(self.admin, of_course) == LedgerQuery(
            only_requests=True, course=self.mine
        )
        with pytest.raises(NotAllowed):
            as_seen_by(actor(1, Role.LEARNER), asked)
