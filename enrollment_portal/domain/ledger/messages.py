"""What people read of the ledger: refused exports, and what a past day's ledger shows."""

from __future__ import annotations

from collections.abc import Mapping

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.shared.wording import (
    PageTexts,
    plural,
    sentences,
    show_number,
    with_dots,
)

EXPORTS_BUSY = "Several exports are running. Try again in a minute."
EXPORT_FROM_ELSEWHERE = "Another site led here. Open the ledger and press Export there."
EXPORT_BY_GET = "Request the file itself."


def sorted_by(column: str, *, descending: bool) -> str:
    """Announce another order of the rows."""
    if descending:
        return f"Sorted by {column}, descending"
    return f"Sorted by {column}, ascending"


# Columns.

COLUMNS = "Columns"
EMAIL = "Email"
MOVE_UP = "Move {column} up"
MOVE_DOWN = "Move {column} down"
MOVED_COLUMN = "{column} is column {n} of {total}"
ALWAYS_SHOWN = "always shown"
DENSITY = "Density"
RESET_COLUMNS = "Reset to standard"
COLUMNS_RESET = "The columns are the standard ones again"
COLUMN_WIDTH = "Width of {column}"
COLUMN_PIXELS = "{n} pixels"
RESIZE_COLUMN = "Drag to change the width; double-click to reset it"
COLUMNS_CLOSE = "Close"
COLUMNS_NOT_SAVED = (
    "The columns could not be saved. They stay as they are on this page; change them again to "
    "save them."
)
COLUMNS_OF_PAST_DAY = (
    "A past day has no values for the other columns, so they are not shown until you go back to "
    "today."
)


PACE_IN_FILE = "Pace (% a week)"


def with_all_columns(file_format: str) -> str:
    """Offer a file format with all columns, shown or not: "CSV, tab; all columns"."""
    return f"{file_format}; all columns"


def weekly_pace(kept: str) -> str:
    """Tell the pace kept: "1.2% a week"."""
    return f"{kept} a week"


def needs_pace(needed: str) -> str:
    """Tell the pace needed: "needs 4.1%"."""
    return f"needs {needed}"


# The ledger of a past day.

AS_OF_HELP = (
    "Shows the ledger as it was at the end of a past day: who was enrolled by then, with the "
    "status, progress and deadline of that day."
)
TODAYS_RECORD = "You are looking at today’s record."


def as_of(day: str) -> str:
    """Head the ledger of a past day."""
    return (
        f"The ledger as of {day}: who was enrolled by the end of that day, with the status, "
        "progress and deadline of that day. Read-only."
    )


def back_to_today(rows: str) -> str:
    """Announce that the current rows are shown again: "1–50 of 83 enrollments"."""
    return sentences("The ledger of today.", rows)


def then_was(day: str, then: str) -> str:
    """Tell what an enrollment was on a past day."""
    return f"On {day} it was: {then}."


def not_enrolled_then(day: str) -> str:
    """Tell that an enrollment began after a past day."""
    return f"On {day} the learner was not enrolled yet."


def nobody_enrolled_then(day: str) -> str:
    """Head an empty ledger of a past day."""
    return f"Nobody was enrolled yet on {day}"


def deadlines_end(at: str) -> str:
    """Tell a viewer whose clocks differ when deadlines end: "23:59 Stockholm time"."""
    return f"Deadlines end at {at}."


# The panel beside the rows.

PANEL = "Enrollment"
PANEL_COLUMN = "Panel"
OPEN_IN_PANEL = "Open in panel (Space)"
OVERVIEW, MANAGE = "Overview", "Manage"
PREVIOUS_ROW, NEXT_ROW = "Previous enrollment (k)", "Next enrollment (j)"
OPEN_FULL_PAGE, CLOSE_PANEL = "Open full page", "Close panel"
LOADING_PANEL = "Loading"


def open_in_panel(learner: str, course: str) -> str:
    """Name the button at the end of a row."""
    return f"Open in panel: {learner}, {course}"


# The deadline in a row, which is changed there.

DEADLINE_OF = "Deadline of {learner}, {course}"
NEW_DATE = "Deadline"
DEADLINE_STEPS = {"week": "+1 week", "two_weeks": "+2 weeks", "month": "+1 month"}
"""By the name of each step."""
CLEAR_DEADLINE, SAVE_DEADLINE, SAVING_DEADLINE = "Clear", "Save", "Saving…"
UNDO_DEADLINE, REDO_DEADLINE, CLOSE_NOTICE = "Undo", "Redo", "Close"
DEADLINE_ALREADY_SO = "The deadline is already that."
ROW_GONE = "This enrollment is not in your ledger any more."


def change_deadline(deadline: str, learner: str, course: str) -> str:
    """Name the button of a row's deadline."""
    return f"{deadline}, change deadline of {learner}, {course}"


def set_deadline(learner: str, course: str) -> str:
    """Name the same button in a row without a deadline."""
    return f"Set deadline of {learner}, {course}"


def deadline_set(learner: str, day: str) -> str:
    """Confirm that a deadline was set in its row."""
    return f"{learner}: deadline set to {day}."


def deadline_cleared(learner: str) -> str:
    """Confirm that a deadline was removed in its row."""
    return f"{learner}: deadline removed."


def deadline_changed_meanwhile(by: str, now: str) -> str:
    """Refuse to overwrite a deadline; `now` is what it is: "14 Oct 2026"."""
    return f"Not saved: {by} set the deadline to {now}. Save again to replace it."


def deadline_removed_meanwhile(by: str) -> str:
    """Refuse to overwrite a deadline that was removed."""
    return f"Not saved: {by} removed the deadline. Save again to set one."


def deadline_undone(learner: str) -> str:
    """Confirm that the change of a deadline in its row was undone."""
    return f"{learner}: change of the deadline undone."


def deadline_redone(learner: str) -> str:
    """Confirm that the change of a deadline in its row was made again."""
    return f"{learner}: change of the deadline made again."


ENROLLMENTS = PageTexts(
    one="{first}–{last} of {n} enrollment",
    other="{first}–{last} of {n} enrollments",
    none="No enrollments",
    no_match="No enrollments match",
)
FIRST_PAGE_UNCOUNTED, PAGE_UNCOUNTED = "1–{last} of …", "…"
"""While the rows of a filter are counted."""


# What a printed ledger, and the access log of an export, say of what they hold.

ALL_STATUSES = "All statuses"
WITH_REQUEST = "with a request for an extension"
LOGGED_SEARCH, LOGGED_REQUESTS = "with a search", "extension requests"


def logged_filter(name: str) -> str:
    """Name a filter of an export in the access log."""
    return f"filter {FILTER_LABELS[name]}"


def n_rows(n: int) -> str:
    """Count the rows."""
    return plural(n, one="{n} row", other="{n} rows")


def first_rows(n: int, total: int) -> str:
    """Count the printed rows where there are more."""
    return f"the first {show_number(n)} of {show_number(total)} rows; Export holds all of them"


def searched(text: str) -> str:
    """Name the search."""
    return f"search “{text}”"


def of_day(day: str) -> str:
    """Name the past day."""
    return f"as of {day}"


def sorted_up(column: str) -> str:
    """Name the order, from the lowest on."""
    return f"sorted by {column}, ascending"


def sorted_down(column: str) -> str:
    """Name the order, from the highest on."""
    return f"sorted by {column}, descending"


# The links from one enrollment to the next.

PREVIOUS, NEXT = "Previous", "Next"
IS_FIRST = "this is the first enrollment of the ledger"
IS_LAST = "this is the last enrollment of the ledger"
PREVIOUS_IS_FIRST = "Previous: this is the first enrollment of the ledger"
NEXT_IS_LAST = "Next: this is the last enrollment of the ledger"


def previous_one(name: str) -> str:
    """Name the link to the enrollment before."""
    return f"Previous: {name}"


def next_one(name: str) -> str:
    """Name the link to the enrollment after."""
    return f"Next: {name}"


# What the page of the ledger says.

NOBODY_MATCHES = "Nobody here matches “{text}”. A part of a name or an email is enough."
NOTHING_MATCHES = "No learner or course here matches “{text}”. A part of a name is enough."
SEARCH_ALL = "Search learner or course"
SEARCH_LEARNERS = "Search by learner name or email"
FOUND_BY = {
    "learner": "Search matches the learner",
    "course": "Search matches the course",
    "both": "Search matches the learner and the course",
}
"""What describes a row to screen readers: the part of it that the search found."""
BY_HAND = "Completed by hand"
PRINT, PRINT_ALL = "Print", "Print all rows (Ctrl+P)"
HOW_TO_PRINT = "{rows}. The page’s Print button, or Ctrl+P, prints all of them."
NEW_ONE, NEW_SEVERAL = "{n} new enrollment", "{n} new enrollments"
MORE = "{n} more"
EXPORT = "Export"
EXPORT_ONE, EXPORT_SEVERAL = "Export {n} row", "Export {n} rows"
FILE_FORMAT = "Format of exported files"
EXPORT_DAY_ONE = "Export {n} row as of {day}"
EXPORT_DAY_SEVERAL = "Export {n} rows as of {day}"


def export_of_day(day: str) -> str:
    """Label the export of a past day before its rows are counted."""
    return f"Export as of {day}"


def many_new(n: int) -> str:
    """Tell that at least so many enrollments are new."""
    return plural(n, other="{n} or more new enrollments")


def many_more(n: int) -> str:
    """Tell that at least so many have come into the tab."""
    return plural(n, other="{n} or more")


def enrollments_as_of(day: str) -> str:
    """Name the table of a past day."""
    return f"Enrollments as of {day}"


def title_as_of(day: str) -> str:
    """Name the page of a past day."""
    return f"As of {day}"


def totals(counts: Mapping[Status, int]) -> str:
    """Count the rows in each status, on paper."""
    return with_dots(*(f"{one.label}: {show_number(counts[one])}" for one in Status))


def by_hand(status: str) -> str:
    """Print the status of an enrollment that a person completed before its last lesson."""
    return f"{status}, by hand"


# The strip of what needs attention.

NEEDS_ATTENTION = "Needs attention"
NEEDS = {
    "overdue": ("{n} overdue", "{n} overdue"),
    "stuck": ("{n} stuck", "{n} stuck"),
    "awaiting_grade": ("{n} awaiting grade", "{n} awaiting grade"),
    "asks": ("{n} extension request", "{n} extension requests"),
}
"""What is counted, by the name of the filter: of one and of several."""
NEEDS_SPOKEN = {
    "overdue": ("{n} overdue enrollment", "{n} overdue enrollments"),
    "stuck": ("{n} stuck enrollment", "{n} stuck enrollments"),
    "awaiting_grade": ("{n} awaiting grade enrollment", "{n} awaiting grade enrollments"),
    "asks": ("{n} extension request", "{n} extension requests"),
}
"""The same for screen readers, with what is shown at its start."""


# The headings and sheets of an exported file.


def sheet_name(number: int) -> str:
    """Name a sheet of an Excel file; there are several if it has very many rows."""
    return f"Enrollments {number}"


def of_today(column: str) -> str:
    """Head a column that is of today in a file of a past day."""
    return f"{column} (today)"


def of_today_in(column: str, time_zone: str) -> str:
    """Head a column of moments that is of today in a file of a past day."""
    return f"{column} (today, {time_zone})"


def in_zone(column: str, time_zone: str) -> str:
    """Head a column of moments."""
    return f"{column} ({time_zone})"


def on_day(column: str, day: str) -> str:
    """Head a column that is of the past day."""
    return f"{column} on {day}"


def in_percent(column: str) -> str:
    """Head a column of percentages."""
    return f"{column} (%)"


# The order of a narrow ledger.

SORT_BY, ORDER = "Sort by", "Order"
ASCENDING, DESCENDING = "Ascending", "Descending"
REVERSE_ASCENDING = "Ascending: reverse the order"
REVERSE_DESCENDING = "Descending: reverse the order"


# The chips of the ledger's filters.

FILTER_LABELS = {
    "courses": "Course",
    "path": "Learning path",
    "group": "Group",
    "department": "Department",
    "instructor": "Instructor",
    "manager": "Manager",
    "status": "Status",
    "progress": "Progress",
    "enrolled": "Enrolled",
    "deadline": "Deadline",
    "completed": "Completed",
    "visited": "Last Visit",
    "origin": "Origin",
    "overdue": "Overdue",
    "due_soon": "Due soon",
    "no_deadline": "No deadline",
    "awaiting_grade": "Awaiting grade",
    "stuck": "Stuck",
    "never_visited": "Never visited",
    "by_hand": "Set by hand",
    "retake": "Retake",
    "feedback": "Has feedback",
    "note": "Has internal note",
    "asks": "Open request",
}
"""By the name of each filter in URLs."""
GONE = {
    "courses": "Course that no longer exists",
    "path": "Learning path that no longer exists",
    "group": "Group that no longer exists",
    "instructor": "Instructor who no longer exists",
    "manager": "Manager who no longer exists",
}
"""The value of a filter by a record that is deleted, or does not exist for the viewer."""
ORIGINS = {
    "self": "Started by the learner",
    "admin": "Enrolled by an admin",
    "group": "Enrolled with a group",
    "path": "Enrolled with a learning path",
    "import": "Imported",
}
PERIODS = {
    "last_week": "last week",
    "this_week": "this week",
    "next_week": "next week",
    "last_month": "last month",
    "this_month": "this month",
    "next_month": "next month",
}
"""By the name of each period in URLs."""
TODAY, YESTERDAY, TOMORROW = "today", "yesterday", "tomorrow"


def chip(label: str, value: str) -> str:
    """Name a filter and its value: "Deadline: next 7 days"."""
    return f"{label}: {value}"


def or_last(first: str, last: str) -> str:
    """Name alternatives: "Sales, Design or Marketing"."""
    return f"{first} or {last}"


def at_least(value: str) -> str:
    """Name a range that has no upper bound."""
    return f"{value} or more"


def at_most(value: str) -> str:
    """Name a range that has no lower bound."""
    return f"up to {value}"


def from_to(first: str, last: str) -> str:
    """Name a range: "2 Oct 2026 to today"."""
    return f"{first} to {last}"


def since(first: str) -> str:
    """Name the days from one on."""
    return f"from {first} on"


def until(last: str) -> str:
    """Name the days up to one."""
    return f"until {last}"


def next_days(n: int) -> str:
    """Name today and the days after it."""
    return plural(n, one="next {n} day", other="next {n} days")


def last_days(n: int) -> str:
    """Name today and the days before it."""
    return plural(n, one="last {n} day", other="last {n} days")


def more_than_ago(n: int) -> str:
    """Name the days before some days ago."""
    return plural(n, one="more than {n} day ago", other="more than {n} days ago")


def more_than_ahead(n: int) -> str:
    """Name the days after some days from now."""
    return plural(n, one="in more than {n} day", other="in more than {n} days")


def day_ago(n: int) -> str:
    """Name a day before yesterday."""
    return plural(n, one="{n} day ago", other="{n} days ago")


def day_ahead(n: int) -> str:
    """Name a day after tomorrow."""
    return plural(n, one="{n} day from now", other="{n} days from now")


BEFORE_TODAY, AFTER_TODAY = "before today", "after today"


# The bar and the menu of the ledger's filters.

FILTER = "Filter"
FILTERS = "Filters"
FILTER_BY = "Filter by"
SEARCH_FILTERS = "Search filters"
CLEAR_FILTERS = "Clear filters"
APPLY, BACK_TO_FILTERS, CLOSE = "Apply", "All filters", "Close"
REMOVE_FILTER = "Remove filter: {filter}"
EDIT_FILTER = "Edit filter: {filter}"
SEARCH, SEARCH_VALUES = "Search", "Search: {filter}"
NO_VALUES = "Nothing to choose."
NO_SUCH_VALUES = "Nothing matches."
MORE_VALUES = "Type to find more."
LOADING_VALUES = "Loading…"
AT_MOST_VALUES = "{n} at most. Take one away to add another."
N_FOUND_ONE, N_FOUND_SEVERAL = "{n} result", "{n} results"
N_SET_ONE, N_SET_SEVERAL = "{n} filter is set", "{n} filters are set"
NOT_OF_PAST_DAYS = "Not recorded for past days."
PERCENT_RANGE = "Type a whole number from 0 to 100."
LAST_BELOW_FIRST = "This is below the first value."
LAST_BEFORE_FIRST = "This is before the first date."
ONE_DATE_NEEDED = "Choose at least one date."
PERCENTS_FROM, PERCENTS_TO = "From (%)", "To (%)"
DATES_FROM, DATES_TO = "From", "To"
DAYS_RELATION, N_DAYS, DAYS_UNIT = "Relative to today", "Number of days", "days"
BETWEEN_DATES, PROGRESS_BETWEEN = "Between two dates", "Between two values"
RELATIONS = {
    "last": "in the last",
    "more_than_ago": "more than … ago",
    "next": "in the next",
    "more_than_ahead": "in more than",
}
"""Before a number of days; by the name of each relation."""
FILTERS_HIDE_ALL = "No enrollment here passes all filters."
FILTERS_AND_SEARCH_HIDE_ALL = "No enrollment here passes the search and all filters."


def not_so_many_days(most: int) -> str:
    """Refuse a number of days."""
    return f"Type a whole number from 1 to {show_number(most)}."


def filter_set(chip_text: str, rows: str) -> str:
    """Announce a filter and its rows: "Filter Overdue. 1–50 of 83 enrollments"."""
    return sentences(f"Filter {chip_text}.", rows)


def filter_removed(label: str, rows: str) -> str:
    """Announce that a filter is removed."""
    return sentences(f"Filter {label} removed.", rows)


def filters_cleared(rows: str) -> str:
    """Announce that no filter is left."""
    return sentences("Filters cleared.", rows)
