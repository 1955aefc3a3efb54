"""How many enrollments each course or each learner has within a scope, from tallies if possible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func
from sqlmodel import select

from enrollment_portal.domain.access.permissions import Led, Scope, Taught
from enrollment_portal.domain.catalog.courses import CourseKind
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery
from enrollment_portal.storage.shared.scopes import LED, TAUGHT, scope_values
from enrollment_portal.storage.shared.tables import (
    Course,
    Enrollment,
    Learner,
    TallyCourse,
    table_of,
)

_e, _c, _l, _y = (table_of(kind).c for kind in (Enrollment, Course, Learner, TallyCourse))
PATHS = select(_c.id).where(_c.kind == CourseKind.PATH)
"""The learning paths."""


@dataclass(frozen=True)
class Ledger:
    """A ledger's rows before its filters, without their values: statements are cached for each."""

    scope: type[Scope]
    kind: Kind
    on_course: bool
    on_learner: bool

    @classmethod
    def of(cls, scope: Scope, query: LedgerQuery) -> Ledger:
        """Return the ledger of a scope and a query."""
        on_course, on_learner = query.course is not None, query.learner is not None
        return cls(type(scope), query.kind, on_course, on_learner)

    @property
    def is_of_all_learners(self) -> bool:
        """Whether it has all rows of its courses."""
        return self.scope is not Led and not self.on_learner

    def of_courses(self, course_id: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        """Return the conditions on the course of a row."""
        if self.on_course:
            return [course_id == bindparam("only_course")]
        if self.scope is Taught:
            return [course_id.in_(TAUGHT)]
        return [course_id.in_(PATHS) if self.kind is Kind.PATHS else course_id.not_in(PATHS)]

    def of_learners(self, learner_id: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        """Return the conditions on the learner of a row."""
        if self.on_learner:
            return [learner_id == bindparam("only_learner")]
        return [in_led_learners(learner_id)] if self.scope is Led else []


def in_led_learners(learner_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that the account leads a learner, for a list that is computed once."""
    return learner_id.in_(LED)


def weights_of_courses(ledger: Ledger) -> Any:
    """Return the query of each course (`id`) and its number of rows (`n`)."""
    if ledger.is_of_all_learners:
        of_each = select(_y.course_id.label("id"), func.sum(_y.n).label("n")).group_by(_y.course_id)
        return of_each.where(*ledger.of_courses(_y.course_id)).subquery("w")
    return _rows(ledger, _e.course_id)


def weights_of_learners(ledger: Ledger) -> Any:
    """Return the query of each learner (`id`) and their number of rows (`n`)."""
    if not _is_tallied(ledger):
        return _rows(ledger, _e.learner_id)
    return select(_l.id, _TALLIED.label("n")).where(*_have_rows(ledger)).subquery("w")


def weights_by(ledger: Ledger, column: ColumnElement[Any]) -> Any:
    """Return the query of each value of a column of learners (`id`), and its number of rows (`n`).

    The values are grouped before they are joined to what has their names.
    """
    if _is_tallied(ledger):
        of_each = select(column.label("id"), func.sum(_TALLIED).label("n"))
        return of_each.where(*_have_rows(ledger)).group_by(column).subquery("w")
    w = _rows(ledger, _e.learner_id)
    of_each = select(column.label("id"), func.sum(w.c.n).label("n")).select_from(w)
    return of_each.join(table_of(Learner), _l.id == w.c.id).group_by(column).subquery("v")


_TALLIED = _l.n_active + _l.n_completed + _l.n_cancelled


def _is_tallied(ledger: Ledger) -> bool:
    """Return whether learners have the number of their rows."""
    is_of_courses = ledger.kind is Kind.COURSES and ledger.scope is not Taught
    return is_of_courses and not ledger.on_course


def _have_rows(ledger: Ledger) -> list[ColumnElement[bool]]:
    return [_TALLIED > 0, *ledger.of_learners(_l.id)]


def _rows(ledger: Ledger, owner: ColumnElement[Any]) -> Any:
    """Return the query that counts the rows of each owner one by one."""
    rows = select(owner.label("id"), func.count().label("n")).group_by(owner)
    conditions = (*ledger.of_courses(_e.course_id), *ledger.of_learners(_e.learner_id))
    return rows.where(*conditions).subquery("w")


def values_of(scope: Scope, query: LedgerQuery) -> dict[str, int]:
    """Return the parameters of a ledger's conditions."""
    found = {"only_course": query.course, "only_learner": query.learner}
    ids = {name: id_ for name, id_ in found.items() if id_ is not None}
    return ids | scope_values(scope)
