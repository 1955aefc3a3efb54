"""What instructors read of grading: refusals, conflicts and confirmations.

What is read while a cell is edited is in the browser: `components/grading/messages.js`.
"""

from __future__ import annotations

from enrollment_portal.domain.shared.wording import counted

CHANGED_MEANWHILE = "Some of these were changed meanwhile. Nothing was written: check them again."
SOME_REFUSED = "Some rows are refused now. Nothing was written."
TOO_MUCH = "This is too much to paste at once. Paste fewer rows."
PAGE_ENDS = "The page ends before this row. Go to the next page and paste the rest there."
PASTE_HEADING = "Paste grades"
NOT_WRITTEN_YET = "Nothing is written before you confirm. Blank cells keep their values."
BLANK = "Blank: keeps its value."
NO_CHANGES = "No changes were needed."
NOTHING_TO_GRADE = "Nothing to grade"
CANCEL = "Cancel"
READ_ONLY = "Your own: read-only"
UNSAVED_HEADING = "Unsaved grades"
UNSAVED = "Some of what you typed is not saved. The cells say why."


def too_many_rows(limit: int) -> str:
    """Refuse to write none, or too many at once."""
    return f"You can grade 1 to {limit} rows at once."


def too_many_pasted(n: int, *, limit: int) -> str:
    """Refuse a paste of none, or too many at once."""
    return f"Paste 1 to {limit} rows at once; these are {n:,}."


def too_wide(n: int, columns: str) -> str:
    """Refuse a paste of more columns than there are to the right."""
    return f"You pasted {n} columns, but there are only these from here on: {columns}."


def row_of(number: int, start: str) -> str:
    """Name a pasted row to which no learner belongs."""
    return f"Row {number}: {start}"


def rows_refused(n: int) -> str:
    """Tell how many pasted rows will not be written."""
    if n == 1:
        return "1 row is refused and will not be written."
    return f"{n:,} rows are refused and will not be written."


def changed_by(by: str) -> str:
    """Warn of a row that was changed since the paste was read; `by` also says when."""
    return f"Changed meanwhile by {by}. Choose the row to overwrite it."


def grade(n: int) -> str:
    """Ask to confirm a paste."""
    return f"Grade {counted(n, 'learner')}"


def graded(n: int) -> str:
    """Confirm a paste."""
    return f"{counted(n, 'learner')} graded."
