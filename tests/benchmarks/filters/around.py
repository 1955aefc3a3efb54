"""Measure what is counted around a page: value lists, what needs attention, and searches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from enrollment_portal.domain.access.permissions import Everything, Led, Scope, Taught
from enrollment_portal.domain.ledger.day_ranges import Clock
from enrollment_portal.domain.ledger.filters import FilterName
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery
from enrollment_portal.storage.ledger import count_ledger, read_ledger
from enrollment_portal.storage.ledger.attention.counts import count_needs
from enrollment_portal.storage.ledger.values.enumerated import count_values
from enrollment_portal.storage.ledger.values.listed import list_values
from enrollment_portal.storage.shared.database import Database

VALUES_MS, NEEDS_MS = 60, 5
_LISTED = (
    *(FilterName.COURSES, FilterName.PATH, FilterName.GROUP, FilterName.DEPARTMENT),
    *(FilterName.INSTRUCTOR, FilterName.MANAGER),
)
_SEARCHED = ("zzzzq", "an", "ber", "safety", "data protection", "for")
"""Finding nobody, learners, both, and courses only."""
_EVERYTHING = Everything()
Act = Callable[[Any], object]


def value_lists() -> dict[str, Act]:
    """Return what lists the values of each filter with their counts, by its name."""

    def listed(name: FilterName) -> Act:
        return lambda session: list_values(session, _EVERYTHING, LedgerQuery(), name, (), 51)

    def counted(name: FilterName) -> Act:
        return lambda session: count_values(session, _EVERYTHING, LedgerQuery(), name)

    lists = {f"values: {name.value}": listed(name) for name in _LISTED}
    few = (FilterName.STATUS, FilterName.ORIGIN)
    return lists | {f"values: {name.value}": counted(name) for name in few}


def needs(database: Database, clock: Clock) -> dict[str, Act]:
    """Return what counts the strip over the ledger, for everybody and the busiest others."""

    def busiest(statement: str) -> int:
        with database.read() as session:
            return session.execute(text(statement)).one()[0]

    teacher = busiest(
        "SELECT t.account_id FROM course_teacher t JOIN tally_course y"
        " ON y.course_id = t.course_id GROUP BY t.account_id ORDER BY sum(y.n) DESC LIMIT 1"
    )
    lead = busiest(
        "SELECT account_id FROM learner_lead GROUP BY account_id ORDER BY count(*) DESC LIMIT 1"
    )

    def counted(scope: Scope, kind: Kind) -> Act:
        return lambda session: count_needs(session, scope, kind, clock)

    return {
        "needs attention": counted(_EVERYTHING, Kind.COURSES),
        "needs attention, learning paths": counted(_EVERYTHING, Kind.PATHS),
        "needs attention, instructor": counted(Taught(teacher), Kind.COURSES),
        "needs attention, lead": counted(Led(lead), Kind.COURSES),
    }


def searches() -> tuple[dict[str, Act], dict[str, Act]]:
    """Return what reads the first page of searches, and what counts them."""

    def read(typed: str) -> Act:
        query = LedgerQuery(search=typed)
        return lambda session: read_ledger(session, _EVERYTHING, query, counts_later=True)

    def count(typed: str) -> Act:
        return lambda session: count_ledger(session, _EVERYTHING, LedgerQuery(search=typed))

    return (
        {f"search: {typed}": read(typed) for typed in _SEARCHED},
        {f"search: {typed}": count(typed) for typed in _SEARCHED},
    )
