"""The SQL of each filter of the ledger: its condition on a row, and the index that finds its rows.

Values are parameters, except the few of an enumeration: a statement is cached for each shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.day_ranges import Span
from enrollment_portal.domain.ledger.filter_bounds import ANY, Bounds
from enrollment_portal.domain.ledger.filters import Filters, Flag
from enrollment_portal.storage.ledger.engines import Engine
from enrollment_portal.storage.pace.stuck import STUCK
from enrollment_portal.storage.shared import scopes


class Owner(Enum):
    """What a driver lists: the enrollments themselves, or whose or of what they are."""

    ENROLLMENT = "enrollment"
    LEARNER = "learner"
    COURSE = "course"


@dataclass(frozen=True)
class Driver:
    """How to find the enrollments of one filter by an index.

    For learners and courses, `sql` selects their ids (as `id`). For enrollments it is the condition
    on `e` that the index `index` answers; without an index, it selects ids of enrollments.
    """

    owner: Owner
    sql: str
    index: str = ""
    is_exact: bool = True
    """Whether all rows that it finds pass the filter."""
    has_owners: bool = False
    """Whether its index also has the course and the learner, for the filters by them."""
    is_by_enrolled: bool = False
    """Whether its index has the rows of each status by when they were enrolled."""
    rows: str = ""
    """The expression of about how many rows it finds, if that is known without reading them."""


@dataclass(frozen=True)
class PerStatus:
    """A driver for the enrollments of each status.

    Those of one status may be rare by one filter, and those of another by another filter.
    """

    parts: tuple[tuple[Driver, tuple[int, ...]], ...]


@dataclass(frozen=True)
class Condition:
    """One filter in SQL.

    Attributes:
        sql: the condition on an enrollment `e`; `{learner}` is its learner's id.
        driver: finds all rows that pass it; `None` if no index does.
        column: the column that it bounds, if it is a range of one column.
        bounds: the conditions of that range: from below and from above, "" for none.
        terms: of a search that finds both learners and courses, how many it has.
        of_past: the condition on an interval `e` of a past day, if it is another one.
    """

    sql: str
    driver: Driver | None = None
    column: str = ""
    bounds: tuple[str, str] = ("", "")
    terms: int = 0
    of_past: str = ""


@dataclass
class _Parts:
    conditions: list[Condition] = field(default_factory=list)
    values: dict[str, object] = field(default_factory=dict)


_IS_LED_MANAGER = (
    f" AND (:manager IN ({scopes.LED_LEARNERS})"
    " OR :manager = (SELECT a.learner_id FROM account a WHERE a.id = :account))"
)
_IS_LED_GROUP = (
    " AND EXISTS (SELECT 1 FROM group_lead w"
    " WHERE w.group_id = m.group_id AND w.account_id = :account)"
)
AWAITS_GRADE = (
    "e.grade IS NULL AND (SELECT y.requires_grade = 1 AND (y.n_lessons = 0 OR e.progress = 100)"
    " FROM course y WHERE y.id = e.course_id)"
)
TAUGHT_BY = "SELECT t.course_id AS id FROM course_teacher t WHERE t.account_id = :instructor"
_IS_ACTIVE = f"e.status = {Status.ACTIVE:d}"
_MARKS = {
    "by_hand": Flag.BY_HAND,
    "retake": Flag.RETAKE,
    "feedback": Flag.FEEDBACK,
    "note": Flag.NOTE,
}
"""By the name in their indexes, in which each pair has one, too."""
_FLAGS = {
    Flag.BY_HAND: "e.override_seq IS NOT NULL",
    Flag.RETAKE: "e.run > 1",
    Flag.FEEDBACK: "e.feedback <> ''",
    Flag.NOTE: "e.internal_note <> ''",
}


def filter_conditions(
    engine: Engine,
    filters: Filters,
    bounds: Bounds,
    *,
    in_paths: bool,
    is_led: bool,
    has_assigned: bool,
) -> tuple[tuple[Condition, ...], dict[str, object]]:
    """Return the conditions of filters, and the values of their parameters.

    They never widen a scope: they are added to it. A lead's filters by a group or a manager have
    rows only for the groups and managers that they know of.

    Args:
        engine: whose SQL to write.
        filters: those that the scope has.
        bounds: what they mean today.
        in_paths: whether the ledger is of learning paths.
        is_led: whether it is a lead's.
        has_assigned: whether enrollments in the courses of the instructor have one of their own.
    """
    parts = _Parts()
    _add_range(parts, "progress", bounds.progress, "ix_enrollment_status_progress")
    _add_range(parts, "deadline_day", bounds.deadline, "ix_enrollment_status_deadline")
    # Where it only follows from another filter, that one has the fewer rows.
    enrolled_index = "ix_enrollment_status_enrolled" if filters.enrolled else ""
    _add_range(parts, "enrolled_at", bounds.enrolled, enrolled_index)
    is_completed = f" AND e.status = {Status.COMPLETED:d}"
    _add_range(parts, "completed_at", bounds.completed, "ix_enrollment_completed", is_completed)
    _add_range(parts, "last_visit_at", bounds.last_visit, "ix_enrollment_status_visit")
    for column, has_value, index in (
        ("deadline_day", bounds.has_deadline, "ix_enrollment_status_deadline"),
        ("last_visit_at", bounds.is_visited, "ix_enrollment_status_visit"),
    ):
        if has_value is False:
            _add(parts, f"e.{column} IS NULL", index)
    if filters.origins:
        origins = ", ".join(f"'{origin.value}'" for origin in filters.origins)
        _add(parts, f"e.origin IN ({origins})", "ix_enrollment_origin", has_owners=True)
    for sql, index in _marks(filters):
        driver = Driver(Owner.ENROLLMENT, sql, index, has_owners=True, is_by_enrolled=True)
        parts.conditions.append(Condition(sql, driver))
    if bounds.stuck_before is not None:
        driver = Driver(Owner.ENROLLMENT, STUCK, "ix_enrollment_stuck")
        parts.conditions.append(Condition(STUCK, driver))
        parts.values["stuck_before"] = bounds.stuck_before
    for owner, name, ids, value in _lists(engine, filters, in_paths=in_paths, is_led=is_led):
        column = "{learner}" if owner is Owner.LEARNER else "e.course_id"
        condition = Condition(f"({column} IN ({ids})) IS TRUE", Driver(owner, ids))
        if name == "instructor" and has_assigned:
            condition = _responsible(condition.sql, ids)
        parts.conditions.append(condition)
        parts.values[name] = value
    if Flag.AWAITING_GRADE in filters.flags:
        ids = _awaiting_ids(engine)
        sql = f"({AWAITS_GRADE}) IS TRUE AND {_IS_ACTIVE}"
        parts.conditions.append(Condition(sql, Driver(Owner.ENROLLMENT, ids, is_exact=False)))
    return tuple(parts.conditions), parts.values


def _responsible(teaches: str, courses: str) -> Condition:
    """Return the condition that nobody else who teaches the course is assigned."""
    is_own = "{0}.instructor_id IS NULL OR {0}.instructor_id = :instructor"
    now = f"SELECT {is_own.format('o')} FROM enrollment o WHERE o.id = e.enrollment_id"
    return Condition(
        f"{teaches} AND ({is_own.format('e')})",
        Driver(Owner.COURSE, courses, is_exact=False),
        of_past=f"{teaches} AND ({now})",
    )


def _marks(filters: Filters) -> Iterator[tuple[str, str]]:
    """Yield the condition and the index of the marks that are filtered by, two at a time."""
    marks = [name for name, flag in _MARKS.items() if flag in filters.flags]
    for i in range(0, len(marks), 2):
        together = marks[i : i + 2]
        conditions = " AND ".join(_FLAGS[_MARKS[name]] for name in together)
        yield conditions, f"ix_enrollment_{'_'.join(together)}"


def _lists(
    engine: Engine, filters: Filters, *, in_paths: bool, is_led: bool
) -> Iterator[tuple[Owner, str, str, object]]:
    """Yield the filters that list learners or courses: the parameter, their ids, and its value."""
    if filters.courses:
        ids, value = engine.listed("courses", filters.courses)
        yield Owner.COURSE, "courses", ids, value
    if filters.path is not None:
        steps = "SELECT s.course_id AS id FROM path_step s WHERE s.path_id = :path"
        one = "SELECT CAST(:path AS BIGINT) AS id"
        yield Owner.COURSE, "path", one if in_paths else steps, filters.path
    if filters.instructor is not None:
        yield Owner.COURSE, "instructor", TAUGHT_BY, filters.instructor
    if filters.group is not None:
        members = "SELECT m.learner_id AS id FROM group_member m WHERE m.group_id = :group_id"
        yield (
            Owner.LEARNER,
            "group_id",
            members + _IS_LED_GROUP * is_led,
            filters.group,
        )
    if filters.departments:
        names, value = engine.listed("departments", filters.departments)
        ids = f"SELECT p.id FROM learner p WHERE p.department IN ({names})"
        yield Owner.LEARNER, "departments", ids, value
    if filters.manager is not None:
        reports = "SELECT p.id FROM learner p WHERE p.manager_id = :manager"
        yield Owner.LEARNER, "manager", reports + _IS_LED_MANAGER * is_led, filters.manager


def _add(parts: _Parts, sql: str, index: str, *, has_owners: bool = False) -> None:
    driver = Driver(Owner.ENROLLMENT, sql, index, has_owners=has_owners)
    parts.conditions.append(Condition(sql, driver))


def _add_range(parts: _Parts, column: str, span: Span, index: str, of_index: str = "") -> None:
    """Add a range of a column.

    Args:
        parts: what to add it to.
        column: of enrollments.
        span: its first and last value.
        index: that starts with the status and the column; "" for none that is to be used.
        of_index: the literal condition of a partial index, after an " AND ".
    """
    if span == ANY:
        return
    first, last = span
    if first is not None:
        parts.values[f"{column}_first"] = first
    if last is not None:
        parts.values[f"{column}_last"] = last
    bounds = (
        "" if first is None else f"e.{column} >= :{column}_first",
        "" if last is None else f"e.{column} <= :{column}_last",
    )
    sql = " AND ".join(bound for bound in bounds if bound)
    driver = Driver(Owner.ENROLLMENT, sql + of_index, index) if index else None
    parts.conditions.append(Condition(sql, driver, f"e.{column}", bounds))


def _awaiting_ids(engine: Engine) -> str:
    """Return the query of the enrollments that may await a grade, by the indexes that find them."""
    by_progress = engine.by_index("enrollment", "n", "ix_enrollment_status_progress")
    by_course = engine.by_index("enrollment", "n", "ix_enrollment_course")
    return (
        f"SELECT n.id FROM {by_progress} WHERE n.status = {Status.ACTIVE:d} AND n.progress = 100"
        f" UNION SELECT n.id FROM course y CROSS JOIN {by_course}"
        " WHERE y.requires_grade = 1 AND y.n_lessons = 0 AND n.course_id = y.id"
        f" AND n.status = {Status.ACTIVE:d}"
    )
