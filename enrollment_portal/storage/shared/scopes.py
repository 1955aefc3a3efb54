"""Scopes in SQL: all enrollments, those in courses that an account teaches, or of people it leads.

The view `learner_lead` defines whom an account leads. No statement reads the view, as SQLite would
compute it for everybody: `is_led` is the condition on a learner, `LED_LEARNERS` the query by
account. The account is the parameter `account` everywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, bindparam, exists, or_, true, union
from sqlmodel import Session, select

from enrollment_portal.domain.access.permissions import Everything, Led, Scope, Taught
from enrollment_portal.storage.shared.id_lists import is_among
from enrollment_portal.storage.shared.tables import (
    Account,
    Course,
    CourseTeacher,
    GroupLead,
    GroupMember,
    Learner,
    table_of,
)

TAUGHT_COURSES = "SELECT course_id AS id FROM course_teacher WHERE account_id = :account"
"""Text SQL: the courses (`id`) that the account teaches."""
LED_LEARNERS = (
    "SELECT r.id FROM account a CROSS JOIN learner r"
    " WHERE a.id = :account AND r.manager_id = a.learner_id"
    " UNION SELECT m.learner_id FROM group_lead g CROSS JOIN group_member m"
    " WHERE g.account_id = :account AND m.group_id = g.group_id"
)
"""Text SQL: the learners (`id`) that the account leads."""

_ACCOUNT = bindparam("account")


def is_taught(course_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that the account teaches a course."""
    teacher = table_of(CourseTeacher).alias("t")
    return exists().where(teacher.c.account_id == _ACCOUNT, teacher.c.course_id == course_id)


def is_led(learner_id: ColumnElement[Any], manager_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that the account leads a learner."""
    account = table_of(Account).alias("a")
    member, lead = table_of(GroupMember).alias("m"), table_of(GroupLead).alias("g")
    return or_(
        exists().where(account.c.id == _ACCOUNT, account.c.learner_id == manager_id),
        exists().where(
            member.c.learner_id == learner_id,
            lead.c.group_id == member.c.group_id,
            lead.c.account_id == _ACCOUNT,
        ),
    )


def within(
    kind: type[Scope],
    *,
    course_id: ColumnElement[Any],
    learner_id: ColumnElement[Any],
    manager_id: ColumnElement[Any],
) -> ColumnElement[bool]:
    """Return the condition that an enrollment is within a scope of a kind.

    Args:
        kind: the scope's class, so that one statement serves everybody; `scope_values` gives the
            parameters.
        course_id: of the enrollment.
        learner_id: of the enrollment.
        manager_id: of its learner.
    """
    if kind is Everything:
        return true()
    return is_taught(course_id) if kind is Taught else is_led(learner_id, manager_id)


def scope_values(scope: Scope) -> dict[str, int]:
    """Return the parameters of a scope's conditions."""
    return {} if scope.account_id is None else {"account": scope.account_id}


_t, _c, _l = table_of(CourseTeacher).c, table_of(Course).c, table_of(Learner).c
TAUGHT = select(_t.course_id).where(_t.account_id == _ACCOUNT)
"""The courses that the account teaches."""
_a, _m, _g = table_of(Account).c, table_of(GroupMember).c, table_of(GroupLead).c
LED = union(
    select(_l.id).join(table_of(Account), _l.manager_id == _a.learner_id).where(_a.id == _ACCOUNT),
    select(_m.learner_id)
    .join(table_of(GroupLead), _g.group_id == _m.group_id)
    .where(_g.account_id == _ACCOUNT),
)
"""The learners that the account leads."""
_LED = select(_l.id).where(is_among(_l.id, "ids"), is_led(_l.id, _l.manager_id))
_COURSE = select(_c.id).where(_c.id == bindparam("course"))
_LEARNER = select(_l.id).where(_l.id == bindparam("learner"))
_COURSE_IN = {Everything: _COURSE, Taught: _COURSE.where(is_taught(_c.id))}
_LEARNER_IN = {Everything: _LEARNER, Led: _LEARNER.where(is_led(_l.id, _l.manager_id))}


def scope_contains_course(session: Session, scope: Scope, course_id: int) -> bool:
    """Return whether a scope contains all enrollments of a course or path."""
    statement = _COURSE_IN.get(type(scope))
    values = {"course": course_id, **scope_values(scope)}
    return statement is not None and session.exec(statement, params=values).first() is not None


def scope_contains_learner(session: Session, scope: Scope, learner_id: int) -> bool:
    """Return whether a scope contains all enrollments of a learner."""
    statement = _LEARNER_IN.get(type(scope))
    values = {"learner": learner_id, **scope_values(scope)}
    return statement is not None and session.exec(statement, params=values).first() is not None


def taught_by(session: Session, account_id: int) -> set[int]:
    """Return the courses that an account teaches."""
    return set(session.exec(TAUGHT, params={"account": account_id}))


def led_by(session: Session, account_id: int, learner_ids: Collection[int]) -> set[int]:
    """Return which of these learners an account leads."""
    return set(session.exec(_LED, params={"ids": learner_ids, "account": account_id}))


class _OfEnrollment(Protocol):
    @property
    def course_id(self) -> int: ...

    @property
    def learner_id(self) -> int: ...


Row = TypeVar("Row", bound=_OfEnrollment)


def rows_within(session: Session, scope: Scope, rows: Sequence[Row]) -> list[Row]:
    """Return those of some rows, each of an enrollment, that are within a scope now."""
    match scope:
        case Everything():
            return list(rows)
        case Taught(account_id):
            courses = taught_by(session, account_id)
            return [row for row in rows if row.course_id in courses]
        case Led(account_id):
            people = led_by(session, account_id, {row.learner_id for row in rows})
            return [row for row in rows if row.learner_id in people]
