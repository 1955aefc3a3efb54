"""Test parsing typed and pasted emails into one stored form."""

from __future__ import annotations

import unicodedata
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from enrollment_portal.domain.shared.emails import ascii_email, read_email, read_emails
from enrollment_portal.domain.shared.typed_text import is_empty

WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789_+-", min_size=1, max_size=12)
EMAILS = st.builds(lambda name, host: f"{name}@{host}.example", WORDS, WORDS)


@pytest.mark.parametrize(
    "typed",
    [
        " Ada@Example.ORG ",
        "\u200bada@\u2060example.org\ufeff",
        "\u202aada@example.org\u202c",
        "\u200eada@exam\u00adple.org\u200f",
        "“ada@example.org”",
        "‘ada@example.org’",
        "'ada@example.org'",
        "<ada@example.org>",
        "＜ada＠example．org＞",
        "Ada Byron <ada@example.org>",
        '"Byron, Ada" <ada@example.org>;',
        "Ada ＜ada@example.org＞，",
        "「ada@example.org」、",
        "Ada\u200b Byron\u00a0<\u200bada@example.org\u200b>",
        "mailto:ada@example.org?subject=Hello",
        "MAILTO:Ada@example.org",
        "ada@example。org",
        "ada@example.org.",
        "ada@example.org,",
        "ada\u00a0@example.org",
        "ada@\u202fexample.org\u00a0",
        "Ada\u00a0Byron <ada\u00a0@\u00a0example.org>",
        "ａｄａ@ＥＸＡＭＰＬＥ.ｏｒｇ",
    ],
)
def test_an_email_is_read_however_it_was_copied(typed: str) -> None:
    assert read_email(typed) == "ada@example.org"
    assert read_emails(f"bo@example.org\n{typed}") == (["bo@example.org", "ada@example.org"], [])


@pytest.mark.parametrize(
    ("typed", "email"),
    [
        ("o’brien@example.org", "o'brien@example.org"),
        ("ada@MÜLLER.example", "ada@müller.example"),
        ("ada@xn--mller-kva.example", "ada@müller.example"),
        ("ada@XN--MLLER-KVA.EXAMPLE", "ada@müller.example"),
        ("ada@mu\u0308ller.example", "ada@müller.example"),
        ("Jose\u0301@example.org", "josé@example.org"),
        ("ada@faß.example", "ada@faß.example"),
        ("ada@例え。テスト", "ada@例え.テスト"),
        ("ada@xn--i-7iq.example", "ada@xn--i-7iq.example"),
        ("ada@localhost", "ada@localhost"),
        ("ada@a_b.müller.example", "ada@a_b.müller.example"),
    ],
)
def test_an_address_has_one_stored_form(typed: str, email: str) -> None:
    assert read_email(typed) == email
    assert read_email(email) == email


@pytest.mark.parametrize(
    ("email", "written"),
    [
        ("ada@example.org", "ada@example.org"),
        ("ada@müller.example", "ada@xn--mller-kva.example"),
        ("ada@faß.example", "ada@xn--fa-hia.example"),
        ("ada@♥.example", "ada@♥.example"),
        ("Portal <portal@example.org>", "Portal <portal@example.org>"),
    ],
)
def test_a_mail_server_gets_the_domain_in_ascii(email: str, written: str) -> None:
    assert ascii_email(email) == written


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ada",
        "@x.org",
        "ada@",
        "a b@x.org",
        "ada@x..org",
        "a@b@c.org",
        "ada@x.org\x00",
        "a<@x",
        7,
        "x" * 250 + "@x.org",
        "x" * 2_000,
        "ada@x.org,bo@x.org",
        "ada@x.org，bo@x.org",
        "Ada ada@x.org",
        "\ud800@x.org",
        "ada@x.org\x07",
        "\u200b\ufeff",
        "=?utf-8?q?=0a?=@x.org",
        "=?utf-8?q?ada?=@x.org",
        "＝？utf-8？q？ada？＝@x.org",
        "ada@=?utf-8?q?x?=.org",
    ],
)
def test_an_invalid_email_is_refused(typed: object) -> None:
    with pytest.raises(ValueError, match=r"\.$|org\.$"):
        read_email(typed)


@given(
    st.lists(EMAILS, max_size=20),
    st.sampled_from(
        [",", ";", "\n", " ", "\t", ",\r\n ", "; ", "；", "，", "、", "،", "؛", "\u3000"]
    ),
)
def test_pasted_emails_are_each_found_once_in_order(emails: list[str], between: str) -> None:
    found, others = read_emails(between.join(emails))
    assert found == list(dict.fromkeys(emails))
    assert others == []


@given(st.text(max_size=400) | st.text("a@.\u200b\ud800’＜＞<>;；xn--ü\u0308。", max_size=40))
def test_emails_from_any_pasted_text_can_be_stored(pasted: str) -> None:
    try:
        found, others = read_emails(pasted)
    except ValueError:
        return
    assert [read_email(email) for email in found] == found
    assert len(set(found)) == len(found)
    assert all(unicodedata.is_normalized("NFC", email) for email in found)
    assert all("@" in other for other in others)


@given(st.text("aZ9.-_+=?@[]()\\:;,<>\"'!#%&é李ß\u200b＠。", min_size=1, max_size=30))
@example("a@[")
@example("a@b:c")
@example("a\\@b")
@example("=?utf-8?q?=0a?=@x.org")
def test_every_accepted_email_can_be_sent_to(typed: str) -> None:
    try:
        email = read_email(typed)
    except ValueError:
        return
    assert not is_empty(email)
    message = EmailMessage()
    message["To"] = ascii_email(email)
    assert len(message["To"].addresses) == 1


def test_names_beside_pasted_emails_are_ignored() -> None:
    found, others = read_emails(
        'Ada Byron <Ada@Example.org>, "Bo, Jr." <bo@example.org>;\nmailto:cem@example.org.\n'
        "Dea\tdea@example.org\tSales\nwrong@\nada@example.org"
    )
    assert found == ["ada@example.org", "bo@example.org", "cem@example.org", "dea@example.org"]
    assert others == ["wrong@"]


@pytest.mark.parametrize("between", ["|", " | ", "/", "•", "·", "｜"])
def test_pasted_emails_are_found_between_other_characters(between: str) -> None:
    found, others = read_emails(between.join(["ada@x.org", "bo@x.org", "wrong@", "a|b@x.org"]))
    assert found[:2] == ["ada@x.org", "bo@x.org"]
    assert others == ["wrong@"]


def test_characters_allowed_in_an_email_are_kept() -> None:
    assert read_emails("a|b@x.org, r/d@x.org") == (["a|b@x.org", "r/d@x.org"], [])


def test_too_many_pasted_emails_are_refused() -> None:
    with pytest.raises(ValueError, match="At most 10,000"):
        read_emails("\n".join(f"p{n}@example.org" for n in range(10_001)))
