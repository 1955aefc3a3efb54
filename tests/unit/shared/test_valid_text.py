"""Test that all parsers refuse or repair text that no database stores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.domain.catalog.course_edits import (
    read_course_fields,
    read_lesson_fields,
    read_path_fields,
)
from enrollment_portal.domain.enrollment.edits import read_edits, read_reason
from enrollment_portal.domain.enrollment.fields import Field
from enrollment_portal.domain.ledger.day_ranges import read_day
from enrollment_portal.domain.ledger.ledger_export import read_export_address
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.people.group_edits import read_group_fields
from enrollment_portal.domain.people.user_edits import read_deadline, read_person
from enrollment_portal.domain.requests.extension_requests import read_requested_day
from enrollment_portal.domain.shared.emails import read_email, read_emails
from enrollment_portal.domain.shared.errors import PortalError
from enrollment_portal.domain.shared.idempotency_keys import read_idempotency_key
from enrollment_portal.domain.shared.listing import ListQuery, clean_search, read_id
from enrollment_portal.domain.shared.text_search import search_terms
from enrollment_portal.domain.shared.typed_text import clean_text, valid_text
from enrollment_portal.services.access import cookies
from tests.unit.editables import editable

HALVES = st.text(st.sampled_from("aZ@.-~ 8\x00\ud83d\ude00\udfff\ud800"))
"""Mostly with lone halves of characters in it."""


def _form(read: Callable[[dict[str, Any]], object], *names: str) -> Callable[[str], object]:
    return lambda text: read(dict.fromkeys(names, text))


def _person(form: dict[str, Any]) -> object:
    return read_person(form, needs_email=True, has_access=False)


def _list_query(form: dict[str, Any]) -> ListQuery:
    return ListQuery.parse(form, shape=(str, int), filters={"state": None})


PARSERS: dict[str, Callable[[str], object]] = {
    "text": lambda text: clean_text(text, 50),
    "edits": lambda text: read_edits(dict.fromkeys(Field, text), editable(), ZoneInfo("UTC")),
    "reason": read_reason,
    "course": _form(read_course_fields, "title", "description", "points", "scheme"),
    "path": _form(read_path_fields, "title", "description"),
    "lesson": _form(read_lesson_fields, "title", "content"),
    "group": _form(read_group_fields, "name", "description", "kind"),
    "person": _form(_person, "name", "email", "job_title", "department"),
    "email": read_email,
    "emails": lambda text: read_emails(text)[0],
    "deadline": lambda text: read_deadline(text, 20_000),
    "wanted day": lambda text: read_requested_day(text, 20_000, None),
    "search": clean_search,
    "search terms": search_terms,
    "ledger": _form(LedgerQuery.parse, "q", "tab", "sort", "after", "before", "on"),
    "list": _form(_list_query, "q", "state", "after", "before"),
    "export": _form(read_export_address, "q", "tab", "sort", "on"),
    "day": read_day,
    "id": read_id,
    "save key": read_idempotency_key,
    "notice": lambda text: cookies.read_notice(f"{cookies.NOTICE}={text}"),
    "valid text": valid_text,
}


@pytest.mark.parametrize("name", PARSERS)
@given(HALVES)
def test_no_parsed_text_contains_a_lone_surrogate(name: str, text: str) -> None:
    try:
        read = PARSERS[name](text)
    except (PortalError, ValueError) as refusal:
        assert not isinstance(refusal, UnicodeError)
        return
    # Wherever in what was read: repr() escapes halves, and leaves every whole character as it is.
    assert r"\ud8" not in repr(read)
    assert r"\udf" not in repr(read)


@given(st.text())
def test_valid_text_is_unchanged(text: str) -> None:
    assert valid_text(text) is text


@pytest.mark.parametrize(
    ("text", "valid"),
    [("a\ud83d", "a�"), ("\ude00b", "�b"), ("\ud83d\ude00", "😀"), ("\ude00\ud83d", "��")],
)
def test_a_lone_surrogate_is_replaced_and_a_pair_is_one_character(text: str, valid: str) -> None:
    assert valid_text(text) == valid
