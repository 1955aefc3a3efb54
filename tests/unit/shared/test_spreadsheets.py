"""Test that no cell is treated as a formula."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from enrollment_portal.domain.shared.spreadsheets import defused
from enrollment_portal.domain.shared.typed_text import without_invisible

TEXTS = st.text(
    st.sampled_from("=+-@＝＋－＠ \t\r\n\0;,\"'|aé9李\ufeff\u200b\u00a0"), max_size=12
) | st.text(max_size=30)
FORMULA = re.compile(r"[=+\-@＝＋－＠\t\r\n\0]")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+49 170", "'+49 170"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("  =1", "'  =1"),
        (" \0=1", "' \0=1"),
        ("＝1", "'＝1"),
        ("\ufeff=1", "'\ufeff=1"),
        ("\u200b\u2060@A1", "'\u200b\u2060@A1"),
        ("\u200e \u00ad+1", "'\u200e \u00ad+1"),
        ("\u00a0=1", "'\u00a0=1"),
        ("\u2028=1", "'\u2028=1"),
        ("\x0b=1", "'\x0b=1"),
        ("−1", "'−1"),
        ("\u3164=1", "'\u3164=1"),
        ("a;\ufeff=1", "a;'\ufeff=1"),
        ("a;=1+1", "a;'=1+1"),
        ("a\n=1+1", "a\n'=1+1"),
        ("Ana-Lea", "Ana-Lea"),
        ("a+b@northwind.example", "a+b@northwind.example"),
        ("Safety; part = one", "Safety; part = one"),
        ('O\'Hara, "Bo"', 'O\'Hara, "Bo"'),
        ("", ""),
    ],
)
def test_only_a_cell_that_starts_a_formula_gets_a_quote(text: str, cell: str) -> None:
    assert defused(text) == cell


@given(TEXTS)
@example("=")
@example(";\t =")
@example(" \0")
def test_no_cell_starts_like_a_formula_with_any_separator(text: str) -> None:
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").writerow([defused(text)])
    (cells,) = csv.reader(io.StringIO(line.getvalue(), newline=""))
    for piece in re.split(r"[;\t\r\n]", cells[0]):
        assert not FORMULA.match(piece.strip(" ")), cells
        assert not FORMULA.match(without_invisible(piece).strip()), cells
    assert not FORMULA.match(cells[0])


@given(TEXTS)
def test_only_quotes_are_added_and_nothing_is_removed(text: str) -> None:
    assert defused(text).replace("'", "") == text.replace("'", "")
    if not re.search(r"[=+\-−@＝＋－＠\t\r\n\0]", text):
        assert defused(text) == text
