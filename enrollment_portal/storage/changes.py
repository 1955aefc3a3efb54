"""What was committed lately, in the words of the change feed: which enrollment, which fields, who.

Values of fields are left out: who may see them reads them for themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.domain.enrollments import Field
from enrollment_portal.storage.id_lists import id_list, in_list


@dataclass(frozen=True, slots=True)
class Change:
    """One row of history as the feed passes it on."""

    seq: int
    enrollment_id: int
    began: bool
    status_changed: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What an enrollment holds now, as far as ledgers show it, and where it belongs."""

    id: int
    learner_id: int
    course_id: int
    kind: str
    search: str
    """What its learner is found by."""
    status: int
    progress: int
    deadline_day: int | None
    version: int
    wanted_day: int | None
    """The deadline that the learner asks for, while nobody has answered."""
    override_seq: int | None
    """The row of history with which a person set the status; `None` where tracking did."""


_NEWEST = text("SELECT COALESCE(max(seq), 0) FROM enrollment_event")
_AFTER = text(
    # Within JSON only a key is followed by a colon; a quote within a value has an escape.
    "SELECT seq, enrollment_id, kind, changes LIKE :status FROM enrollment_event"
    " WHERE seq > :seq ORDER BY seq LIMIT :limit"
)
_TAUGHT = text("SELECT course_id FROM course_teacher WHERE account_id = :account")


def newest(session: Session) -> int:
    """Return the number of the newest row of history, 0 without any."""
    return session.execute(_NEWEST).scalar_one()


def after(session: Session, seq: int, limit: int) -> list[Change]:
    """Return the rows of history behind one, in their order."""
    values = {"seq": seq, "limit": limit, "status": f'%"{Field.STATUS}":%'}
    rows = session.execute(_AFTER, values)
    return [Change(row[0], row[1], row[2] == "began", bool(row[3])) for row in rows]


def standings(session: Session, enrollment_ids: Iterable[int]) -> list[Standing]:
    """Return what these enrollments hold now."""
    sql = text(
        "SELECT e.id, e.learner_id, e.course_id, c.kind, l.search, e.status, e.progress,"
        " e.deadline_day, e.version, (SELECT x.wanted_day FROM extension_request x"
        " WHERE x.enrollment_id = e.id AND x.state = 'open'), e.override_seq"
        " FROM enrollment e JOIN learner l ON l.id = e.learner_id"
        f" JOIN course c ON c.id = e.course_id WHERE e.id IN {in_list(session, 'ids')}"
    )
    rows = session.execute(sql, {"ids": id_list(session, enrollment_ids)})
    return [Standing(*row) for row in rows]


def taught_by(session: Session, account_id: int) -> set[int]:
    """Return the courses that an account teaches."""
    return set(session.execute(_TAUGHT, {"account": account_id}).scalars())


def led_by(session: Session, account_id: int, learner_ids: Collection[int]) -> set[int]:
    """Return which of these learners an account leads."""
    # The view `learner_lead`, from the learners on: SQLite would work out everybody's people.
    sql = text(
        "SELECT r.id FROM learner r JOIN account a ON a.learner_id = r.manager_id"
        f" WHERE r.id IN {in_list(session, 'ids')} AND a.id = :account"
        " UNION SELECT m.learner_id FROM group_member m JOIN group_lead g"
        f" ON g.group_id = m.group_id WHERE m.learner_id IN {in_list(session, 'ids')}"
        " AND g.account_id = :account"
    )
    values = {"ids": id_list(session, learner_ids), "account": account_id}
    return set(session.execute(sql, values).scalars())
