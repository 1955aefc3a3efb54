"""Test which passwords are equal after normalization, and which may be chosen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.services.access.passwords import MAX_PASSWORD, may_be_chosen, normal_password


@pytest.mark.parametrize(
    ("typed", "elsewhere"),
    [
        ("caf\u00e9 au lait", "cafe\u0301 au lait"),  # composed, and with a combining accent
        ("\uff50\uff41\uff53\uff53\uff11\uff12", "pass12"),  # fullwidth, of a Japanese keyboard
        ("one\u3000two", "one two"),  # its space
        ("one\u00a0two", "one two"),  # Option+Space of a Mac
        ("\ud55c\uae00", "\u1112\u1161\u11ab\u1100\u1173\u11af"),  # syllables, and their letters
    ],
)
def test_composed_and_decomposed_characters_are_one_password(typed: str, elsewhere: str) -> None:
    assert normal_password(typed) == normal_password(elsewhere)


def test_case_and_surrounding_spaces_are_kept() -> None:
    assert normal_password(" Pass Word ") == " Pass Word "


@given(st.text(max_size=50))
def test_normalizing_twice_changes_nothing(typed: str) -> None:
    assert normal_password(normal_password(typed)) == normal_password(typed)


@pytest.mark.parametrize(
    ("password", "may_be"),
    [
        ("p" * 12, True),
        ("p" * 11, False),
        ("e\u0301" * 11, False),  # eleven characters, whatever they are typed as
        ("e\u0301" * 12, True),
        ("\ufdfa" * 1_000, False),  # longer than may be, once normalized
        ("p" * (MAX_PASSWORD + 1), False),
        ("p" * 11 + "\ud800", False),
        (12 * ["p"], False),
    ],
)
def test_the_length_is_checked_after_normalization(password: object, may_be: bool) -> None:
    assert may_be_chosen(password) is may_be
