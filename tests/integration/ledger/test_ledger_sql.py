"""Compare the ledger's SQL with the approved statements in `sql/`, a file for each case and engine.

Each file holds what one page asks, in turn. `UPDATE_SNAPSHOTS=1` writes the files anew; the
difference is then to be read before it is committed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import event
from sqlmodel import Session

from enrollment_portal.domain.access.permissions import Everything, Scope
from enrollment_portal.domain.ledger.layout.columns import MORE_COLUMNS
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery, SortKey, Tab
from enrollment_portal.storage.ledger import LedgerPage, read_ledger, read_rows
from enrollment_portal.storage.ledger.columns.facts import row_facts
from enrollment_portal.storage.ledger.past import read_past
from enrollment_portal.storage.shared.database import Database
from tests.builders import DAY, NOW
from tests.integration.ledger.past.past_oracle import force_way, make_changes_for_days
from tests.integration.ledger.sql_text import laid_out
from tests.integration.ledger_oracle import Company, force_plan, make_company

SNAPSHOTS = Path(__file__).with_name("sql")
MOMENT = NOW - DAY + 5

OWNERS, SCANNED = "from their owners", "index scan, counted by what changed"
ALL_READ = "all by when they were enrolled"


class Case(NamedTuple):
    """One page of a ledger."""

    name: str
    scope: Callable[[Company], Scope]
    query: Callable[[Company], LedgerQuery]
    way: str
    """How its rows are found: see `force_plan` and `force_way`."""
    is_second: bool = False
    """Whether it is the page behind the first one."""


def _everything(_company: Company) -> Scope:
    return Everything()


def _taught(company: Company) -> Scope:
    return company.teacher


def _led(company: Company) -> Scope:
    return company.lead


def _query(**values: Any) -> Callable[[Company], LedgerQuery]:
    return lambda _company: LedgerQuery(**values)


def _one_course(**values: Any) -> Callable[[Company], LedgerQuery]:
    return lambda company: LedgerQuery(course=company.courses[0], **values)


def _one_learner(**values: Any) -> Callable[[Company], LedgerQuery]:
    return lambda company: LedgerQuery(learner=company.learners[1], **values)


NOW_CASES = [
    Case("all_newest_first", _everything, _query(), "index_scan"),
    Case("all_newest_first_page_2", _everything, _query(), "index_scan", True),
    Case("active_newest_first", _everything, _query(tab=Tab.ACTIVE), "index_scan"),
    Case("all_by_deadline", _everything, _query(sort=SortKey.DEADLINE), "index_scan"),
    Case("all_by_learner", _everything, _query(sort=SortKey.LEARNER), "index_scan"),
    Case("all_by_learner_page_2", _everything, _query(sort=SortKey.LEARNER), "index_scan", True),
    Case("all_by_course", _everything, _query(sort=SortKey.COURSE), "index_scan"),
    Case("all_by_status", _everything, _query(sort=SortKey.STATUS), "index_scan"),
    *(
        Case(f"all_by_{sort}", _everything, _query(sort=sort), "index_scan")
        for sort in MORE_COLUMNS
    ),
    Case("led_by_instructor", _led, _query(sort=SortKey.INSTRUCTOR, search="ana"), "full_sort"),
    Case("paths_newest_first", _everything, _query(kind=Kind.PATHS), "full_sort"),
    Case("search_full_sort", _everything, _query(search="ana"), "full_sort"),
    Case("search_index_scan", _everything, _query(search="ana"), "index_scan"),
    Case("search_of_two_parts", _everything, _query(search="ana berg"), "full_sort"),
    Case(
        "search_by_learner", _everything, _query(search="ana", sort=SortKey.LEARNER), "index_scan"
    ),
    Case("search_of_titles", _everything, _query(search="safety"), "full_sort"),
    Case("search_in_paths", _everything, _query(search="ana", kind=Kind.PATHS), "full_sort"),
    Case("taught_full_sort", _taught, _query(), "full_sort"),
    Case("taught_index_scan", _taught, _query(tab=Tab.COMPLETED), "index_scan"),
    Case("taught_by_course", _taught, _query(sort=SortKey.COURSE), "index_scan"),
    Case("taught_search", _taught, _query(search="ana"), "full_sort"),
    Case("led_full_sort", _led, _query(), "full_sort"),
    Case("led_index_scan", _led, _query(), "index_scan"),
    Case("led_search", _led, _query(search="ana"), "full_sort"),
    Case("one_course", _everything, _one_course(), "index_scan"),
    Case("one_course_search", _everything, _one_course(search="ana"), "full_sort"),
    Case("one_learner", _everything, _one_learner(), "full_sort"),
    Case("open_requests", _everything, _query(only_requests=True), "full_sort"),
]
PAST_CASES = [
    Case("past_newest_first", _everything, _query(), SCANNED),
    Case("past_by_progress", _everything, _query(sort=SortKey.PROGRESS), SCANNED),
    Case("past_by_learner", _everything, _query(sort=SortKey.LEARNER), SCANNED),
    Case("past_search", _everything, _query(search="berg"), SCANNED),
    Case("past_taught", _taught, _query(), OWNERS),
    Case("past_led", _led, _query(), OWNERS),
    Case("past_led_all_read", _led, _query(), ALL_READ),
    Case("past_one_course", _everything, _one_course(), OWNERS),
]


def test_the_ledger_of_now(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    company = make_company(database)
    found: dict[str, str] = {}
    for case in NOW_CASES:
        force_plan(monkeypatch, case.way)
        found[case.name] = _asked(database, case, company, read_ledger)
    with database.read() as session, _recorded(database) as asked:
        read_rows(session, [1])
    found["rows_by_id"] = _formatted(asked)
    with database.read() as session, _recorded(database) as asked:
        row_facts(session, [1])
    found["row_facts"] = _formatted(asked)
    _compare(database, found, is_past=False)


def test_the_ledger_of_a_past_day(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    company = make_company(database)
    make_changes_for_days(database)
    found: dict[str, str] = {}
    for case in PAST_CASES:
        force_way(monkeypatch, case.way)
        found[case.name] = _asked(database, case, company, _read_past)
    _compare(database, found, is_past=True)


def test_formatting_does_not_change_a_statement() -> None:
    sql = "SELECT a, (SELECT 1 FROM b WHERE b.x = ' AND (') FROM (SELECT 2) k WHERE a IN (1, 2)"
    text = laid_out(sql + " AND a > 1 ORDER BY a LIMIT 3")
    assert _squeezed(text) == _squeezed(sql + " AND a > 1 ORDER BY a LIMIT 3")
    assert text.splitlines()[-3:] == ["  AND a > 1", "ORDER BY a", "LIMIT 3"]


def _read_past(session: Session, scope: Scope, query: LedgerQuery) -> LedgerPage:
    return read_past(session, scope, query, MOMENT)


def _asked(
    database: Database,
    case: Case,
    company: Company,
    read: Callable[[Session, Scope, LedgerQuery], LedgerPage],
) -> str:
    scope, query = case.scope(company), case.query(company)
    with database.read() as session:
        if case.is_second:
            query = query.at(read(session, scope, query).next)
            assert query.place is not None
        with _recorded(database) as asked:
            page = read(session, scope, query)
    assert page.rows, "a page without rows asks for none"
    return _formatted(asked)


@contextmanager
def _recorded(database: Database) -> Iterator[list[str]]:
    asked: list[str] = []

    def record(*args: Any) -> None:
        asked.append(args[2])

    event.listen(database.engine, "before_cursor_execute", record)
    try:
        yield asked
    finally:
        event.remove(database.engine, "before_cursor_execute", record)


def _formatted(asked: list[str]) -> str:
    """Return the executed statements in order, each once."""
    text = ";\n\n".join(laid_out(sql).rstrip() for sql in dict.fromkeys(asked)) + ";\n"
    assert _squeezed(text) == _squeezed(";".join(dict.fromkeys(asked)) + ";")
    return text


def _squeezed(sql: str) -> str:
    return re.sub(r"\s+", "", sql)


def _compare(database: Database, found: dict[str, str], *, is_past: bool) -> None:
    folder = SNAPSHOTS / database.engine.dialect.name
    files = {
        path.stem: path for path in folder.glob("*.sql") if path.stem.startswith("past_") is is_past
    }
    if os.environ.get("UPDATE_SNAPSHOTS"):
        folder.mkdir(parents=True, exist_ok=True)
        for name in files.keys() - found.keys():
            files[name].unlink()
        for name, text in found.items():
            (folder / f"{name}.sql").write_text(text, encoding="utf-8")
        return
    approved = {name: path.read_text(encoding="utf-8") for name, path in files.items()}
    assert approved.keys() == found.keys()
    for name, text in found.items():
        assert text == approved[name], f"{name}: UPDATE_SNAPSHOTS=1 writes it anew"
