"""Grading schemes: what a course allows as a grade, and how typed grades are normalized."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum

from enrollment_portal.domain.catalog import messages
from enrollment_portal.domain.shared.typed_text import (
    half_width,
    is_empty,
    one_line,
    with_plain_digits,
    without_invisible,
)

GRADE_LENGTH = 32


class GradingScheme(StrEnum):
    """What a course allows as a grade; stored by value."""

    FREE = "free"
    PASS_FAIL = "pass_fail"  # noqa: S105
    LETTERS = "letters"
    PERCENT = "percent"
    POINTS = "points"

    @property
    def label(self) -> str:
        """The scheme as people choose it."""
        return {
            GradingScheme.FREE: "Free text",
            GradingScheme.PASS_FAIL: "Pass or fail",
            GradingScheme.LETTERS: "Letters",
            GradingScheme.PERCENT: "Percent",
            GradingScheme.POINTS: "Points",
        }[self]

    def hint(self, points: int | None = None) -> str:
        """Return the hint under the field: what may be typed."""
        return {
            GradingScheme.FREE: messages.HINT_FREE,
            GradingScheme.PASS_FAIL: messages.HINT_TWO_GRADES,
            GradingScheme.LETTERS: messages.HINT_LETTERS,
            GradingScheme.PERCENT: messages.HINT_PERCENT,
            GradingScheme.POINTS: messages.hint_points(points or _DEFAULT_POINTS),
        }[self]


_DEFAULT_POINTS = 100
_LETTERS = re.compile(r"([A-D])([+-]?)|F")
_NUMBER = re.compile(r"[0-9]{1,5}(?:[.,][0-9]{1,15})?")
_SHARE = re.compile(r"([0-9]+(?:[.,][0-9]+)?)( ?%)?")
_SCORE = re.compile(r"([0-9]+(?:[.,][0-9]+)?) ?/ ?([0-9]+)")
_FAILING = ("f", "fail", "failed")
# Characters that spreadsheets, phones and other keyboards write for "-", "%", "." and "/".
_SIGNS = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | {"\u066a": "%", "\u066b": ".", "\u2044": "/"})


PASS_PERCENT = 50
"""The pass mark of a course that has not been given another one, in percent."""


def has_pass_mark(scheme: str) -> bool:
    """Return whether a scheme has grades that are compared with the course's pass mark."""
    return scheme in (GradingScheme.FREE, GradingScheme.PERCENT, GradingScheme.POINTS)


def is_passing(grade: str | None, pass_percent: int = PASS_PERCENT) -> bool:
    """Return whether a grade passes a course.

    The grade's own notation decides, not the course's scheme, which may have changed since
    it was given: "Fail", "Failed" and "F" fail, "40%" and "17/20" are compared with the pass
    mark, and any other text passes. So does a number alone, which only free text keeps.

    Args:
        grade: as it is stored; "" or `None` does not pass.
        pass_percent: the course's pass mark, 0 to 100.
    """
    text = _plain(one_line(grade or ""))
    if is_empty(text) or text.casefold() in _FAILING:
        return False
    share = _SHARE.fullmatch(text)
    if share and share[2]:
        return _decimal(share[1]) >= pass_percent
    score = _SCORE.fullmatch(text)
    if score:
        return _decimal(score[1]) * 100 >= pass_percent * int(score[2])
    return True


def normalize_grade(typed: str, scheme: GradingScheme, points: int | None = None) -> str | None:
    """Validate a grade and return it in the form that is stored.

    Args:
        typed: what the person typed.
        scheme: the course's grading scheme.
        points: the highest number of points, for `GradingScheme.POINTS`.

    Returns:
        The grade ("85%", "B+", "Pass", "17/20"), or `None` if nothing was typed.

    Raises:
        ValueError: the scheme does not allow it; the message says what it does allow.
    """
    if is_empty(typed):
        return None
    text = one_line(typed)
    plain = _plain(text)
    if len(text) > GRADE_LENGTH:
        raise ValueError(messages.grade_too_long(len(text), limit=GRADE_LENGTH))
    match scheme:
        case GradingScheme.FREE:
            share = _SHARE.fullmatch(plain)
            return f"{share[1]}{'%' if share[2] else ''}" if share else text
        case GradingScheme.PASS_FAIL:
            for word in ("Pass", "Fail"):
                if plain.casefold() in (word.casefold(), f"{word.casefold()}ed"):
                    return word
            raise ValueError(messages.TWO_GRADES)
        case GradingScheme.LETTERS:
            letter = plain.upper().replace(" ", "")
            if _LETTERS.fullmatch(letter):
                return letter
            raise ValueError(messages.LETTERS)
        case GradingScheme.PERCENT:
            number = plain.removesuffix("%").rstrip()
            return f"{_number(number, 100, messages.PERCENT)}%"
        case GradingScheme.POINTS:
            top = points or _DEFAULT_POINTS
            number = re.sub(rf"\s*(?:/|of)\s*{top}$", "", plain)
            return f"{_number(number, top, messages.points(top))}/{top}"


def _plain(text: str) -> str:
    """Return a grade with digits and signs of any script and width as plain ASCII."""
    if text.isascii():
        return text
    text = with_plain_digits(half_width(without_invisible(text))).translate(_SIGNS)
    return " ".join(text.split())


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def _number(text: str, top: int, refusal: str) -> str:
    if _NUMBER.fullmatch(text):
        value = _decimal(text)
        if value <= top:
            return f"{value.normalize():f}"
    raise ValueError(refusal)
