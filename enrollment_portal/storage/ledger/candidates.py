"""How a search and a scope narrow the ledger, and from which side the rows are found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from enrollment_portal.domain.permissions import Everything, Led, Scope, Taught
from enrollment_portal.storage.ledger.engines import Engine, Parameters

_TAUGHT = "SELECT course_id AS id FROM course_teacher WHERE account_id = :account"
_LED = "SELECT learner_id AS id FROM learner_lead WHERE account_id = :account"


class Side(Enum):
    """What to begin from when rows are gathered rather than met along an index."""

    ALL = "all"  # every enrollment of the wanted statuses
    MATCHES = "matches"  # the learners that the search finds
    TAUGHT = "taught"  # the courses that the account teaches
    TAUGHT_WIDELY = "taught widely"  # the same, with the search's matches worked out first
    LED = "led"  # the learners that the account leads
    LISTED = "listed"  # the courses in the parameter :ids


def listed(statuses: tuple[int, ...]) -> str:
    """Return statuses as SQL lists them."""
    return f"({', '.join(str(int(status)) for status in statuses)})"


@dataclass(frozen=True)
class Narrowing:
    """The shape of a search within a scope: everything about it but the values."""

    scope: type[Scope]
    terms: int

    @property
    def is_none(self) -> bool:
        """Whether every enrollment is in it."""
        return self.scope is Everything and not self.terms

    def filters(self, engine: Engine, side: Side | None, *, has_learner: bool = False) -> list[str]:
        """Return what is to be asked of each enrollment `e` that was found from a side.

        Where its learner `l` is at hand (`has_learner`), they are asked before the enrollments
        are. The conditions are written so that each is worked out row by row: as EXISTS or a plain
        IN, PostgreSQL may turn them into a join over everything, and SQLite look up all rows of
        the list, or build a filter over every learner.
        """
        learner = "l.id" if has_learner else "e.learner_id"
        conditions: list[str] = []
        if self.scope is Led and side is not Side.LED:
            conditions.append(f"({learner} IN ({_LED})) IS TRUE")
        if self.scope is Taught and side not in (Side.TAUGHT, Side.TAUGHT_WIDELY):
            conditions.append(f"(e.course_id IN ({_TAUGHT})) IS TRUE")
        if self.terms and side is Side.TAUGHT_WIDELY:
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
        match side:
            case Side.ALL:
                source, where = "enrollment e", condition
            case Side.MATCHES:
                source, where = engine.enrollments_of(
                    f"({engine.matches(self.terms)}) d", "learner", "d.id", condition
                )
            case Side.LED:
                source, where = engine.enrollments_of(f"({_LED}) d", "learner", "d.id", condition)
            case Side.TAUGHT | Side.TAUGHT_WIDELY:
                source, where = engine.enrollments_of(f"({_TAUGHT}) d", "course", "d.id", condition)
            case Side.LISTED:
                source, where = engine.enrollments_of(
                    f"({engine.listed()}) d", "course", "d.id", condition
                )
        return source, " AND ".join([where, *self.filters(engine, side)])


@dataclass(frozen=True)
class Narrowed:
    """A search within a scope: its shape and the values of its parameters."""

    shape: Narrowing
    parameters: Parameters


def narrow(engine: Engine, scope: Scope, terms: tuple[str, ...]) -> Narrowed:
    """Return how a scope and the parts of a search narrow the ledger."""
    parameters: dict[str, object] = {f"term{i}": term for i, term in enumerate(terms)}
    parameters |= engine.match_parameters(terms) if terms else {}
    if not isinstance(scope, Everything):
        parameters["account"] = scope.account_id
    return Narrowed(Narrowing(type(scope), len(terms)), parameters)
