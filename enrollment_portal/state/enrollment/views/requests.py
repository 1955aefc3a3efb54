"""Requests for a later deadline, for the learner who asked or the admin who decides."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from enrollment_portal.domain.requests import messages
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
    day, by = calendar.show_day(ask.wanted_day), ask.decided_by or ""
    if ask.granted_day in (None, ask.wanted_day):
        granted = messages.granted_until(day, by)
    else:
        granted = messages.granted_other_day(calendar.show_day(ask.granted_day or 0), by, day)
    sentence = {
        RequestState.OPEN: messages.asked_until(day),
        RequestState.GRANTED: granted,
        RequestState.DECLINED: messages.declined_until(day, by),
        RequestState.WITHDRAWN: messages.withdrawn_until(day),
        RequestState.CLOSED: messages.closed_until(day, by),
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
        over=messages.day_is_over(day) if is_over else "",
        sentence=messages.learner_asks(day),
        reason=ask.reason,
        asked=calendar.show_moment(ask.asked_at, tz),
    )
