"""Requests for a later deadline, for the learner who asked or the admin who decides."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from enrollment_portal.domain.requests.extension_requests import RequestState
from enrollment_portal.domain.shared import calendar
from enrollment_portal.storage.enrollment.extensions import ExtensionAsk


@dataclass(frozen=True)
class AskView:
    """A request for a later deadline, for the learner who made it or the admin who decides."""

    id: int = 0
    course_id: int = 0
    course: str = ""
    state: str = ""
    sentence: str = ""
    reason: str = ""
    answer: str = ""
    asked: str = ""
    day: str = ""
    """The day asked for, as a date field holds it; "" where it is over."""
    over: str = ""
    """That the day asked for is over, for the admin; "" where it is not."""


def ask_view(ask: ExtensionAsk, tz: ZoneInfo, *, course_id: int = 0, course: str = "") -> AskView:
    """Return a request as its learner reads it; moments stand in the viewer's zone."""
    day = calendar.show_day(ask.wanted_day)
    by = f" by {ask.decided_by}" if ask.decided_by else ""
    granted = f"More time, until {day}, was granted{by}."
    if ask.granted_day not in (None, ask.wanted_day):
        until = calendar.show_day(ask.granted_day or 0)
        granted = f"More time, until {until}, was granted{by}. You had asked for {day}."
    sentence = {
        RequestState.OPEN: f"You asked for more time, until {day}. Not answered yet.",
        RequestState.GRANTED: granted,
        RequestState.DECLINED: f"More time, until {day}, was declined{by}.",
        RequestState.WITHDRAWN: f"You asked for more time, until {day}, and took that back.",
        RequestState.CLOSED: f"Your request for more time, until {day}, was closed{by}.",
    }[RequestState(ask.state)]
    return AskView(
        id=ask.id,
        course_id=course_id,
        course=course,
        state=ask.state,
        sentence=sentence,
        reason=ask.reason,
        answer=ask.answer,
        asked=calendar.show_moment(ask.asked_at, tz),
    )


def admin_ask_view(ask: ExtensionAsk | None, tz: ZoneInfo, today: int) -> AskView:
    """Return an open request as whoever decides it reads it; an empty one where there is none.

    Args:
        ask: as stored.
        tz: the viewer's time zone.
        today: the current day in the organization's zone.
    """
    if ask is None:
        return AskView()
    day = calendar.show_day(ask.wanted_day)
    is_over = ask.wanted_day < today
    return AskView(
        id=ask.id,
        state=ask.state,
        day="" if is_over else calendar.day_to_date(ask.wanted_day).isoformat(),
        over=f"{day} is over. To grant it, choose another day." if is_over else "",
        sentence=f"The learner asks for more time, until {day}.",
        reason=ask.reason,
        asked=calendar.show_moment(ask.asked_at, tz),
    )


def moved_text(n_moved: int) -> str:
    """Return how many deadlines of a path's courses moved along with the path's."""
    if n_moved == 1:
        return "The deadline of 1 course moved along."
    return f"The deadlines of {n_moved:,} courses moved along."
