"""Parse typed and pasted email addresses into the form that is stored and compared.

Domain names follow IDNA 2008 with the mapping of UTS 46, as browsers do (the package `idna`; the
codec of the standard library is IDNA 2003, which takes "faß" for "fass"). They are stored as people
read them, and written in ASCII only to a mail server.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import idna

from enrollment_portal.domain.shared import messages
from enrollment_portal.domain.shared.typed_text import (
    MAX_SENT_TEXT,
    clean_text,
    half_width,
    without_invisible,
)

EMAIL_LENGTH = 254
MAX_TYPED_EMAIL = 1_000
"""The longest text for one typed address, with a name before it."""
MAX_PASTED_EMAILS = 10_000

_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\.]+(\.[^\s@<>,;:\"()\[\]\\.]+)*")
_NAMED = re.compile(r"[^<>]*<([^<>]*)>[\s,;.]*")
_MAILTO = re.compile(r"mailto:([^?]*)(\?.*)?", re.IGNORECASE | re.DOTALL)
_BETWEEN_EMAILS = re.compile(r"[\s,;<>\"()\[\]]+")
_BETWEEN_JOINED = re.compile(r"[|/\u00b7\u2022]+")
"""Characters that may separate addresses, but can also be part of one."""
_NO_BREAKS_AT = re.compile("[\u00a0\u2007\u202f]*@[\u00a0\u2007\u202f]*")
_DOTS = re.compile(r"[.\u3002\uff61]")
_AROUND = " \t\r\n.,:;'\"<>()[]\u3002\uff61"
_ENCODED_WORD = "=?"
"""The start of an encoded word (RFC 2047), which mail programs would decode differently."""

# Quotes, brackets and separators of other keyboards and of word processors, once full-width forms
# are ASCII.
_PLAIN = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u02bb\u02bc\u2032\u00b4", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u300c\u300d\u300e\u300f", '"')
    | dict.fromkeys("\u2039\u3008\u300a\u27e8", "<")
    | dict.fromkeys("\u203a\u3009\u300b\u27e9", ">")
    | dict.fromkeys("\u3010\u3014", "[")
    | dict.fromkeys("\u3011\u3015", "]")
    | dict.fromkeys("\u3001\uff64\u060c\ufe10\ufe11\ufe50\ufe51", ",")
    | dict.fromkeys("\u061b\ufe14\ufe54\u037e", ";")
    | {"\ufe6b": "@"}
)


def read_email(typed: object) -> str:
    """Parse a typed email into the form that is stored and compared.

    Lower case, composed (NFC), without invisible characters, quotes or punctuation around it, and
    with its domain as shown to people: "MÜLLER.example" and "xn--mller-kva.example" are the same.
    A name may come before it, as in "Ada Byron <ada@example.org>", or "mailto:".

    Raises:
        ValueError: it is not an email; the message shows an example.
    """
    text = _plain(clean_text(typed, MAX_TYPED_EMAIL, required=True))
    if named := _NAMED.fullmatch(text):
        text = named[1]
    return _one(text)


def read_emails(typed: object) -> tuple[list[str], list[str]]:
    """Parse a pasted list into its emails, and the parts that are not emails.

    They may be in lines or columns, between commas, semicolons or bars, and with names beside
    them: "Ada Byron <ada@example.org>, bo@example.org". Words without an @ are taken for such
    names.

    Returns:
        The distinct emails in stored form, and the distinct parts with an @ that are not emails,
        both in the order of the list.

    Raises:
        ValueError: a sentence: no text, too long, or more than 10,000 emails.
    """
    text = _plain(clean_text(typed, MAX_SENT_TEXT))
    emails: dict[str, None] = {}
    others: dict[str, None] = {}
    for part in _parts(text):
        try:
            emails[_one(part)] = None
        except ValueError:
            others[part.strip(_AROUND)[:EMAIL_LENGTH]] = None
    if len(emails) > MAX_PASTED_EMAILS:
        raise ValueError(messages.too_many_emails(len(emails), limit=MAX_PASTED_EMAILS))
    return list(emails), list(others)


def _parts(text: str) -> Iterator[str]:
    """Yield the parts of a list that contain an @."""
    for part in _BETWEEN_EMAILS.split(text):
        several = part.count("@") > 1
        for one in _BETWEEN_JOINED.split(part) if several else (part,):
            if "@" in one:
                yield one


def ascii_email(email: str) -> str:
    """Return a stored email with its domain in ASCII, for mail servers."""
    local, _, domain = email.rpartition("@")
    try:
        return f"{local}@{'.'.join(_ascii_label(label) for label in domain.split('.'))}"
    except idna.IDNAError:
        return email


def _plain(text: str) -> str:
    if text.isascii():
        return text
    plain = without_invisible(half_width(text)).translate(_PLAIN)
    # Invisible characters copied from a page are removed; they do not end an address.
    return _NO_BREAKS_AT.sub("@", plain)


def _one(text: str) -> str:
    """Return the stored form of one email in plain characters."""
    text = text.strip(_AROUND)
    if mailto := _MAILTO.fullmatch(text):
        text = mailto[1].strip(_AROUND)
    local, _, domain = unicodedata.normalize("NFC", text.lower()).rpartition("@")
    email = f"{local}@{'.'.join(_readable_label(label) for label in _DOTS.split(domain))}"
    if len(email) > EMAIL_LENGTH:
        raise ValueError(messages.email_too_long(len(email), limit=EMAIL_LENGTH))
    if not _EMAIL.fullmatch(email) or not email.isprintable() or _ENCODED_WORD in email:
        raise ValueError(messages.NOT_AN_EMAIL)
    return email


def _readable_label(label: str) -> str:
    """Return a part of a domain as shown to people; one that IDNA does not know stays."""
    if label.isascii() and not label.startswith("xn--"):
        return label
    try:
        return unicodedata.normalize("NFC", idna.decode(idna.encode(label, uts46=True)))
    except idna.IDNAError:
        return label


def _ascii_label(label: str) -> str:
    return label if label.isascii() else idna.encode(label, uts46=True).decode()
