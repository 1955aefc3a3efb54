"""Test finding web addresses in text."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from enrollment_portal.domain.access.links import TextPart, with_links

_WEB_PAGE = re.compile(r"https?://[^\s<>\"\\@/]+([/?#][^\s<>\"\\]*)?", re.IGNORECASE)
PIECES = st.lists(
    st.sampled_from(
        [
            *("https://", "http://", "HTTPS://", "javascript:", "data:", "//", "x.example", "/a"),
            *("?b=1&c", "#d", "(", ")", "[", "]", ".", ",", "!", "@", ":", "\\", "<b>", '"', "'"),
            *(" ", "\n", "\u200b", "\ud800", "\x00", "é", "李", "。", "alert(1)", ":8000"),
        ]
    ),
    max_size=10,
).map("".join)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("See https://x.example/a.", "https://x.example/a"),
        ("See (https://x.example/a)!", "https://x.example/a"),
        ("https://x.example/Rope_(climbing)", "https://x.example/Rope_(climbing)"),
        ("[https://x.example]", "https://x.example"),
        ("<https://x.example/a?b=1&c=d#e>,", "https://x.example/a?b=1&c=d#e"),
        ("“HTTP://X.example:8000/”", "HTTP://X.example:8000/"),
        ("见https：https://x.example/李。", "https://x.example/李"),
        ("https://x.example/a\u200bb", "https://x.example/a"),
        ("a\nhttps://[::1]/a\nb", "https://[::1]/a"),
    ],
)
def test_an_address_becomes_a_link_without_surrounding_punctuation(text: str, address: str) -> None:
    parts = with_links(text)
    assert [part.href for part in parts if part.href] == [address]
    assert "".join(part.text for part in parts) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x.example",
        "www.x.example",
        "javascript:alert(1)",
        "javascript://x.example/%0aalert(1)",
        "javascript:https://",
        "data:text/html,<script>",
        "ftp://x.example",
        "file:///etc/passwd",
        "https://",
        "http://.",
        "https:///a",
        "https://good.example@evil.example/",
        "https://good.example\\@evil.example/"[:8],
        "https://[::1",
        "https://x.example:99999999/",
        "xhttps://x.example",
        '<a href="x">x</a>',
    ],
)
def test_other_text_is_not_a_link(text: str) -> None:
    assert with_links(text) == ([TextPart(text)] if text else [])


def test_each_of_several_addresses_is_a_link() -> None:
    assert with_links("a https://x.example, http://y.example b") == [
        TextPart("a "),
        TextPart("https://x.example", "https://x.example"),
        TextPart(", "),
        TextPart("http://y.example", "http://y.example"),
        TextPart(" b"),
    ]


@given(PIECES | st.text())
@example("https://good.example\\@evil.example/")
def test_the_parts_make_up_the_text_and_link_to_web_pages_only(text: str) -> None:
    parts = with_links(text)
    assert "".join(part.text for part in parts) == text
    assert all(part.text for part in parts)
    for part in parts:
        assert part.href in ("", part.text)
        assert not part.href or _WEB_PAGE.fullmatch(part.href)


@given(PIECES)
def test_a_found_link_is_also_found_alone(text: str) -> None:
    for part in with_links(text):
        if part.href:
            assert with_links(part.href) == [part]
