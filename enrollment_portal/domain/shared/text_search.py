"""Normalize names, emails and titles for search and for sorting.

The search text of a record has each word after two spaces, so that a trigram
index answers beginnings of words (`"  a"`, `" an"`) as well as any part of three letters or more.
Letters that are also written with two (ü as ue) are in it in each spelling; what is typed is only
folded, so that a search stays one condition for each of its words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from enrollment_portal.domain.shared.emails import ascii_email
from enrollment_portal.domain.shared.typed_text import INVISIBLE, is_empty, with_plain_digits

MAX_SEARCH_LENGTH = 200
_MAX_TERMS = 8
_LONGEST_UNSPACED = 40

_PLAIN = {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"} | {
    "ħ": "h"
}
# Apostrophes are written differently, or left out: O'Brien, O’Brien, Oʻbrien, O´Brien, OBrien.
_APOSTROPHES = "'`\u00b4\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u2032\u055a\u05f3"
_DASHES = "\u2212\u2043\u02d7"  # these, and every character of Unicode's category Pd, are "-"

# How letters are written where a keyboard lacks them: DIN 5007-2 and CLDR's de-ASCII (ä, ö, ü), and
# ICAO Doc 9303-3, section 6, for passports (å as AA, ø as OE, æ as AE, œ as OE, ß as SS).
_SPELLED_OUT = (
    (re.compile("([aou])\u0308"), r"\1e"),
    (re.compile("a\u030a"), "aa"),
    (re.compile("ø"), "oe"),
)
_TWO_LETTERS = re.compile("([aou])e|aa")

_BETWEEN_WORDS = re.compile(r"[\s,;<>()\[\]{}\"“”„«»‹›「」『』【】《》〈〉、。،؛؟]+")
_BEFORE_WORDS, _AFTER_WORDS = ":!?…·", "-.:!?…·"

# Scripts written without spaces between words: each character begins a word of its own. Of Korean
# syllables, which are compared by their letters so that one is found while it is still being
# typed, each first consonant does.
_UNSPACED = (
    (0x1100, 0x115E),  # Hangul Jamo, the consonants that begin a syllable
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3400, 0x4DBF),  # CJK Extension A
    (0x4E00, 0x9FFF),  # CJK Unified Ideographs
    (0xA960, 0xA97C),  # Hangul Jamo Extended-A
    (0xF900, 0xFAFF),  # CJK Compatibility Ideographs
    (0x20000, 0x3134F),  # CJK Extensions B to G
)


_IS_INVISIBLE = re.compile(rf"[\ud800-\udfff{INVISIBLE}]")


class _Folding(dict[int, str]):
    """A translation table for decomposed characters, filled when a character first occurs."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if (
            unicodedata.combining(character)
            or character in _APOSTROPHES
            or _IS_INVISIBLE.match(character)
        ):
            plain = ""
        elif unicodedata.category(character) == "Pd" or character in _DASHES:
            plain = "-"
        elif 0x30A1 <= code <= 0x30F6 or 0x30FD <= code <= 0x30FE:
            plain = chr(code - 0x60)  # Katakana as Hiragana
        else:
            plain = _PLAIN.get(character) or with_plain_digits(character)
        self[code] = plain
        return plain


_FOLDING = _Folding()
_UNDECOMPOSED = {ord("\u00b4"): None}  # decomposes into a space and an accent


def _decomposed(text: str) -> str:
    """Return a text in lower case, decomposed into base characters and marks (NFKD)."""
    # Decomposing can bring out capitals (𝐀 → A) and folding can bring out marks (İ → i̇).
    decomposed = unicodedata.normalize("NFKD", text.translate(_UNDECOMPOSED)).casefold()
    return unicodedata.normalize("NFKD", decomposed)


def fold(text: str) -> str:
    """Return the text without case, accents and compatibility forms; `fold(fold(x)) == fold(x)`.

    İ, I, ı and i become i; ß becomes ss; é becomes e; Cyrillic й becomes и; Katakana becomes
    Hiragana; digits of any script become 0 to 9; every dash becomes a hyphen. Apostrophes and
    invisible characters are dropped.
    """
    if text.isascii():
        return text.lower().translate(_FOLDING)
    plain = _decomposed(text).translate(_FOLDING)
    return plain if plain == text else fold(plain)


def _is_unspaced(character: str) -> bool:
    code = ord(character)
    return any(low <= code <= high for low, high in _UNSPACED)


def _words(folded: str) -> list[str]:
    """Split a folded text into words without surrounding punctuation."""
    parts = (part.lstrip(_BEFORE_WORDS) for part in _BETWEEN_WORDS.split(folded))
    # A word of punctuation only is kept as it is.
    return [part.rstrip(_AFTER_WORDS) for part in parts if part.strip(_AFTER_WORDS)] or (
        folded.split()
    )


def _with_single_letters(word: str) -> str:
    """Return a folded word with one letter where two may stand for one: mueller as muller.

    Of an email only what is before the @ may change, and is returned where it does.
    """
    local, at, _ = word.partition("@")
    single = _TWO_LETTERS.sub(lambda two: two[1] or "a", local)
    return word if at and single == local else single


def _spelled_out(text: str) -> str:
    """Return a text with two letters where it has one that is also written so: müller, mueller."""
    text = _decomposed(text)
    for letter, two in _SPELLED_OUT:
        text = letter.sub(two, text)
    return text


def search_text(name: str, email: str | None = None) -> str:
    """Return the search text of a person or a title: every word after two spaces.

    Args:
        name: of a person; or a title.
        email: of a person.
    """
    return "".join(_search_part(part) for part in f"{name} {email or ''}".split())


@lru_cache(maxsize=10_000)
def _search_part(part: str) -> str:
    """Return the search text of a part between spaces; cached, as names share many parts."""
    words = _words(fold(part))
    if not part.isascii():
        words += _words(fold(_spelled_out(part)))
        if "@" in part:
            words.append(fold(ascii_email(part)))
    found: dict[str, None] = {}
    for word in words:
        found[word] = None
        if "e" in word or "aa" in word:
            found[_with_single_letters(word)] = None
        if not word.isascii() and len(word) <= _LONGEST_UNSPACED:
            found |= {word[i:]: None for i in range(1, len(word)) if _is_unspaced(word[i])}
    return "".join(f"  {word}" for word in found)


def sort_text(text: str) -> str:
    """Return the text in the form that orders names and titles alphabetically, by code point."""
    return " ".join(fold(text).split())


def search_terms(typed: str) -> tuple[str, ...] | None:
    """Split a typed search into terms, which must all occur in a search text.

    Returns:
        The distinct terms, longest first, none if nothing was typed; `None` if nothing can
        match (names and emails never hold a NUL character, so a search for one finds nobody).
    """
    if "\x00" in typed:
        return None
    words = dict.fromkeys(_words(fold(typed[:MAX_SEARCH_LENGTH])))
    if not words:
        return () if is_empty(typed) else None
    parts = {
        word if len(word) >= 3 else ("  " + word)[-3:] if len(word) == 1 else " " + word
        for word in words
    }
    # A term that is contained in another one adds nothing.
    needed = [p for p in parts if not any(p != other and p in other for other in parts)]
    return tuple(sorted(needed, key=lambda p: (-len(p), p))[:_MAX_TERMS])


def finds_titles(terms: tuple[str, ...]) -> bool:
    """Return whether a search of people also searches titles: not for one or two letters.

    Very many titles have a word that begins so, and people are found by as little.
    """
    return any(len(term.strip()) >= 3 for term in terms)
