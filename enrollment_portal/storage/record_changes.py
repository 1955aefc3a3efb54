"""Which people, courses, groups and accounts were changed lately, other than by enrollments.

Triggers keep the table: whatever writes a name, an email, a title or the like, and on whatever way,
the transaction that does so says it here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.storage.id_lists import id_list, in_list


@dataclass(frozen=True, slots=True)
class RecordChange:
    """A record that was changed; `kind` is learner, account, course, group or organization.

    A learning path is a course, and its lessons are a part of a course.
    """

    seq: int
    kind: str
    record_id: int


_NEWEST = text("SELECT COALESCE(max(seq), 0) FROM record_change")
_AFTER = text(
    "SELECT seq, kind, record_id FROM record_change WHERE seq > :seq ORDER BY seq LIMIT :limit"
)


def newest(session: Session) -> int:
    """Return the number of the newest change, 0 without any."""
    return session.execute(_NEWEST).scalar_one()


def after(session: Session, seq: int, limit: int) -> list[RecordChange]:
    """Return the changes behind one, in their order."""
    rows = session.execute(_AFTER, {"seq": seq, "limit": limit})
    return [RecordChange(*row) for row in rows]


def enrollments_of(
    session: Session,
    enrollment_ids: Collection[int],
    learner_ids: Collection[int],
    course_ids: Collection[int],
) -> set[int]:
    """Return which of these enrollments are of one of the learners, or in one of the courses."""
    sql = text(
        f"SELECT id FROM enrollment WHERE id IN {in_list(session, 'ids')}"
        f" AND (learner_id IN {in_list(session, 'learners')}"
        f" OR course_id IN {in_list(session, 'courses')})"
    )
    values = {
        "ids": id_list(session, enrollment_ids),
        "learners": id_list(session, learner_ids),
        "courses": id_list(session, course_ids),
    }
    return set(session.execute(sql, values).scalars())
