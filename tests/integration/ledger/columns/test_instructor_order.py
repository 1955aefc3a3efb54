"""Test the order by instructor where some enrollments have one of their own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from enrollment_portal.domain.access.permissions import Everything
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, SortKey, Tab
from enrollment_portal.storage.ledger import rows
from enrollment_portal.storage.shared.database import Database
from tests.integration.ledger_oracle import (
    PLANS,
    Oracle,
    assert_pages_are_right,
    force_plan,
    make_company,
)


@pytest.mark.parametrize("plan", PLANS)
def test_who_is_assigned_has_a_place_of_their_own(
    database: Database, monkeypatch: pytest.MonkeyPatch, plan: str
) -> None:
    company = make_company(database, assigns=True)
    oracle = Oracle(database)
    force_plan(monkeypatch, plan)
    by_instructor = LedgerQuery(sort=SortKey.INSTRUCTOR)
    asked = [
        by_instructor,
        replace(by_instructor, descending=False),
        replace(by_instructor, tab=Tab.COMPLETED),
        replace(by_instructor, search="ana"),
        replace(by_instructor, course=company.courses[0]),
        replace(by_instructor, learner=company.learners[0]),
    ]
    for course_rows in (4, 2_000):
        monkeypatch.setattr(rows, "COURSE_ROWS", course_rows)
        for query in asked:
            assert_pages_are_right(database, oracle, Everything(), query, 7)
