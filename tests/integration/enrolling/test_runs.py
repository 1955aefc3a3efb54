"""Test the numbers of runs in the ledger, its export and the pages."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.services.enrollment.enrollments import read_enrollment
from enrollment_portal.services.learning.learning import read_course, read_dashboard
from enrollment_portal.services.ledger.exporting import export_ledger
from enrollment_portal.services.ledger.ledger import read_ledger, read_rows
from enrollment_portal.state.shared.views import details_view, row_view
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    DAY,
    NOW,
    make_account,
    make_course,
    make_enrollment,
    make_learner,
)

DANA = Actor(7, "Dana Ruiz", "dana@northwind.example", Role.SUPER_ADMIN, Section.LEARNING)
UTC = ZoneInfo("UTC")


@pytest.fixture
def taken(database: Database, ada: Actor) -> tuple[int, int, int]:
    """A course that she takes for the third time, among other enrollments."""
    learner, course = ada.learner_id or 0, make_course(database, "SQL")
    make_enrollment(database, learner)
    make_enrollment(database, make_learner(database), course, enrolled_at=NOW - 900 * DAY)
    first, second = NOW - 400 * DAY, NOW - 200 * DAY
    # Of the same moment, the one that was written first is the first.
    return (
        make_enrollment(
            database,
            *(learner, course),
            status=1,
            grade="A",
            enrolled_at=first,
            completed_at=first + DAY,
        ),
        make_enrollment(
            database, learner, course, status=2, enrolled_at=second, cancelled_at=second
        ),
        make_enrollment(database, learner, course, enrolled_at=second),
    )


def test_the_ledger_shows_the_run_of_each_row(
    database: Database, taken: tuple[int, int, int]
) -> None:
    first, second, third = taken
    page = read_ledger(database, DANA, LedgerQuery())
    assert page.runs == {second: 2, third: 3}
    words = {row.id: row_view(row, UTC, 0, page.runs.get(row.id, 1)).run for row in page.rows}
    assert (words[first], words[second], words[third]) == ("", "2nd time", "3rd time")
    assert read_rows(database, DANA, LedgerQuery(), [first, third]).runs == {third: 3}
    past = read_ledger(database, DANA, replace(LedgerQuery(), as_of=NOW // DAY))
    assert past.runs == {second: 2, third: 3}


def test_the_export_has_a_column_of_runs(database: Database, taken: tuple[int, int, int]) -> None:
    export = export_ledger(database, DANA, LedgerQuery(), UTC, lambda: DANA)
    text = b"".join(iter(export.read, b"")).decode("utf-8-sig")
    export.close()
    lines = list(csv.DictReader(io.StringIO(text)))
    runs = {int(line["Enrollment id"]): line["Run"] for line in lines}
    assert [runs[id_] for id_ in taken] == ["1", "2", "3"]
    assert len(runs) == 5


def test_details_link_all_runs_for_those_who_may_see_one(
    database: Database, ada: Actor, taken: tuple[int, int, int]
) -> None:
    first, second, third = taken
    facts = read_enrollment(database, DANA, third).facts
    teacher = make_account(database, Role.INSTRUCTOR, teaches=(facts.course_id,))
    lead = make_account(database, Role.GROUP_LEAD, leads=(ada.learner_id or 0,))
    for actor in (
        DANA,
        Actor(teacher, "Tess", "t@northwind.example", Role.INSTRUCTOR),
        Actor(lead, "Leo", "l@northwind.example", Role.GROUP_LEAD),
    ):
        details = read_enrollment(database, actor, third)
        view = details_view(details, UTC, UTC, NOW // DAY, NOW)
        assert view.run == "3rd time"
        assert [(run.id, run.label, run.is_current) for run in view.runs] == [
            (first, "1st time: Completed 18 Aug 2025 · A", False),
            (second, "2nd time: Cancelled 5 Mar 2026", False),
            (third, "3rd time: Active since 5 Mar 2026", True),
        ]


def test_a_single_run_has_no_links(database: Database, ada: Actor) -> None:
    alone = make_enrollment(database, ada.learner_id)
    details = read_enrollment(database, DANA, alone)
    assert (details.run, details.runs) == (1, ())


def test_the_learner_sees_the_run_too(
    database: Database, ada: Actor, taken: tuple[int, int, int]
) -> None:
    runs = {own.id: own.run for own in read_dashboard(database, ada).enrollments}
    assert [runs[id_] for id_ in taken] == [1, 2, 3]
    course = read_enrollment(database, DANA, taken[0]).facts.course_id
    own = read_course(database, ada, course).enrollment
    assert own is not None
    assert (own.id, own.run) == (taken[2], 3)
