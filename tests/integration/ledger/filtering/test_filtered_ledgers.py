"""Test that filtered ledgers have exactly the rows that plain Python gives them."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrollment_portal.domain.access.permissions import Everything, Led, Scope
from enrollment_portal.domain.ledger.filters import Filters
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery, SortKey, Tab
from enrollment_portal.storage.ledger import open_ledger
from enrollment_portal.storage.ledger.filtering import counts, rows
from enrollment_portal.storage.ledger.neighbours import read_neighbours
from enrollment_portal.storage.shared.database import Database
from tests.integration.ledger.filtering.filter_oracle import (
    CLOCK,
    FilterOracle,
    World,
    combined,
    drawn_filters,
    make_world,
    single_filters,
)
from tests.integration.ledger_oracle import assert_pages_are_right, make_company

Filled = tuple[Database, World, FilterOracle]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(
    request: pytest.FixtureRequest, make_module_database: Callable[[str], Database]
) -> Filled:
    """A company that the tests only read."""
    database = make_module_database(request.param)
    world = make_world(database, make_company(database, assigns=True))
    return database, world, FilterOracle(database)


@st.composite
def _queries(draw: st.DrawFn, world: World) -> tuple[Scope, LedgerQuery]:
    """Draw a filtered ledger that somebody may see."""
    company = world.company
    scope = draw(st.sampled_from([Everything(), Everything(), company.teacher, company.lead]))
    is_admin, has_paths = isinstance(scope, Everything), scope != company.teacher
    course = st.sampled_from((*company.courses, *company.paths))
    query = LedgerQuery(
        tab=draw(st.sampled_from(Tab)),
        search=draw(st.sampled_from(["", "", "", "ana", "b", "nobody", "safe", "alb", "art"])),
        sort=draw(st.sampled_from(SortKey)),
        descending=draw(st.booleans()),
        kind=draw(st.sampled_from(Kind)) if has_paths else Kind.COURSES,
        only_requests=is_admin and draw(st.sampled_from([False, False, True])),
        course=draw(st.none() | st.none() | course) if is_admin else None,
        filters=draw(drawn_filters(world, scope)),
        clock=CLOCK,
    )
    return scope, query


def _assert_right(filled: Filled, scope: Scope, query: LedgerQuery, size: int) -> None:
    """Compare pages, counts, exported ids and neighbours with the oracle."""
    database, _, oracle = filled
    assert_pages_are_right(database, oracle, scope, query, size)
    expected = oracle.ids(scope, query)
    with database.read() as session:
        reader, _ = open_ledger(session, scope, query)
        chunks = [] if reader is None else list(reader.all_rows(size))
        assert [row[0] for chunk in chunks for row in chunk] == expected
        for at in {0, len(expected) // 2, len(expected) - 1} if expected else ():
            found = read_neighbours(session, scope, query, expected[at])
            before = expected[at - 1] if at else None
            after = expected[at + 1] if at + 1 < len(expected) else None
            assert (found.previous and found.previous.id, found.next and found.next.id) == (
                before,
                after,
            )


@settings(max_examples=50, deadline=None)
@given(
    data=st.data(),
    size=st.integers(2, 12),
    sort_rows=st.sampled_from([-1, 15, 1_000_000]),
    scan_rows=st.sampled_from([0, 10, 1_000_000]),
    scan_from=st.sampled_from([0, 1_000_000]),
)
def test_any_filtered_ledger_has_exactly_the_expected_rows(
    filled: Filled,
    data: st.DataObject,
    size: int,
    sort_rows: int,
    scan_rows: int,
    scan_from: int,
) -> None:
    scope, query = data.draw(_queries(filled[1]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "SORT_ROWS", sort_rows)
        patch.setattr(rows, "SCAN_ROWS", scan_rows)
        patch.setattr(counts, "SCAN_FROM", dict.fromkeys(counts.SCAN_FROM, scan_from))
        _assert_right(filled, scope, query, size)


@pytest.mark.parametrize("sort_rows", [-1, 1_000_000])
def test_each_filter_leaves_some_rows_and_not_all(
    filled: Filled, monkeypatch: pytest.MonkeyPatch, sort_rows: int
) -> None:
    monkeypatch.setattr(rows, "SORT_ROWS", sort_rows)
    _, world, oracle = filled
    for name, filters in single_filters(world).items():
        query = LedgerQuery(filters=filters, clock=CLOCK)
        n = len(oracle.ids(Everything(), query))
        assert 0 < n < len(oracle.ids(Everything(), LedgerQuery())), name
        _assert_right(filled, Everything(), query, 40)


def test_a_pair_of_filters_leaves_what_passes_both(filled: Filled) -> None:
    _, world, oracle = filled
    singles = single_filters(world)
    left = {
        name: set(oracle.ids(Everything(), LedgerQuery(filters=one, clock=CLOCK)))
        for name, one in singles.items()
    }
    for one, other in itertools.combinations(singles, 2):
        both = combined(singles[one], singles[other])
        query = LedgerQuery(filters=both, clock=CLOCK)
        with filled[0].read() as session:
            reader, found = open_ledger(session, Everything(), query)
            chunks = [] if reader is None else list(reader.all_rows(500))
        ids = {row[0] for chunk in chunks for row in chunk}
        assert ids == left[one] & left[other], (one, other)
        assert sum(found.values()) == len(ids)


def test_a_lead_has_no_rows_for_groups_and_managers_of_others(filled: Filled) -> None:
    _, world, oracle = filled
    lead = world.company.lead
    assert isinstance(lead, Led)
    for known, unknown in (
        (Filters(group=world.groups[0]), Filters(group=world.groups[1])),
        (Filters(manager=world.managers[1]), Filters(manager=world.managers[0])),
    ):
        assert oracle.ids(lead, LedgerQuery(filters=known, clock=CLOCK))
        query = LedgerQuery(filters=unknown, clock=CLOCK)
        assert oracle.ids(Everything(), query)
        assert not oracle.ids(lead, query)
        _assert_right(filled, lead, query, 5)
        _assert_right(filled, lead, LedgerQuery(filters=known, clock=CLOCK), 5)
