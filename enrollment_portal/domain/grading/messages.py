"""What instructors read of grading: refusals, conflicts and confirmations.

What is read while a cell is edited is in the browser: `components/grading/messages.js`.
"""

from __future__ import annotations

from enrollment_portal.domain.shared.wording import PageTexts, plural, show_number

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
    return f"Paste 1 to {limit} rows at once; these are {show_number(n)}."


def too_wide(n: int, columns: str) -> str:
    """Refuse a paste of more columns than there are to the right."""
    return f"You pasted {n} columns, but there are only these from here on: {columns}."


def row_of(number: int, start: str) -> str:
    """Name a pasted row to which no learner belongs."""
    return f"Row {number}: {start}"


def rows_refused(n: int) -> str:
    """Tell how many pasted rows will not be written."""
    return plural(
        n,
        one="{n} row is refused and will not be written.",
        other="{n} rows are refused and will not be written.",
    )


def changed_by(by: str) -> str:
    """Warn of a row that was changed since the paste was read; `by` also says when."""
    return f"Changed meanwhile by {by}. Choose the row to overwrite it."


def grade(n: int) -> str:
    """Ask to confirm a paste."""
    return plural(n, one="Grade {n} learner", other="Grade {n} learners")


def graded(n: int) -> str:
    """Confirm a paste."""
    return plural(n, one="{n} learner graded.", other="{n} learners graded.")


# Who needs attention in the courses that somebody teaches.

NOBODY_AWAITS = "Nobody awaits a grade"
LEARNERS = PageTexts(
    one="{first}–{last} of {n} learner",
    other="{first}–{last} of {n} learners",
    none="No learners",
    no_match="No learners match",
)


def await_a_grade(n: int) -> str:
    """Count who awaits a grade in all courses."""
    return plural(n, one="{n} learner awaits a grade", other="{n} learners await a grade")


def graded_lessons(n: int) -> str:
    """Describe a course that is completed with a grade."""
    return plural(
        n,
        one="{n} lesson, graded before it is completed",
        other="{n} lessons, graded before it is completed",
    )


def awaiting_in(count: str, course: str) -> str:
    """Name the link to who awaits a grade in a course."""
    return f"{count} awaiting grade in {course}"


def overdue_in(count: str, course: str) -> str:
    """Name the link to who is overdue in a course."""
    return f"{count} overdue in {course}"


def stuck_in(count: str, course: str) -> str:
    """Name the link to who is stuck in a course."""
    return f"{count} stuck in {course}"


def active_in(count: str, course: str) -> str:
    """Name the link to who is active in a course."""
    return f"{count} active in {course}"


def completed_in(count: str, course: str) -> str:
    """Name the link to who has completed a course."""
    return f"{count} completed in {course}"


# The preview of a paste.

FIELD_IS = "{field}: {value}"
FIELD_IS_SAME = "{field}: {value} (as it is)"
FIELD_BECOMES = "{field}: {before} becomes {after}"


def grade_named(name: str) -> str:
    """Name the box that chooses a row to grade."""
    return f"Grade {name}"
