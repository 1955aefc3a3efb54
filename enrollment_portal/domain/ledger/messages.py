"""What people read of the ledger: refused exports, and what a past day's ledger shows."""

from __future__ import annotations

from enrollment_portal.domain.shared.wording import PageTexts, plural, show_number

EXPORTS_BUSY = "Several exports are running. Try again in a minute."
EXPORT_FROM_ELSEWHERE = "Another site led here. Open the ledger and press Export there."
EXPORT_BY_GET = "Request the file itself."

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


ENROLLMENTS = PageTexts(
    one="{first}–{last} of {n} enrollment",
    other="{first}–{last} of {n} enrollments",
    none="No enrollments",
    no_match="No enrollments match",
)


# What a printed ledger, and the access log of an export, say of what they hold.

ALL_STATUSES = "All statuses"
WITH_REQUEST = "with a request for an extension"
LOGGED_SEARCH, LOGGED_REQUESTS = "with a search", "extension requests"


def n_rows(n: int) -> str:
    """Count the rows."""
    return plural(n, one="{n} row", other="{n} rows")


def first_rows(n: int, total: int) -> str:
    """Count them where there are more than are printed."""
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
    """Name it from the highest on."""
    return f"sorted by {column}, descending"
