"""Test how numbers, counts and lists are written."""

from __future__ import annotations

import pytest

from enrollment_portal.domain.shared.wording import (
    PageTexts,
    listed,
    ordinal,
    page_of,
    percent,
    plural,
    sentences,
    show_number,
    some_of,
    with_commas,
    with_dots,
)

_ENROLLMENTS = PageTexts(
    one="{first}–{last} of {n} enrollment",
    other="{first}–{last} of {n} enrollments",
    none="No enrollments",
    no_match="No enrollments match",
)


@pytest.mark.parametrize(
    ("n", "words"), [(0, "0 lessons"), (1, "1 lesson"), (2, "2 lessons"), (1_200, "1,200 lessons")]
)
def test_a_number_selects_singular_or_plural(n: int, words: str) -> None:
    assert plural(n, one="{n} lesson", other="{n} lessons") == words


def test_a_plural_may_have_other_placeholders() -> None:
    """What is put in may contain anything, such as a placeholder's name."""
    texts = {"one": "{by} removed {n} row.", "other": "{by} removed {n} rows."}
    assert plural(1, **texts, by="{n} {x}") == "{n} {x} removed 1 row."
    assert plural(2, **texts, by="Ada") == "Ada removed 2 rows."


def test_numbers_are_grouped() -> None:
    assert [show_number(n) for n in (0, 999, 1_000, 1_234_567)] == [
        "0",
        "999",
        "1,000",
        "1,234,567",
    ]


def test_ordinals_have_the_correct_suffix() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 112)] == [
        *("1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th"),
    ]


@pytest.mark.parametrize(
    ("items", "words"),
    [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (("A", "B", "C"), "A, B and C")],
)
def test_a_list_ends_with_and(items: list[str], words: str) -> None:
    assert listed(items) == words


def test_a_long_list_is_cut_and_counted() -> None:
    assert some_of(["A", "B", "C"], 3) == "A, B, C"
    assert some_of(["A", "B", "C"], 1) == "A and 2 more"


def test_empty_parts_are_left_out() -> None:
    assert sentences("Saved.", "", "Check it.") == "Saved. Check it."
    assert with_dots("3 lessons", "", "2 active") == "3 lessons · 2 active"
    assert with_commas(["Grade", "", "Status"]) == "Grade, Status"


def test_progress_is_formatted_like_a_grade() -> None:
    assert percent(85) == "85%"


@pytest.mark.parametrize(
    ("first", "count", "total", "is_narrowed", "shown"),
    [
        (1, 50, 83, False, "1–50 of 83 enrollments"),
        (1_001, 50, 48_210, True, "1,001–1,050 of 48,210 enrollments"),
        (1, 1, 1, False, "1–1 of 1 enrollment"),
        (0, 0, 0, False, "No enrollments"),
        (0, 0, 0, True, "No enrollments match"),
    ],
)
def test_a_page_text_has_its_number_and_the_total(
    first: int, count: int, total: int, is_narrowed: bool, shown: str
) -> None:
    assert page_of(_ENROLLMENTS, first, count, total, is_narrowed=is_narrowed) == shown
