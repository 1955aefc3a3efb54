"""Test that the engines use the intended indexes for a past day, and scan no table in full."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from enrollment_portal.domain.access.permissions import Everything, Scope
from enrollment_portal.domain.ledger.layout.columns import STANDARD_COLUMNS
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery
from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.storage.ledger.past import read_past
from enrollment_portal.storage.shared.database import Database
from tests.builders import DAY, NOW, make_enrollment
from tests.integration.ledger.past.past_oracle import (
    WAYS,
    WAYS_OF_THEIR_OWN,
    force_way,
    make_changes_for_days,
)
from tests.integration.ledger_oracle import Company, all_orders, make_company
from tests.integration.remembered_reads import remembered_reads

MOMENT = NOW - DAY + 5


def _ledgers(company: Company) -> list[tuple[Scope, LedgerQuery]]:
    plain = LedgerQuery()
    return [
        *((scope, plain) for scope in (Everything(), company.teacher, company.lead)),
        (Everything(), LedgerQuery(kind=Kind.PATHS)),
        (Everything(), replace(plain, course=company.courses[0])),
        (Everything(), replace(plain, learner=company.learners[1])),
    ]


def _statements(
    database: Database, company: Company, ways: tuple[str, ...] = WAYS_OF_THEIR_OWN
) -> dict[str, tuple[Any, str]]:
    """Return the statements of the first, the next and the last page of every kind of query.

    Each with its parameters and the first way that runs it.
    """
    asked: dict[str, tuple[Any, str]] = {}
    way = ""

    def record(*args: Any) -> None:
        if "enrollment_span" in args[2]:
            asked.setdefault(args[2], (args[3], way))

    event.listen(database.engine, "before_cursor_execute", record)
    with remembered_reads(database) as session:
        for way in ways:
            with pytest.MonkeyPatch.context() as patch:
                force_way(patch, way)
                for scope, filtered in _ledgers(company):
                    for search in ("", "ana"):
                        for order in all_orders(STANDARD_COLUMNS):
                            query = replace(
                                filtered,
                                tab=order.tab,
                                sort=order.sort,
                                descending=order.descending,
                                search=search,
                            )
                            found = read_past(session, scope, query, MOMENT, 3)
                            for place in (Place("last"), found.next):
                                read_past(session, scope, query.at(place), MOMENT, 3)
    event.remove(database.engine, "before_cursor_execute", record)
    return asked


def _make_company_with_history(database: Database) -> Company:
    company = make_company(database)
    make_changes_for_days(database)
    return company


def _misses_its_index(step: str) -> bool:
    """Whether a step of SQLite's reads more than an index leads to."""
    if step.startswith(("SEARCH e ", "SCAN e ")):
        # Spans are found by their key, or by when they ended: then that index is read alone.
        return not step.startswith(
            ("SEARCH e USING PRIMARY KEY (enrolled_at", "SEARCH e USING COVERING INDEX ix_span_un")
        )
    by_name = "USING COVERING INDEX ix_learner_sort_name" in step or "ix_course_kind" in step
    return step.startswith(("SCAN l ", "SCAN c ", "SCAN n ")) and not by_name


def test_sqlite_uses_the_indexes(make_database_url: Callable[[str], str]) -> None:
    database = Database(make_database_url("sqlite"))
    ways = (*WAYS_OF_THEIR_OWN, *(way for way in WAYS if way not in WAYS_OF_THEIR_OWN))
    statements = _statements(database, _make_company_with_history(database), ways)
    assert len(statements) > 2_000
    assert {way for _, way in statements.values()} == set(WAYS_OF_THEIR_OWN)
    with database.read() as session:
        for sql, (parameters, _) in statements.items():
            rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)
            steps = [row[3] for row in rows]
            assert not [step for step in steps if _misses_its_index(step)], sql
            assert not [step for step in steps if "MULTI-INDEX" in step], sql
    database.close()


def test_postgresql_can_use_the_indexes(make_database_url: Callable[[str], str]) -> None:
    database = Database(make_database_url("postgresql"))
    statements = _statements(database, _make_company_with_history(database))
    with database.read() as session:
        # It would scan so few rows: allow that only if there is no index.
        session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
        for sql, (parameters, _) in statements.items():
            steps = _steps(session, sql, parameters)
            assert not [s for s in steps if "Seq Scan on enrollment" in s], (sql, steps)
            assert not [s for s in steps if "Seq Scan on learner" in s], (sql, steps)
    database.close()


def _steps(session: Session, sql: str, parameters: Any) -> list[str]:
    return [row[0] for row in session.connection().exec_driver_sql(f"EXPLAIN {sql}", parameters)]


def test_a_change_finds_its_validity_interval_by_its_key(
    make_database_url: Callable[[str], str],
) -> None:
    """Even if statistics lack the number of open intervals."""
    database = Database(make_database_url("sqlite"))
    for _ in range(100):
        make_enrollment(database)
    with database.write() as session:
        run = session.connection().exec_driver_sql
        # Each ends its interval at a different moment.
        run("UPDATE enrollment SET progress = 50, updated_at = updated_at + 1000 * id")
        run("ANALYZE")
        trigger = run("SELECT sql FROM sqlite_master WHERE name = 'span_update'").scalar_one()
        statements = re.findall(r"UPDATE enrollment_span .*?;", trigger, re.DOTALL)
        plans = [
            row.detail
            for statement in statements
            for row in run("EXPLAIN QUERY PLAN " + re.sub(r"new\.\w+", "1", statement))
        ]
    database.close()
    assert len(plans) == 2
    assert all("PRIMARY KEY (enrolled_at=? AND enrollment_id=?)" in plan for plan in plans), plans
