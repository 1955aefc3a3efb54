"""Test that a page reads few enrollments in every order, at a size where a wrong plan shows."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlmodel import Session

from enrollment_portal.demo.company import build_company
from enrollment_portal.domain.access.permissions import Everything
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery, SortKey, Tab
from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.storage.ledger import read_ledger, statements
from enrollment_portal.storage.ledger.engines import engine_of, fetch
from enrollment_portal.storage.ledger.index_ranges import EXTRA
from enrollment_portal.storage.ledger.keyset import key_of
from enrollment_portal.storage.shared.database import Database
from tests.builders import NOW

ENROLLMENTS = 20_000
MOST_ROWS = 3_000
"""How many enrollments PostgreSQL reads for a page: a tenth of those of a tab."""
MOST_STEPS = 120_000
"""How many instructions SQLite takes; to read all of a tab takes it more."""
_AT_A_TIME = 1_000


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def company(
    request: pytest.FixtureRequest, make_module_database: Callable[[str], Database]
) -> Database:
    database = make_module_database(request.param)
    build_company(database, enrollments=ENROLLMENTS, now=NOW)
    return database


def _steps(session: Session, query: LedgerQuery) -> int:
    """Return about how many instructions of SQLite's virtual machine a page takes."""
    connection: Any = session.connection().connection.driver_connection
    n = 0

    def count() -> int:
        nonlocal n
        n += _AT_A_TIME
        return 0

    connection.set_progress_handler(count, _AT_A_TIME)
    read_ledger(session, Everything(), query)
    connection.set_progress_handler(None, 0)
    return n


def _rows(session: Session, query: LedgerQuery) -> int:
    """Return how many enrollments PostgreSQL reads for a page, from the table or an index."""
    asked: list[tuple[str, Any]] = []

    def record(*args: Any) -> None:
        asked.append((args[2], args[3]))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", record)
    read_ledger(session, Everything(), query)
    event.remove(connection, "before_cursor_execute", record)
    return sum(_read_by(connection, sql, values) for sql, values in asked)


def _read_by(connection: Connection, sql: str, values: Any) -> int:
    explained = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values)
    return sum(map(_read_in, _nodes(explained.scalar_one()[0]["Plan"])))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def _read_in(node: dict[str, Any]) -> int:
    if node.get("Relation Name") != "enrollment":
        return 0
    removed = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
    rows = node["Actual Rows"] + sum(node.get(name, 0) for name in removed)
    return int(rows * node["Actual Loops"])


def _from_the_middle(session: Session, query: LedgerQuery) -> Place:
    """Return the place after a row from the middle of the table, where many may tie."""
    ids = read_ledger(session, Everything(), query, page_size=400).rows
    engine, middle = engine_of(session), sorted(row.id for row in ids)[len(ids) // 2]
    sql = statements.by_ids(engine, EXTRA.get(query.sort, ""))
    row = fetch(session, sql, {"ids": engine.list_parameter([middle])})[0]
    return Place("after", key_of(query.sort, row), 400)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("tab", [Tab.ALL, Tab.ACTIVE, Tab.COMPLETED])
def test_a_page_in_any_order_reads_few_enrollments(company: Database, kind: Kind, tab: Tab) -> None:
    work, most = (_steps, MOST_STEPS) if company.is_sqlite else (_rows, MOST_ROWS)
    much: dict[str, int] = {}
    with company.read() as session:
        for sort, descending in itertools.product(SortKey, (False, True)):
            query = LedgerQuery(tab=tab, kind=kind, sort=sort, descending=descending)
            middle = _from_the_middle(session, LedgerQuery(tab=tab, kind=kind, sort=sort))
            for place in (None, middle, Place("last")):
                n = work(session, query.at(place))
                if n > most:
                    much[f"{query.to_url()} {place and place.kind}"] = n
    assert not much
