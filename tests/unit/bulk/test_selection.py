"""Test selections that come from a browser."""

from __future__ import annotations

from typing import Any

import pytest

from enrollment_portal.domain.bulk.selection import (
    MAX_CHOSEN,
    MAX_ROWS,
    Selection,
    check_size,
    read_selection,
    select_ids,
    select_matching,
    selection_key,
)
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, SortKey, Tab
from enrollment_portal.domain.shared.errors import Invalid
from enrollment_portal.domain.shared.listing import Place


def test_single_rows_are_kept_and_nonsense_is_left_out() -> None:
    assert select_ids([1, "2", 2, True, -1, None, "x", 2**60]) == Selection(frozenset({1, 2}))


@pytest.mark.parametrize("raw", [[], None, "123", 5, ["x"], [None]])
def test_a_selection_of_none_is_refused(raw: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        select_ids(raw)
    assert list(refusal.value.errors) == ["selection"]


def test_more_than_the_bound_is_refused_with_the_bound() -> None:
    assert len(select_ids(range(1, MAX_CHOSEN + 1)).ids) == MAX_CHOSEN
    with pytest.raises(Invalid) as refusal:
        select_ids(list(range(1, MAX_CHOSEN + 2)))
    assert "20,000" in refusal.value.errors["selection"]
    assert "20,001" in refusal.value.errors["selection"]
    with pytest.raises(Invalid):
        select_matching(LedgerQuery(), range(MAX_CHOSEN + 1))
    check_size(MAX_ROWS)
    for n in (0, MAX_ROWS + 1):
        with pytest.raises(Invalid):
            check_size(n)


def test_all_that_match_do_not_depend_on_page_and_order() -> None:
    query = LedgerQuery(Tab.ACTIVE, "ada", SortKey.DEADLINE, False, Place("last"))
    assert select_matching(query, ["7"]) == select_matching(
        LedgerQuery(Tab.ACTIVE, "ada"), frozenset({7})
    )


def test_a_past_day_cannot_be_selected() -> None:
    with pytest.raises(Invalid):
        select_matching(LedgerQuery(as_of=20_000))


def test_the_key_of_a_selection_is_the_same_on_all_pages_and_in_all_orders() -> None:
    plain = LedgerQuery(Tab.ACTIVE, "ada")
    turned = LedgerQuery(Tab.ACTIVE, "ada", SortKey.DEADLINE, False, Place("last"))
    assert selection_key("/a", plain) == selection_key("/a", turned)
    others = (LedgerQuery(Tab.ALL, "ada"), LedgerQuery(Tab.ACTIVE, "bo"))
    assert len({selection_key("/a", query) for query in (plain, *others)}) == 3
    assert selection_key("/a", plain) != selection_key("/b", plain)


def test_what_a_browser_sends_is_read_among_the_rows_that_are_shown() -> None:
    query, key = LedgerQuery(Tab.ACTIVE), "/a?tab=active"
    some = read_selection(query, key, {"scope": key, "ids": [1, "2", None]})
    assert some == Selection(frozenset({1, 2}))
    all_ = read_selection(query, key, {"scope": key, "all": True, "ids": [3]})
    assert all_ == select_matching(query, [3])


@pytest.mark.parametrize(
    "sent",
    [
        *(None, [], "x", {}, {"scope": "/b", "ids": [1]}),
        *({"scope": "/a", "ids": []}, {"scope": "/a", "all": "yes", "ids": 7}),
    ],
)
def test_nonsense_or_other_rows_are_refused(sent: object) -> None:
    for selects in ("/a", ""):
        with pytest.raises(Invalid) as refusal:
            read_selection(LedgerQuery(), selects, sent)
        assert list(refusal.value.errors) == ["selection"]
