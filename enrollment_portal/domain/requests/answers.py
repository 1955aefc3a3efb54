"""Decide how a change of an enrollment answers its open extension request."""

from __future__ import annotations

from dataclasses import dataclass

from enrollment_portal.domain.enrollment.commands import Change
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.requests import messages
from enrollment_portal.domain.requests.extension_requests import RequestState


@dataclass(frozen=True, slots=True)
class Request:
    """An extension request, with the fields that the rules need; days since 1970."""

    id: int
    state: RequestState
    requested_day: int
    granted_day: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """How a request is answered, or that it is reopened."""

    request_id: int
    state: RequestState
    text: str = ""
    """The message for the learner."""
    is_seen: bool = False
    """The learner knows it already."""
    granted_day: int | None = None


def answer_to(request: Request, change: Change, *, is_learners: bool) -> Answer | None:
    """Return how a change answers an open request; `None` if it stays open.

    A request has become pointless with the end of the enrollment or without a deadline; a deadline
    as late as was asked for grants it.

    Args:
        request: that is open.
        change: of its enrollment.
        is_learners: the learner's own activity made the change, not another person.
    """
    after = change.after
    if after.status != Status.ACTIVE:
        text = messages.ENDED
        if is_learners:
            is_completed = after.status == Status.COMPLETED
            text = messages.COMPLETED_BY_LEARNER if is_completed else messages.CANCELLED_BY_LEARNER
        return Answer(request.id, RequestState.CLOSED, text, is_seen=True)
    if after.deadline_day == change.before.deadline_day:
        return None
    if after.deadline_day is None:
        return Answer(request.id, RequestState.CLOSED, messages.DEADLINE_REMOVED)
    if after.deadline_day >= request.requested_day:
        return Answer(request.id, RequestState.GRANTED, granted_day=after.deadline_day)
    return None


def answer_to_undoing(request: Request, change: Change) -> Answer | None:
    """Return what undoing a change means for the request that it had answered or reopened.

    What closed or granted it is gone: it is open again. What reopened it is gone: it counts as
    granted again, where its day is the deadline again.
    """
    if request.state in (RequestState.GRANTED, RequestState.CLOSED):
        return Answer(request.id, RequestState.OPEN)
    day = request.granted_day
    if request.state is RequestState.OPEN and day is not None and day == change.after.deadline_day:
        return Answer(request.id, RequestState.GRANTED, granted_day=day)
    return None
