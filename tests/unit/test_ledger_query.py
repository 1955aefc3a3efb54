"""The ledger's query in the URL: written, read back, and never broken by what a URL holds."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.enrollments import Status
from enrollment_portal.domain.ledger_query import (
    KEY_SHAPES,
    LedgerQuery,
    Place,
    SortKey,
    Tab,
    clean_search,
)

NUMBERS = st.integers(-(2**53), 2**53)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)


@st.composite
def _places(draw: st.DrawFn, sort: SortKey) -> Place:
    kind = draw(st.sampled_from(["after", "before", "last"]))
    if kind == "last":
        return Place("last")
    key: list[Any] = [draw(TEXTS if part is str else NUMBERS) for part in KEY_SHAPES[sort]]
    if sort is SortKey.DEADLINE and draw(st.booleans()):
        key[0] = None
    return Place(kind, tuple(key), draw(st.integers(1, 10**10)))


@st.composite
def _queries(draw: st.DrawFn) -> LedgerQuery:
    sort = draw(st.sampled_from(SortKey))
    return LedgerQuery(
        tab=draw(st.sampled_from(Tab)),
        search=clean_search(draw(st.text())),
        sort=sort,
        descending=draw(st.booleans()),
        place=draw(st.none() | _places(sort)),
    )


def _read(url: str) -> LedgerQuery:
    params = parse_qs(url, keep_blank_values=True, strict_parsing=bool(url))
    return LedgerQuery.parse({name: values[0] for name, values in params.items()})


@given(_queries())
def test_a_query_written_to_a_url_is_read_back(query: LedgerQuery) -> None:
    assert _read(query.to_url()) == query


def test_the_plain_ledger_has_an_empty_query_string() -> None:
    assert LedgerQuery().to_url() == ""
    assert LedgerQuery.parse({}) == LedgerQuery()


def test_a_url_reads_like_what_it_shows() -> None:
    query = LedgerQuery(Tab.ACTIVE, "ana berg", SortKey.DEADLINE, False)
    assert query.to_url() == "tab=active&q=ana+berg&sort=deadline"
    assert query.at(Place("after", (None, 7), 51)).to_url().endswith("&after=~7&at=51")
    assert query.sorted_by(SortKey.DEADLINE).to_url().endswith("sort=-deadline")


HOSTILE = st.text() | st.none() | st.integers() | st.lists(st.text()) | st.binary()
KEYS = st.text(st.sampled_from("0123456789-~ ٣²①+_.eE\x00a"), max_size=30)


@given(
    st.dictionaries(
        st.sampled_from(["tab", "q", "sort", "page", "after", "before", "at"]) | st.text(),
        HOSTILE | KEYS | st.sampled_from(["last", *Tab, *SortKey, *(f"-{key}" for key in SortKey)]),
    )
)
def test_no_url_breaks_reading(params: dict[str, object]) -> None:
    query = LedgerQuery.parse(params)
    assert _read(query.to_url()) == query
    if query.place and query.place.kind != "last":
        shape = KEY_SHAPES[query.sort]
        assert len(query.place.key) == len(shape)
        for part, kind in zip(query.place.key, shape, strict=True):
            assert part is None or type(part) is kind


@pytest.mark.parametrize(
    "params",
    [
        {"tab": "everything"},
        {"tab": ["active"]},
        {"sort": "password"},
        {"sort": "--progress"},
        {"page": "2"},
        {"after": "1"},
        {"after": "1~2~3"},
        {"after": "x~2"},
        {"after": "1~"},
        {"after": f"{2**70}~2"},
        {"after": "9" * 6_000 + "~1"},
        {"before": "", "at": "7"},
    ],
)
def test_what_is_not_understood_is_left_out(params: dict[str, object]) -> None:
    assert LedgerQuery.parse(params) == LedgerQuery()


def test_a_place_belongs_to_its_sort() -> None:
    assert LedgerQuery.parse({"sort": "learner", "after": "5~7"}).place is None
    named = LedgerQuery.parse({"sort": "learner", "after": "a~b~5~7", "at": "x"})
    assert named.place == Place("after", ("a~b", 5, 7), 1)


@given(st.text())
def test_a_cleaned_search_stays_as_it_is(typed: str) -> None:
    cleaned = clean_search(typed)
    assert clean_search(cleaned) == cleaned
    assert len(cleaned) <= 200
    cleaned.encode()


def test_another_tab_search_or_sort_begins_at_the_first_page() -> None:
    query = LedgerQuery(search="ana", place=Place("after", (1, 2), 51))
    assert query.on_tab(Tab.ACTIVE) == LedgerQuery(Tab.ACTIVE, "ana")
    assert query.searching(" bo  berg ") == LedgerQuery(search="bo berg")
    assert query.sorted_by(SortKey.COURSE) == LedgerQuery(Tab.ALL, "ana", SortKey.COURSE, False)


def test_a_second_click_on_a_heading_turns_the_sort_around() -> None:
    once = LedgerQuery().sorted_by(SortKey.PROGRESS)
    assert (once.sort, once.descending) == (SortKey.PROGRESS, True)
    assert once.sorted_by(SortKey.PROGRESS).descending is False


def test_tabs_show_one_status_or_all() -> None:
    assert Tab.ALL.statuses == tuple(Status)
    assert [tab.statuses for tab in Tab][1:] == [(status,) for status in Status]
