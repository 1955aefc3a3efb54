"""Test reading the portal's cookies from any header."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment_portal.services.access import cookies

TOKEN = "aZ09_-" * 7 + "x"

GARBAGE = [
    "",
    ";",
    "=",
    ";;=;=;",
    "portal_session",
    "portal_session=",
    "portal_notice=",
    "portal_notice=%",
    "portal_notice=%7B",
    "portal_notice=null",
    "portal_notice=%5B%5D",
    "portal_notice=%7B%22message%22%3A1%2C%22email%22%3A%22%22%7D",
    "portal_notice=%ff%fe",
    "portal_notice=" + "%5B" * 100_000,
    "portal_notice=" + "1" * 5000,
    "portal_zone=%00",
    "portal_zone=" + "A" * 65,
]


@pytest.mark.parametrize("header", GARBAGE)
def test_invalid_cookies_are_ignored(header: str) -> None:
    assert cookies.session_token(header) is None
    assert cookies.read_notice(header) == ("", "")
    assert cookies.time_zone(header) == ""


@given(st.text())
def test_no_text_raises_an_error(text: str) -> None:
    for header in (text, f"portal_session={text}", f"portal_notice={text}"):
        assert cookies.session_token(header) is None or len(text) >= 43
        assert all(isinstance(part, str) for part in cookies.read_notice(header))
    assert isinstance(cookies.time_zone(f"portal_zone={text}"), str)


class TestSessionToken:
    def test_is_found_among_other_cookies(self) -> None:
        assert cookies.session_token(f"theme=dark; portal_session={TOKEN}; a=b") == TOKEN

    def test_only_the_full_name_matches(self) -> None:
        assert cookies.session_token(f"xportal_session={TOKEN}; portal_session2={TOKEN}") is None

    @pytest.mark.parametrize("token", [TOKEN[1:], TOKEN + "x", TOKEN[1:] + "é", f'"{TOKEN}"'])
    def test_a_malformed_token_is_ignored(self, token: str) -> None:
        assert cookies.session_token(f"portal_session={token}") is None

    def test_a_valid_token_is_preferred_to_an_invalid_one(self) -> None:
        assert cookies.session_token(f"portal_session=x; portal_session={TOKEN}") == TOKEN


class TestNotice:
    @given(st.text(max_size=300), st.text(max_size=cookies.MAX_EMAIL))
    def test_a_written_notice_is_read_back(self, message: str, email: str) -> None:
        value = cookies.write_notice(message, email)
        assert cookies.read_notice(f"a=b; portal_notice={value}; c=d") == (message, email)

    def test_a_message_for_another_page_is_not_shown(self) -> None:
        header = "portal_notice=" + cookies.write_notice("Wrong.", "ada@x.example", "/login")
        assert cookies.read_notice(header, "/login") == ("Wrong.", "ada@x.example")
        assert cookies.read_notice(header, "/forgot") == ("", "ada@x.example")

    def test_contains_no_character_that_ends_a_cookie(self) -> None:
        value = cookies.write_notice('a;b,c d"\r\nSet-Cookie: x', "ä;@x")
        assert value.isascii()
        assert not set(value) & set(';, "\r\n\\')

    def test_the_longest_fits_into_a_cookie(self) -> None:
        assert len(cookies.write_notice("m" * 300, "\U0001f600" * 400)) < 4000

    def test_a_forged_notice_is_truncated(self) -> None:
        forged = quote(f'{{"message":"{"m" * 900}","email":"{"e" * 900}"}}')
        message, email = cookies.read_notice(f"portal_notice={forged}")
        assert (len(message), len(email)) == (300, 254)

    def test_a_lone_surrogate_does_not_break_it(self) -> None:
        assert cookies.read_notice("portal_notice=" + cookies.write_notice("m", "\ud800")) == (
            "m",
            "?",
        )
        forged = quote('{"message":"a\\ud83d","email":"\\udc00"}')
        assert cookies.read_notice(f"portal_notice={forged}") == ("a�", "�")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Europe/Stockholm", "Europe/Stockholm"),
        ("Europe%2FStockholm", "Europe/Stockholm"),
        ("Etc/GMT+5", "Etc/GMT+5"),
        ("<script>", ""),
    ],
)
def test_time_zone_is_read_plain_or_encoded(written: str, read: str) -> None:
    assert cookies.time_zone(f"x=y; portal_zone={written}") == read
