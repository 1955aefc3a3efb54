"""Test the filters of the ledger as of a past day against plain Python."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from enrollment_portal.domain.access.permissions import Everything
from enrollment_portal.domain.ledger.day_ranges import Clock
from enrollment_portal.domain.ledger.filters import NOT_OF_PAST_DAYS
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, SortKey
from enrollment_portal.domain.shared.calendar import day_of, day_start
from enrollment_portal.storage.shared.database import Database
from tests.builders import DAY, NOW
from tests.integration.ledger.filtering.filter_oracle import (
    ZONE,
    FilterOracle,
    combined,
    make_world,
    single_filters,
)
from tests.integration.ledger.past.past_oracle import (
    WAYS,
    PastOracle,
    force_way,
    make_changes_for_days,
    reads_at,
)
from tests.integration.ledger_oracle import assert_pages_are_right, make_company


class _FilteredPast(PastOracle, FilterOracle):
    """The rows of a past moment, filtered in plain Python."""


@pytest.mark.parametrize("assigns", [False, True])
def test_a_past_day_is_filtered_by_its_own_values(
    database: Database, monkeypatch: pytest.MonkeyPatch, assigns: bool
) -> None:
    world = make_world(database, make_company(database, assigns=assigns))
    diary = make_changes_for_days(database)
    filters = {n: f for n, f in single_filters(world).items() if n not in NOT_OF_PAST_DAYS}
    several = [*filters.values(), *(combined(*pair) for pair in pairwise(filters.values()))]
    day = day_of(NOW - DAY, ZONE)
    moment = day_start(day + 1, ZONE) - 1
    oracle = _FilteredPast(database, diary, moment)
    assert oracle.facts
    sorts = (SortKey.ENROLLED, SortKey.COURSE, SortKey.DEADLINE)
    for turn, way in enumerate(WAYS):
        force_way(monkeypatch, way)
        for nth, one in enumerate(several[turn :: len(WAYS)], turn):
            query = LedgerQuery(filters=one, as_of=day, clock=Clock(day, ZONE))
            for scope in (Everything(), world.company.lead) if nth % 4 == 0 else (Everything(),):
                wanted = replace(query, sort=sorts[nth % 3])
                assert_pages_are_right(database, oracle, scope, wanted, 17, reads_at(moment))
