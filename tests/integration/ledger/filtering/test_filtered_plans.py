"""Test that both engines read each filter, and each pair of them, by indexes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from enrollment_portal.domain.access.permissions import Everything
from enrollment_portal.domain.ledger.filters import Filters, Flag
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, SortKey
from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.storage.ledger import read_ledger
from enrollment_portal.storage.ledger.filtering import rows
from enrollment_portal.storage.shared.database import Database
from tests.integration.ledger.filtering.filter_oracle import (
    CLOCK,
    World,
    combined,
    make_world,
    single_filters,
)
from tests.integration.ledger_oracle import make_company

_SCANNED = ":budget"
"""The parameter that bounds an index scan."""
_WHOLE_TABLE = re.compile(r"SCAN (?:e|n|l|c|x)$|Seq Scan on enrollment\b")
_IN_ORDER = re.compile(r"SCAN e USING (?:COVERING )?INDEX ix_enrollment_enrolled|SCAN e$")
"""What a bounded scan may read from one end: an index, and the rows that it found by it."""


def _queries(world: World) -> Iterator[LedgerQuery]:
    singles = single_filters(world)
    for one in singles.values():
        for sort in SortKey:
            yield LedgerQuery(filters=one, sort=sort, clock=CLOCK)
    for one, other in itertools.combinations(singles.values(), 2):
        yield LedgerQuery(filters=combined(one, other), clock=CLOCK)


def _statements(database: Database, queries: list[LedgerQuery]) -> dict[str, Any]:
    """Return the statements that read the rows of queries, with their parameters."""
    found: dict[str, Any] = {}

    def record(*args: Any) -> None:
        found.setdefault(args[2], args[3])

    event.listen(database.engine, "before_cursor_execute", record)
    with database.read() as session:
        for query in queries:
            for place in (None, Place("last")):
                read_ledger(session, Everything(), query.at(place), 3, counts_later=True)
    event.remove(database.engine, "before_cursor_execute", record)
    counts = ("SELECT count(*) FILTER", "SELECT sum(")
    return {
        sql: values
        for sql, values in found.items()
        if sql.startswith("SELECT") and "enrollment" in sql and not sql.startswith(counts)
    }


@pytest.mark.parametrize("sort_rows", [-1, 1_000_000], ids=["scanned", "sorted"])
def test_no_page_reads_a_whole_table(
    database: Database, monkeypatch: pytest.MonkeyPatch, sort_rows: int
) -> None:
    monkeypatch.setattr(rows, "SORT_ROWS", sort_rows)
    world = make_world(database, make_company(database, assigns=sort_rows == -1))
    queries = list(_queries(world))
    if not database.is_sqlite:
        # Planning takes long there: each pair in one of both ways.
        queries = queries[sort_rows == -1 :: 2]
    statements = _statements(database, queries)
    assert len(statements) > 200
    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    with database.read() as session:
        if not database.is_sqlite:
            # Of so few rows, PostgreSQL would read all of any table.
            session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
        for sql, values in statements.items():
            plan = session.connection().exec_driver_sql(f"{explain} {sql}", values).fetchall()
            steps = [str(row[-1]).strip() for row in plan]
            is_scan = _SCANNED in sql or "(budget)s" in sql
            wrong = [
                step
                for step in steps
                if _WHOLE_TABLE.search(step) and not (is_scan and _IN_ORDER.search(step))
            ]
            assert not wrong, (sql, steps)
            if is_scan and database.is_sqlite:
                scans = {row[0] for row in plan if row[3] == "CO-ROUTINE e"}
                of_scans = [row[3] for row in plan if row[1] in scans]
                assert "USE TEMP B-TREE FOR ORDER BY" not in of_scans, (sql, steps)


def test_a_pair_of_marks_is_read_from_its_own_index(database: Database) -> None:
    make_world(database, make_company(database))
    marks = (Flag.BY_HAND, Flag.RETAKE, Flag.FEEDBACK, Flag.NOTE)
    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    for one, other in itertools.combinations(marks, 2):
        query = LedgerQuery(filters=Filters(flags=(one, other)), clock=CLOCK)
        statements = _statements(database, [query])
        with database.engine.connect() as connection:
            if not database.is_sqlite:
                # Of a few rows, each index has one page: without those that cost the same.
                connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
                for name in (*marks, "run"):
                    connection.exec_driver_sql(f"DROP INDEX ix_enrollment_{name}")
            plans = [
                str(connection.exec_driver_sql(f"{explain} {sql}", values).fetchall())
                for sql, values in statements.items()
                if "LIMIT 4" in sql or ":most" in sql or "(most)s" in sql
            ]
            connection.rollback()
        assert plans
        assert all(f"ix_enrollment_{one}_{other}" in plan for plan in plans), (one, other, plans)


def test_a_mark_is_read_in_the_order_of_its_own_index(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "SORT_ROWS", -1)
    world = make_world(database, make_company(database))
    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    for mark in (Flag.BY_HAND, Flag.FEEDBACK, Flag.NOTE):
        filters = Filters(group=world.groups[0], flags=(mark,))
        statements = _statements(database, [LedgerQuery(filters=filters, clock=CLOCK)])
        scans = {sql: values for sql, values in statements.items() if " AS branch" in sql}
        with database.read() as session:
            if not database.is_sqlite:
                session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
                session.connection().exec_driver_sql("SET LOCAL enable_bitmapscan = off")
            plans = [
                str(session.connection().exec_driver_sql(f"{explain} {sql}", values).fetchall())
                for sql, values in scans.items()
            ]
        assert plans
        assert all(f"ix_enrollment_{mark}" in plan for plan in plans), (mark, plans)


def test_filters_of_one_shape_share_a_statement(database: Database) -> None:
    world = make_world(database, make_company(database))
    one, other = Filters(group=world.groups[0]), Filters(group=world.groups[1])
    with database.read() as session:
        for filters in (one, other):
            read_ledger(session, Everything(), LedgerQuery(filters=filters, clock=CLOCK), 3)
    queries = [LedgerQuery(filters=filters, clock=CLOCK) for filters in (one, other)]
    assert [*_statements(database, queries[:1])] == [*_statements(database, queries[1:])]
