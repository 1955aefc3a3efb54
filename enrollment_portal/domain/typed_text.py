"""Text that people type, made ready to be stored; what cannot be is refused with a sentence."""

from __future__ import annotations


def clean_text(raw: object, limit: int, *, required: bool = False, is_line: bool = False) -> str:
    """Return typed text as it is stored: without spaces around, with plain line ends.

    Args:
        raw: what arrived, which may be anything.
        limit: how many characters it may have.
        required: whether it may be empty.
        is_line: whether line breaks and runs of spaces become one space.

    Raises:
        ValueError: a sentence that says what is wrong and what to do.
    """
    if not isinstance(raw, str):
        raise ValueError("This is not text. Type it again.")
    refuse_unstorable(raw)
    text = " ".join(raw.split()) if is_line else raw.replace("\r\n", "\n").strip()
    if required and not text:
        raise ValueError("Fill this in.")
    if len(text) > limit:
        raise ValueError(f"At most {limit:,} characters; this has {len(text):,}.")
    return text


def refuse_unstorable(text: str) -> None:
    """Raise for characters that a database does not store: NUL, and halves of characters.

    Raises:
        ValueError: the sentence that stands beside the field.
    """
    if "\x00" in text or text.encode("utf-8", "ignore").decode() != text:
        raise ValueError("This holds a character that cannot be stored. Remove it.")


def valid_text(text: str) -> str:
    """Return text that can be encoded: a lone half of a character becomes U+FFFD.

    JSON can carry such halves as escapes; no database takes them and no socket sends them.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
