"""Read and write extension requests.

Those of an enrollment use `ix_extension_enrollment`, the open one `ix_extension_one_open`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, exists, or_, update
from sqlmodel import Session, select

from enrollment_portal.domain.requests.answers import Answer
from enrollment_portal.domain.requests.extension_requests import RequestState
from enrollment_portal.storage.shared.database import touch
from enrollment_portal.storage.shared.id_lists import is_among
from enrollment_portal.storage.shared.records import (
    add_record,
    first_record,
    records,
    select_columns,
)
from enrollment_portal.storage.shared.tables import Enrollment, ExtensionRequest, constant, table_of

_request = table_of(ExtensionRequest)
_r, _e = _request.c, table_of(Enrollment).c
_OPEN_STATE = constant(RequestState.OPEN)
_REQUESTS = select_columns(
    *(_r.id, _r.enrollment_id, _r.wanted_day.label("requested_day"), _r.reason, _r.state),
    _r.asked_at.label("requested_at"),
    *(_r.decided_at, _r.decided_by, _r.answer, _r.is_seen, _r.granted_day, _r.event_seq),
)
_BY_ID = _REQUESTS.where(_r.id == bindparam("id"))
_OPEN = _REQUESTS.where(_r.enrollment_id == bindparam("id"), _r.state == _OPEN_STATE)
_OF_LEARNER = (
    _REQUESTS.join(_e.id.table, _e.id == _r.enrollment_id)
    .where(
        _e.learner_id == bindparam("learner"),
        or_(_r.state == _OPEN_STATE, _r.is_seen == 0),
    )
    .order_by(_r.id.desc())
)
_DECIDED_BY_EVENT = _REQUESTS.where(is_among(_r.enrollment_id, "ids"), _r.event_seq.is_not(None))
_WITH_OPEN = select(_r.enrollment_id).where(
    _r.state == _OPEN_STATE, is_among(_r.enrollment_id, "ids")
)


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """A request as stored; moments in ms, days since 1970."""

    id: int
    enrollment_id: int
    requested_day: int
    reason: str
    state: str
    requested_at: int
    decided_at: int | None
    decided_by: str
    answer: str
    is_seen: int
    granted_day: int | None = None
    """The granted deadline."""
    event_seq: int | None = None
    """The change of the enrollment by which it was last closed or reopened."""


def find_request(session: Session, request_id: int) -> StoredRequest | None:
    """Return a request."""
    return first_record(StoredRequest, session.exec(_BY_ID, params={"id": request_id}))


def open_request(session: Session, enrollment_id: int) -> StoredRequest | None:
    """Return the open request of an enrollment."""
    return first_record(StoredRequest, session.exec(_OPEN, params={"id": enrollment_id}))


def requests_of(session: Session, learner_id: int) -> list[StoredRequest]:
    """Return a learner's open requests and the answers they have not dismissed, newest first."""
    return records(StoredRequest, session.exec(_OF_LEARNER, params={"learner": learner_id}))


def add_request(
    session: Session, enrollment_id: int, requested_day: int, reason: str, *, at: int
) -> int:
    """Write a request and return its id.

    Raises:
        IntegrityError: another one is open for the enrollment.
    """
    touch(session, enrollment_id)
    request = ExtensionRequest(
        enrollment_id=enrollment_id, wanted_day=requested_day, reason=reason, asked_at=at
    )
    return add_record(session, request)


def decide(
    session: Session, answer: Answer, *, by: str, at: int, event_seq: int | None = None
) -> bool:
    """Write the decision on an open request; `False` if it is no longer open.

    Args:
        session: in the transaction of the decision.
        answer: the decision.
        by: who decided it.
        at: the time, in ms.
        event_seq: the change of the enrollment that decided it.
    """
    decided = (
        update(_request)
        .where(_r.id == answer.request_id, _r.state == _OPEN_STATE)
        .values(
            state=answer.state.value,
            decided_at=at,
            decided_by=by,
            answer=answer.text,
            is_seen=int(answer.is_seen),
            granted_day=answer.granted_day,
            event_seq=event_seq,
        )
    )
    enrollment_id = session.exec(decided.returning(_r.enrollment_id)).scalar_one_or_none()
    if enrollment_id is None:
        return False
    touch(session, enrollment_id)
    return True


def note_event(session: Session, request_id: int, event_seq: int) -> None:
    """Store the change that granted a request, so that undoing it reopens the request."""
    session.exec(update(_request).where(_r.id == request_id).values(event_seq=event_seq))


def requests_of_events(session: Session, events: Mapping[int, int]) -> dict[int, StoredRequest]:
    """Return the requests that these changes last closed or reopened, by enrollment.

    Args:
        session: where they are stored.
        events: the `seq` of the change for each enrollment.
    """
    found = records(StoredRequest, session.exec(_DECIDED_BY_EVENT, params={"ids": list(events)}))
    return {one.enrollment_id: one for one in found if one.event_seq == events[one.enrollment_id]}


def reopen(session: Session, request: StoredRequest, *, event_seq: int) -> bool:
    """Reopen a closed request by a change; `False` if another one is open."""
    other = _request.alias("o")
    is_other_open = exists().where(
        other.c.enrollment_id == _r.enrollment_id, other.c.state == _OPEN_STATE
    )
    reopened = (
        update(_request)
        .where(_r.id == request.id, ~is_other_open)
        .values(
            state=RequestState.OPEN.value,
            decided_at=None,
            decided_by="",
            answer="",
            is_seen=0,
            event_seq=event_seq,
        )
    )
    if session.exec(reopened).rowcount != 1:
        return False
    touch(session, request.enrollment_id)
    return True


def with_open_request(session: Session, enrollment_ids: Iterable[int]) -> list[int]:
    """Return those of some enrollments that have an open request."""
    return list(session.exec(_WITH_OPEN, params={"ids": enrollment_ids}))


def mark_seen(session: Session, learner_id: int, request_id: int) -> None:
    """Mark the answer to a learner's request as seen."""
    own = select(_e.id).where(_e.learner_id == learner_id)
    session.exec(
        update(_request)
        .where(_r.id == request_id, _r.state != _OPEN_STATE, _r.enrollment_id.in_(own))
        .values(is_seen=1)
    )
