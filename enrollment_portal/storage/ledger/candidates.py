"""How a search and a scope narrow the ledger, and from which side the rows are found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from enrollment_portal.domain.permissions import Everything, Led, Scope, Taught
from enrollment_portal.storage.ledger.engines import Engine, Parameters


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
        are. Subqueries that give a value are worked out row by row. As EXISTS, PostgreSQL may
        turn them into a join over everything, and SQLite build a filter over every learner.
        """
        learner = "l.id" if has_learner else "e.learner_id"
        conditions: list[str] = []
        if self.scope is Led and side is not Side.LED:
            conditions.append(
                "(SELECT count(*) FROM learner_lead t"
                f" WHERE t.account_id = :account AND t.learner_id = {learner}) > 0"
            )
        if self.scope is Taught and side not in (Side.TAUGHT, Side.TAUGHT_WIDELY):
            conditions.append(
                "(SELECT count(*) FROM course_teacher t"
                " WHERE t.account_id = :account AND t.course_id = e.course_id) > 0"
            )
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
                    f"({engine.matches(self.terms)}) d", "e.learner_id = d.id", condition
                )
            case Side.LED:
                source, where = engine.enrollments_of(
                    "(SELECT learner_id AS id FROM learner_lead WHERE account_id = :account) d",
                    "e.learner_id = d.id",
                    condition,
                )
            case Side.TAUGHT | Side.TAUGHT_WIDELY:
                source, where = engine.enrollments_of(
                    "(SELECT course_id AS id FROM course_teacher WHERE account_id = :account) d",
                    "e.course_id = d.id",
                    condition,
                )
            case Side.LISTED:
                source, where = engine.enrollments_of(
                    f"({engine.listed()}) d", "e.course_id = d.id", condition
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
