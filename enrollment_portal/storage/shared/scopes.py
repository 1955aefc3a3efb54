"""The conditions that keep a select within what somebody may see: everything, taught, or led."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, or_, true

from enrollment_portal.domain.access.permissions import Everything, Scope, Taught
from enrollment_portal.storage.shared.tables import (
    Account,
    CourseTeacher,
    GroupLead,
    GroupMember,
    table_of,
)

_ACCOUNT = bindparam("account")


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
    """Return the parameters of `within`."""
    return {} if isinstance(scope, Everything) else {"account": scope.account_id}


def is_taught(course_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that the account in the parameter `account` teaches a course."""
    teacher = table_of(CourseTeacher).alias("t")
    return exists().where(teacher.c.account_id == _ACCOUNT, teacher.c.course_id == course_id)


def is_led(learner_id: ColumnElement[Any], manager_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that the account in the parameter `account` leads a learner.

    It says what the view `learner_lead` holds, from the learner on: SQLite would work out
    everybody's people.
    """
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
