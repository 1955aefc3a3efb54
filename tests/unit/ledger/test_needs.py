"""Test what needs attention in a ledger, and the filters that find it."""

from __future__ import annotations

import pytest

from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.attention.needs import Need, needs_among
from enrollment_portal.domain.ledger.filters import Filters, Flag
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery, SortKey, Tab
from enrollment_portal.domain.shared.wording import plural


@pytest.mark.parametrize("need", Need)
def test_each_is_a_filter_with_an_address_of_its_own(need: Need) -> None:
    for kind in Kind:
        query = need.query(kind)
        params = dict(part.split("=") for part in query.to_url().split("&"))
        assert LedgerQuery.parse(params) == query
        assert need.is_applied(query)
        assert [one for one in Need if one.is_applied(query)] == [need]


def test_it_is_applied_on_any_tab_but_not_beside_another_filter() -> None:
    overdue = Need.OVERDUE.query(Kind.COURSES)
    assert Need.OVERDUE.is_applied(overdue.on_tab(Tab.ACTIVE).sorted_by(SortKey.DEADLINE))
    both = overdue.filtered(Filters(flags=(Flag.OVERDUE, Flag.STUCK)))
    assert not any(need.is_applied(both) for need in Need)
    assert not any(need.is_applied(overdue.with_requests(True)) for need in Need)
    assert not any(need.is_applied(overdue.on_day(20_000)) for need in Need)
    assert not any(need.is_applied(LedgerQuery()) for need in Need)


def test_only_filters_that_a_ledger_has_are_asked_for() -> None:
    assert needs_among({"stuck", "overdue", "note"}) == (Need.OVERDUE, Need.STUCK)


@pytest.mark.parametrize("need", Need)
@pytest.mark.parametrize("n", [0, 1, 1200])
def test_what_is_read_aloud_begins_with_what_is_shown(need: Need, n: int) -> None:
    (one, several), (spoken_one, spoken) = messages.NEEDS[need], messages.NEEDS_SPOKEN[need]
    shown = plural(n, one=one, other=several)
    assert plural(n, one=spoken_one, other=spoken).startswith(shown)
