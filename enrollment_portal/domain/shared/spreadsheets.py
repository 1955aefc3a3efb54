"""Escape cells of CSV files against formula injection in spreadsheets."""

from __future__ import annotations

import re

from enrollment_portal.domain.shared.typed_text import INVISIBLE

# At the start of a cell, after blanks and invisible characters (a spreadsheet may drop them), and
# after each separator that a spreadsheet of another country may split lines by.
_NOTHING = rf"\s\x00-\x1f\x7f-\x9f{INVISIBLE}"
_STARTS_FORMULA = re.compile(
    rf"(?:^|(?<=[,;\t\r\n]))(?=[{_NOTHING}]*[=+\-@＝＋－＠−﹢﹣﹦﹫\t\r\n\0])"
)
_LETTERS_THAT_SHOW_NOTHING = "\u115f\u1160\u3164\uffa0"


def defused(text: str) -> str:
    """Escape a text so that no spreadsheet treats it as a formula.

    As OWASP describes it under "CSV Injection"
    (https://owasp.org/www-community/attacks/CSV_Injection): where a cell would begin with =, +,
    -, @, their full-width forms, a tab or a line break, a single quote goes before it. Quoting
    the cell, and doubling the quotes in it, is left to the caller.
    """
    # A quick check first: nearly all of a million texts are harmless.
    if (
        text[:1].isalnum()
        and text[0] not in _LETTERS_THAT_SHOW_NOTHING
        and "," not in text
        and ";" not in text
        and text.isprintable()
    ):
        return text
    return _STARTS_FORMULA.sub("'", text)
