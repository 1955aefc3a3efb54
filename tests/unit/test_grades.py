"""Grading schemes: one stored form for each grade."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.enrollments import GRADE_LENGTH
from enrollment_portal.domain.grades import GradingScheme, normalize_grade


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
def test_a_stored_grade_is_its_own_form(
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
def test_every_scheme_says_what_it_allows(scheme: GradingScheme) -> None:
    assert scheme.hint(20).endswith(".")
    assert "None" not in scheme.hint()
    assert scheme.label
