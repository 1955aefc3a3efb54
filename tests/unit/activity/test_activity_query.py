"""Test the filters of the history of all enrollments in a URL, and what they are stored as."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.activity.activity_query import ActivityFilters, Source, What
from enrollment_portal.domain.ledger.day_ranges import read_days

IDS = st.none() | st.integers(1, 2**53 - 1)
DAYS = st.sampled_from(["last_week", "-6d..0d", "2026-11-01..2026-11-07", "..2026-11-07"])
FILTERS = st.builds(
    ActivityFilters,
    person=IDS,
    field=st.none() | st.sampled_from(What),
    source=st.none() | st.sampled_from(Source),
    course=IDS,
    learner=IDS,
    when=st.none() | DAYS.map(read_days),
)
NAMES = st.sampled_from(["person", "field", "source", "course", "learner", "when", "else"])
VALUES = st.text(max_size=20) | DAYS | st.sampled_from([*What, *Source]) | st.integers().map(str)


@given(FILTERS)
def test_filters_survive_the_url(filters: ActivityFilters) -> None:
    params = dict(parse_qsl(urlencode(filters.params)))
    assert ActivityFilters.parse(params, reads_notes=True) == filters


@given(st.dictionaries(NAMES, VALUES), st.booleans())
def test_any_url_gives_filters_that_are_kept(params: dict[str, str], reads_notes: bool) -> None:
    filters = ActivityFilters.parse(params, reads_notes=reads_notes)
    assert ActivityFilters.parse(filters.params, reads_notes=reads_notes) == filters
    assert reads_notes or filters.field is not What.NOTE


@pytest.mark.parametrize(
    "params",
    [
        {"person": "0"},
        {"person": "-1"},
        {"course": "1e3"},
        {"learner": "٣"},
        {"field": "override"},
        {"field": "Grade"},
        {"source": "1"},
        {"when": "2026-02-30.."},
        {"when": "2026-11-07..2026-11-01"},
        {"person": ["1"], "when": {"first": 1}},
    ],
)
def test_nonsense_falls_back_to_everything(params: dict[str, object]) -> None:
    assert ActivityFilters.parse(params, reads_notes=True) == ActivityFilters()


def test_changes_of_notes_do_not_exist_for_who_may_not_read_them() -> None:
    assert ActivityFilters.parse({"field": "note"}, reads_notes=False) == ActivityFilters()


def test_what_and_source_are_stored_in_this_order() -> None:
    assert [what.value for what in What] == [
        *("began", "status", "completed_on", "deadline", "grade", "feedback", "note", "message"),
        *("progress", "tracked_status", "instructor"),
    ]
    assert What.GRADE.bit == 16
    assert [source.code for source in Source] == list(range(7))
    assert all(one.label for one in (*What, *Source))
