"""How a search and a scope narrow the ledger, and from which side the rows are found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from enrollment_portal.domain.access.permissions import Led, Scope, Taught
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery
from enrollment_portal.storage.ledger.engines import Engine
from enrollment_portal.storage.ledger.search import Parameters
from enrollment_portal.storage.shared import scopes

_OPEN_REQUEST = "x.enrollment_id = e.id AND x.state = 'open'"


class Courses(Enum):
    """Which courses the enrollments are in."""

    PLAIN = "any course that is no path"
    PATHS = "any learning path"
    TAUGHT = "the courses that the account teaches"
    ONE = "one course or path"

    @property
    def ids(self) -> str:
        """The query of their ids (`id`)."""
        return {
            Courses.PLAIN: "SELECT id FROM course WHERE kind <> 'path'",
            Courses.PATHS: "SELECT id FROM course WHERE kind = 'path'",
            Courses.TAUGHT: scopes.TAUGHT_COURSES,
            Courses.ONE: "SELECT CAST(:only_course AS BIGINT) AS id",
        }[self]

    @property
    def holds(self) -> str:
        """The condition on an enrollment `e` that is worked out row by row."""
        match self:
            case Courses.PLAIN:
                # The paths are few, and listed once; the courses are many.
                return f"(e.course_id IN ({Courses.PATHS.ids})) IS NOT TRUE"
            case Courses.ONE:
                return "e.course_id = :only_course"
            case _:
                return f"(e.course_id IN ({self.ids})) IS TRUE"


class Learners(Enum):
    """Whose enrollments they are."""

    ALL = "anybody's"
    LED = "those of the people that the account leads"
    ONE = "one learner's"

    @property
    def ids(self) -> str:
        """The query of their ids (`id`)."""
        return {
            Learners.ALL: "SELECT id FROM learner",
            Learners.LED: scopes.LED_LEARNERS,
            Learners.ONE: "SELECT CAST(:only_learner AS BIGINT) AS id",
        }[self]


class Side(Enum):
    """What to begin from when rows are gathered rather than met along an index."""

    ALL = "all"  # every enrollment of the wanted statuses
    MATCHES = "matches"  # the learners that the search finds
    COURSES = "courses"  # the courses it is narrowed to
    COURSES_WIDELY = "courses widely"  # the same, with the search's matches worked out first
    LEARNERS = "learners"  # the learners it is narrowed to
    REQUESTS = "requests"  # the open requests for an extension
    LISTED = "listed"  # the courses in the parameter :ids
    ENDED_LATER = "ended later"  # of a past day: what has ended since, or has not ended


def listed(statuses: tuple[int, ...]) -> str:
    """Return statuses as SQL lists them."""
    return f"({', '.join(str(int(status)) for status in statuses)})"


@dataclass(frozen=True)
class Narrowing:
    """The shape of a search within a scope: everything about it but the values."""

    courses: Courses
    learners: Learners
    terms: int
    asks: bool = False

    @property
    def is_none(self) -> bool:
        """Whether every course enrollment is in it."""
        is_wide = self.courses is Courses.PLAIN and self.learners is Learners.ALL
        return is_wide and not self.terms and not self.asks

    def filters(self, engine: Engine, side: Side | None, *, has_learner: bool = False) -> list[str]:
        """Return what is to be asked of each enrollment `e` that was found from a side.

        Where its learner `l` is at hand (`has_learner`), they are asked before the enrollments
        are. The conditions are written so that each is worked out row by row: as EXISTS or a plain
        IN, PostgreSQL may turn them into a join over everything, and SQLite look up all rows of
        the list, or build a filter over every learner.
        """
        learner = "l.id" if has_learner else "e.learner_id"
        conditions: list[str] = []
        if self.learners is Learners.LED and side is not Side.LEARNERS:
            conditions.append(f"({learner} IN ({Learners.LED.ids})) IS TRUE")
        if self.learners is Learners.ONE and side is not Side.LEARNERS:
            conditions.append(f"{learner} = :only_learner")
        if side not in (Side.COURSES, Side.COURSES_WIDELY, Side.LISTED):
            conditions.append(self.courses.holds)
        if self.asks and side is not Side.REQUESTS:
            request = f"SELECT 1 FROM extension_request x WHERE {_OPEN_REQUEST}"
            conditions.append(f"(EXISTS ({request})) IS TRUE")
        if self.terms and side is Side.COURSES_WIDELY:
            # The plus keeps SQLite from looking up the courses' rows by learner instead.
            conditions.append(f"+e.learner_id IN ({engine.matches(self.terms)})")
        elif self.terms and side is not Side.MATCHES:
            table = "l" if has_learner else "x"
            holds = " AND ".join(
                engine.contains(f"{table}.search", f":term{i}") for i in range(self.terms)
            )
            conditions.append(
                holds if has_learner else f"(SELECT {holds} FROM learner x WHERE x.id = {learner})"
            )
        return conditions

    def found_from(self, engine: Engine, side: Side, statuses: tuple[int, ...]) -> tuple[str, str]:
        """Return FROM and WHERE of the enrollments `e` found from a side and filtered."""
        condition = f"e.status IN {listed(statuses)}"
        sources = {
            Side.MATCHES: ("learner", engine.matches(self.terms)),
            Side.LEARNERS: ("learner", self.learners.ids),
            Side.COURSES: ("course", self.courses.ids),
            Side.COURSES_WIDELY: ("course", self.courses.ids),
            Side.LISTED: ("course", engine.listed()),
        }
        if side is Side.ALL:
            source, where = "enrollment e", condition
        elif side is Side.REQUESTS:
            source = "extension_request x CROSS JOIN enrollment e"
            where = f"{_OPEN_REQUEST} AND {condition}"
        else:
            owner, ids = sources[side]
            source, where = engine.enrollments_of(f"({ids}) d", owner, "d.id", condition)
        return source, " AND ".join([where, *self.filters(engine, side)])


@dataclass(frozen=True)
class Narrowed:
    """A search within a scope: its shape and the values of its parameters."""

    shape: Narrowing
    parameters: Parameters


def narrow(engine: Engine, scope: Scope, query: LedgerQuery, terms: tuple[str, ...]) -> Narrowed:
    """Return how a scope, a query's kind, and the parts of its search narrow the ledger.

    One course or one learner takes the place of the scope's courses or learners: that the scope
    holds it has been made sure of before.
    """
    courses = Courses.PATHS if query.kind is Kind.PATHS else Courses.PLAIN
    learners = Learners.ALL
    parameters: dict[str, object] = {f"term{i}": term for i, term in enumerate(terms)}
    parameters |= engine.match_parameters(terms) if terms else {}
    if isinstance(scope, Taught | Led):
        parameters["account"] = scope.account_id
        if isinstance(scope, Taught):
            courses = Courses.TAUGHT
        else:
            learners = Learners.LED
    if query.course is not None:
        courses, parameters["only_course"] = Courses.ONE, query.course
    if query.learner is not None:
        learners, parameters["only_learner"] = Learners.ONE, query.learner
    return Narrowed(Narrowing(courses, learners, len(terms), query.asks), parameters)
