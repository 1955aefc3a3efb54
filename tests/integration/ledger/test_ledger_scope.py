"""Test scopes of the ledger: invisible rows are not counted, found or paged."""

from __future__ import annotations

import pytest

from enrollment_portal.domain.access.permissions import Everything, Led, Taught
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, SortKey
from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.storage.ledger import counts
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_account, make_course, make_enrollment, make_learner
from tests.integration.ledger_oracle import (
    PLANS,
    Oracle,
    all_orders,
    assert_pages_are_right,
    force_plan,
    make_company,
    page_of,
    pages,
)


@pytest.mark.parametrize("plan", PLANS)
def test_a_scope_has_correct_pages_in_every_sort(
    database: Database, monkeypatch: pytest.MonkeyPatch, plan: str
) -> None:
    force_plan(monkeypatch, plan)
    company = make_company(database)
    oracle = Oracle(database)
    for scope in (company.teacher, company.lead):
        for search in ("", "ana"):
            query = LedgerQuery(search=search)
            seen = oracle.in_scope(scope, query)
            assert 0 < len(seen) < len(oracle.in_scope(Everything(), query))
            for query in all_orders():
                assert_pages_are_right(database, oracle, scope, query.searching(search), 11)


def test_an_instructors_search_works_with_either_driving_table(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = make_company(database)
    oracle = Oracle(database)
    for few in (0, 1_000_000):
        monkeypatch.setattr(counts, "FEW_ROWS", few)
        for search in ("bo", "ana", "e", "example", "nobody"):
            query = LedgerQuery(search=search, sort=SortKey.LEARNER)
            assert_pages_are_right(database, oracle, company.teacher, query, 11)


@pytest.mark.parametrize("plan", PLANS)
def test_nothing_outside_the_scope_is_found_or_counted(
    database: Database, monkeypatch: pytest.MonkeyPatch, plan: str
) -> None:
    force_plan(monkeypatch, plan)
    ana, bo = make_learner(database, "Ana Berg"), make_learner(database, "Bo Berg")
    art, zen = make_course(database, "Art"), make_course(database, "Zen")
    ids = {
        (learner, course): make_enrollment(database, learner, course)
        for learner in (ana, bo)
        for course in (art, zen)
    }
    for scope, mine in (
        (Taught(make_account(database, teaches=(zen,))), {ids[ana, zen], ids[bo, zen]}),
        (Led(make_account(database, leads=(bo,))), {ids[bo, art], ids[bo, zen]}),
    ):
        for sort in SortKey:
            for search in ("", "berg"):
                page = page_of(database, scope, LedgerQuery(sort=sort, search=search), 10)
                assert {row.id for row in page.rows} == mine
                assert page.counts[Status.ACTIVE] == page.total == 2
                assert (page.previous, page.next) == (None, None)
    led = page_of(database, Led(scope.account_id), LedgerQuery(search="ana"), 10)
    assert (led.rows, led.total) == ((), 0)


def test_an_empty_scope_is_an_empty_ledger(database: Database) -> None:
    make_enrollment(database)
    account = make_account(database)
    for scope in (Taught(account), Led(account), Taught(9_999), Led(9_999)):
        for search in ("", "noise"):
            page = page_of(database, scope, LedgerQuery(search=search), 10)
            assert (page.rows, page.position, page.total) == ((), 0, 0)


@pytest.mark.parametrize("plan", PLANS)
def test_a_page_position_outside_the_scope_is_ignored(
    database: Database, monkeypatch: pytest.MonkeyPatch, plan: str
) -> None:
    force_plan(monkeypatch, plan)
    company = make_company(database)
    query = LedgerQuery(sort=SortKey.COURSE, descending=False)
    first, second, *_ = pages(database, company.teacher, query, 5)
    assert second.previous
    others = (company.courses[1], *second.previous.key[1:])
    for kind in ("after", "before"):
        page = page_of(database, company.teacher, query.at(Place(kind, others, 6)), 5)
        assert page == first


def test_teaching_and_leading_are_different_scopes(database: Database) -> None:
    learner, course = make_learner(database), make_course(database)
    make_enrollment(database, learner, course)
    teacher = make_account(database, teaches=(course,))
    lead = make_account(database, leads=(learner,))
    assert page_of(database, Taught(teacher), LedgerQuery(), 5).total == 1
    assert page_of(database, Led(lead), LedgerQuery(), 5).total == 1
    assert page_of(database, Led(teacher), LedgerQuery(), 5).total == 0
    assert page_of(database, Taught(lead), LedgerQuery(), 5).total == 0
