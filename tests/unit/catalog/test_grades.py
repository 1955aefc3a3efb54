"""Test normalizing grades in each grading scheme."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.catalog.grades import (
    GRADE_LENGTH,
    GradingScheme,
    is_passing,
    normalize_grade,
)


@pytest.mark.parametrize(
    ("scheme", "typed", "stored"),
    [
        (GradingScheme.FREE, " Pass ", "Pass"),
        (GradingScheme.FREE, "85 %", "85%"),
        (GradingScheme.FREE, "", None),
        (GradingScheme.FREE, "\u200b\ufeff", None),
        (GradingScheme.FREE, "\ufeffPass\u200b", "Pass"),
        (GradingScheme.FREE, "８５　％", "85%"),
        (GradingScheme.FREE, "٨٥٪", "85%"),
        (GradingScheme.FREE, "合格１", "合格１"),
        (GradingScheme.PERCENT, "٨٥", "85%"),
        (GradingScheme.PERCENT, "８５", "85%"),
        (GradingScheme.PERCENT, "85٪", "85%"),
        (GradingScheme.PERCENT, "٨٥٫٥٪", "85.5%"),
        (GradingScheme.PERCENT, "८५%", "85%"),
        (GradingScheme.PERCENT, "８５．５％", "85.5%"),
        (GradingScheme.PERCENT, "85.333", "85.333%"),
        (GradingScheme.PERCENT, "85.3333333333333", "85.3333333333333%"),
        (GradingScheme.PERCENT, "\u200e85\u200f%", "85%"),
        (GradingScheme.PASS_FAIL, "ＰＡＳＳ", "Pass"),
        (GradingScheme.LETTERS, "Ｂ－", "B-"),
        (GradingScheme.POINTS, "１７／２０", "17/20"),
        (GradingScheme.POINTS, "17⁄20", "17/20"),
        (GradingScheme.POINTS, "१७", "17/20"),
        (GradingScheme.PASS_FAIL, "passed", "Pass"),
        (GradingScheme.PASS_FAIL, "FAIL", "Fail"),
        (GradingScheme.LETTERS, "b+", "B+"),
        (GradingScheme.LETTERS, "a−", "A-"),
        (GradingScheme.PERCENT, "85 %", "85%"),
        (GradingScheme.PERCENT, "85%", "85%"),
        (GradingScheme.PERCENT, "85", "85%"),
        (GradingScheme.PERCENT, "085,50", "85.5%"),
        (GradingScheme.PERCENT, "100", "100%"),
        (GradingScheme.POINTS, "17", "17/20"),
        (GradingScheme.POINTS, "17 / 20", "17/20"),
        (GradingScheme.POINTS, " ", None),
        (GradingScheme.PASS_FAIL, " pass ", "Pass"),
        (GradingScheme.LETTERS, "A -", "A-"),
        (GradingScheme.LETTERS, "b –", "B-"),
        (GradingScheme.PERCENT, "85,5 %", "85.5%"),
        (GradingScheme.PERCENT, "85\u00a0%", "85%"),
        (GradingScheme.PERCENT, "0", "0%"),
        (GradingScheme.POINTS, "17 / 20 ", "17/20"),
        (GradingScheme.POINTS, "17/20", "17/20"),
        (GradingScheme.POINTS, "17 of 20", "17/20"),
        (GradingScheme.POINTS, "16.50", "16.5/20"),
    ],
)
def test_a_grade_has_one_stored_form(scheme: GradingScheme, typed: str, stored: str | None) -> None:
    assert normalize_grade(typed, scheme, 20) == stored


@pytest.mark.parametrize(
    ("scheme", "typed"),
    [
        (GradingScheme.FREE, "x" * 33),
        (GradingScheme.PASS_FAIL, "A"),
        (GradingScheme.LETTERS, "G"),
        (GradingScheme.LETTERS, "F+"),
        (GradingScheme.PERCENT, "101"),
        (GradingScheme.PERCENT, "-1"),
        (GradingScheme.PERCENT, "A"),
        (GradingScheme.PERCENT, "٨٥%x"),
        (GradingScheme.PERCENT, "%"),
        (GradingScheme.PERCENT, "85.1234567890123456"),
        (GradingScheme.PERCENT, "８５x"),
        (GradingScheme.PERCENT, "8²"),
        (GradingScheme.POINTS, "२१/२०"),
        (GradingScheme.POINTS, "21"),
        (GradingScheme.POINTS, "17/30"),
    ],
)
def test_a_grade_outside_the_scheme_is_refused(scheme: GradingScheme, typed: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        normalize_grade(typed, scheme, 20)


_GRADELIKE = st.text(
    st.sampled_from("0123456789.,%/ +-−AbFpasilofPed\u00a0\u200b８٨٪％／"), max_size=12
)


@given(
    st.sampled_from(list(GradingScheme)),
    st.one_of(st.text(max_size=40), _GRADELIKE, st.integers(0, 10_000).map(str)),
    st.one_of(st.none(), st.integers(1, 10_000)),
)
def test_normalizing_a_stored_grade_changes_nothing(
    scheme: GradingScheme, typed: str, points: int | None
) -> None:
    try:
        stored = normalize_grade(typed, scheme, points)
    except ValueError as refusal:
        assert str(refusal).endswith(".")
        return
    if stored is not None:
        assert 0 < len(stored) <= GRADE_LENGTH
        assert normalize_grade(stored, scheme, points) == stored


@pytest.mark.parametrize("scheme", list(GradingScheme))
def test_every_scheme_lists_what_it_allows(scheme: GradingScheme) -> None:
    assert scheme.hint(20).endswith(".")
    assert "None" not in scheme.hint()
    assert scheme.label


@pytest.mark.parametrize(
    ("grade", "passes"),
    [
        (None, False),
        ("", False),
        ("\u200b", False),
        ("F", False),
        ("D-", True),
        ("Pass", True),
        ("Fail", False),
        ("50%", True),
        ("49.9%", False),
        ("10/20", True),
        ("9.5/20", False),
        ("9.5 / 20", False),
        ("٩⁄٢٠", False),
        ("Well done", True),
        ("12", True),
        ("failed", False),
        ("FAIL", False),
        ("ｆａｉｌ", False),
        ("f", False),
        ("Did not fail", True),
        ("49 %", False),
        ("49,5%", False),
    ],
)
def test_a_failing_grade_does_not_pass(grade: str | None, passes: bool) -> None:
    assert is_passing(grade, 50) is passes


_shares = st.integers(0, 100)


@given(
    st.one_of(
        st.tuples(st.just(GradingScheme.LETTERS), st.sampled_from(["A", "D-", "F"])),
        st.tuples(st.just(GradingScheme.PASS_FAIL), st.sampled_from(["Pass", "Failed"])),
        st.tuples(st.just(GradingScheme.PERCENT), _shares.map(str)),
        st.tuples(st.just(GradingScheme.POINTS), _shares.map(str)),
        st.tuples(st.just(GradingScheme.FREE), st.sampled_from(["Well done", "12", "fail", "1.7"])),
        st.tuples(st.just(GradingScheme.FREE), _shares.map("{} %".format)),
    ),
    st.integers(100, 200),
    st.integers(0, 100),
)
def test_a_grade_is_checked_by_the_scheme_under_which_it_was_given(
    given_under: tuple[GradingScheme, str], top: int, mark: int
) -> None:
    scheme, typed = given_under
    stored = normalize_grade(typed, scheme, top)
    assert stored
    number = "".join(filter(str.isdigit, typed))
    if scheme is GradingScheme.POINTS:
        expected = int(number) * 100 >= mark * top
    elif scheme is GradingScheme.PERCENT or "%" in typed:
        expected = int(number) >= mark
    else:
        expected = typed not in ("F", "fail", "Failed")
    assert is_passing(stored, mark) is expected


@given(st.integers(0, 10_000), st.integers(1, 10_000), st.integers(0, 100))
def test_points_and_percentages_at_or_above_the_pass_mark_pass(
    points: int, top: int, mark: int
) -> None:
    points = min(points, top)
    stored = normalize_grade(str(points), GradingScheme.POINTS, top)
    assert is_passing(stored, mark) == (100 * points >= mark * top)
    share = normalize_grade(str(points % 101), GradingScheme.PERCENT)
    assert is_passing(share, mark) == (points % 101 >= mark)


@given(st.one_of(st.none(), st.text(max_size=40), _GRADELIKE), st.integers(0, 99))
def test_a_grade_that_passes_also_passes_every_lower_pass_mark(
    grade: str | None, mark: int
) -> None:
    if is_passing(grade, mark + 1):
        assert is_passing(grade, mark)
        assert grade
