"""Test the layout of the ledger's table: its text form is read back, and no text is an error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.ledger.layout.columns import (
    LEAST_WIDTH,
    MOST_WIDTH,
    STANDARD_COLUMNS,
    ColumnKey,
    Density,
    Layout,
)

_OTHERS = [key for key in ColumnKey if key is not ColumnKey.LEARNER]
_WIDTHS = st.integers(LEAST_WIDTH, MOST_WIDTH)


@st.composite
def _layouts(draw: st.DrawFn) -> Layout:
    others = draw(st.lists(st.sampled_from(_OTHERS), unique=True))
    columns = (ColumnKey.LEARNER, *others)
    widths = {key: draw(_WIDTHS) for key in columns if draw(st.booleans())}
    return Layout(columns, tuple(widths.items()), draw(st.sampled_from(Density)))


@given(_layouts())
def test_a_layout_is_read_back_from_its_text(layout: Layout) -> None:
    assert Layout.parse(layout.text()) == layout


def test_the_standard_layout_has_no_text() -> None:
    assert Layout().text() == ""
    assert Layout.parse("") == Layout()
    assert Layout().columns == STANDARD_COLUMNS
    assert Layout(density=Density.COMPACT).text() == ";compact"


def test_a_layout_has_a_readable_text() -> None:
    layout = Layout(
        (ColumnKey.LEARNER, ColumnKey.GRADE, ColumnKey.LAST_VISIT),
        ((ColumnKey.LEARNER, 320),),
        Density.SPACIOUS,
    )
    assert layout.text() == "learner:320,grade,visited;spacious"


_PARTS = st.sampled_from([*ColumnKey, *Density, ",", ";", ":", "96", "٣", "²", "-1", " ", "\x00"])


@given(
    st.text()
    | st.none()
    | st.integers()
    | st.lists(st.text())
    | st.binary()
    | st.lists(_PARTS).map("".join)
)
def test_any_text_is_a_layout(text: object) -> None:
    layout = Layout.parse(text)
    assert layout.columns[0] is ColumnKey.LEARNER
    assert len(set(layout.columns)) == len(layout.columns)
    assert all(LEAST_WIDTH <= width <= MOST_WIDTH for _, width in layout.widths)
    assert Layout.parse(layout.text()) == layout


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("password,notes", ""),
        ("grade", "learner,grade"),
        ("grade,grade:100,learner", "learner,grade"),
        ("course,learner,status", "learner,course,status"),
        ("learner:9,grade:99999", "learner:64,grade:640"),
        ("learner:999999,grade:x,run:", "learner,grade,run"),
        (";huge", ""),
        ("learner,course,status,progress,enrolled,deadline", ""),
        ("learner;compact;spacious", "learner"),
        ("x" * 999 + ",grade", ""),
    ],
)
def test_nonsense_is_left_out(text: str, read_as: str) -> None:
    assert Layout.parse(text).text() == read_as


def test_columns_that_are_not_allowed_are_left_out() -> None:
    layout = Layout.parse("learner:100,manager:90,grade,course;compact")
    assert layout.only({"course", "grade"}).text() == "learner:100,grade,course;compact"
    assert layout.only(()).text() == "learner:100;compact"


def test_further_columns_are_those_that_the_standard_layout_lacks() -> None:
    assert Layout().more_columns == ()
    assert Layout.parse("run,course,grade").more_columns == (ColumnKey.RUN, ColumnKey.GRADE)


def test_every_column_and_density_has_a_label() -> None:
    assert ColumnKey.LAST_VISIT.label == "Last Visit"
    assert ColumnKey.RUN.label == "Run"
    assert [density.label for density in Density] == ["Comfortable", "Compact", "Spacious"]
