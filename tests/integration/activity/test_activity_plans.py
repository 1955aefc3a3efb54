"""Test that pages of the history of all enrollments are found in one index, on both engines."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from sqlalchemy import event, text

from enrollment_portal.domain.access.permissions import Everything, Led, Scope, Taught
from enrollment_portal.domain.activity.activity_query import What
from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.storage.activity import activity as stored
from enrollment_portal.storage.activity.activity import ActivityFilter, read_changes
from enrollment_portal.storage.shared.database import Database
from tests.integration.activity.office import Office

ALONE = (
    {"actor": 1},
    {"course": 1},
    {"learner": 1},
    {"field": What.GRADE},
    {"field": What.PROGRESS},
    {"source": 5},
    {"since": 1, "until": 2**50},
)
PLACES = (None, Place("after", (10**12, 5)), Place("before", (10**12, 5)), Place("last"))


@pytest.fixture
def office(database: Database) -> Office:
    """An organization with some history."""
    made = Office(database)
    made.write(40)
    return made


@pytest.fixture
def pages(database: Database) -> Iterator[list[tuple[str, object]]]:
    """The statements over `activity` that were run, with their parameters."""
    run: list[tuple[str, object]] = []

    def note(*args: object) -> None:
        statement = str(args[2])
        if "FROM activity" in statement:
            run.append((statement, args[3]))

    event.listen(database.engine, "before_cursor_execute", note)
    yield run
    event.remove(database.engine, "before_cursor_execute", note)


def pages_of(run: list[tuple[str, object]]) -> list[tuple[str, object]]:
    """Return each statement once."""
    return list({statement: (statement, parameters) for statement, parameters in run}.values())


def plan_of(database: Database, statement: str, parameters: object) -> list[str]:
    """Return the steps of a plan; PostgreSQL must not read the whole of so small a table."""
    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    with database.read() as session:
        connection = session.connection()
        if not database.is_sqlite:
            session.execute(text("SET LOCAL enable_seqscan = off"))
        rows = connection.exec_driver_sql(f"{explain} {statement}", parameters).all()  # type: ignore[arg-type]
    return [row[3] if database.is_sqlite else row[0] for row in rows]


@pytest.mark.parametrize("most", [60, 0])
def test_every_page_is_found_in_an_index(
    database: Database,
    office: Office,
    pages: list[tuple[str, object]],
    monkeypatch: pytest.MonkeyPatch,
    most: int,
) -> None:
    monkeypatch.setattr(stored, "MOST_COURSES", most)
    monkeypatch.setattr(stored, "MOST_LEARNERS", most)
    scopes: tuple[Scope, ...] = (
        Everything(),
        Taught(office.teacher.account_id),
        Led(office.lead.account_id),
    )
    asked = [{}, *ALONE, *(one | other for one, other in itertools.combinations(ALONE, 2))]
    for scope, values, place in itertools.product(scopes, asked, PLACES):
        with database.read() as session:
            read_changes(session, scope, ActivityFilter(**values), place, 3)
    assert len(pages) > 500
    for statement, parameters in pages_of(pages):
        for step in plan_of(database, statement, parameters):
            assert "Seq Scan on activity" not in step, statement
            assert not step.startswith("SCAN activity"), statement
            assert (
                "TEMP B-TREE FOR ORDER BY" not in step
                or "UNION" in statement
                or ("json_each" in statement)
            ), statement


@pytest.mark.parametrize("values", ALONE[:4] + ALONE[5:6], ids=str)
def test_a_filter_uses_its_own_index(
    database: Database,
    office: Office,
    pages: list[tuple[str, object]],
    values: dict[str, object],
) -> None:
    for place in PLACES:
        with database.read() as session:
            read_changes(session, Everything(), ActivityFilter(**values), place, 3)  # type: ignore[arg-type]
    [name] = values
    index = "grade" if name == "field" else name
    for statement, parameters in pages_of(pages):
        steps = "\n".join(plan_of(database, statement, parameters))
        assert f"ix_activity_{index}" in steps, steps
