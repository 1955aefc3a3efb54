"""What people read of changing many enrollments at once: refusals, results, states of a job."""

from __future__ import annotations

from collections.abc import Sequence

from enrollment_portal.domain.shared.wording import listed, plural, show_number

# The selection.

SELECT_ROWS = "Select at least one enrollment."
NOTHING_MATCHES = "No enrollment matches these filters any more."
PAST_DAY = "A past day cannot be changed. Show the ledger of today, then select."


def too_many_rows(n: int, *, limit: int) -> str:
    """Refuse a selection by its size."""
    return f"At most {show_number(limit)} enrollments at once; these are {show_number(n)}."


def too_many_chosen(n: int, *, limit: int) -> str:
    """Refuse a selection of single rows by its size."""
    return (
        f"At most {show_number(limit)} single rows at once; these are {show_number(n)}. Select all "
        "that match instead."
    )


# The form of an action.

CHOOSE_ACTION = "Choose what to change."
CHOOSE_DAY = "Enter a day."
NOT_A_DAY = "Enter a day such as 2026-10-02."
CHOOSE_UNIT = "Choose days, working days or a day of the week."
CHOOSE_GRADE = "Enter a grade, or remove the grades."
CHOOSE_FEEDBACK = "Enter the feedback, or remove it."
CHOOSE_NOTE = "Enter what to add to the internal notes."
CHOOSE_COURSE = "Choose the course or learning path to enroll in."
REASON_NEEDED = "Enter why they are cancelled."


def not_a_number_of_days(limit: int) -> str:
    """Refuse a number of days to move deadlines by."""
    return f"Enter a whole number from -{show_number(limit)} to {show_number(limit)}, but not 0."


def unknown_placeholders(names: Sequence[str], known: Sequence[str]) -> str:
    """Refuse a text with placeholders that nothing fills in."""
    fills = listed([f"{{{name}}}" for name in known])
    return f"Nothing fills in {listed([f'{{{name}}}' for name in names])}. Use {fills}."


# What becomes of one enrollment.

ALREADY_SO = "It is so already."
NO_DEADLINE = "It has no deadline to move."
NOT_OF_PATHS = "A learning path has neither a grade nor feedback."
NOT_YOURS = "You may not see it any more."
CHANGED_SINCE_PREVIEW = "It was changed after the preview."
CANNOT_BE_CANCELLED = "Only an active enrollment can be cancelled."
OTHER_REASONS = "Other reasons"
ENROLLED_ABOVE = "The same learner is selected twice."

# The job.

STALE_PREVIEW = "This preview is out of date. Check the new one, then confirm."
PREVIEW_GONE = "This preview has expired. Make a new one."
NOTHING_TO_DO = "This would change nothing."
JOB_STARTED = "This has been started already."
LOST_RIGHT = "Stopped: whoever started it may not do this any more."
LOST_ACCOUNT = "Stopped: the account that started it was removed or suspended."
FAILED = "Stopped: it failed unexpectedly. What it had done until then is listed."
IS_OVER = "It has ended. Undo it instead."
STILL_RUNNING = "It is still running. Cancel it, or wait until it has ended."
UNDO_EXPIRED = "It is older than 30 days and can no longer be undone as a whole."


def undone_batch(title: str) -> str:
    """Name the undo of a batch in the register."""
    return f"Undo: {title}"


# The names of actions, in the register and in confirmations.

SET_STATUS, SET_DEADLINE, MOVE_DEADLINE = "Set status", "Set deadline", "Move deadline"
CLEAR_DEADLINE, SET_GRADE, SET_FEEDBACK = "Clear deadline", "Set grade", "Set feedback"
ADD_NOTE, CANCEL, REVERT = "Add to internal note", "Cancel", "Revert to tracked"
RETAKE, ENROLL, UNDO = "Enroll again", "Enroll in another course", "Undo"


def status_to(status: str) -> str:
    """Describe the action that sets a status."""
    return f"Set status to {status}"


def status_to_on(status: str, day: str) -> str:
    """Describe the action that sets a status with a day of completion."""
    return f"Set status to {status} on {day}"


def deadline_to(day: str) -> str:
    """Describe the action that sets a deadline."""
    return f"Set deadline to {day}"


def move_by_days(n: int) -> str:
    """Describe the action that moves deadlines by days."""
    text = plural(abs(n), one="Move deadline by {n} day", other="Move deadline by {n} days")
    return text if n > 0 else earlier(text)


def move_by_working_days(n: int) -> str:
    """Describe the action that moves deadlines by working days."""
    text = plural(
        abs(n), one="Move deadline by {n} working day", other="Move deadline by {n} working days"
    )
    return text if n > 0 else earlier(text)


def earlier(text: str) -> str:
    """Say that deadlines are moved to an earlier day."""
    return f"{text}, earlier"


def move_to_weekday(weekday: str) -> str:
    """Describe the action that moves deadlines to the next day of the week."""
    return f"Move deadline to the next {weekday}"


def grade_to(grade: str) -> str:
    """Describe the action that sets a grade."""
    return f"Set grade to {grade}"


CLEAR_GRADE, CLEAR_FEEDBACK = "Remove grade", "Remove feedback"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# The selection in the register.


def chosen_rows(n: int) -> str:
    """Describe a selection of single rows."""
    return plural(n, one="{n} selected enrollment", other="{n} selected enrollments")


def all_matching(n: int) -> str:
    """Describe a selection of all rows of a query."""
    return plural(n, one="All {n} matching", other="All {n} matching")
