"""List the values of a filter that rows of a ledger have, each with its number of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, literal, or_
from sqlmodel import Session, select

from enrollment_portal.domain.access.permissions import Led, Scope
from enrollment_portal.domain.ledger.filters import FilterName
from enrollment_portal.domain.ledger.ledger_query import Kind, LedgerQuery
from enrollment_portal.storage.ledger.values.weights import (
    Ledger,
    in_led_learners,
    values_of,
    weights_by,
    weights_of_courses,
    weights_of_learners,
)
from enrollment_portal.storage.shared.records import records, select_columns
from enrollment_portal.storage.shared.searching import matches_terms, term_values
from enrollment_portal.storage.shared.tables import (
    Account,
    Course,
    CourseTeacher,
    Enrollment,
    GroupLead,
    GroupMember,
    Learner,
    PathStep,
    PeopleGroup,
    table_of,
)

_course, _learner, _group = map(table_of, (Course, Learner, PeopleGroup))
_account, _manager = table_of(Account), table_of(Learner).alias("m")
_step, _teacher = table_of(PathStep), table_of(CourseTeacher)
_member, _lead = table_of(GroupMember), table_of(GroupLead)
_e = table_of(Enrollment).c


@dataclass(frozen=True)
class ListedValue:
    """A value of a filter: of a record its id and name, of a department its name and 0."""

    id: int
    name: str
    n: int
    """How many rows it has in the ledger."""


def has_search(name: FilterName) -> bool:
    """Return whether the values of a filter are searched in the database: the others are few."""
    return name not in (FilterName.DEPARTMENT, FilterName.INSTRUCTOR)


def list_values(
    session: Session,
    scope: Scope,
    query: LedgerQuery,
    name: FilterName,
    terms: Sequence[str],
    most: int,
) -> list[ListedValue]:
    """Return the first values of a filter by name, of rows within a scope.

    Args:
        session: for reading.
        scope: whose ledger it is.
        query: its page and kind; its filters narrow nothing.
        name: a filter by courses, a path, a group, departments, an instructor or a manager.
        terms: of the search; only for those with `has_search`.
        most: how many to return; only for those with `has_search`, the others are all returned.
    """
    ledger = Ledger.of(scope, query)
    statement = _statement(ledger, name, len(terms))
    if has_search(name):
        statement = statement.limit(most)
    values = values_of(scope, query) | term_values(terms)
    found = records(ListedValue, session.exec(statement, params=values))
    if name is not FilterName.INSTRUCTOR:
        return found
    others = dict(session.exec(_of_others(ledger), params=values).all())
    counted = (replace(one, n=one.n - others.get(one.id, 0)) for one in found)
    return [one for one in counted if one.n]


@lru_cache(maxsize=200)
def _statement(ledger: Ledger, name: FilterName, n_terms: int) -> Any:
    match name:
        case FilterName.COURSES:
            w = weights_of_courses(ledger)
            return _named(_course, _course.c.title, _course.c.sort_title, w, n_terms).join(
                _course, _course.c.id == w.c.id
            )
        case FilterName.PATH:
            return _paths(ledger, n_terms)
        case FilterName.INSTRUCTOR:
            w, a = weights_of_courses(ledger), _account.c
            named = select_columns(a.id, a.name, func.sum(w.c.n).label("n"))
            taught = named.select_from(w).join(_teacher, _teacher.c.course_id == w.c.id)
            return taught.join(_account, a.id == _teacher.c.account_id).group_by(a.id, a.name)
        case FilterName.GROUP:
            w, g = _weights_of_groups(ledger), _group.c
            found = _named(_group, g.name, g.sort_name, w, n_terms)
            return found.join(_group, g.id == w.c.id).where(*_led_group(ledger))
        case FilterName.MANAGER:
            w, m = weights_by(ledger, _learner.c.manager_id), _manager.c
            found = _named(_manager, m.name, m.sort_name, w, n_terms)
            return found.join(_manager, m.id == w.c.id).where(*_led_manager(ledger))
        case _:
            w = weights_by(ledger, _learner.c.department)
            named = select_columns(literal(0).label("id"), w.c.id.label("name"), w.c.n)
            return named.where(w.c.id != "")


def _weights_of_groups(ledger: Ledger) -> Any:
    """Return the query of each group (`id`) and the number of rows of its members (`n`)."""
    w, m = weights_of_learners(ledger), _member.c
    of_each = select(m.group_id.label("id"), func.sum(w.c.n).label("n")).select_from(w)
    return of_each.join(_member, m.learner_id == w.c.id).group_by(m.group_id).subquery("g")


@lru_cache(maxsize=50)
def _of_others(ledger: Ledger) -> Any:
    """Return the query of how many rows of each instructor's courses others are assigned."""
    rows = select_columns(_teacher.c.account_id, func.count()).group_by(_teacher.c.account_id)
    joined = rows.join_from(_teacher, table_of(Enrollment), _e.course_id == _teacher.c.course_id)
    return joined.where(
        _e.instructor_id.is_not(None),
        _e.instructor_id != _teacher.c.account_id,
        *ledger.of_courses(_e.course_id),
        *ledger.of_learners(_e.learner_id),
    )


def _paths(ledger: Ledger, n_terms: int) -> Any:
    w, p = weights_of_courses(ledger), _course.c
    found = _named(_course, p.title, p.sort_title, w, n_terms)
    if ledger.kind is Kind.PATHS:
        return found.join(_course, p.id == w.c.id)
    found = found.join(_step, _step.c.course_id == w.c.id).join(_course, p.id == _step.c.path_id)
    return found.where(_led_path()) if ledger.scope is Led else found


def _named(table: Any, name: Any, sort: Any, w: Any, n_terms: int) -> Any:
    """Return the query of the searched records of a table, before it is joined to weights."""
    columns = (table.c.id, name.label("name"), func.sum(w.c.n).label("n"))
    named = select_columns(*columns).select_from(w).group_by(table.c.id, name, sort)
    found = named.where(matches_terms(table.c.search, n_terms)) if n_terms else named
    return found.order_by(sort, table.c.id)


def _led_path() -> ColumnElement[bool]:
    """Return the condition on paths that a lead knows: somebody they lead is enrolled in them."""
    return _course.c.id.in_(select(_e.course_id).where(in_led_learners(_e.learner_id)))


def _led_group(ledger: Ledger) -> list[ColumnElement[bool]]:
    """Return the condition on groups that a lead knows: those that they lead."""
    if ledger.scope is not Led:
        return []
    return [_group.c.id.in_(led_groups())]


def _led_manager(ledger: Ledger) -> list[ColumnElement[bool]]:
    """Return the condition on managers that a lead knows: themselves, and people they lead."""
    return [knows_manager(_manager.c.id)] if ledger.scope is Led else []


def led_groups() -> Any:
    """Return the query of the groups that the account leads."""
    return select(_lead.c.group_id).where(_lead.c.account_id == bindparam("account"))


def knows_manager(learner_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that the account is a learner, or leads them."""
    own = select(_account.c.learner_id).where(_account.c.id == bindparam("account"))
    return or_(in_led_learners(learner_id), learner_id.in_(own))
