"""Test the query of a list page in the URL."""

from __future__ import annotations

from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.shared.listing import MAX_INTEGER, ListQuery, Place, read_id

FILTERS = {"state": ("draft", "published"), "person": None}
ids = st.integers(1, MAX_INTEGER - 1)
texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=40)
places = st.one_of(
    st.none(),
    st.just(Place("last")),
    st.builds(
        Place, st.sampled_from(("after", "before")), st.tuples(texts, ids), st.integers(1, 10**6)
    ),
)
queries = st.builds(
    lambda typed, state, person, place: (
        ListQuery().searching(typed).filtered("state", state).filtered("person", person).at(place)
    ),
    st.text(max_size=60),
    st.sampled_from(("", "draft", "published")),
    st.sampled_from(("", "Dana", "14")),
    places,
)


def parse(url: str) -> ListQuery:
    return ListQuery.parse(
        dict(parse_qsl(url, keep_blank_values=True)), shape=(str, int), filters=FILTERS
    )


@given(queries)
def test_a_query_written_to_an_address_is_read_back(query: ListQuery) -> None:
    assert parse(query.to_url()) == query


@given(st.dictionaries(st.sampled_from(("q", "after", "before", "page", "at", "state")), st.text()))
def test_invalid_parameters_are_ignored(params: dict[str, str]) -> None:
    query = ListQuery.parse(params, shape=(int, int), filters=FILTERS)
    assert query.filters.get("state") in (None, "draft", "published")
    assert query.place is None or query.place.kind in ("after", "before", "last")


def test_only_allowed_values_are_kept() -> None:
    assert parse("state=draft").filters == {"state": "draft"}
    assert parse("state=deleted&who=me").filters == {}


def test_another_search_shows_the_first_page() -> None:
    query = parse("after=a~3&at=51&state=draft")
    assert query.place == Place("after", ("a", 3), 51)
    assert query.searching("x") == ListQuery("x", {"state": "draft"})
    assert query.filtered("state", "") == ListQuery()


def test_ids_are_read_from_numbers_or_digits() -> None:
    assert [read_id(v) for v in (7, "7", "007")] == [7, 7, 7]
    strange = (0, -1, "", "x", "٣", 1.5, True, None, [], {}, MAX_INTEGER, "9" * 17, "1 ")
    assert [read_id(v) for v in strange] == [None] * len(strange)
