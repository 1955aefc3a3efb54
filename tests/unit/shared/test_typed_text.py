"""Test cleaning typed text: invisible text is empty, and no input raises."""

from __future__ import annotations

import sys
import unicodedata
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.catalog.course_edits import (
    read_course_fields,
    read_lesson_fields,
    read_path_fields,
)
from enrollment_portal.domain.enrollment.edits import Editable, read_edits, read_reason
from enrollment_portal.domain.enrollment.fields import Field
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.people.group_edits import read_group_fields
from enrollment_portal.domain.people.user_edits import read_person
from enrollment_portal.domain.requests.extension_requests import read_requested_day
from enrollment_portal.domain.shared.errors import Invalid
from enrollment_portal.domain.shared.listing import ListQuery
from enrollment_portal.domain.shared.typed_text import (
    clean_text,
    half_width,
    is_empty,
    with_plain_digits,
    without_invisible,
)

ANY_TEXT = st.text() | st.text("\ud800\udfff\u200b\ufeff\x00 \n\ta1٨=@", max_size=8)
INVISIBLE_NAMES = [
    "\u200b",
    "\ufeff",
    "\u2060\u00ad",
    "\u200e \u200f",
    "\u3164",
    "\u2800\u2800",
    "\U0001d159",
    "\u115f\u1160",
    "\ufe0f",
    "\u202a\u202c",
    "\U000e0020",
    "\x1f\x7f",
]


@pytest.mark.parametrize("typed", ["", " ", "\u00a0\u3000", "\n\t", *INVISIBLE_NAMES])
def test_invisible_text_is_empty(typed: str) -> None:
    assert is_empty(typed)
    assert clean_text(typed, 10) == ""


@pytest.mark.parametrize("typed", ["a", "李", "\u200ba", "❤\ufe0f", "\u0301", "."])
def test_visible_text_is_not_empty(typed: str) -> None:
    assert not is_empty(typed)


def test_format_characters_are_not_visible() -> None:
    marks_with_a_shape = {"\u0600", "\u06dd", "\u070f", "\u08e2", "\U000110bd"}
    shown = {
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(character) == "Cf" and not is_empty(character)
    }
    assert marks_with_a_shape <= shown
    assert all("ARABIC" in unicodedata.name(c) or ord(c) > 0x700 for c in shown)
    assert len(shown) < 30


@pytest.mark.parametrize("typed", INVISIBLE_NAMES)
@pytest.mark.parametrize(
    ("read", "field"),
    [
        (lambda t: read_person({"name": t}, needs_email=False, has_access=False), "name"),
        (lambda t: read_group_fields({"name": t, "kind": "team"}), "name"),
        (lambda t: read_course_fields({"title": t, "scheme": "free"}), "title"),
        (lambda t: read_path_fields({"title": t}), "title"),
        (lambda t: read_lesson_fields({"title": t}), "title"),
    ],
)
def test_required_fields_refuse_invisible_text(read: object, field: str, typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(typed)  # type: ignore[operator]
    assert refused.value.errors[field] == "Fill this in."


@pytest.mark.parametrize("typed", INVISIBLE_NAMES)
def test_an_invisible_reason_is_none(typed: str) -> None:
    assert read_reason(typed) == ""


def test_characters_copied_around_a_name_are_not_stored() -> None:
    assert clean_text("\ufeff Ada\u200b \u2060", 10, is_line=True) == "Ada"


@given(ANY_TEXT)
def test_replacing_characters_never_fails(text: str) -> None:
    assert is_empty(without_invisible(text)) == is_empty(text)
    assert len(half_width(text)) == len(with_plain_digits(text)) == len(text)


@given(typed=st.dictionaries(st.sampled_from(["title", "name", "kind", "email"]), ANY_TEXT))
def test_fields_are_read_or_refused_beside_their_names(typed: dict[str, str]) -> None:
    for read in (
        read_course_fields,
        read_path_fields,
        read_lesson_fields,
        read_group_fields,
        lambda t: read_person(t, needs_email=True, has_access=True),
    ):
        try:
            read({**typed, "description": typed.get("kind", "")})
        except Invalid as refusal:
            assert refusal.errors


@given(st.dictionaries(st.sampled_from([*Field]), ANY_TEXT))
def test_edits_are_read_or_refused_beside_their_fields(typed: dict[str, str]) -> None:
    before = Editable(0, dict.fromkeys(Field, None) | {Field.STATUS: 0})
    try:
        read_edits(typed, before, ZoneInfo("UTC"))
    except Invalid as refusal:
        assert set(refusal.errors) <= set(Field)


@given(ANY_TEXT)
def test_days_and_queries_are_read_or_ignored(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        read_requested_day(text, 10, None)
    params: dict[str, object] = dict.fromkeys(("q", "after", "before", "on", "tab", "sort"), text)
    LedgerQuery.parse(params).to_url().encode()
    LedgerQuery().searching(text).to_url().encode()
    ListQuery.parse(params, shape=(str, int), filters={"tab": None}).to_url().encode()
