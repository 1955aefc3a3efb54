"""Validate and clean typed text before it is stored."""

from __future__ import annotations

import re
import unicodedata

from enrollment_portal.domain.shared import messages

INVISIBLE = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    r"\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Invisible characters that are not spaces, as a character class of a regular expression.

Unicode's Default_Ignorable_Code_Point (zero-width spaces and joiners, byte order mark, direction
marks, soft hyphen, variation selectors, fillers), interlinear marks, the blank Braille pattern and
the musical null notehead.
"""

MAX_SENT_TEXT = 900_000
"""The longest text that a page may send at once, as JSON: it fits into one WebSocket frame."""

_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_VISIBLE = re.compile(rf"[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff{INVISIBLE}]")
# Left over from copying at the ends of a line. Joiners and selectors may belong to the text.
_LEFT_BY_COPYING = " \u200b\u2060\ufeff"
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def is_empty(text: str) -> bool:
    """Return whether a text is empty, or has only blanks and invisible characters."""
    return _VISIBLE.search(text) is None


def without_invisible(text: str) -> str:
    """Return a text without its invisible characters; spaces and line ends stay."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def half_width(text: str) -> str:
    """Return a text with full-width letters, digits and signs as ASCII has them."""
    return text if text.isascii() else text.translate(_HALF_WIDTH)


def with_plain_digits(text: str) -> str:
    """Return a text with the decimal digits of every script as 0 to 9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c, c)) for c in text)


def one_line(text: str) -> str:
    """Return a text on one line: single spaces, nothing left over from copying around it."""
    return " ".join(text.split()).strip(_LEFT_BY_COPYING)


def trimmed(text: str) -> str:
    """Return a text without blanks and line ends around it; "" if it is invisible."""
    return "" if is_empty(text) else text.strip()


def clean_text(raw: object, limit: int, *, required: bool = False, is_line: bool = False) -> str:
    """Validate typed text, and return it without surrounding spaces and with plain line ends.

    Invisible text becomes "".

    Args:
        raw: what the browser sent, of any type.
        limit: how many characters it may have.
        required: whether it may be empty.
        is_line: whether line breaks and runs of spaces become one space.

    Raises:
        ValueError: a sentence that says what is wrong and what to do.
    """
    if not isinstance(raw, str):
        raise ValueError(messages.NOT_TEXT)
    refuse_unstorable(raw)
    text = trimmed(one_line(raw) if is_line else raw.replace("\r\n", "\n"))
    if required and not text:
        raise ValueError(messages.REQUIRED)
    if len(text) > limit:
        raise ValueError(messages.too_long(len(text), limit=limit))
    return text


def refuse_unstorable(text: str) -> None:
    """Raise for characters that a database does not store: NUL, and halves of characters.

    Raises:
        ValueError: the message to show next to the field.
    """
    if "\x00" in text or text.encode("utf-8", "ignore").decode() != text:
        raise ValueError(messages.UNSTORABLE)


def valid_text(text: str) -> str:
    """Return text that can be encoded: lone surrogates become U+FFFD.

    JSON can contain lone surrogates as escapes; no database stores and no socket sends them.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def read_number(raw: object, lowest: int, highest: int) -> int:
    """Validate a typed whole number, with the digits of any script.

    Raises:
        ValueError: a sentence that says which numbers are valid.
    """
    typed = with_plain_digits(half_width(clean_text(raw, 200, is_line=True)))
    if typed.isascii() and typed.isdecimal() and len(typed) <= 9:
        number = int(typed)
        if lowest <= number <= highest:
            return number
    raise ValueError(messages.whole_number(lowest, highest))
