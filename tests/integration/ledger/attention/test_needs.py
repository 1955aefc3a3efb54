"""Test that what needs attention is counted exactly, from tallies that triggers keep."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.domain.access.permissions import Everything, Scope
from enrollment_portal.domain.ledger.attention.needs import Need
from enrollment_portal.domain.ledger.ledger_query import Kind
from enrollment_portal.storage.ledger.attention.counts import count_needs
from enrollment_portal.storage.shared import bulk
from enrollment_portal.storage.shared.database import Database
from tests.builders import DAY, NOW
from tests.integration.ledger.filtering.filter_oracle import (
    CLOCK,
    FilterOracle,
    World,
    make_world,
)
from tests.integration.ledger_oracle import make_company

_CLOCKS = (CLOCK, replace(CLOCK, stuck_before=CLOCK.stuck_before + DAY // 2))
"""Who is stuck is counted up to either end of a day in UTC."""

Filled = tuple[Database, World]

_NO_OTHER = (
    " AND NOT EXISTS (SELECT 1 FROM enrollment o WHERE o.learner_id = enrollment.learner_id"
    " AND o.course_id = enrollment.course_id AND o.status = 0)"
)
"""At most one enrollment of a learner in a course is active."""
_ENDED = (
    ", completed_at = CASE WHEN :value = 1 THEN :now END"
    ", cancelled_at = CASE WHEN :value = 2 THEN :now END"
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(
    request: pytest.FixtureRequest, make_module_database: Callable[[str], Database]
) -> Filled:
    database = make_module_database(request.param)
    return database, make_world(database, make_company(database))


def _cells(database: Database) -> dict[tuple[int, ...], int]:
    with database.read() as session:
        rows = session.execute(text("SELECT measure, course_id, bucket, n FROM tally_need"))
        return {tuple(row[:3]): row[3] for row in rows if row[3]}


def _assert_counts_are_right(filled: Filled) -> None:
    """Compare the counts of each scope and kind with the rows that plain Python finds."""
    database, world = filled
    oracle = FilterOracle(database)
    scopes: tuple[Scope, ...] = (Everything(), world.company.teacher, world.company.lead)
    found: set[Need] = set()
    for scope in scopes:
        for kind in Kind if scope.has_all_courses else (Kind.COURSES,):
            with database.read() as session:
                counted = {clock: count_needs(session, scope, kind, clock) for clock in _CLOCKS}
            for clock, need, n in (
                (clock, need, n) for clock, of in counted.items() for need, n in of.items()
            ):
                query = replace(need.query(kind), clock=clock)
                assert n == len(oracle.ids(scope, query)), (scope, kind, need)
                found |= {need} if n else set()
            assert (Need.REQUESTS in counted[CLOCK]) == scope.is_everything
    assert found >= {Need.OVERDUE, Need.STUCK, Need.AWAITING_GRADE}


def test_the_counts_are_those_of_the_filters_after_any_change(filled: Filled) -> None:
    database, _ = filled
    _assert_counts_are_right(filled)
    pick = random.Random(7)
    values: dict[str, Callable[[], Any]] = {
        "status": lambda: pick.choice((0, 0, 1, 2)),
        "progress": lambda: pick.choice((0, 50, 100)),
        "progress_at": lambda: NOW - pick.randrange(0, 5 * DAY),
        "deadline_day": lambda: pick.choice((None, CLOCK.today - 1, CLOCK.today, 40_000)),
        "grade": lambda: pick.choice((None, "A")),
    }
    with database.read() as session:
        ids = [row[0] for row in session.execute(text("SELECT id FROM enrollment"))]
    for _ in range(4):
        with database.write() as session:
            for id_ in pick.sample(ids, 40):
                column = pick.choice([*values])
                value = values[column]()
                where = _NO_OTHER if (column, value) == ("status", 0) else ""
                if column == "deadline_day":
                    where = f" AND enrolled_at < {NOW - 2 * DAY}"
                ended = _ENDED if column == "status" else ""
                session.execute(
                    text(f"UPDATE enrollment SET {column} = :value{ended} WHERE id = :id{where}"),
                    {"value": value, "id": id_, "now": NOW},
                )
        _assert_counts_are_right(filled)
    # Many at once: PostgreSQL counts each statement's rows together.
    with database.write() as session:
        session.execute(
            text("UPDATE enrollment SET deadline_day = deadline_day + 7 WHERE id % 2 = 0")
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
    assert any(course < 0 for _, course, _ in kept)
