"""Count common filters of views exactly, from tallies: by deadline, by completion, set by hand.

For scopes of whole courses; the people of a lead are few, and their enrollments are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlmodel import Session

from enrollment_portal.domain.access.permissions import Scope
from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.ledger.day_ranges import Span
from enrollment_portal.domain.ledger.ledger_query import Kind
from enrollment_portal.domain.shared.calendar import LAST_DAY, MS_PER_DAY
from enrollment_portal.storage.ledger.engines import Engine, engine_of, fetch
from enrollment_portal.storage.shared import scopes
from enrollment_portal.storage.shared.tables import TallyOf, TallyViewOf

_FURTHEST_MS = (LAST_DAY + 1) * MS_PER_DAY


def has_tallies(scope: Scope) -> bool:
    """Return whether a scope is of whole courses."""
    return scope.is_everything or not scope.has_all_courses


def count_due(session: Session, scope: Scope, kind: Kind, days: Span) -> int:
    """Count the active enrollments with a deadline in a range of days."""
    first, last = days
    values = {"first": 0 if first is None else first, "last": LAST_DAY if last is None else last}
    return _fetch(session, scope, _due(engine_of(session), _courses(scope, kind)), values)


def count_completed(session: Session, scope: Scope, kind: Kind, moments: Span) -> int:
    """Count the enrollments that were completed in a range of moments, in ms.

    The tallies have whole days in UTC; at both ends of the range, rows are read.
    """
    first = moments[0] or 0
    last = _FURTHEST_MS if moments[1] is None else moments[1]
    first_day, end_day = -(-first // MS_PER_DAY), (last + 1) // MS_PER_DAY
    if first_day > end_day:  # within one day
        first_day = end_day = (last + 1) // MS_PER_DAY + 1
    values = {
        "first_day": first_day,
        "last_day": end_day - 1,
        "first": first,
        "until": min(first_day * MS_PER_DAY - 1, last),
        "after": end_day * MS_PER_DAY,
        "last": last,
    }
    return _fetch(session, scope, _completed(engine_of(session), _courses(scope, kind)), values)


def count_by_hand(session: Session, scope: Scope, kind: Kind) -> int:
    """Count the enrollments whose status a person set."""
    return _fetch(session, scope, _by_hand(engine_of(session), _courses(scope, kind)), {})


def _fetch(session: Session, scope: Scope, statement: str, values: Mapping[str, Any]) -> int:
    return int(fetch(session, statement, {**scopes.scope_values(scope), **values})[0][0] or 0)


def _courses(scope: Scope, kind: Kind) -> str:
    """Return the condition on courses `c` of a ledger."""
    is_path = f"c.kind {'=' if kind is Kind.PATHS else '<>'} '{CourseKind.PATH.value}'"
    return is_path if scope.is_everything else f"{is_path} AND c.id IN ({scopes.TAUGHT_COURSES})"


@cache
def _due(engine: Engine, courses: str) -> str:
    return engine.sql(
        "SELECT sum(t.n) FROM course c CROSS JOIN tally_need t"
        f" WHERE {courses} AND t.course_id = c.id AND t.measure = {TallyOf.DEADLINE:d}"
        " AND t.bucket >= :first AND t.bucket <= :last"
    )


@cache
def _completed(engine: Engine, courses: str) -> str:
    ids = f"(SELECT c.id FROM course c WHERE {courses})"
    source = engine.by_index("enrollment", "e", "ix_enrollment_completed")

    def read(first: str, last: str) -> str:
        return (
            f"(SELECT count(*) FROM {source} WHERE e.status = 1 AND e.completed_at >= {first}"
            f" AND e.completed_at <= {last} AND (e.course_id IN {ids}) IS TRUE)"
        )

    whole = (
        "(SELECT COALESCE(sum(t.n), 0) FROM tally_view t"
        f" WHERE t.measure = {TallyViewOf.COMPLETED:d} AND t.bucket >= :first_day"
        f" AND t.bucket <= :last_day AND t.course_id IN {ids})"
    )
    return engine.sql(f"SELECT {whole} + {read(':first', ':until')} + {read(':after', ':last')}")


@cache
def _by_hand(engine: Engine, courses: str) -> str:
    return engine.sql(
        "SELECT sum(t.n) FROM tally_view t"
        f" WHERE t.measure = {TallyViewOf.BY_HAND:d} AND t.bucket = 0"
        f" AND t.course_id IN (SELECT c.id FROM course c WHERE {courses})"
    )
