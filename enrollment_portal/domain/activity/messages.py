"""What people read of the history of all enrollments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from enrollment_portal.domain.shared.wording import PageTexts, listed, plural, sentences

CHANGES = "Changes"
ABOUT = "Who changed what in which enrollment, newest first."
LIST_TEXTS = PageTexts(
    one="{n} change",
    other="{n} changes",
    none="No changes yet",
    no_match="No changes match",
)
NO_MATCH_HINT = "Remove a filter, or choose other days."
NONE_HINT = "Each change of an enrollment will be listed here."

# The filters.

FILTER = "Filter by person, learner or course"
SEARCH_LANDMARK = "Changes"
ANY_FIELD, ANY_SOURCE, ANY_TIME = "All changes", "All sources", "Any time"
FIELD, SOURCE, WHEN = "What changed", "Source", "When"
CHOSEN_DAYS = "Chosen days"
FROM, TO = "From", "To"
BEGAN = "Enrollment began"
SHOW = "Show"
CLEAR_ALL = "Remove all filters"
SET_FILTERS = "Filters"
FOUND = {"one": "{n} found.", "other": "{n} found."}
MADE_BY, OF_LEARNER, OF_COURSE = "Changes by this person", "Changes of this learner", "Course"
MADE_BY_SHORT, OF_LEARNER_SHORT = "Made by", "Learner"
PATH = "Learning path"
PERSON_GONE = "A person who is not there any more"
LEARNER_GONE = "A learner who is not there any more"
COURSE_GONE = "A course that is not there any more"
SOURCES = {
    "person": "Person",
    "tracking": "Tracking",
    "group": "Group rule",
    "path": "Learning path",
    "import": "Import",
    "bulk": "Several at once",
    "undo": "Undo",
}
PERIODS = (
    ("0d..0d", "Today"),
    ("-1d..-1d", "Yesterday"),
    ("this_week", "This week"),
    ("last_week", "Last week"),
    ("-6d..0d", "Last 7 days"),
    ("this_month", "This month"),
    ("last_month", "Last month"),
)
"""The days to choose from: the values of URLs, and what they are called."""


def chip(name: str, value: str) -> str:
    """Name a filter that is set."""
    return f"{name}: {value}"


def remove_filter(text: str) -> str:
    """Label the button that removes a filter."""
    return f"Remove the filter {text}"


def only_by(name: str) -> str:
    """Label the button that filters by who made a change."""
    return f"Show only changes by {name}"


# The rows.

LEARNER_COURSE, CHANGE, WHO, WHEN_COLUMN, ACT = "Learner and course", "Change", "By", "When", "Act"
UNDO = "Undo"
SHOW_BATCH = "Show the batch"
UNDONE = "Undone"


def undo_named(fields: Sequence[str], learner: str, at: str) -> str:
    """Name the button that undoes a change."""
    return f"Undo the change of {listed(fields)} of {learner}, {at}"


def undone_by(who: str) -> str:
    """Tell who undid a change."""
    return f"Undone by {who}"


def between(n: int, first: str, last: str) -> str:
    """Tell how many changes a page shows, and from when to when."""
    return plural(
        n, one="{n} change, {first}", other="{n} changes, {last} – {first}", first=first, last=last
    )


def fresh(n: int, most: int) -> str:
    """Tell how many changes are new; up to `most` are counted."""
    if n >= most:
        return plural(n, other="{n} or more new changes")
    return plural(n, one="{n} new change", other="{n} new changes")


# The file.

EXPORT = "Export CSV"
EXPORTED = "Changes of enrollments"
HEADINGS = (
    *("When", "By", "Source", "Learner", "Email", "Course", "Field", "From", "To"),
    *("Reason", "Batch", "Enrollment"),
)


def logged_filters(names: Iterable[str]) -> str:
    """Tell in the access log by what an export was filtered; without values, which may be names."""
    return sentences(*(f"Filtered by {name}." for name in names))


# The links from other pages.

BY_THIS_PERSON = "Changes by this person"
OF_THIS_LEARNER = "Changes of this learner"
