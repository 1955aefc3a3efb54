"""Count what needs attention within a scope, exactly, from tallies.

The tallies (`TallyNeed`) count active enrollments by deadline and by the day of the last progress,
so that nothing has to be updated when a day ends. Whoever sees everything reads the sums over all
courses. A lead's people are few: their enrollments are read.
"""

from __future__ import annotations

from functools import cache

from sqlmodel import Session

from enrollment_portal.domain.access.permissions import Scope
from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.ledger.attention.needs import Need
from enrollment_portal.domain.ledger.day_ranges import Clock
from enrollment_portal.domain.ledger.ledger_query import Kind
from enrollment_portal.domain.shared.calendar import MS_PER_DAY
from enrollment_portal.storage.ledger.counts import count_open_requests
from enrollment_portal.storage.ledger.engines import Engine, engine_of, fetch
from enrollment_portal.storage.ledger.filtering.conditions import AWAITS_GRADE
from enrollment_portal.storage.pace.stuck import STUCK
from enrollment_portal.storage.shared import scopes
from enrollment_portal.storage.shared.tables import TallyOf

_COUNTED = (Need.OVERDUE, Need.STUCK, Need.AWAITING_GRADE)


def count_needs(session: Session, scope: Scope, kind: Kind, clock: Clock) -> dict[Need, int]:
    """Return how many enrollments of a kind need attention within a scope, for each reason.

    Args:
        session: for reading.
        scope: whose ledger it is; open requests are for those who see everything.
        kind: courses or learning paths.
        clock: the organization's today.
    """
    engine = engine_of(session)
    values = {
        **scopes.scope_values(scope),
        "today": clock.today,
        "stuck_before": clock.stuck_before,
    }
    is_led = scope.has_all_courses and not scope.is_everything
    statement = (
        _of_led(engine, kind) if is_led else _tallied(engine, kind, not scope.has_all_courses)
    )
    row = fetch(session, statement, values | _part_of_day(clock.stuck_before))[0]
    found = {need: int(n or 0) for need, n in zip(_COUNTED, row, strict=True)}
    if scope.is_everything:
        found[Need.REQUESTS] = count_open_requests(session, kind)
    return found


def _part_of_day(moment: int) -> dict[str, int]:
    """Return how to count up to a moment with tallies of whole days, in UTC.

    They are counted up to the nearer end of its day: `sign` says whether the rows `after` a moment
    and `until` another one are to be added or subtracted.
    """
    day, rest = divmod(moment + 1, MS_PER_DAY)
    start = day * MS_PER_DAY
    if rest <= MS_PER_DAY // 2:
        return {"before_day": day, "sign": 1, "after": start - 1, "until": moment}
    return {
        "before_day": day + 1,
        "sign": -1,
        "after": moment,
        "until": start + MS_PER_DAY - 1,
    }


def _courses(kind: Kind, is_taught: bool) -> str:
    """Return the condition on courses `c` of a ledger."""
    is_path = f"c.kind {'=' if kind is Kind.PATHS else '<>'} '{CourseKind.PATH.value}'"
    return f"{is_path} AND c.id IN ({scopes.TAUGHT_COURSES})" if is_taught else is_path


@cache
def _tallied(engine: Engine, kind: Kind, is_taught: bool) -> str:
    """Return the statement that counts within some courses, or in all."""
    courses = _courses(kind, is_taught)
    # Of all courses there are sums, without those in paths.
    has_sums = kind is Kind.COURSES and not is_taught
    days = {TallyOf.DEADLINE: ":today", TallyOf.PROGRESS: ":before_day"}

    def before(measure: TallyOf, of: str) -> str:
        return (
            f"(SELECT COALESCE(sum(t.n), 0) FROM {of} t.measure = {measure:d}"
            f" AND t.bucket < {days[measure]})"
        )

    def within(condition: str) -> str:
        return f"course c CROSS JOIN tally_need t WHERE {condition} AND t.course_id = c.id AND"

    everything = "tally_need t WHERE t.course_id < 0 AND"
    if has_sums:
        overdue = before(TallyOf.DEADLINE, everything)
        without_lessons = within(f"{courses} AND c.n_lessons = 0")
        stuck = (
            f"{before(TallyOf.PROGRESS, everything)} - {before(TallyOf.PROGRESS, without_lessons)}"
        )
    else:
        overdue = before(TallyOf.DEADLINE, within(courses))
        stuck = before(TallyOf.PROGRESS, within(f"{courses} AND c.n_lessons > 0"))
    source = engine.by_index("enrollment", "e", "ix_enrollment_stuck")
    part_of_day = (
        f"SELECT count(*) FROM {source} WHERE e.status = 0 AND e.progress < 100"
        " AND e.progress_at > :after AND e.progress_at <= :until AND (e.course_id IN"
        f" (SELECT c.id FROM course c WHERE {courses} AND c.n_lessons > 0)) IS TRUE"
    )
    awaiting = (
        "SELECT sum(t.n) FROM course c CROSS JOIN tally_need t"
        f" WHERE {courses} AND c.requires_grade = 1 AND t.course_id = c.id"
        f" AND t.measure = {TallyOf.UNGRADED:d} AND (c.n_lessons = 0 OR t.bucket = 1)"
    )
    return engine.sql(f"SELECT {overdue}, {stuck} + :sign * ({part_of_day}), ({awaiting})")


@cache
def _of_led(engine: Engine, kind: Kind) -> str:
    """Return the statement that counts the enrollments of the people whom an account leads."""
    is_of_kind = f"(e.course_id IN (SELECT c.id FROM course c WHERE {_courses(kind, False)}))"
    source, where = engine.enrollments_of(
        f"({scopes.LED_LEARNERS}) d", "learner", "d.id", "e.status = 0"
    )
    conditions = ("e.deadline_day < :today", STUCK, f"({AWAITS_GRADE}) IS TRUE")
    counts = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in conditions)
    return engine.sql(f"SELECT {counts} FROM {source} WHERE {where} AND {is_of_kind} IS TRUE")
