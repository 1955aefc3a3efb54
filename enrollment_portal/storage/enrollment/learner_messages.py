"""Write and read messages to learners, and the mails that are sent of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, case, exists, func, insert, or_, update
from sqlmodel import Session, select

from enrollment_portal.domain.bulk.jobs import TO_CARRY_OUT
from enrollment_portal.domain.enrollment.commands import Change
from enrollment_portal.domain.enrollment.fields import Sent
from enrollment_portal.domain.learning.learner_messages import Mail, MessageState
from enrollment_portal.storage.history.history import Signature
from enrollment_portal.storage.shared.id_lists import is_among
from enrollment_portal.storage.shared.records import first_record, records, select_columns
from enrollment_portal.storage.shared.tables import (
    Account,
    BulkJob,
    Course,
    Enrollment,
    Learner,
    LearnerMessage,
    constant,
    table_of,
)

_message = table_of(LearnerMessage)
_m, _j = _message.c, table_of(BulkJob).c
_e, _c, _l, _a = (table_of(kind).c for kind in (Enrollment, Course, Learner, Account))
_WITHDRAW = (
    update(_message)
    .where(_m.event_seq == bindparam("undone"))
    .values(
        event_seq=bindparam("seq"),
        is_withdrawn=1,
        mail=case((_m.mail == Mail.WAITING.value, Mail.WITHDRAWN.value), else_=_m.mail),
    )
)
_SHOW_AGAIN = (
    update(_message)
    .where(_m.event_seq == bindparam("undone"))
    .values(
        event_seq=bindparam("seq"),
        is_withdrawn=0,
        mail=case((_m.mail == Mail.WITHDRAWN.value, Mail.WAITING.value), else_=_m.mail),
    )
)
_MOST_SHOWN = 50
_OF_LEARNER = (
    select_columns(_m.id, _m.enrollment_id, _c.title, _m.text, _m.sent_at, _m.sent_by, _m.state)
    .join_from(_message, _e.id.table, _e.id == _m.enrollment_id)
    .join(_c.id.table, _c.id == _e.course_id)
    .where(
        _m.learner_id == bindparam("learner"),
        _m.is_withdrawn == 0,
        _m.state != MessageState.DISMISSED.value,
    )
    .order_by(_m.id.desc())
    .limit(_MOST_SHOWN)
)
_MARK = (
    update(_message)
    .where(_m.id == bindparam("of_id"), _m.learner_id == bindparam("learner"))
    .where(_m.state != MessageState.DISMISSED.value)
    .values(state=bindparam("to_state"))
)
_is_running = exists().where(
    _j.id == _m.batch, or_(*(_j.state == state.value for state in TO_CARRY_OUT))
)
_NEXT_MAIL = (
    select_columns(_m.id, _l.name, _l.email, _c.title, _m.text, _m.sent_by)
    .join_from(_message, _e.id.table, _e.id == _m.enrollment_id)
    .join(_c.id.table, _c.id == _e.course_id)
    .join(_l.id.table, _l.id == _m.learner_id)
    # While its job runs, it may be cancelled: then nothing is sent.
    .where(_m.mail == constant(Mail.WAITING.value), ~_is_running)
    .order_by(_m.id)
    .limit(1)
)
_CLAIM = (
    update(_message)
    .where(_m.id == bindparam("of_id"), _m.mail == Mail.WAITING.value)
    .values(mail=Mail.SENDING.value, mail_at=bindparam("now"))
)
_MAILED = update(_message).where(_m.id == bindparam("of_id")).values(mail=bindparam("to_mail"))
_GIVE_UP = (
    update(_message)
    .where(_m.mail == constant(Mail.SENDING.value), _m.mail_at < bindparam("before"))
    .values(mail=Mail.FAILED.value)
)
_COUNTS = (
    select_columns(_m.mail, func.count().label("n"))
    .where(_m.batch == bindparam("batch"))
    .group_by(_m.mail)
)
_FAILED = select(_m.enrollment_id).where(
    _m.batch == bindparam("batch"),
    _m.mail == Mail.FAILED.value,
    is_among(_m.enrollment_id, "ids"),
)
_WITH_ACCOUNT = select(_a.learner_id).where(is_among(_a.learner_id, "ids"), _a.is_suspended == 0)


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message as its learner reads it; `sent_at` in ms since 1970 UTC."""

    id: int
    enrollment_id: int
    title: str
    """The title of the enrollment's course or learning path."""
    text: str
    sent_at: int
    sent_by: str
    state: str


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """A mail to send."""

    id: int
    """Of the message."""
    name: str
    email: str | None
    title: str
    text: str
    sent_by: str


def follow_messages(
    session: Session,
    changes: Sequence[Change],
    signature: Signature,
    seqs: Mapping[int, int],
    *,
    by_mail: bool,
) -> None:
    """Write the messages that changes send; withdraw those that they take back, or show them again.

    Args:
        session: in the transaction of the changes.
        changes: those that send messages, or undo that.
        signature: who sends them.
        seqs: by enrollment, the `seq` of the row of history.
        by_mail: whether new ones are sent by mail, too.
    """
    new: list[dict[str, object]] = []
    withdrawn: list[dict[str, int]] = []
    again: list[dict[str, int]] = []
    for change in changes:
        text, after = change.recorded[Sent.MESSAGE][1], change.after
        if change.undoes is not None:
            row = {"undone": change.undoes, "seq": seqs[after.id]}
            (withdrawn if text is None else again).append(row)
            continue
        new.append(
            {
                "event_seq": seqs[after.id],
                "enrollment_id": after.id,
                "learner_id": after.learner_id,
                "batch": signature.batch,
                "text": text,
                "sent_at": after.updated_at,
                "sent_by": signature.author.actor_name,
                "state": MessageState.NEW.value,
                "is_withdrawn": 0,
                "mail": (Mail.WAITING if by_mail else Mail.NONE).value,
            }
        )
    connection = session.connection()
    for statement, rows in (
        (insert(_message), new),
        (_WITHDRAW, withdrawn),
        (_SHOW_AGAIN, again),
    ):
        if rows:
            connection.execute(statement, rows)


def messages_of(session: Session, learner_id: int) -> list[StoredMessage]:
    """Return the newest messages to a learner that they have not dismissed, newest first."""
    return records(StoredMessage, session.exec(_OF_LEARNER, params={"learner": learner_id}))


def mark_message(session: Session, learner_id: int, message_id: int, state: MessageState) -> None:
    """Record that a learner has read or dismissed a message of theirs; a dismissed one stays so."""
    values = {"of_id": message_id, "learner": learner_id, "to_state": state.value}
    session.exec(_MARK, params=values)


def next_mail(session: Session) -> WaitingMail | None:
    """Return the next mail to send, of a message whose job has ended."""
    return first_record(WaitingMail, session.exec(_NEXT_MAIL))


def claim_mail(session: Session, message_id: int, now: int) -> bool:
    """Begin to send a mail; false if another process has, or it was withdrawn."""
    return session.exec(_CLAIM, params={"of_id": message_id, "now": now}).rowcount == 1


def end_mail(session: Session, message_id: int, mail: Mail) -> None:
    """Record what has become of a mail."""
    session.exec(_MAILED, params={"of_id": message_id, "to_mail": mail.value})


def give_up_mails(session: Session, before: int) -> None:
    """Record as failed the mails that a process began to send before a time in ms, and left."""
    session.exec(_GIVE_UP, params={"before": before})


def count_mails(session: Session, batch: str) -> dict[Mail, int]:
    """Return how many mails of a batch are in which state."""
    found = session.exec(_COUNTS, params={"batch": batch})
    return {Mail(row.mail): row.n for row in found}


def failed_mails(session: Session, batch: str, enrollment_ids: Collection[int]) -> set[int]:
    """Return those of a batch's enrollments whose mail could not be sent."""
    params = {"batch": batch, "ids": list(enrollment_ids)}
    return set(session.exec(_FAILED, params=params))


def learners_with_account(session: Session, learner_ids: Collection[int]) -> set[int]:
    """Return those of some learners who can sign in."""
    return set(session.exec(_WITH_ACCOUNT, params={"ids": list(learner_ids)}))
