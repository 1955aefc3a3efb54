"""What a change of an enrollment means for a request for a later deadline that is open, or was."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from enrollment_portal.domain.enrollments import Status
from enrollment_portal.domain.learning import RequestState
from enrollment_portal.storage import extensions
from enrollment_portal.storage.enrollments import StoredEnrollment

ENDED = "The enrollment has ended."
NO_DEADLINE = "The deadline was removed."
_REOPENED = (RequestState.GRANTED, RequestState.CLOSED)


@dataclass(frozen=True)
class Written:
    """A change that has just been written."""

    seq: int
    by: str
    """The name of who made it."""
    at: int
    undoes: int | None = None
    """The `seq` of the change that it takes back."""


def follow_change(
    session: Session, before: StoredEnrollment, after: StoredEnrollment, written: Written
) -> None:
    """Close, grant or reopen the request of an enrollment that a person has changed.

    Undoing the change that closed or granted a request opens it again, and redoing closes or
    grants it again. A request has become pointless with the end of the enrollment or without a
    deadline; a deadline as late as was asked for grants it.

    Args:
        session: in the transaction of the change.
        before: the enrollment as it was.
        after: as it is now.
        written: the change.
    """
    if written.undoes is not None:
        _follow_undoing(session, after, written, written.undoes)
    request = extensions.open_request(session, after.id)
    if request is None:
        return
    if after.status != Status.ACTIVE:
        _close(session, after, written, ENDED, seen=True)
    elif after.deadline_day == before.deadline_day:
        return
    elif after.deadline_day is None:
        _close(session, after, written, NO_DEADLINE, seen=False)
    elif after.deadline_day >= request.wanted_day:
        _grant(session, request.id, after.deadline_day, written)


def _follow_undoing(
    session: Session, after: StoredEnrollment, written: Written, undone: int
) -> None:
    request = extensions.request_of_event(session, after.id, undone)
    if request is None:
        return
    if RequestState(request.state) in _REOPENED:
        extensions.reopen(session, request, event_seq=written.seq)
        return
    day = request.granted_day
    if request.state == RequestState.OPEN and day is not None and day == after.deadline_day:
        # It was opened again by what is taken back now: what was granted counts again.
        _grant(session, request.id, day, written)


def _grant(session: Session, request_id: int, day: int, written: Written) -> None:
    extensions.decide(
        session,
        request_id,
        RequestState.GRANTED.value,
        by=written.by,
        answer="",
        at=written.at,
        granted_day=day,
        event_seq=written.seq,
    )


def _close(
    session: Session, after: StoredEnrollment, written: Written, answer: str, *, seen: bool
) -> None:
    extensions.close_open(
        session,
        after.id,
        by=written.by,
        answer=answer,
        at=written.at,
        seen=seen,
        event_seq=written.seq,
    )
