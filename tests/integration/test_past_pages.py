"""The ledger on a past day: every sort, tab, search and scope, against a replay of history."""

from __future__ import annotations

from dataclasses import replace

import pytest

from enrollment_portal.domain.ledger_query import Kind, LedgerQuery, SortKey, Tab
from enrollment_portal.domain.permissions import Everything
from enrollment_portal.storage.database import Database
from tests.builders import DAY, NOW
from tests.integration.ledger_oracle import all_orders, assert_pages_are_right, make_company
from tests.integration.past_oracle import WAYS, PastOracle, force_way, live_on, reads_at

EVERYTHING = Everything()
MOMENTS = (NOW - 3 * DAY - 1, NOW - 2 * DAY, NOW - DAY + 5, NOW + DAY, NOW + 90 * DAY)


@pytest.mark.parametrize("way", WAYS)
def test_every_sort_shows_every_row_once_forwards_and_backwards(
    database: Database, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    force_way(monkeypatch, way)
    make_company(database)
    diary = live_on(database)
    for moment in MOMENTS:
        oracle = PastOracle(database, diary, moment)
        for query in all_orders():
            assert_pages_are_right(database, oracle, EVERYTHING, query, 11, reads_at(moment))


@pytest.mark.parametrize("way", WAYS)
def test_searches_scopes_and_kinds_narrow_it_as_they_do_the_ledger_of_now(
    database: Database, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    force_way(monkeypatch, way)
    company = make_company(database)
    diary = live_on(database)
    plain, paths = LedgerQuery(), LedgerQuery(kind=Kind.PATHS)
    narrowed = [
        (EVERYTHING, plain.searching("ana")),
        (EVERYTHING, plain.searching("example")),
        (EVERYTHING, plain.searching("nobody")),
        (company.teacher, plain.searching("example")),
        (EVERYTHING, paths),
        (EVERYTHING, paths.searching("berg")),
        (EVERYTHING, replace(plain, course=company.courses[0])),
        (EVERYTHING, replace(plain, course=company.courses[0], search="ana")),
        (EVERYTHING, replace(plain, course=company.paths[0])),
        (EVERYTHING, replace(plain, learner=company.learners[1])),
        (EVERYTHING, replace(paths, learner=company.learners[1])),
        (company.teacher, plain),
        (company.teacher, plain.searching("ana")),
        (company.lead, plain),
        (company.lead, paths),
        (company.lead, plain.searching("ana")),
    ]
    for moment in MOMENTS[2:4]:
        oracle = PastOracle(database, diary, moment)
        for scope, query in narrowed:
            for tab in (Tab.ALL, Tab.ACTIVE):
                for sort in SortKey:
                    wanted = replace(query, tab=tab, sort=sort)
                    assert_pages_are_right(database, oracle, scope, wanted, 7, reads_at(moment))
