"""Test that SQLite uses indexes for the ledger, also without statistics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from enrollment_portal.domain.access.permissions import Everything, Scope
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery
from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.storage.ledger import read_ledger
from enrollment_portal.storage.shared.database import Database
from tests.integration.ledger.query_plans import reads_too_much
from tests.integration.ledger_oracle import (
    PLANS,
    Company,
    all_orders,
    force_plan,
    make_company,
)


def _ledgers(company: Company) -> list[tuple[Scope, LedgerQuery]]:
    plain, paths = LedgerQuery(), LedgerQuery(kind=Kind.PATHS)
    return [
        *((scope, plain) for scope in (Everything(), company.teacher, company.lead)),
        *((scope, paths) for scope in (Everything(), company.lead)),
        (Everything(), replace(plain, course=company.courses[0])),
        (Everything(), replace(plain, learner=company.learners[1])),
        (Everything(), replace(paths, learner=company.learners[1])),
        (Everything(), replace(plain, only_requests=True)),
    ]


@pytest.mark.parametrize("plan", PLANS)
def test_pages_are_read_by_indexes(
    make_database_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, plan: str
) -> None:
    force_plan(monkeypatch, plan)
    database = Database(make_database_url("sqlite"))
    company = make_company(database)
    statements: dict[str, Any] = {}

    def record(*args: Any) -> None:
        statements[args[2]] = args[3]

    event.listen(database.engine, "before_cursor_execute", record)
    with database.read() as session:
        for scope, filtered in _ledgers(company):
            for search in ("", "ana"):
                for order in all_orders():
                    query = replace(
                        filtered, tab=order.tab, sort=order.sort, descending=order.descending
                    ).searching(search)
                    found = read_ledger(session, scope, query, 3)
                    for place in (Place("last"), found.next):
                        read_ledger(session, scope, query.at(place), 3)
    pages = {sql: parameters for sql, parameters in statements.items() if " FROM (SELECT" in sql}
    assert len(pages) > 100
    with database.read() as session:
        for sql, parameters in pages.items():
            rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)
            of_each = " d CROSS JOIN enrollment e" in sql
            steps = [row[3] for row in rows]
            assert not [step for step in steps if reads_too_much(step, of_each=of_each)], sql
    database.close()
