"""Test the enrollments before and after one in the ledger that it was opened from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from enrollment_portal.domain.access.permissions import Everything
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.layout.columns import STANDARD_COLUMNS
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery, SortKey, Tab
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.errors import NotFound
from enrollment_portal.services.ledger import neighbours as service
from enrollment_portal.storage.ledger.neighbours import read_neighbours
from enrollment_portal.storage.shared.database import Database
from tests.builders import DAY, NOW, make_account, make_course, make_enrollment, make_organization
from tests.integration.ledger.past.past_oracle import PastOracle, force_way, make_changes_for_days
from tests.integration.ledger.query_plans import reads_too_much
from tests.integration.ledger_oracle import (
    PLANS,
    Oracle,
    all_orders,
    force_plan,
    make_company,
)
from tests.integration.remembered_reads import remembered_reads


@pytest.mark.parametrize("plan", PLANS)
def test_they_follow_the_order_of_every_ledger(
    database: Database, monkeypatch: pytest.MonkeyPatch, plan: str
) -> None:
    force_plan(monkeypatch, plan)
    company = make_company(database)
    oracle = Oracle(database)
    plain = LedgerQuery()
    scopes = (Everything(), company.teacher, company.lead)
    ledgers = [(scope, plain) for scope in scopes]
    ledgers += [
        (Everything(), replace(plain, kind=Kind.PATHS)),
        (Everything(), replace(plain, course=company.courses[0])),
        (Everything(), replace(plain, learner=company.learners[1])),
        (Everything(), replace(plain, search="ana")),
    ]
    seen = 0
    with remembered_reads(database) as session:
        for scope, filtered in ledgers:
            for order in all_orders(SortKey if filtered is plain else STANDARD_COLUMNS):
                query = replace(
                    filtered, tab=order.tab, sort=order.sort, descending=order.descending
                )
                ids = oracle.ids(scope, query)
                for at in {0, 1, len(ids) // 2, len(ids) - 1} & set(range(len(ids))):
                    found = read_neighbours(session, scope, query, ids[at])
                    around = (found.previous and found.previous.id, found.next and found.next.id)
                    before = ids[at - 1] if at else None
                    after = ids[at + 1] if at + 1 < len(ids) else None
                    assert around == (before, after), (scope, query, at)
                    seen += 1
    assert seen > 300


@pytest.mark.parametrize("way", ["as measured", "index scan, counted by what changed"])
def test_they_follow_the_ledger_of_a_past_day_with_its_values(
    database: Database, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    force_way(monkeypatch, way)
    make_company(database)
    diary = make_changes_for_days(database)
    moment = NOW + DAY
    oracle = PastOracle(database, diary, moment)
    facts = {fact.id: fact for fact in oracle.facts}
    with remembered_reads(database) as session:
        for query in all_orders(STANDARD_COLUMNS):
            ids = oracle.ids(Everything(), query)
            for at in (0, len(ids) // 2, len(ids) - 1):
                found = read_neighbours(session, Everything(), query, ids[at], moment=moment)
                around = (found.previous and found.previous.id, found.next and found.next.id)
                before = ids[at - 1] if at else None
                after = ids[at + 1] if at + 1 < len(ids) else None
                assert around == (before, after), (query, at)
                fact = facts[ids[at]]
                assert found.then is not None
                assert found.then.status == fact.status
                assert found.then.progress == fact.progress
                assert found.then.deadline_day == fact.deadline_day


@pytest.mark.parametrize("sort", list(SortKey))
@pytest.mark.parametrize("descending", [True, False])
def test_an_enrollment_that_left_its_tab_still_has_neighbours(
    database: Database, sort: SortKey, descending: bool
) -> None:
    make_organization(database)
    course = make_course(database)
    rows = [make_enrollment(database, course_id=course) for _ in range(5)]
    query = LedgerQuery(tab=Tab.ACTIVE, sort=sort, descending=descending)
    with database.read() as session:
        before = read_neighbours(session, Everything(), query, rows[2])
    with database.write() as session:
        session.connection().exec_driver_sql(
            f"UPDATE enrollment SET status = {Status.CANCELLED:d}, cancelled_at = enrolled_at"
            f" WHERE id = {rows[2]}"
        )
    with database.read() as session:
        after = read_neighbours(session, Everything(), query, rows[2])
    assert before.previous is not None
    assert before.next is not None
    assert (after.previous, after.next) == (before.previous, before.next)


class TestRights:
    @pytest.fixture
    def courses(self, database: Database) -> tuple[int, int]:
        make_organization(database)
        return make_course(database, "Taught"), make_course(database, "Other")

    def test_an_instructors_neighbours_are_only_in_courses_they_teach(
        self, database: Database, courses: tuple[int, int]
    ) -> None:
        own, other = courses
        first, hidden, last = (
            make_enrollment(database, course_id=course) for course in (own, other, own)
        )
        account = make_account(database, Role.INSTRUCTOR, teaches=(own,))
        teacher = Actor(account, "Tom", "tom@x.example", Role.INSTRUCTOR)
        query = LedgerQuery(sort=SortKey.ENROLLED, descending=False)
        found = service.read_neighbours(database, teacher, first, query)
        assert found is not None
        assert found.previous is None
        assert found.next is not None
        assert found.next.id == last
        for filtered in (replace(query, course=other), replace(query, learner=12)):
            assert service.read_neighbours(database, teacher, first, filtered) is None
        with pytest.raises(NotFound):
            service.read_neighbours(database, teacher, hidden, query)

    def test_a_ledger_of_another_kind_has_no_neighbours(
        self, database: Database, courses: tuple[int, int]
    ) -> None:
        enrollment = make_enrollment(database, course_id=courses[0])
        admin = Actor(make_account(database), "Ada", "ada@x.example", Role.SUPER_ADMIN)
        paths = LedgerQuery(kind=Kind.PATHS)
        assert service.read_neighbours(database, admin, enrollment, paths) is None
        assert service.read_neighbours(database, admin, enrollment, LedgerQuery()) is not None


def test_they_are_read_by_indexes(
    make_database_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No rows are skipped: each neighbour is found from the enrollment's own position."""
    force_plan(monkeypatch, "index_scan")
    database = Database(make_database_url("sqlite"))
    make_company(database)
    oracle = Oracle(database)
    statements: dict[str, Any] = {}

    def record(*args: Any) -> None:
        statements[args[2]] = args[3]

    event.listen(database.engine, "before_cursor_execute", record)
    with database.read() as session:
        for order in all_orders():
            query = LedgerQuery(tab=order.tab, sort=order.sort, descending=order.descending)
            for id_ in oracle.ids(Everything(), query)[1:3]:
                read_neighbours(session, Everything(), query, id_)
    pages = {sql: values for sql, values in statements.items() if " FROM (SELECT" in sql}
    assert len(pages) > 40
    assert not [sql for sql in pages if "OFFSET" in sql.upper()]
    with database.read() as session:
        for sql, values in pages.items():
            steps = [
                row[3]
                for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
            ]
            of_each = " d CROSS JOIN enrollment e" in sql
            assert not [step for step in steps if reads_too_much(step, of_each=of_each)], sql
    database.close()
