"""What people read of the ledger: refused exports, and what a past day's ledger shows."""

from __future__ import annotations

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
