"""Extension requests, ready to show to the learner or to the admin who decides."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from enrollment_portal.domain.requests import messages
from enrollment_portal.domain.requests.extension_requests import RequestState
from enrollment_portal.domain.shared import calendar
from enrollment_portal.storage.requests.extensions import StoredRequest


@dataclass(frozen=True)
class RequestView:
    """An extension request, for its learner or the admin who decides."""

    id: int = 0
    course_id: int = 0
    course: str = ""
    state: str = ""
    sentence: str = ""
    reason: str = ""
    answer: str = ""
    requested_at: str = ""
    day: str = ""
    """The requested deadline, as a date field holds it; "" if it is over."""
    past_note: str = ""
    """That the requested deadline is over, for the admin; "" if it is not."""


def request_view(
    request: StoredRequest, tz: ZoneInfo, *, course_id: int = 0, course: str = ""
) -> RequestView:
    """Return a request as its learner reads it; times are in the viewer's zone."""
    day, by = calendar.show_day(request.requested_day), request.decided_by or ""
    if request.granted_day in (None, request.requested_day):
        granted = messages.granted_until(day, by)
    else:
        granted = messages.granted_other_day(calendar.show_day(request.granted_day or 0), by, day)
    sentence = {
        RequestState.OPEN: messages.asked_until(day),
        RequestState.GRANTED: granted,
        RequestState.DECLINED: messages.declined_until(day, by),
        RequestState.WITHDRAWN: messages.withdrawn_until(day),
        RequestState.CLOSED: messages.closed_until(day, by),
    }[RequestState(request.state)]
    return RequestView(
        id=request.id,
        course_id=course_id,
        course=course,
        state=request.state,
        sentence=sentence,
        reason=request.reason,
        answer=request.answer,
        requested_at=calendar.show_moment(request.requested_at, tz),
    )


def admin_request_view(request: StoredRequest | None, tz: ZoneInfo, today: int) -> RequestView:
    """Return an open request as the admin who decides reads it; an empty one for none.

    Args:
        request: as stored.
        tz: the viewer's time zone.
        today: the current day in the organization's zone.
    """
    if request is None:
        return RequestView()
    day = calendar.show_day(request.requested_day)
    is_over = request.requested_day < today
    return RequestView(
        id=request.id,
        state=request.state,
        day="" if is_over else calendar.day_to_date(request.requested_day).isoformat(),
        past_note=messages.day_is_over(day) if is_over else "",
        sentence=messages.learner_asks(day),
        reason=request.reason,
        requested_at=calendar.show_moment(request.requested_at, tz),
    )
