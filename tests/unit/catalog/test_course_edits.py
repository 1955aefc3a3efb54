"""Test validating the forms of courses, lessons and paths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.catalog.course_edits import (
    read_course_fields,
    read_lesson_fields,
    read_path_fields,
)
from enrollment_portal.domain.catalog.courses import MAX_DEADLINE_DAYS, TITLE_LENGTH
from enrollment_portal.domain.shared.errors import Invalid

ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.text()), st.floats()
)
NAMES = st.sampled_from(
    [
        "title",
        "description",
        "deadline_days",
        "scheme",
        "points",
        "requires_grade",
        "content",
        "pass_percent",
        "may_be_retaken",
        "admin_completes",
    ]
)


@given(st.dictionaries(NAMES, ANYTHING))
def test_any_input_is_valid_fields_or_refused(typed: dict) -> None:
    for read in (read_course_fields, read_path_fields, read_lesson_fields):
        try:
            fields = read(typed)
        except Invalid as refused:
            assert refused.errors
            assert all(refused.errors.values())
        else:
            assert 0 < len(fields.title) <= TITLE_LENGTH
            assert "\x00" not in fields.title


@given(st.integers(-10, MAX_DEADLINE_DAYS * 2))
def test_a_deadline_is_a_number_of_days_within_ten_years(days: int) -> None:
    typed = {"title": "A", "deadline_days": f" {days} "}
    if 0 <= days <= MAX_DEADLINE_DAYS:
        assert read_path_fields(typed).deadline_days == days
    else:
        with pytest.raises(Invalid):
            read_path_fields(typed)


def test_an_empty_deadline_is_none_and_points_need_their_scheme() -> None:
    fields = read_course_fields({"title": "A", "scheme": "free", "points": "nonsense"})
    assert (fields.deadline_days, fields.points, fields.requires_grade) == (None, None, False)


def test_each_checkbox_sets_its_own_field() -> None:
    names = ("requires_grade", "may_be_retaken", "admin_completes")
    for ticked in names:
        fields = read_course_fields({"title": "A", "scheme": "free", ticked: "on"})
        assert [name for name in names if getattr(fields, name)] == [ticked]


@pytest.mark.parametrize(
    ("typed", "stored"), [("0", 0), (" 60 % ", 60), ("１００", 100), ("٦٠٪", 60), ("", 50)]
)
def test_a_pass_mark_is_a_percentage(typed: str, stored: int) -> None:
    fields = read_course_fields({"title": "A", "scheme": "percent", "pass_percent": typed})
    assert fields.pass_percent == stored


@pytest.mark.parametrize("typed", ["101", "-1", "49.5", "half", None, 5])
def test_an_invalid_pass_mark_is_refused_where_the_field_is_shown(typed: object) -> None:
    values = {"title": "A", "scheme": "points", "points": "20", "pass_percent": typed}
    with pytest.raises(Invalid) as refused:
        read_course_fields(values)
    assert list(refused.value.errors) == ["pass_percent"]
    # With a scheme that has no pass mark, the field is hidden.
    assert read_course_fields({**values, "scheme": "letters"}).pass_percent == 50
    assert read_course_fields({**values, "scheme": "letters"}, 80).pass_percent == 80
