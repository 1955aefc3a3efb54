"""What people read of requests for a later deadline: refusals, answers and confirmations."""

from __future__ import annotations

from enrollment_portal.domain.shared.wording import sentences

# Refusals.

CHOOSE_NEW_DEADLINE = "Choose a day as the new deadline."
CHOOSE_REQUESTED_DEADLINE = "Choose the deadline that you need."
AFTER_TODAY = "Choose a day after today."
ALREADY_ASKED = "You have already asked. Wait for the answer."
HAS_ENDED = "This enrollment has ended; its deadline no longer counts."
NO_DEADLINE = "This enrollment has no deadline, so there is nothing to extend."
NOT_ACTIVE = "This enrollment is no longer active; there is nothing to extend."
NOT_OPEN = "This request is no longer open, so it cannot be withdrawn."
SOMEBODY_ELSE = "somebody else"


def requested_day_over(day: str) -> str:
    """Refuse to grant a day that has passed."""
    return f"The requested day, {day}, has passed. Choose another day."


def after_deadline(deadline: str) -> str:
    """Refuse a day that is no later than the deadline."""
    return f"Choose a day after the deadline, {deadline}."


def after_your_deadline(deadline: str) -> str:
    """Refuse a requested day that is no later than the learner's deadline."""
    return f"Choose a day after your deadline, {deadline}."


def already_decided(state: str, by: str) -> str:
    """Refuse an answer to a request that has one: "granted", "declined" and so on."""
    return f"This request was already {state} by {by}."


# What admins read.

DECLINED = "Declined."
GRANTED = "Granted. The deadline is set."
GRANTED_ALREADY = "Granted. The deadline was already that late or later."
NO_COURSE_MOVED = "No course had a deadline to move."


def learner_asks(day: str) -> str:
    """Head an open request."""
    return f"The learner asks for more time, until {day}."


def day_is_over(day: str) -> str:
    """Say what granting a request whose day has passed needs."""
    return f"{day} has passed. To grant the request, choose another day."


# What learners read.

ENDED = "The enrollment has ended."
DEADLINE_REMOVED = "The deadline was removed."
COMPLETED_BY_LEARNER = "You completed it."
CANCELLED_BY_LEARNER = "Cancelled by the learner."
ASKED = "Request sent. You will find the answer in My learning."
WITHDRAWN = "Your request is withdrawn."


def asked_until(day: str) -> str:
    """Describe an open extension request to the learner."""
    return f"You asked for more time, until {day}. Not answered yet."


def granted_until(day: str, by: str) -> str:
    """Describe a granted extension request; `by` is "" if no one person granted it."""
    if by:
        return f"More time, until {day}, was granted by {by}."
    return f"More time, until {day}, was granted."


def granted_other_day(day: str, by: str, wanted: str) -> str:
    """Describe an extension request that was granted until another day."""
    return sentences(granted_until(day, by), f"You had asked for {wanted}.")


def declined_until(day: str, by: str) -> str:
    """Describe a declined extension request."""
    if by:
        return f"More time, until {day}, was declined by {by}."
    return f"More time, until {day}, was declined."


def withdrawn_until(day: str) -> str:
    """Describe an extension request that the learner withdrew."""
    return f"You asked for more time, until {day}, and withdrew the request."


def closed_until(day: str, by: str) -> str:
    """Describe an extension request that was closed because it no longer applies."""
    if by:
        return f"Your request for more time, until {day}, was closed by {by}."
    return f"Your request for more time, until {day}, was closed."


def asked_at(at: str) -> str:
    """Tell when a request was made; `at` may be a variable of the page."""
    return f"Asked {at}"


def reason_of_extension(reason: str) -> str:
    """Give the reason of a granted request, as history keeps it."""
    return f"Extension: {reason}"
