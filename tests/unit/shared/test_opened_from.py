"""Test the ledger that a details page was opened from, in its address."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.ledger.layout.columns import STANDARD_COLUMNS
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery, SortKey, Tab
from enrollment_portal.domain.shared.listing import Place
from enrollment_portal.state.shared.opened_from import (
    OpenedFrom,
    ledger_filter_of,
    read_opened_from,
)
from enrollment_portal.state.shared.views import COURSES_PATH, LEDGER_PATH, PATHS_PATH, USERS_PATH

BASES = (
    LEDGER_PATH,
    f"{COURSES_PATH}/12",
    f"{PATHS_PATH}/7",
    f"{USERS_PATH}/3/enrollments",
    f"{USERS_PATH}/3/paths",
)


def read(suffix: str, *, is_path: bool = False) -> OpenedFrom:
    """Return the ledger named at the end of a details page's address."""
    return read_opened_from(dict(parse_qsl(suffix.removeprefix("?"))), is_path=is_path)


def test_opened_from_the_plain_ledger_an_address_has_no_suffix() -> None:
    assert OpenedFrom(LEDGER_PATH, LedgerQuery()).suffix == ""
    assert read("") == OpenedFrom(LEDGER_PATH, LedgerQuery())
    assert read("", is_path=True).query.kind is Kind.PATHS


@pytest.mark.parametrize("base", BASES)
@given(
    tab=st.sampled_from(Tab),
    sort=st.sampled_from(SortKey),
    descending=st.booleans(),
    search=st.sampled_from(["", "ana & bo=1", "李 #?/%"]),
    place=st.sampled_from([None, Place("last")]),
    as_of=st.sampled_from([None, 20_000]),
)
def test_every_ledger_is_read_back_from_its_address(base: str, **values: Any) -> None:
    query = LedgerQuery(**values, **(ledger_filter_of(base) or {}))
    if query.as_of is not None:
        query = query.in_columns(STANDARD_COLUMNS)
    opened = OpenedFrom(base, query)
    assert read(opened.suffix) == opened
    assert opened.address.partition("?")[0] == base


@pytest.mark.parametrize(
    "name",
    [
        "",
        "x",
        "learning/courses/",
        "learning/courses/..",
        "learning/courses/1/../2",
        "//evil.example",
        "people/users/3",
        "learning/enrollments/9",
        "learning/courses/9" * 40,
        "\ud800",
    ],
)
def test_an_invalid_ledger_is_the_plain_one(name: str) -> None:
    opened = read_opened_from({"from": name, "tab": "active"}, is_path=False)
    assert opened == OpenedFrom(LEDGER_PATH, LedgerQuery(tab=Tab.ACTIVE))
