"""Requests of learners for a later deadline.

Those of an enrollment go by `ix_extension_enrollment`, the open one by `ix_extension_one_open`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.storage.database import touch
from enrollment_portal.storage.id_lists import id_list, in_list

_COLUMNS = (
    "SELECT r.id, r.enrollment_id, r.wanted_day, r.reason, r.state, r.asked_at, r.decided_at,"
    " r.decided_by, r.answer, r.is_seen, r.granted_day, r.event_seq FROM extension_request r"
)
_BY_ID = text(f"{_COLUMNS} WHERE r.id = :id")
_OPEN = text(f"{_COLUMNS} WHERE r.enrollment_id = :id AND r.state = 'open'")
_OF_LEARNER = text(
    f"{_COLUMNS} JOIN enrollment e ON e.id = r.enrollment_id"
    " WHERE e.learner_id = :learner AND (r.state = 'open' OR r.is_seen = 0) ORDER BY r.id DESC"
)
_ADD = text(
    "INSERT INTO extension_request (enrollment_id, wanted_day, reason, state, asked_at,"
    " decided_by, answer, is_seen) VALUES (:enrollment, :day, :reason, 'open', :at, '', '', 0)"
    " RETURNING id"
)
_OF_EVENT = text(f"{_COLUMNS} WHERE r.enrollment_id = :id AND r.event_seq = :seq")
_DECIDE = text(
    "UPDATE extension_request SET state = :state, decided_at = :at, decided_by = :by,"
    " answer = :answer, is_seen = :seen, granted_day = :granted, event_seq = :seq"
    " WHERE id = :id AND state = 'open' RETURNING enrollment_id"
)
_CLOSE = text(
    "UPDATE extension_request SET state = 'closed', decided_at = :at, decided_by = :by,"
    " answer = :answer, is_seen = :seen, event_seq = :seq"
    " WHERE enrollment_id = :id AND state = 'open'"
)
_REOPEN = text(
    "UPDATE extension_request SET state = 'open', decided_at = NULL, decided_by = '', answer = '',"
    " is_seen = 0, event_seq = :seq WHERE id = :id AND NOT EXISTS"
    " (SELECT 1 FROM extension_request o WHERE o.enrollment_id = extension_request.enrollment_id"
    " AND o.state = 'open')"
)
_NOTE_EVENT = text("UPDATE extension_request SET event_seq = :seq WHERE id = :id")
_SEEN = text(
    "UPDATE extension_request SET is_seen = 1 WHERE id = :id AND state <> 'open'"
    " AND enrollment_id IN (SELECT id FROM enrollment WHERE learner_id = :learner)"
)


@dataclass(frozen=True, slots=True)
class ExtensionAsk:
    """A request as stored; moments in ms, days since 1970."""

    id: int
    enrollment_id: int
    wanted_day: int
    reason: str
    state: str
    asked_at: int
    decided_at: int | None
    decided_by: str
    answer: str
    is_seen: int
    granted_day: int | None = None
    """The deadline that was set by granting it."""
    event_seq: int | None = None
    """The change of the enrollment by which it was last closed or reopened."""


def find_request(session: Session, request_id: int) -> ExtensionAsk | None:
    """Return a request."""
    row = session.execute(_BY_ID, {"id": request_id}).one_or_none()
    return ExtensionAsk(*row) if row else None


def open_request(session: Session, enrollment_id: int) -> ExtensionAsk | None:
    """Return the request of an enrollment that nobody has decided yet."""
    row = session.execute(_OPEN, {"id": enrollment_id}).one_or_none()
    return ExtensionAsk(*row) if row else None


def requests_of(session: Session, learner_id: int) -> list[ExtensionAsk]:
    """Return a learner's open requests and the answers they have not dismissed, newest first."""
    return [ExtensionAsk(*row) for row in session.execute(_OF_LEARNER, {"learner": learner_id})]


def add_request(
    session: Session, enrollment_id: int, wanted_day: int, reason: str, *, at: int
) -> int:
    """Write a request and return its id.

    Raises:
        IntegrityError: another one is open for the enrollment.
    """
    touch(session, enrollment_id)
    values = {"enrollment": enrollment_id, "day": wanted_day, "reason": reason, "at": at}
    return session.execute(_ADD, values).scalar_one()


def decide(
    session: Session,
    request_id: int,
    state: str,
    *,
    by: str,
    answer: str,
    at: int,
    seen: bool = False,
    granted_day: int | None = None,
    event_seq: int | None = None,
) -> bool:
    """Write how an open request ended; `False` where it is no longer open.

    Args:
        session: in the transaction of the decision.
        request_id: of the request.
        state: a `RequestState` but "open".
        by: who decided it.
        answer: what the learner is told, or "".
        at: the moment, in ms.
        seen: whether the learner knows it already.
        granted_day: the deadline that was set by granting it.
        event_seq: the change of the enrollment by which it was.
    """
    values = {"id": request_id, "state": state, "by": by, "answer": answer, "at": at}
    values |= {"seen": int(seen), "granted": granted_day, "seq": event_seq}
    enrollment_id = session.execute(_DECIDE, values).scalar_one_or_none()
    if enrollment_id is None:
        return False
    touch(session, enrollment_id)
    return True


def note_event(session: Session, request_id: int, event_seq: int) -> None:
    """Note the change by which a request was granted, so that undoing it reopens the request."""
    session.execute(_NOTE_EVENT, {"id": request_id, "seq": event_seq})


def request_of_event(session: Session, enrollment_id: int, event_seq: int) -> ExtensionAsk | None:
    """Return the request that a change of an enrollment closed or reopened last."""
    row = session.execute(_OF_EVENT, {"id": enrollment_id, "seq": event_seq}).first()
    return ExtensionAsk(*row) if row else None


def reopen(session: Session, request: ExtensionAsk, *, event_seq: int) -> bool:
    """Open a closed request again by a change; `False` where another one is open."""
    is_reopened = (
        session.connection().execute(_REOPEN, {"id": request.id, "seq": event_seq}).rowcount == 1
    )
    if is_reopened:
        touch(session, request.enrollment_id)
    return is_reopened


def close_open(
    session: Session,
    enrollment_id: int,
    *,
    by: str,
    answer: str,
    at: int,
    seen: bool,
    event_seq: int | None = None,
) -> None:
    """Close what is still open of an enrollment and has become pointless; see `decide`."""
    values = {"id": enrollment_id, "by": by, "answer": answer, "at": at}
    if (
        session.connection()
        .execute(_CLOSE, {**values, "seen": int(seen), "seq": event_seq})
        .rowcount
    ):
        touch(session, enrollment_id)


def asked_of(session: Session, enrollment_ids: Iterable[int]) -> list[int]:
    """Return those of some enrollments for which a later deadline is asked."""
    sql = text(
        "SELECT enrollment_id FROM extension_request WHERE state = 'open'"
        f" AND enrollment_id IN {in_list(session, 'ids')}"
    )
    return list(session.execute(sql, {"ids": id_list(session, enrollment_ids)}).scalars())


def mark_seen(session: Session, learner_id: int, request_id: int) -> None:
    """Note that a learner has seen the answer to their request."""
    session.execute(_SEEN, {"id": request_id, "learner": learner_id})
