"""Test the ledger on a past day: every sort, tab, search and scope, against a replay of history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session

from enrollment_portal.domain.access.permissions import Everything
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.layout.columns import STANDARD_COLUMNS
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery, Tab
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from enrollment_portal.state.shared.views import row_view
from enrollment_portal.storage.ledger.past import read_past
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    DAY,
    NOW,
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
)
from tests.integration.ledger.past.past_oracle import (
    WAYS,
    Diary,
    Entry,
    PastOracle,
    change,
    force_way,
    make_changes_for_days,
    open_log,
    reads_at,
)
from tests.integration.ledger_oracle import (
    Company,
    all_orders,
    assert_pages_are_right,
    make_company,
)
from tests.integration.remembered_reads import remembered_reads

EVERYTHING = Everything()
MOMENTS = (NOW - 3 * DAY - 1, NOW - 2 * DAY, NOW - DAY + 5, NOW + DAY, NOW + 90 * DAY)


class Past(NamedTuple):
    """A company with a log, and a session in which each statement about it runs once."""

    database: Database
    company: Company
    diary: Diary
    session: Session


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def past(
    request: pytest.FixtureRequest, make_module_database: Callable[[str], Database]
) -> Iterator[Past]:
    """A company that the tests only read: the ways of reading have statements in common."""
    database = make_module_database(request.param)
    company = make_company(database)
    diary = make_changes_for_days(database)
    with remembered_reads(database) as session:
        yield Past(database, company, diary, session)


@pytest.mark.parametrize("way", WAYS)
def test_every_sort_shows_every_row_once_forwards_and_backwards(
    past: Past, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    force_way(monkeypatch, way)
    # Pages of other sizes end at other rows, in the middle of other ties.
    for moment, size in zip(MOMENTS, (31, 11, 23, 37, 43), strict=True):
        oracle = PastOracle(past.database, past.diary, moment)
        reads = reads_at(moment, past.session)
        for query in all_orders(STANDARD_COLUMNS):
            assert_pages_are_right(past.database, oracle, EVERYTHING, query, size, reads)


@pytest.mark.parametrize("way", WAYS)
def test_searches_scopes_and_kinds_filter_it_like_the_current_ledger(
    past: Past, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    force_way(monkeypatch, way)
    company = past.company
    plain, paths = LedgerQuery(), LedgerQuery(kind=Kind.PATHS)
    filtered = [
        (EVERYTHING, plain.searching("ana")),
        (EVERYTHING, plain.searching("example")),
        (EVERYTHING, plain.searching("nobody")),
        (EVERYTHING, plain.searching("safety")),
        (EVERYTHING, plain.searching("alb")),
        (company.teacher, plain.searching("example")),
        (EVERYTHING, paths),
        (EVERYTHING, paths.searching("berg")),
        (EVERYTHING, replace(plain, course=company.courses[0])),
        (EVERYTHING, replace(plain, course=company.courses[0], search="ana")),
        (EVERYTHING, replace(plain, course=company.paths[0])),
        (EVERYTHING, replace(plain, learner=company.learners[1])),
        (EVERYTHING, replace(paths, learner=company.learners[1])),
        (company.teacher, plain),
        (company.teacher, plain.searching("ana")),
        (company.lead, plain),
        (company.lead, paths),
        (company.lead, plain.searching("ana")),
    ]
    for moment, size in zip(MOMENTS[2:4], (23, 31), strict=True):
        oracle = PastOracle(past.database, past.diary, moment)
        reads = reads_at(moment, past.session)
        for scope, query in filtered:
            for tab in (Tab.ALL, Tab.ACTIVE):
                for sort in STANDARD_COLUMNS:
                    wanted = replace(query, tab=tab, sort=sort)
                    assert_pages_are_right(past.database, oracle, scope, wanted, size, reads)


def test_completions_by_a_person_are_marked(database: Database) -> None:
    """For enrollments completed before their last lesson."""
    actor = Actor(make_account(database), "Dana", "", Role.SUPER_ADMIN)
    make_organization(database)
    learner = make_learner(database)
    by_hand, tracked, active = (
        make_enrollment(database, learner, make_course(database, title), progress=40)
        for title in ("Knots", "Sails", "Tides")
    )
    diary = open_log(database)
    done = Entry(diary[tracked][-1].at + 1, Status.COMPLETED, 40, None)
    change(database, diary, tracked, done)
    save_enrollment(database, actor, by_hand, version=1, typed={"status": "completed"})

    def told(moment: int) -> dict[int, bool]:
        with database.read() as session:
            page = read_past(session, EVERYTHING, LedgerQuery(), moment, 10)
        return {row.id: row_view(row, ZoneInfo("UTC"), 20_000).by_hand for row in page.rows}

    assert told(now_ms()) == {by_hand: True, tracked: False, active: False}
    save_enrollment(database, actor, by_hand, version=2, typed={"status": "active"})
    assert told(now_ms() + DAY) == {by_hand: False, tracked: False, active: False}
