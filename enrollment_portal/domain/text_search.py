"""How names and emails are compared: folded to plain letters, searched by parts of words.

A learner's search text holds each word behind two spaces, so that a trigram index answers
beginnings of words (`"  a"`, `" an"`) as well as any part of three letters or more.
"""

from __future__ import annotations

import unicodedata

MAX_SEARCH_LENGTH = 200
_MAX_TERMS = 8

_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ħ": "h"}
)

# Scripts written without spaces between words: each character begins a word of its own.
_UNSPACED = (
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3400, 0x4DBF),  # CJK Extension A
    (0x4E00, 0x9FFF),  # CJK Unified Ideographs
    (0xF900, 0xFAFF),  # CJK Compatibility Ideographs
    (0x20000, 0x3134F),  # CJK Extensions B to G
)


def fold(text: str) -> str:
    """Return the text without case, accents and compatibility forms; `fold(fold(x)) == fold(x)`.

    İ, I, ı and i become i; ß becomes ss; é becomes e; Cyrillic й becomes и.
    """
    # Decomposing can bring out capitals (𝐀 → A) and folding can bring out marks (İ → i̇).
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_PLAIN)
    return plain if plain == text else fold(plain)


def _is_unspaced(character: str) -> bool:
    code = ord(character)
    return any(low <= code <= high for low, high in _UNSPACED)


def search_text(name: str, email: str | None) -> str:
    """Return what a learner is found by: every word of name and email behind two spaces."""
    words: list[str] = []
    for word in fold(f"{name} {email or ''}").split():
        words.append(word)
        words.extend(
            word[i:] for i in range(1, len(word)) if _is_unspaced(word[i]) and len(word) <= 40
        )
    return "".join(f"  {word}" for word in words)


def sort_text(text: str) -> str:
    """Return the text in the form that orders names and titles alphabetically, by code point."""
    return " ".join(fold(text).split())


def search_terms(typed: str) -> tuple[str, ...] | None:
    """Split what was typed into the parts that must all occur in a search text.

    Returns:
        The distinct parts, longest first, none where nothing was typed; `None` where nothing can
        match (names and emails never hold a NUL character, so a search for one finds nobody).
    """
    if "\x00" in typed:
        return None
    # A half of a character, which no database takes, is no part of what is searched for.
    typed = typed[:MAX_SEARCH_LENGTH].encode("utf-8", "ignore").decode()
    words = dict.fromkeys(fold(typed).split())
    parts = {
        word if len(word) >= 3 else ("  " + word)[-3:] if len(word) == 1 else " " + word
        for word in words
    }
    # A part that stands inside another one asks nothing more.
    needed = [p for p in parts if not any(p != other and p in other for other in parts)]
    return tuple(sorted(needed, key=lambda p: (-len(p), p))[:_MAX_TERMS])
