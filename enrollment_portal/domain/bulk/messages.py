"""What people read of changing many enrollments at once: refusals, results, states of a job."""

from __future__ import annotations

from collections.abc import Sequence

from enrollment_portal.domain.shared.wording import (
    PageTexts,
    listed,
    plural,
    show_number,
    with_commas,
)

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
CHOOSE_MESSAGE = "Enter the message."
CHOOSE_NOTE = "Enter what to add to the internal notes."
CHOOSE_INSTRUCTOR = "Choose an instructor, or the course’s instructors."
NO_INSTRUCTOR = "This person is no instructor any more. Choose another one."
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

ALREADY_SO = "It has this value already."
NO_DEADLINE = "It has no deadline to move."
NOT_OF_PATHS = "A learning path has neither a grade nor feedback."
NOT_YOURS = "You may not see it any more."
CHANGED_SINCE_PREVIEW = "It was changed after the preview."
CANNOT_BE_CANCELLED = "Only an active enrollment can be cancelled."
OTHER_REASONS = "Other reasons"
SENT_ABOVE = "The same learner gets this message already."
ENROLLED_ABOVE = "The same learner is selected twice."

# The job.

STALE_PREVIEW = "This preview is out of date. Check the new one, then confirm."
PREVIEW_CANCELLED = "The preview was cancelled."
PREVIEW_GONE = "This preview has expired. Make a new one."
NOTHING_TO_DO = "This would change nothing."
JOB_STARTED = "This has been started already."
LOST_RIGHT = "Stopped: whoever started it may not do this any more."
LOST_ACCOUNT = "Stopped: the account that started it was removed or suspended."
FAILED = "Stopped: it failed unexpectedly. What it had done until then is listed."
IS_OVER = "It has ended. Undo it instead."
STILL_RUNNING = "It is still running. Cancel it, or wait until it has ended."
UNDO_EXPIRED = "It is older than 30 days and can no longer be undone as a whole."


_UNDO, _REDO = "Undo: ", "Redo: "


def undone_batch(title: str) -> str:
    """Name the undo of a batch in the register; the undo of an undo is a redo, and so on."""
    for before, after in ((_UNDO, _REDO), (_REDO, _UNDO)):
        if title.startswith(before):
            return after + title.removeprefix(before)
    return _UNDO + title


# The names of actions, in the register and in confirmations.

SET_STATUS, SET_DEADLINE, MOVE_DEADLINE = "Set status", "Set deadline", "Move deadline"
CLEAR_DEADLINE, SET_GRADE, SET_FEEDBACK = "Clear deadline", "Set grade", "Set feedback"
MESSAGE_LEARNER = "Message the learner"
ADD_NOTE, CANCEL, REVERT = "Add to internal note", "Cancel", "Revert to tracked"
REASSIGN, UNASSIGN = "Reassign instructor", "Return to the course’s instructors"
RETAKE, ENROLL, UNDO = "Enroll again", "Enroll in another course", "Undo"


def assign_to(name: str) -> str:
    """Describe the action that assigns an instructor."""
    return f"Reassign to {name}"


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


# Selecting rows of the ledger.

SELECT_ROW = "Select {learner}, {course}"
SELECT_PAGE = "Select all rows of this page"
SELECTION = "Selection"
SELECTED_ONE, SELECTED_SEVERAL = "{n} selected", "{n} selected"
SELECTED_ALL = "All {n} matching are selected"
SELECTED_IN = "in {filter}"
SELECT_THIS_PAGE = "Select the page"
SELECT_MATCHING = "Select all {n} matching"
CLEAR_SELECTION = "Clear selection"
SELECTION_CLEARED = "The selection is cleared."
OTHER_ROWS = "The selection was cleared, as the ledger shows other rows now."
SELECT_AGAIN = "The ledger shows other rows now. Select again."
CLOSE = "Close"
CHANGE_SELECTED = "Change"

# Copying the selected rows.

COPY_SELECTED, COPY_HINT = "Copy", "Copy the selected rows as a table"
COPIED_ONE, COPIED_SEVERAL = "Copied {n} row", "Copied {n} rows"
CANNOT_COPY = "This page cannot copy in this browser. Export the rows as a file instead."
MAY_NOT_COPY = "Nothing was copied: the browser does not allow it."
NO_ANSWER_TO_COPY = "Nothing was copied: the server does not answer."
NOTHING_TO_COPY = "Nothing was copied: you no longer see the selected rows."


def too_many_to_copy(limit: int) -> str:
    """Refuse to copy a selection by its size."""
    return (
        f"At most {show_number(limit)} rows can be copied. Export all that match as a file instead."
    )


# The dialog of an action.

CHANGE_ONE, CHANGE_SEVERAL = "Change {n} enrollment", "Change {n} enrollments"
ACTION, STATUS, COMPLETION_DAY = "Action", "Status", "Completed on (today if empty)"
DEADLINE, NEW_DEADLINE = "Deadline", "Deadline (each course’s own if empty)"
MOVE_BY, MOVE_UNIT, MOVE_TO = "By how many", "Of what", "To the next"
MOVE_HINT = "A negative number moves to an earlier day."
DAYS, WORKING_DAYS, DAY_OF_WEEK = "days", "working days", "day of the week"
GRADE, REMOVE_GRADES = "Grade", "Remove the grades instead"
FEEDBACK, REMOVE_FEEDBACK = "Feedback", "Remove the feedback instead"
FEEDBACK_HINT = "{first name} and {course} are filled in for each."
NOTE, NOTE_HINT = "Add to the internal note", "It is added below what is there."
MESSAGE = "Message"
MESSAGE_HINT = (
    "It is shown under My learning, and sent by mail where that is set up. {first name} and "
    "{course} are filled in for each."
)
COURSE, FIND_COURSE = "Course or learning path", "Find a course or learning path"
CHOOSE = "Choose"
NO_COURSES = "No course is found."
CHOSEN = "Chosen: {name}"
INSTRUCTOR, FIND_INSTRUCTOR = "Instructor", "Find an instructor"
INSTRUCTOR_HINT = "Only enrollments in courses that they teach are reassigned."
NO_INSTRUCTORS = "No instructor is found."
UNASSIGN_INSTEAD = "Return to the course’s instructors instead"
AGAIN = "Enroll again who has completed it"
REASON, REASON_HINT = "Reason", "History shows it with each change."
PREVIEW, PREVIEWING = "Preview", "Making the preview"
APPLY_ONE, APPLY_SEVERAL = "Apply to {n}", "Apply to {n}"
STARTING = "Starting"
BACK, CANCEL_DIALOG = "Back", "Cancel"
PREVIEW_ROWS = "What would change"
MOVED_ROWS = "Changed since the earlier preview"
WHY_REFUSED = "Why some are refused"
DOWNLOAD_ALL = "Download all rows"
LEARNER_COURSE, RESULT = "Learner and course", "What happens"
NOTHING_CHOSEN = "Nothing can be applied: no row would change."
PREVIEW_MADE = "The preview is ready."
OUTCOMES = {
    "change": "Changes",
    "same": "Has this value already",
    "refused": "Refused",
    "moved": "Changed meanwhile",
}
FROM_EMPTY = "empty"


def counted_outcome(outcome: str, n: int) -> str:
    """Count the rows of a preview with one outcome."""
    match outcome:
        case "change":
            return plural(n, one="{n} changes", other="{n} change")
        case "same":
            return plural(n, one="{n} has this value already", other="{n} have this value already")
        case _:
            return plural(n, one="{n} is refused", other="{n} are refused")


def without_account(n: int) -> str:
    """Tell how many learners cannot sign in yet to read a message."""
    return plural(
        n,
        one="{n} learner has no account, and sees the message once invited.",
        other="{n} learners have no account, and see the message once invited.",
    )


def by_mail(n: int) -> str:
    """Tell how many messages are sent by mail, too."""
    return plural(n, one="{n} is sent by mail, too.", other="{n} are sent by mail, too.")


def mail_stays(n: int) -> str:
    """Tell how many mails an undo cannot take back."""
    return plural(
        n,
        one="{n} mail was sent already and cannot be taken back.",
        other="{n} mails were sent already and cannot be taken back.",
    )


MAIL, MAIL_FAILED = "Mail", "The mail could not be sent."


def mail_report(n_sent: int, n_failed: int, n_waiting: int) -> str:
    """Tell what has become of the mails of a batch; "" if it has none."""
    parts = [plural(n_sent, one="{n} sent", other="{n} sent")] if n_sent else []
    if n_failed:
        parts.append(plural(n_failed, one="{n} could not be sent", other="{n} could not be sent"))
    if n_waiting:
        parts.append(plural(n_waiting, one="{n} is waiting", other="{n} are waiting"))
    return with_commas(parts)


def first_of(n: int, total: int) -> str:
    """Tell that only the first rows are shown."""
    return f"The first {show_number(n)} of {show_number(total)} rows are shown."


# A job that runs, and its report.

BULK_CHANGES = "Bulk changes"
WAITING = "Waiting to start"
TAKING_BACK = "Taking back what was changed"
CANCEL_JOB, UNDO_JOB, DISMISS = "Cancel", "Undo", "Dismiss"
SHOW_DETAILS = "Show details"


def done_of(n: int, total: int) -> str:
    """Tell how far a job is."""
    return f"{show_number(n)} of {show_number(total)}"


def started_by(name: str) -> str:
    """Name who started a job of somebody else."""
    return f"by {name}"


def finished(action: str, n_changed: int, n_skipped: int) -> str:
    """Report a job that has ended."""
    match action:
        case "message":
            changed = plural(n_changed, one="{n} message sent", other="{n} messages sent")
        case "enroll" | "retake":
            changed = plural(
                n_changed, one="{n} enrollment created", other="{n} enrollments created"
            )
        case _:
            changed = plural(
                n_changed, one="{n} enrollment changed", other="{n} enrollments changed"
            )
    if not n_skipped:
        return f"Done: {changed}."
    skipped = plural(n_skipped, one="{n} skipped", other="{n} skipped")
    return f"Done: {with_commas([changed, skipped])}."


def taken_back(n: int) -> str:
    """Report a job that was cancelled."""
    if not n:
        return "Cancelled before anything was changed."
    changes = plural(n, one="{n} change was taken back", other="{n} changes were taken back")
    return f"Cancelled: {changes}."


def changed_before(n: int) -> str:
    """Tell how many enrollments a job had changed when it ended early."""
    return plural(n, one="{n} enrollment was changed.", other="{n} enrollments were changed.")


# The register.

ACTIVITY, BATCHES = "Activity", "Batches"
ACTIVITY_ABOUT = (
    "Every batch of changes, whoever or whatever made it: what, when, by whom and why, newest "
    "first. A batch can be undone for 30 days."
)
BATCH_TEXTS = PageTexts(
    one="{first}–{last} of {n} batch",
    other="{first}–{last} of {n} batches",
    none="No batches yet",
    no_match="No batches match",
)
ROW_TEXTS = PageTexts(
    one="{first}–{last} of {n} change",
    other="{first}–{last} of {n} changes",
    none="No changes",
    no_match="No changes match",
)
NO_BATCHES = "A batch appears here as soon as several enrollments are changed together."
NO_CHANGES = "It has changed nothing."
WHAT, WHO, WHEN, HOW_MANY = "What", "Who", "When", "Changes"
ROW_CHANGES, CHANGED_SINCE = "Changes", "Since then"
CREATED = "Enrolled"
SHOW_MORE = "Show more"
REASON_GIVEN, ACCEPTED_PREVIEW, MADE_BY = "Why", "Accepted preview", "By"
BATCH = "Batch"
BATCH_GONE = "This batch does not exist"
OUTCOME = "Result"
UNDOES, SHOW_UNDONE = "Undoes", "an earlier batch"
NOT_NAMED = "An enrollment that you cannot see"


def undone_by(name: str) -> str:
    """Tell that a change, or a batch, was undone."""
    return f"Undone by {name}"


def changed_since(by: str, fields: str, at: str) -> str:
    """Tell of a later change of an enrollment."""
    return f"{by} changed {fields}, {at}"


def at_least(n: int) -> str:
    """Count changes where they are not counted any further."""
    return f"more than {show_number(n)}"


def skipped_rows(n: int) -> str:
    """Head the rows that a job did not change."""
    return plural(n, one="{n} skipped row", other="{n} skipped rows")
