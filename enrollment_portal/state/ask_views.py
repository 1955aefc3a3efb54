"""Requests for a later deadline, for the learner who asked or the admin who decides."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from enrollment_portal.domain import calendar
from enrollment_portal.domain.learning import RequestState
from enrollment_portal.storage.extensions import ExtensionAsk


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


def ask_view(ask: ExtensionAsk, tz: ZoneInfo, *, course_id: int = 0, course: str = "") -> AskView:
    """Return a request as its learner reads it; moments stand in the viewer's zone."""
    day = calendar.show_day(ask.wanted_day)
    by = f" by {ask.decided_by}" if ask.decided_by else ""
    sentence = {
        RequestState.OPEN: f"You asked for more time, until {day}. Not answered yet.",
        RequestState.GRANTED: f"More time, until {day}, was granted{by}.",
        RequestState.DECLINED: f"More time, until {day}, was declined{by}.",
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


def admin_ask_view(ask: ExtensionAsk | None, tz: ZoneInfo) -> AskView:
    """Return an open request as whoever decides it reads it; an empty one where there is none."""
    if ask is None:
        return AskView()
    day = calendar.show_day(ask.wanted_day)
    return AskView(
        id=ask.id,
        state=ask.state,
        sentence=f"The learner asks for more time, until {day}.",
        reason=ask.reason,
        asked=calendar.show_moment(ask.asked_at, tz),
    )
