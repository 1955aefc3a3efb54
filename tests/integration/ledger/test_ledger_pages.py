"""Test pages of the ledger: every sort in both directions, first page to last and back."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.domain.access.permissions import Everything
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.layout.columns import STANDARD_COLUMNS
from enrollment_portal.domain.ledger.ledger_query import (
    KEY_SHAPES,
    NULLABLE,
    LedgerQuery,
    SortKey,
    Tab,
)
from enrollment_portal.domain.shared.listing import Key, Place
from enrollment_portal.storage.ledger import LedgerPage, LedgerRow, rows
from enrollment_portal.storage.shared.database import Database
from tests.builders import DAY, NOW, make_course, make_enrollment, make_learner
from tests.integration.ledger_oracle import (
    Oracle,
    all_orders,
    assert_pages_are_right,
    make_company,
    page_of,
    pages,
)

EVERYTHING = Everything()
ORDERS = [(sort, descending) for sort in SortKey for descending in (False, True)]


def test_every_sort_shows_every_row_once_forwards_and_backwards(database: Database) -> None:
    make_company(database)
    oracle = Oracle(database)
    for query in all_orders():
        assert_pages_are_right(database, oracle, EVERYTHING, query, 7)


def test_courses_are_read_one_by_one_or_several_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_company(database)
    oracle = Oracle(database)
    for at_once in (0, 20, 60):
        monkeypatch.setattr(rows, "COURSE_ROWS", at_once)
        for tab in (Tab.ALL, Tab.CANCELLED):
            for descending in (False, True):
                query = LedgerQuery(tab=tab, sort=SortKey.COURSE, descending=descending)
                assert_pages_are_right(database, oracle, EVERYTHING, query, 11)


def test_a_row_has_the_values_that_the_table_shows(database: Database) -> None:
    make_enrollment(database)
    learner = make_learner(database, "Zoë Brückner", "zoe@northwind.example")
    course = make_course(database, "Fire safety")
    enrollment = make_enrollment(
        database,
        learner,
        course,
        status=1,
        progress=80,
        enrolled_at=NOW,
        deadline_day=NOW // DAY + 9,
        version=3,
    )
    page = page_of(database, EVERYTHING, LedgerQuery(search="brückner"), 5)
    assert page.rows == (
        LedgerRow(
            id=enrollment,
            learner_id=learner,
            name="Zoë Brückner",
            email="zoe@northwind.example",
            course_id=course,
            title="Fire safety",
            status=1,
            progress=80,
            enrolled_at=NOW,
            deadline_day=NOW // DAY + 9,
            version=3,
            requested_day=None,
            override_seq=None,
        ),
    )


def test_an_empty_ledger_has_one_page_without_rows(database: Database) -> None:
    make_learner(database)
    make_course(database)
    for place in (None, Place("last"), Place("after", (5, 5), 51), Place("before", (5, 5), 51)):
        page = page_of(database, EVERYTHING, LedgerQuery(place=place), 5)
        assert (page.rows, page.position, page.previous, page.next) == ((), 0, None, None)
        assert page.counts == dict.fromkeys(Status, 0)


def test_counts_of_every_tab_are_the_same_on_each_tab(database: Database) -> None:
    for status, n in ((0, 3), (1, 2), (2, 1)):
        for _ in range(n):
            make_enrollment(database, status=status)
    for tab, total in zip(Tab, (6, 3, 2, 1), strict=True):
        page = page_of(database, EVERYTHING, LedgerQuery(tab=tab), 2)
        assert page.counts == {Status.ACTIVE: 3, Status.COMPLETED: 2, Status.CANCELLED: 1}
        assert page.total == total


def test_the_last_page_has_the_remaining_rows(database: Database) -> None:
    for n, on_last in enumerate((1, 2, 3, 4, 1, 2, 3, 4, 1), 1):
        make_enrollment(database)
        page = page_of(database, EVERYTHING, LedgerQuery(place=Place("last")), 4)
        assert len(page.rows) == on_last
        assert page.position == n - on_last + 1
        assert page.next is None
        assert (page.previous is None) == (n <= 4)


def test_a_wrong_position_is_corrected_on_the_first_and_last_page(database: Database) -> None:
    make_company(database, enrollments=14)
    all_pages = list(pages(database, EVERYTHING, LedgerQuery(), 5))
    first, middle, last = all_pages

    def position(kind: str, row: LedgerRow, hint: int) -> int:
        place = Place(kind, (row.enrolled_at, row.id), hint)
        return page_of(database, EVERYTHING, LedgerQuery(place=place), 5).position

    for hint in (-4, 1, 2, 9, 11, 12, 10**11):
        assert position("before", middle.rows[0], hint) == 1
        assert position("after", middle.rows[-1], hint) == 11
        assert position("after", last.rows[-1], hint) == 11  # nothing after it: the last page
        assert position("before", first.rows[0], hint) == 1  # nothing before: the first page
        # In the middle it is believed, as far as it can be true.
        assert position("after", first.rows[-1], hint) == min(max(hint, 2), first.total - 5)
        assert position("before", last.rows[0], hint) == min(max(hint, 2), first.total - 5)


def test_a_page_before_fewer_rows_than_a_page_is_the_first_page(database: Database) -> None:
    make_company(database, enrollments=14)
    first = page_of(database, EVERYTHING, LedgerQuery(), 5)
    row = first.rows[3]
    place = Place("before", (row.enrolled_at, row.id), 1)
    assert page_of(database, EVERYTHING, LedgerQuery(place=place), 5) == first


NUMBERS: list[Any] = [0, -1, 77, 2**53, -(2**53)]
NAMES: list[Any] = ["", "bo", "\U0010ffff", "%'\""]


def _nonsense(sort: SortKey, pick: random.Random) -> Key:
    parts = [pick.choice(NAMES if kind is str else NUMBERS) for kind in KEY_SHAPES[sort]]
    if sort in NULLABLE and pick.random() < 0.3:
        parts[0] = None
    return tuple(parts)


def test_an_unknown_page_position_gives_the_nearest_page(database: Database) -> None:
    make_company(database, enrollments=25)
    oracle = Oracle(database)
    pick = random.Random(3)
    for sort, descending in ORDERS:
        for tab in (Tab.ALL, Tab.COMPLETED):
            query = LedgerQuery(tab=tab, sort=sort, descending=descending)
            expected = oracle.ids(EVERYTHING, query)
            for kind in ("after", "before") * (12 if sort in STANDARD_COLUMNS else 3):
                place = Place(kind, _nonsense(sort, pick), 9)
                page = page_of(database, EVERYTHING, query.at(place), 4)
                ids = [row.id for row in page.rows]
                start = expected.index(ids[0])
                assert ids == expected[start : start + len(ids)]
                assert len(ids) == 4 or page.next is None
                assert (page.previous is None) == (start == 0) == (page.position == 1)
                assert (page.next is None) == (start + len(ids) == len(expected))


def test_a_course_that_does_not_exist_leads_to_the_first_page(database: Database) -> None:
    make_company(database, enrollments=25)
    query = LedgerQuery(sort=SortKey.COURSE, descending=False)
    first = page_of(database, EVERYTHING, query, 4)
    for kind in ("after", "before"):
        assert page_of(database, EVERYTHING, query.at(Place(kind, (999, 5, 5))), 4) == first


def page_ids(page: LedgerPage) -> list[int]:
    return [row.id for row in page.rows]


def _delete(database: Database, enrollment: int) -> None:
    with database.write() as session:
        for table, key in (("extension_request", "enrollment_id"), ("enrollment", "id")):
            session.execute(text(f"DELETE FROM {table} WHERE {key} = :id"), {"id": enrollment})


@pytest.mark.parametrize("backwards", [False, True])
def test_added_and_removed_rows_do_not_shift_other_rows(
    database: Database, backwards: bool
) -> None:
    company = make_company(database, enrollments=90)
    pick = random.Random(11)
    for sort, descending in ORDERS:
        if sort is SortKey.RUN:
            continue  # a run that is added between others changes their numbers
        query = LedgerQuery(sort=sort, descending=descending)
        before = set(Oracle(database).ids(EVERYTHING, query))
        gone: set[int] = set()
        shown: list[int] = []
        for number, page in enumerate(pages(database, EVERYTHING, query, 20, backwards=backwards)):
            if backwards and page.previous is None:
                # The first page is a full one, whatever is left to show before the second.
                shown = [identifier for identifier in shown if identifier not in page_ids(page)]
            shown += page_ids(page)
            if number < 3:
                # The rows at both edges of the page, which its neighbours' places name.
                for row in (page.rows[0], page.rows[-1]):
                    gone.add(row.id)
                    _delete(database, row.id)
                for _ in range(2):
                    make_enrollment(
                        database,
                        pick.choice(company.learners),
                        pick.choice(company.courses),
                        status=2,
                        progress=pick.choice((0, 50, 100)),
                        enrolled_at=NOW - pick.randrange(5) * DAY,
                    )
        stayed = [identifier for identifier in shown if identifier in before - gone]
        assert sorted(stayed) == sorted(before - gone), query
