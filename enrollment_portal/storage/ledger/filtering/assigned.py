"""The enrollments with an instructor of their own: in a filter by instructor, and in that order.

Most organizations have none: then nothing of this is in a statement.
"""

from __future__ import annotations

from functools import cache

from sqlmodel import Session

from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, SortKey
from enrollment_portal.storage.ledger.engines import Engine, fetch
from enrollment_portal.storage.ledger.filtering.conditions import (
    TAUGHT_BY,
    Condition,
    Driver,
    Owner,
)
from enrollment_portal.storage.ledger.index_ranges import EXTRA

UNIT = EXTRA[SortKey.INSTRUCTOR]
"""What the order by instructor goes by: the assigned account, as a negative number, or else the
course."""
_INDEX = "ix_enrollment_instructor"
OF_COURSE = Condition("e.instructor_id IS NULL")
OF_PERSON = Driver(
    Owner.ENROLLMENT, f"e.instructor_id = :instructor AND e.course_id IN ({TAUGHT_BY})", _INDEX
)
"""The enrollments that the account `:instructor` is assigned."""


def has_assigned(session: Session, engine: Engine, query: LedgerQuery) -> bool:
    """Return whether an enrollment of the courses of a filter by instructor has one of its own."""
    if query.filters.instructor is None:
        return False
    values = {"instructor": query.filters.instructor}
    return bool(fetch(session, _any_assigned(engine), values))


def assigned_people(session: Session, engine: Engine) -> list[tuple[int, str]]:
    """Return the accounts that are assigned to an enrollment, each with its name."""
    return [(row[0], row[1]) for row in fetch(session, _people(engine), {})]


@cache
def _any_assigned(engine: Engine) -> str:
    source = engine.by_index("enrollment", "e", _INDEX)
    of_course = "e.course_id = d.id AND e.instructor_id IS NOT NULL"
    # Not EXISTS: PostgreSQL might list all courses first, and read the whole table for that.
    found = f"SELECT 1 FROM {source} WHERE {of_course} LIMIT 1"
    return engine.sql(f"SELECT 1 FROM ({TAUGHT_BY}) d WHERE ({found}) IS NOT NULL LIMIT 1")


@cache
def _people(engine: Engine) -> str:
    source = engine.by_index("enrollment", "e", _INDEX)
    of_person = "e.course_id = t.course_id AND e.instructor_id = t.account_id"
    found = f"SELECT 1 FROM {source} WHERE {of_person} LIMIT 1"
    return engine.sql(
        "SELECT a.id, a.name FROM account a WHERE a.id IN (SELECT t.account_id"
        f" FROM course_teacher t WHERE ({found}) IS NOT NULL) ORDER BY a.id"
    )
