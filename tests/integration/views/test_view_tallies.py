"""Test that the product's views are counted exactly from tallies that triggers keep."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.domain.access.permissions import Everything, Scope
from enrollment_portal.domain.enrollment.fields import Origin
from enrollment_portal.domain.ledger.day_ranges import DayRange, Offset, Period
from enrollment_portal.domain.ledger.filters import Filters, Flag
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery, Tab
from enrollment_portal.services.ledger import ledger
from enrollment_portal.services.views import counting
from enrollment_portal.services.views.counting import count_anew
from enrollment_portal.storage.shared import bulk
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.tables import TallyViewOf
from tests.builders import DAY, NOW
from tests.integration.ledger.filtering.filter_oracle import (
    CLOCK,
    FilterOracle,
    World,
    make_world,
)
from tests.integration.ledger_oracle import make_company
from tests.integration.stored import rows

_DAYS = (
    *(Period.THIS_WEEK, Period.THIS_MONTH, Period.LAST_MONTH),
    *(DayRange(None, Offset(-1)), DayRange(Offset(0), Offset(0)), DayRange(Offset(-40), None)),
)
QUERIES = (
    *(LedgerQuery(tab=Tab.ACTIVE, filters=Filters(deadline=days)) for days in _DAYS),
    *(LedgerQuery(filters=Filters(completed=days)) for days in _DAYS),
    LedgerQuery(filters=Filters(flags=(Flag.BY_HAND,))),
)

Filled = tuple[Database, World]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(
    request: pytest.FixtureRequest, make_module_database: Callable[[str], Database]
) -> Filled:
    """A company with learning paths, a teacher and a lead."""
    database = make_module_database(request.param)
    return database, make_world(database, make_company(database))


def _cells(database: Database) -> dict[tuple[int, ...], int]:
    found = rows(database, "SELECT measure, bucket, course_id, n FROM tally_view WHERE n <> 0")
    return {row[:3]: row[3] for row in found}


def _assert_counts_are_right(filled: Filled) -> None:
    """Compare the counts of each scope and kind with the rows that plain Python finds."""
    database, world = filled
    oracle = FilterOracle(database)
    scopes: tuple[Scope, ...] = (Everything(), world.company.teacher, world.company.lead)
    totals = dict.fromkeys(QUERIES, 0)
    for scope in scopes:
        for kind in Kind if scope.has_all_courses else (Kind.COURSES,):
            for query in QUERIES:
                asked = replace(query, kind=kind)
                n = count_anew(database, scope, asked)
                expected = oracle.ids(scope, replace(asked, clock=CLOCK))
                assert n == len(expected), (scope, asked)
                totals[query] += n
    assert sum(n > 0 for n in totals.values()) > len(totals) // 2


def test_the_counts_are_those_of_the_filters_after_any_change(
    filled: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, _ = filled
    for module in (counting, ledger):
        monkeypatch.setattr(module, "clock_of", lambda *_: CLOCK)
    ids = [row[0] for row in rows(database, "SELECT id FROM enrollment")]
    pick = random.Random(5)

    def completed() -> dict[str, Any]:
        # Around midnight, too, which is another moment in UTC.
        at = NOW + pick.randrange(-40, 30) * DAY - pick.choice((0, 1, DAY // 12, DAY // 3))
        return {"status": 1, "completed_at": at, "cancelled_at": None}

    values: tuple[Callable[[], dict[str, Any]], ...] = (
        completed,
        completed,
        lambda: {"status": 2, "completed_at": None, "cancelled_at": NOW},
        lambda: {"override_seq": pick.choice((None, 1))},
        lambda: {"origin": pick.choice([*Origin]).value},
    )
    for _ in range(3):
        with database.write() as session:
            for id_ in pick.sample(ids, 40):
                value = pick.choice(values)()
                names = ", ".join(f"{name} = :{name}" for name in value)
                after = " AND enrolled_at <= :completed_at" if value.get("completed_at") else ""
                statement = text(f"UPDATE enrollment SET {names} WHERE id = :id{after}")
                session.execute(statement, {**value, "id": id_})
        _assert_counts_are_right(filled)
    # Many at once: PostgreSQL counts each statement's rows together.
    with database.write() as session:
        session.execute(
            text(f"UPDATE enrollment SET completed_at = completed_at + {DAY // 2} WHERE status = 1")
        )
        session.execute(
            text(
                "DELETE FROM enrollment WHERE id % 11 = 5 AND run = 1 AND NOT EXISTS"
                " (SELECT 1 FROM extension_request x WHERE x.enrollment_id = enrollment.id)"
            )
        )
    _assert_counts_are_right(filled)
    kept = _cells(database)
    with database.write() as session:
        bulk.recount(session)
    assert _cells(database) == kept, "triggers keep what counting anew gives"
    assert {measure for measure, _, _ in kept} == {*TallyViewOf}
