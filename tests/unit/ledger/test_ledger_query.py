"""Test the ledger's query in the URL: round trips, and that no URL breaks parsing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.day_ranges import read_day
from enrollment_portal.domain.ledger.filters import FLAGS, FilterName, Filters, Flag
from enrollment_portal.domain.ledger.ledger_query import (
    KEY_SHAPES,
    NULLABLE,
    Kind,
    LedgerQuery,
    SortKey,
    Tab,
    print_heading,
)
from enrollment_portal.domain.shared.listing import Place, clean_search
from tests.unit.ledger.drawn_filters import any_filters

NUMBERS = st.integers(-(2**53), 2**53)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)


@st.composite
def _places(draw: st.DrawFn, sort: SortKey) -> Place:
    kind = draw(st.sampled_from(["after", "before", "last"]))
    if kind == "last":
        return Place("last")
    key: list[Any] = [draw(TEXTS if part is str else NUMBERS) for part in KEY_SHAPES[sort]]
    if sort in NULLABLE and (key[0] == "" or draw(st.booleans())):
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
        kind=draw(st.sampled_from(Kind)),
        only_requests=draw(st.booleans()),
        filters=draw(any_filters()),
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


def test_a_url_has_readable_parameters() -> None:
    query = LedgerQuery(Tab.ACTIVE, "ana berg", SortKey.DEADLINE, False)
    assert query.to_url() == "tab=active&q=ana+berg&sort=deadline"
    assert query.at(Place("after", (None, 7), 51)).to_url().endswith("&after=~7&at=51")
    assert query.sorted_by(SortKey.DEADLINE).to_url().endswith("sort=-deadline")
    with_requests = LedgerQuery(kind=Kind.PATHS, only_requests=True, search="ana")
    assert with_requests.to_url() == "kind=paths&asks=1&q=ana"


@given(_queries(), st.integers(), st.integers())
def test_the_path_and_not_the_query_string_names_course_and_learner(
    query: LedgerQuery, course: int, learner: int
) -> None:
    for narrowed in (replace(query, course=course), replace(query, learner=learner)):
        assert _read(narrowed.to_url()) == replace(query, kind=Kind.COURSES)


HOSTILE = st.text() | st.none() | st.integers() | st.lists(st.text()) | st.binary()
PARAMETERS = [
    "kind",
    "asks",
    "tab",
    "q",
    "sort",
    "page",
    "after",
    "before",
    "at",
    "course",
    "learner",
    FLAGS,
    *FilterName,
]
KEYS = st.text(st.sampled_from("0123456789-~ ٣²①+_.eE\x00a"), max_size=30)


@given(
    st.dictionaries(
        st.sampled_from(PARAMETERS) | st.text(),
        HOSTILE
        | KEYS
        | st.sampled_from(["0d..7d", "..-15d", "3,7,x", "note,overdue", "2026-01-01..", "20..80"])
        | st.sampled_from(["last", *Kind, *Tab, *SortKey, *(f"-{key}" for key in SortKey)]),
    )
)
def test_no_url_raises_an_error(params: dict[str, object]) -> None:
    query = LedgerQuery.parse(params)
    assert (query.course, query.learner) == (None, None)
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
        {"kind": "path"},
        {"kind": ["paths"]},
        {"asks": "yes"},
        {"asks": True},
        {"course": "1", "learner": "2"},
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
def test_unknown_parameters_are_ignored(params: dict[str, object]) -> None:
    assert LedgerQuery.parse(params) == LedgerQuery()


def test_a_page_position_is_valid_only_for_its_sort() -> None:
    assert LedgerQuery.parse({"sort": "learner", "after": "5~7"}).place is None
    # An address from before the moment of enrollment was part of the place: the first page.
    assert LedgerQuery.parse({"sort": "learner", "after": "a~5~7"}).place is None
    named = LedgerQuery.parse({"sort": "learner", "after": "a~b~5~6~7", "at": "x"})
    assert named.place == Place("after", ("a~b", 5, 6, 7), 1)


@given(st.text())
def test_cleaning_a_search_twice_changes_nothing(typed: str) -> None:
    cleaned = clean_search(typed)
    assert clean_search(cleaned) == cleaned
    assert len(cleaned) <= 200
    cleaned.encode()


def test_another_tab_search_or_sort_shows_the_first_page() -> None:
    query = LedgerQuery(search="ana", place=Place("after", (1, 2), 51))
    assert query.on_tab(Tab.ACTIVE) == LedgerQuery(Tab.ACTIVE, "ana")
    assert query.searching(" bo  berg ") == LedgerQuery(search="bo berg")
    assert query.sorted_by(SortKey.COURSE) == LedgerQuery(Tab.ALL, "ana", SortKey.COURSE, False)


def test_another_kind_or_the_requests_filter_shows_the_first_page_of_all() -> None:
    place = Place("after", (1, 2), 51)
    query = LedgerQuery(Tab.ACTIVE, "ana", only_requests=True, place=place, course=3)
    assert query.of_kind(Kind.PATHS) == LedgerQuery(search="ana", kind=Kind.PATHS, course=3)
    assert query.with_requests(False) == LedgerQuery(search="ana", course=3)
    assert LedgerQuery(Tab.ACTIVE, place=place).with_requests(True) == LedgerQuery(
        only_requests=True
    )
    assert [kind.label for kind in Kind] == ["Courses", "Learning paths"]


def test_filters_are_kept_by_tabs_sorts_searches_and_pages() -> None:
    filters = Filters(courses=(3,), flags=(Flag.OVERDUE,))
    query = LedgerQuery(place=Place("last")).filtered(filters)
    assert query.place is None
    for other in (
        query.on_tab(Tab.COMPLETED),
        query.sorted_by(SortKey.DEADLINE),
        query.searching("ana"),
        query.at(Place("last")),
        query.with_requests(True),
    ):
        assert other.filters == filters
        assert "courses=3&is=overdue" in other.to_url()
    # A course is no path: its filter would leave nothing.
    assert query.of_kind(Kind.PATHS).filters == Filters(flags=(Flag.OVERDUE,))


def test_a_filter_is_removed_by_its_name() -> None:
    filters = Filters(courses=(3,), flags=(Flag.OVERDUE, Flag.RETAKE))
    query = LedgerQuery(only_requests=True, filters=filters, place=Place("last"))
    assert query.without("asks") == LedgerQuery(filters=filters)
    assert query.without("overdue", "courses", "nonsense") == LedgerQuery(
        only_requests=True, filters=Filters(flags=(Flag.RETAKE,))
    )


def test_a_query_is_narrowed_by_a_search_or_any_filter() -> None:
    assert not LedgerQuery(tab=Tab.ACTIVE, kind=Kind.PATHS).is_narrowed
    assert LedgerQuery(search="a").is_narrowed
    assert LedgerQuery(only_requests=True).is_narrowed
    assert LedgerQuery(filters=Filters(group=1)).is_narrowed


def test_a_second_click_on_a_heading_reverses_the_sort() -> None:
    once = LedgerQuery().sorted_by(SortKey.PROGRESS)
    assert (once.sort, once.descending) == (SortKey.PROGRESS, True)
    assert once.sorted_by(SortKey.PROGRESS).descending is False


def test_tabs_show_one_status_or_all() -> None:
    assert Tab.ALL.statuses == tuple(Status)
    assert [tab.statuses for tab in Tab][1:] == [(status,) for status in Status]


class TestAsOf:
    def test_a_past_day_is_in_the_address(self) -> None:
        query = LedgerQuery(tab=Tab.ACTIVE, only_requests=True, place=Place("last")).on_day(20_484)
        assert (query.as_of, query.only_requests, query.place) == (20_484, False, None)
        assert query.to_url() == "on=2026-01-31&tab=active"
        assert LedgerQuery.parse({"on": "2026-01-31", "tab": "active"}) == query
        assert query.on_day(None).to_url() == "tab=active"

    def test_is_kept_by_tabs_sorts_searches_pages_and_kinds(self) -> None:
        query = LedgerQuery().on_day(20_484)
        for other in (
            query.on_tab(Tab.COMPLETED),
            query.sorted_by(SortKey.DEADLINE),
            query.searching("ana"),
            query.at(Place("last")),
            query.of_kind(Kind.PATHS),
        ):
            assert other.as_of == 20_484
            assert "on=2026-01-31" in other.to_url()

    def test_has_only_the_filters_that_are_known_of_it(self) -> None:
        filters = Filters(group=3, flags=(Flag.OVERDUE, Flag.NOTE, Flag.AWAITING_GRADE))
        kept = Filters(group=3, flags=(Flag.OVERDUE,))
        past = LedgerQuery(filters=filters).on_day(20_484)
        assert past.filters == kept
        assert past.filtered(filters).filters == kept
        assert LedgerQuery.parse({"on": "2026-01-31", **filters.params()}).filters == kept

    def test_the_requests_filter_removes_the_past_day(self) -> None:
        assert not LedgerQuery.parse({"on": "2026-01-31", "asks": "1"}).only_requests

    @pytest.mark.parametrize(
        "typed",
        [
            "",
            "2026-02-30",
            "2026-1-31",
            "2026-W05-6",
            "20260131",
            "2026-01-31 ",
            "2026-01-31T00:00",
            "２０２６-01-31",
            "1969-12-31",
            "9999-12-31",
            "0000-00-00",
            "-026-01-31",
            "'; DROP --x",
            "\ud800026-01-3",
            "2026-01-31\x00",
            "9" * 100_000,
            None,
            20_484,
            ["2026-01-31"],
            {"on": 1},
        ],
    )
    def test_an_invalid_day_is_ignored(self, typed: object) -> None:
        assert LedgerQuery.parse({"on": typed}).as_of is None
        assert read_day(typed) is None

    @given(st.integers(0, (date(2199, 12, 31) - date(1970, 1, 1)).days))
    def test_every_day_is_read_back(self, day: int) -> None:
        query = LedgerQuery(as_of=day)
        assert LedgerQuery.parse(dict(parse_qsl(query.to_url()))) == query


def test_a_printed_ledger_has_a_title() -> None:
    plain = "All statuses · sorted by enrolled, descending"
    assert print_heading(LedgerQuery(), 1, 1) == f"{plain} · 1 row"
    query = LedgerQuery(tab=Tab.COMPLETED, search="ma", sort=SortKey.DEADLINE, descending=False)
    assert print_heading(query, 1_000, 3_214) == (
        "Completed · search “ma” · sorted by deadline, ascending"
        " · the first 1,000 of 3,214 rows; Export holds all of them"
    )
    assert print_heading(LedgerQuery(), 1, 1, "Overdue", "Group: Board") == (
        "All statuses · Overdue · Group: Board · sorted by enrolled, descending · 1 row"
    )
