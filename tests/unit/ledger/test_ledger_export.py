"""Test the address and the file name of the export."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.ledger.layout.columns import STANDARD_COLUMNS, ColumnKey
from enrollment_portal.domain.ledger.ledger_export import (
    EXPORT_PATH,
    FileFormat,
    columns_of_file,
    export_address,
    file_name,
    format_choices,
    headings,
    read_export_address,
    read_format,
)
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery, SortKey, Tab
from enrollment_portal.domain.shared.listing import Place, clean_search

NOW = datetime(2026, 11, 24, 18, 5)
DAY = 20_574  # 2026-05-01
IDS = st.none() | st.integers(1, 2**53 - 1)
QUERIES = st.builds(
    LedgerQuery,
    tab=st.sampled_from(Tab),
    search=st.text().map(clean_search),
    sort=st.sampled_from(SortKey),
    descending=st.booleans(),
    kind=st.sampled_from(Kind),
    as_of=st.none() | st.integers(0, 60_000),
    course=IDS,
    learner=IDS,
).map(lambda query: query if query.as_of is None else query.in_columns(STANDARD_COLUMNS))


def read(address: str) -> LedgerQuery:
    return read_export_address(dict(parse_qsl(urlsplit(address).query, keep_blank_values=True)))


@given(QUERIES)
def test_an_address_contains_the_whole_query(query: LedgerQuery) -> None:
    assert export_address(query).partition("?")[0] == EXPORT_PATH
    assert read(export_address(query)) == query
    assert read(export_address(replace(query, place=Place("last")))) == query


def test_the_plain_ledger_has_the_plain_address() -> None:
    assert export_address(LedgerQuery()) == EXPORT_PATH


@given(st.dictionaries(st.sampled_from(("course", "learner", "tab", "sort", "on", "q")), st.text()))
def test_invalid_parameters_are_ignored_and_an_invalid_id_matches_nothing(
    params: dict[str, str],
) -> None:
    query = read_export_address(params)
    assert query.place is None
    for name in ("course", "learner"):
        found = getattr(query, name)
        assert (found is None) == (name not in params)
        assert found is None or 0 <= found < 2**53


@pytest.mark.parametrize(
    ("query", "of", "name"),
    [
        (LedgerQuery(), "", "enrollments-2026-11-24-1805.csv"),
        (LedgerQuery(as_of=DAY), "", "enrollments-2026-05-01.csv"),
        (LedgerQuery(kind=Kind.PATHS, as_of=DAY), "", "learning-paths-2026-05-01.csv"),
        (
            LedgerQuery(course=3, as_of=DAY),
            "Fire & Safety",
            "enrollments-fire-safety-2026-05-01.csv",
        ),
        (
            LedgerQuery(learner=3, as_of=DAY),
            "Şebnem İnce",
            "enrollments-sebnem-ince-2026-05-01.csv",
        ),
        (LedgerQuery(course=3, as_of=DAY), "李小龍", "enrollments-2026-05-01.csv"),
    ],
)
def test_a_file_name_has_the_ledger_and_the_date(query: LedgerQuery, of: str, name: str) -> None:
    assert file_name(query, of, NOW) == name


def test_a_past_days_headings_mark_columns_of_today() -> None:
    assert headings(DAY, "Asia/Tokyo") == (
        "Learner",
        "Email",
        "Department (today)",
        "Course",
        "Status on 2026-05-01",
        "Progress on 2026-05-01 (%)",
        "Grade (today)",
        "Enrolled (Asia/Tokyo)",
        "Completed (today, Asia/Tokyo)",
        "Last Visit (today, Asia/Tokyo)",
        "Deadline on 2026-05-01",
        "Asks for",
        "Origin",
        "Run",
        "Enrollment id",
    )


@given(st.text() | st.sampled_from(FileFormat))
def test_an_invalid_format_is_csv_with_commas(name: str) -> None:
    is_one = name in ("comma", "semicolon", "tab", "excel")
    assert FileFormat.parse(name) == (name if is_one else "comma")


@given(QUERIES, st.text())
def test_a_file_name_is_safe_in_a_header_and_on_any_file_system(
    query: LedgerQuery, of: str
) -> None:
    assert re.fullmatch(r"[a-z0-9-]{1,120}\.csv", file_name(query, of, NOW))


def test_the_file_of_learning_paths_has_their_name() -> None:
    assert headings(None, "UTC", Kind.PATHS)[3] == "Learning path"


def test_a_file_has_the_shown_columns_in_their_order_and_emails() -> None:
    shown = ["learner", "grade", "manager", "pace", "course"]
    assert headings(None, "UTC", columns=columns_of_file(shown)) == (
        *("Learner", "Email", "Grade", "Manager", "Pace (% a week)", "Course"),
    )
    assert columns_of_file(["course"]) == columns_of_file(["learner", "course"])
    every = headings(None, "UTC", columns=columns_of_file(list(ColumnKey)))
    assert len(set(every)) == len(ColumnKey) + 1


def test_a_cookie_names_the_format_and_whether_all_columns_are_wanted() -> None:
    assert read_format("") == read_format("nonsense") == (FileFormat.COMMA, False)
    assert read_format("excel") == (FileFormat.EXCEL, False)
    assert read_format("excel-all") == (FileFormat.EXCEL, True)
    choices = format_choices()
    assert [read_format(value)[1] for value, _ in choices] == [False] * 4 + [True] * 4
    assert dict(choices)["tab-all"] == "CSV, tab; all columns"
