"""The SQL conditions of a ledger query, and the FROM clause for each driving table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from enrollment_portal.domain.access.permissions import Scope
from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.ledger.filter_bounds import Bounds, bounds_of
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery
from enrollment_portal.storage.ledger.engines import Engine
from enrollment_portal.storage.ledger.filtering.conditions import (
    Condition,
    Driver,
    Owner,
    filter_conditions,
)
from enrollment_portal.storage.ledger.search import Parameters
from enrollment_portal.storage.shared import scopes

SHAPES = 2_000
"""How many statements are kept of each kind: filters combine to more shapes than may be kept."""
_OPEN_REQUEST = "x.enrollment_id = e.id AND x.state = 'open'"


class Courses(Enum):
    """Filter by course: which courses the enrollments are in."""

    PLAIN = "any course that is no path"
    PATHS = "any learning path"
    TAUGHT = "the courses that the account teaches"
    ONE = "one course or path"

    @property
    def ids(self) -> str:
        """The query that selects their ids (as `id`)."""
        return {
            Courses.PLAIN: "SELECT id FROM course WHERE kind <> 'path'",
            Courses.PATHS: "SELECT id FROM course WHERE kind = 'path'",
            Courses.TAUGHT: scopes.TAUGHT_COURSES,
            Courses.ONE: "SELECT CAST(:only_course AS BIGINT) AS id",
        }[self]

    @property
    def condition(self) -> str:
        """The condition on an enrollment `e`, evaluated row by row."""
        match self:
            case Courses.PLAIN:
                # There are few paths and many courses: the subquery lists the paths once.
                return f"(e.course_id IN ({Courses.PATHS.ids})) IS NOT TRUE"
            case Courses.ONE:
                return "e.course_id = :only_course"
            case _:
                return f"(e.course_id IN ({self.ids})) IS TRUE"


class Learners(Enum):
    """Filter by learner: whose enrollments they are."""

    ALL = "anybody's"
    LED = "those of the people that the account leads"
    ONE = "one learner's"

    @property
    def ids(self) -> str:
        """The query that selects their ids (as `id`)."""
        return {
            Learners.ALL: "SELECT id FROM learner",
            Learners.LED: scopes.LED_LEARNERS,
            Learners.ONE: "SELECT CAST(:only_learner AS BIGINT) AS id",
        }[self]


class DrivingTable(Enum):
    """The table that a full sort reads first; the enrollments are joined to its rows."""

    ALL = "enrollment"  # every enrollment of the selected statuses
    SEARCH_MATCHES = "matches"  # the learners that the search finds
    COURSES = "courses"  # the courses of the filter
    COURSES_AND_MATCHES = (
        "courses and matches"  # the same; the search's matches are a list computed once
    )
    LEARNERS = "learners"  # the learners of the filter
    REQUESTS = "requests"  # the open requests for an extension
    LISTED_COURSES = "listed courses"  # the courses in the parameter :ids
    INTERVALS_BY_END = (
        "intervals by end"  # past day only: validity intervals that ended after it, or not yet
    )


def status_list(statuses: tuple[int, ...]) -> str:
    """Return statuses as a list in SQL, for `IN`."""
    return f"({', '.join(str(int(status)) for status in statuses)})"


@dataclass(frozen=True)
class LedgerFilter:
    """A ledger query's filter without its values: statements are cached for each such shape."""

    courses: Courses
    learners: Learners
    terms: int
    only_requests: bool = False
    added: tuple[Condition, ...] = ()
    """The conditions of the query's filters."""

    @property
    def is_empty(self) -> bool:
        """Whether every enrollment in a course passes it (only those in paths are left out)."""
        is_everything = self.courses is Courses.PLAIN and self.learners is Learners.ALL
        is_unfiltered = not self.only_requests and not self.added
        return is_everything and not self.terms and is_unfiltered

    def conditions(
        self,
        engine: Engine,
        driving_table: DrivingTable | Driver | None,
        *,
        has_learner: bool = False,
    ) -> list[str]:
        """Return the conditions on each enrollment `e` that the driving table does not imply.

        With `has_learner`, the query has joined the learner as `l`, and the conditions on learners
        use its columns, so that they are checked before the enrollments are read. All conditions
        are written to be evaluated row by row: as EXISTS or a plain IN, PostgreSQL may turn them
        into a join over the whole table, and SQLite may look up all rows of the list, or build a
        filter over every learner.
        """
        learner = "l.id" if has_learner else "e.learner_id"
        conditions: list[str] = []
        if self.learners is Learners.LED and driving_table is not DrivingTable.LEARNERS:
            conditions.append(f"({learner} IN ({Learners.LED.ids})) IS TRUE")
        if self.learners is Learners.ONE and driving_table is not DrivingTable.LEARNERS:
            conditions.append(f"{learner} = :only_learner")
        if driving_table not in (
            DrivingTable.COURSES,
            DrivingTable.COURSES_AND_MATCHES,
            DrivingTable.LISTED_COURSES,
        ):
            conditions.append(self.courses.condition)
        if self.only_requests and driving_table is not DrivingTable.REQUESTS:
            request = f"SELECT 1 FROM extension_request x WHERE {_OPEN_REQUEST}"
            conditions.append(f"(EXISTS ({request})) IS TRUE")
        if self.terms and driving_table is DrivingTable.COURSES_AND_MATCHES:
            # The plus keeps SQLite from using the index on learner_id instead of that on course_id.
            conditions.append(f"+e.learner_id IN ({engine.matches(self.terms)})")
        elif self.terms and driving_table is not DrivingTable.SEARCH_MATCHES:
            table = "l" if has_learner else "x"
            matches_search = " AND ".join(
                engine.contains(f"{table}.search", f":term{i}") for i in range(self.terms)
            )
            conditions.append(
                matches_search
                if has_learner
                else f"(SELECT {matches_search} FROM learner x WHERE x.id = {learner})"
            )
        for added in self.added:
            driver = added.driver
            if driver is None or driver != driving_table or not driver.is_exact:
                conditions.append(added.sql.format(learner=learner))
        return conditions

    def from_clause(
        self, engine: Engine, driving_table: DrivingTable | Driver, statuses: tuple[int, ...]
    ) -> tuple[str, str]:
        """Return FROM and WHERE of the enrollments `e` of a driving table, filtered."""
        condition = f"e.status IN {status_list(statuses)}"
        sources = {
            DrivingTable.SEARCH_MATCHES: ("learner", engine.matches(self.terms)),
            DrivingTable.LEARNERS: ("learner", self.learners.ids),
            DrivingTable.COURSES: ("course", self.courses.ids),
            DrivingTable.COURSES_AND_MATCHES: ("course", self.courses.ids),
            DrivingTable.LISTED_COURSES: ("course", engine.listed_ids()),
        }
        if isinstance(driving_table, Driver):
            source, where = _driven(engine, driving_table, condition)
        elif driving_table is DrivingTable.ALL:
            source, where = "enrollment e", condition
        elif driving_table is DrivingTable.REQUESTS:
            source = "extension_request x CROSS JOIN enrollment e"
            where = f"{_OPEN_REQUEST} AND {condition}"
        else:
            owner, ids = sources[driving_table]
            source, where = engine.enrollments_of(f"({ids}) d", owner, "d.id", condition)
        return source, " AND ".join([where, *self.conditions(engine, driving_table)])


def _driven(engine: Engine, driver: Driver, condition: str) -> tuple[str, str]:
    """Return FROM and WHERE of the enrollments that a driver finds."""
    if driver.owner is not Owner.ENROLLMENT:
        source = f"({driver.sql}) d"
        return engine.enrollments_of(source, driver.owner.value, "d.id", condition)
    if driver.index:
        source = engine.by_index("enrollment", "e", driver.index)
        return source, f"{driver.sql} AND {condition}"
    return engine.enrollment_of(f"({driver.sql}) d", "d.id", condition)


@dataclass(frozen=True)
class BoundFilter:
    """A ledger filter and the values of its SQL parameters."""

    shape: LedgerFilter
    parameters: Parameters
    statuses: tuple[Status, ...] = tuple(Status)
    """The statuses that rows can have; none if the filters contradict each other."""


def bind_filter(
    engine: Engine,
    scope: Scope,
    query: LedgerQuery,
    terms: tuple[str, ...],
    *,
    has_assigned: bool = False,
) -> BoundFilter:
    """Return the filter of a scope, a query's kind and the terms of its search.

    A filter by one course or one learner replaces the scope's courses or learners: the caller has
    checked already that the scope contains it. For `has_assigned`, see `filter_conditions`.
    """
    in_paths = query.kind is Kind.PATHS
    courses = Courses.PATHS if in_paths else Courses.PLAIN
    learners = Learners.ALL
    parameters: dict[str, object] = {f"term{i}": term for i, term in enumerate(terms)}
    parameters |= engine.match_parameters(terms) if terms else {}
    parameters |= scopes.scope_values(scope)
    if not scope.has_all_courses:
        courses = Courses.TAUGHT
    elif not scope.is_everything:
        learners = Learners.LED
    if query.course is not None:
        courses, parameters["only_course"] = Courses.ONE, query.course
    if query.learner is not None:
        learners, parameters["only_learner"] = Learners.ONE, query.learner
    statuses, added = tuple(Status), ()
    if query.filters:
        bounds = _bounds(query)
        statuses = () if bounds.is_impossible else bounds.statuses
        added, values = filter_conditions(
            engine,
            query.filters,
            bounds,
            in_paths=in_paths and query.course is None,
            is_led=scope.has_all_courses and not scope.is_everything,
            has_assigned=has_assigned,
        )
        parameters |= values
    shape = LedgerFilter(courses, learners, len(terms), query.only_requests, added)
    return BoundFilter(shape, parameters, statuses)


def only_listed(engine: Engine, ledger_filter: BoundFilter, ids: Sequence[int]) -> BoundFilter:
    """Return a filter that only rows with some ids pass, by which they are found."""
    listed, value = engine.listed("listed", ids)
    condition = Condition(f"(e.id IN ({listed})) IS TRUE", Driver(Owner.ENROLLMENT, listed))
    shape = replace(ledger_filter.shape, added=(*ledger_filter.shape.added, condition))
    parameters = {**ledger_filter.parameters, "listed": value}
    return replace(ledger_filter, shape=shape, parameters=parameters)


def _bounds(query: LedgerQuery) -> Bounds:
    if query.clock is None:
        raise RuntimeError("the days of filters are relative to a clock")
    return bounds_of(query.filters, query.clock)
