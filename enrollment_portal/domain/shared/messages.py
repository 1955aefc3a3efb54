"""What people read of refusals, conflicts and confirmations that several features have."""

from __future__ import annotations

from enrollment_portal.domain.shared.wording import plural, show_number

FAILED = "That did not work. Try again."
FAILED_UNKNOWN = "That did not work. See whether anything was changed before you try again."
"""An act failed unexpectedly: it may have been stored before it did."""
FAILED_HEADING = "That did not work"
FAILED_LATER = "That did not work. Try again in a minute."
FAILED_UNSAVED = "That did not work, and nothing was saved. Try again in a moment."
NOT_LOADED = "The server could not answer. Nothing was changed."
UNREACHABLE = "The portal cannot reach its data right now. Try again in a minute."
READ_ONLY_DATABASE = "The database cannot be written. Nothing was saved."
DATABASE_DELETED = (
    "The database file was deleted while the portal was running. "
    "Nothing can be saved until the file is put back, or the portal is restarted."
)
DATABASE_REPLACED = (
    "The database file was replaced while the portal was running. "
    "Nothing can be saved until the portal is restarted."
)
DATABASE_READ_ONLY = (
    "The database is read-only. Nothing can be saved until it can be written again."
)
DISK_FULL = "The disk of the database is full. Nothing can be saved until there is space on it."
DISK_FAULTY = (
    "The disk of the database reports errors. Nothing can be saved until it can be written again."
)
DATABASE_AWAY = "The database does not answer. Nothing can be saved until it does."
NOT_DONE = "This was not done. The notice at the top of the page says why."
"""Of an act while the database cannot be written."""

SESSION_ENDED = "Your session has ended. Sign in again."
SESSION_ENDS = "You will be signed out soon"
SESSION_ENDS_UNUSED = (
    "Nothing was done here for a long time, so you will be signed out within two minutes."
)
SESSION_ENDS_AT_LIMIT = (
    "A sign-in lasts for a limited time. Yours ends within two minutes: save your work, and sign "
    "in again."
)
NOT_ALLOWED = "You may not do this. Ask a Super Admin for access."
WRONG_CREDENTIALS = "That email and password do not match an account. Check both and try again."
THROTTLED = "Too many failed attempts. Wait a while, then try again."
DEMO_IS_LOCAL = (
    "The demo company is open without passwords to anyone who can reach the portal, and other "
    "machines can: REFLEX_BACKEND_HOST or PORTAL_URL is not an address of this machine alone. "
    "Set PORTAL_DEMO=open to allow that, or PORTAL_DEMO=off."
)
OWN_ENROLLMENT = "This is your own enrollment. Somebody else has to change it."
NOT_FOUND = "There is nothing here, or you may not see it."
CONFLICT = "Someone else saved this enrollment meanwhile. Choose which values to keep."
OWN_CONFLICT = "You saved this enrollment in another tab meanwhile. Choose which values to keep."
JUST_CHANGED = "Somebody changed this in the same moment. Try again."

CHECK_FIELDS = "Some fields need to be corrected."
NOT_TEXT = "This is not text. Type it again."
REQUIRED = "Fill this in."
UNSTORABLE = "This contains a character that cannot be stored. Remove it."
NOT_A_DATE = "This is not a date. Write it as year-month-day."
NOT_A_DATE_OR_EMPTY = "This is not a date. Write it as year-month-day, or clear it."
TOO_FAR_AWAY = "That is too far away. Choose a day before the year 2200."
NOT_AN_EMAIL = "Enter an email address such as ada@example.org."
NO_EMAIL = "There is no email in this. Paste one on each line."

SAVED = "Changes saved."
UNSAVED_HEADING = "Unsaved changes"
UNSAVED = "What you changed here has not been saved yet."


def too_long(length: int, *, limit: int) -> str:
    """Refuse a text by its number of characters."""
    return f"At most {show_number(limit)} characters; this has {show_number(length)}."


def email_too_long(length: int, *, limit: int) -> str:
    """Refuse an email by its number of characters."""
    return f"An email has at most {limit} characters; this has {length}."


def too_many_emails(n: int, *, limit: int) -> str:
    """Refuse a list of emails by its length."""
    return f"At most {show_number(limit)} emails at once; this has {show_number(n)}."


def paste_too_long(limit: int) -> str:
    """Refuse a pasted text that cannot be sent at once."""
    return (
        "This is too long to send at once. Paste it in parts of fewer than "
        f"{show_number(limit)} characters."
    )


def deadline_ends(time_zone: str) -> str:
    """Tell whoever sets a deadline when it ends: "… in Stockholm time."."""
    return f"The deadline is the end of that day in {time_zone}."


def stale_act(record: str) -> str:
    """Refuse an act on a page that others had changed meanwhile.

    Args:
        record: as the beginning of the sentence: The course “SQL”.
    """
    return f"{record} was changed meanwhile, and nothing was done. Check it and try again."


def changed_meanwhile(record: str, by: str = "") -> str:
    """Refuse a form that others were faster to save.

    Args:
        record: as the beginning of the sentence: The course “SQL”.
        by: who saved it last, where that is known.
    """
    if by:
        return (
            f"{record} was changed meanwhile by {by}, and nothing that you typed here was saved. "
            "Copy what you typed, reload the page, and make the changes that are still needed."
        )
    return (
        f"{record} was changed meanwhile, and nothing that you typed here was saved. "
        "Copy what you typed, reload the page, and make the changes that are still needed."
    )


# Labels of buttons beside a name, which alone is what one sees of them.


def edit_named(name: str) -> str:
    """Name the button that edits something."""
    return f"Edit {name}"


def remove_named(name: str) -> str:
    """Name the button that removes something."""
    return f"Remove {name}"


def open_named(name: str) -> str:
    """Label the link to somebody's page."""
    return f"Open {name}"


def quoted(text: str) -> str:
    """Quote what somebody wrote."""
    return f"“{text}”"


ANY_STATE, ANY_ACTION, ANY_ACCESS = "Any state", "Any action", "Any access"
ANY_STATUS, ANY_KIND = "Any status", "Any kind"
"""The choices that filter nothing."""


# Times and deadlines; `calendar.py` says when which one applies.

JUST_NOW = "just now"


def minutes_ago(n: int) -> str:
    """Tell how long ago something was, in minutes."""
    return plural(n, one="{n} minute ago", other="{n} minutes ago")


def hours_ago(n: int) -> str:
    """Tell how long ago something was, in hours."""
    return plural(n, one="{n} hour ago", other="{n} hours ago")


def days_ago(n: int) -> str:
    """Tell how long ago something was, in days."""
    return plural(n, one="{n} day ago", other="{n} days ago")


def months_ago(n: int) -> str:
    """Tell how long ago something was, in months."""
    return plural(n, one="{n} month ago", other="{n} months ago")


def years_ago(n: int) -> str:
    """Tell how long ago something was, in years."""
    return plural(n, one="{n} year ago", other="{n} years ago")


def days_overdue(n: int) -> str:
    """Tell since when a deadline is over."""
    return plural(n, one="{n} day overdue", other="{n} days overdue")


def days_left(n: int) -> str:
    """Tell how far away a deadline is."""
    if n < 2:
        return ("today", "tomorrow")[n]
    return plural(n, one="in {n} day", other="in {n} days")


DATE_AND_ENDS = "{date}, {ends}"
DATE_AND_LEFT = "{date}, {left}"
DATE_ENDS_AND_LEFT = "{date}, {ends}, {left}"
"""A deadline: its date, when its day ends elsewhere, and how far away it is."""


def asks_for(day: str) -> str:
    """Tell in a row that its learner asks for a later deadline."""
    return f"Asks for {day}"


def time_in_zone(time: str, zone: str) -> str:
    """Name a time of day elsewhere: "23:59 Stockholm time"."""
    return f"{time} {zone}"


def time_zone_of(place: str) -> str:
    """Name a time zone by its place: "Stockholm time"."""
    return f"{place} time"


def impossible_moment(at: int) -> str:
    """Name a moment that a damaged database has."""
    return f"the impossible moment {at}"


def whole_number(lowest: int, highest: int) -> str:
    """Refuse what is no number of a range."""
    return f"Enter a whole number from {show_number(lowest)} to {show_number(highest)}."


# The palette.

PALETTE, PALETTE_LABEL = "Search or jump to…", "Search or jump to"
PALETTE_RESULTS, CLOSE_PALETTE = "Results", "Close"
NOTHING_FOUND = "Nothing is found."
N_RESULTS_ONE, N_RESULTS_SEVERAL = "{n} result", "{n} results"
PALETTE_GROUPS = {
    "views": "Views",
    "actions": "Actions",
    "pages": "Pages",
    "people": "People",
    "courses": "Courses",
    "search": "Search",
}
"""By the name of each group."""
SEARCH_LEDGER = "Search enrollments for “{text}”"
EXTEND_SELECTED, CHANGE_SELECTED = "Extend selected…", "Change selected…"
EXPORT_ROWS = "Export"
LIGHT_THEME, DARK_THEME, SYSTEM_THEME = "Light theme", "Dark theme", "System theme"
SHORTCUTS, SIGN_OUT = "Keyboard shortcuts", "Sign out"
