"""Test counts, lists and percentages in texts."""

from __future__ import annotations

import pytest

from enrollment_portal.domain.shared.wording import counted, listed, page_of, percent


@pytest.mark.parametrize(
    ("n", "words"), [(0, "0 lessons"), (1, "1 lesson"), (2, "2 lessons"), (1_200, "1,200 lessons")]
)
def test_a_count_agrees_with_its_noun(n: int, words: str) -> None:
    assert counted(n, "lesson") == words


def test_an_irregular_plural_is_given() -> None:
    assert [counted(n, "person", "people") for n in (1, 2)] == ["1 person", "2 people"]


@pytest.mark.parametrize(
    ("items", "words"),
    [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (("A", "B", "C"), "A, B and C")],
)
def test_a_list_ends_with_and(items: list[str], words: str) -> None:
    assert listed(items) == words


def test_progress_is_written_as_a_grade_is() -> None:
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
def test_page_says_which_of_how_many_it_shows(
    first: int, count: int, total: int, is_narrowed: bool, shown: str
) -> None:
    found = page_of(first, count, counted(total, "enrollment"), is_narrowed=is_narrowed)
    assert found == shown
