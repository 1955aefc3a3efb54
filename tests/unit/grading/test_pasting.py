"""Test parsing and writing the clipboard format of spreadsheets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.grading.pasting import read_clipboard, write_clipboard


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", []),
        ("A", [["A"]]),
        ("A\r\nB\r\n", [["A"], ["B"]]),
        ("A\nB", [["A"], ["B"]]),
        ("A\rB\r", [["A"], ["B"]]),
        ("A\n\nC\n", [["A"], [""], ["C"]]),
        ("\n", [[""]]),
        ("85\tGood work\t\r\n", [["85", "Good work", ""]]),
        ("\t\n", [["", ""]]),
        ('B\t"Two\r\nlines"\r\nC\t"tab\there"', [["B", "Two\nlines"], ["C", "tab\there"]]),
        ('"He said ""well done"""\n', [['He said "well done"']]),
        ('5" screen\n"loose\n', [['5" screen'], ['"loose']]),
        ('"a"b\tc', [['"a"b', "c"]]),
        ('""\n""\n', [[""], [""]]),
    ],
)
def test_rows_and_cells_are_parsed_as_spreadsheets_write_them(
    text: str, rows: list[list[str]]
) -> None:
    assert read_clipboard(text) == rows


cells = st.text(st.sampled_from('ab"\t\n ,é'), max_size=8)


@given(
    st.integers(1, 3).flatmap(
        lambda width: st.lists(
            st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=6
        )
    )
)
def test_copied_cells_are_pasted_unchanged(rows: list[list[str]]) -> None:
    assert read_clipboard(write_clipboard(rows)) == rows


@given(st.text(st.sampled_from('a"\t\r\n'), max_size=40))
def test_any_text_is_parsed_without_losing_a_letter(text: str) -> None:
    rows = read_clipboard(text)
    assert sum(cell.count("a") for row in rows for cell in row) == text.count("a")
    assert all(row for row in rows)
