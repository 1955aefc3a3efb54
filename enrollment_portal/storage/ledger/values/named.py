"""Read the names of the records that filters are by, as far as they exist within a scope."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, select

from enrollment_portal.domain.access.permissions import Everything, Led, Scope, Taught
from enrollment_portal.storage.ledger.values.listed import knows_manager, led_groups
from enrollment_portal.storage.ledger.values.weights import in_led_learners
from enrollment_portal.storage.shared.id_lists import is_among
from enrollment_portal.storage.shared.scopes import TAUGHT, scope_values
from enrollment_portal.storage.shared.tables import (
    Account,
    Course,
    Enrollment,
    Learner,
    PeopleGroup,
    table_of,
)

_c, _g, _a, _l, _e = (
    table_of(kind).c for kind in (Course, PeopleGroup, Account, Learner, Enrollment)
)
_COURSES = select(_c.id, _c.title).where(is_among(_c.id, "ids"))
_TAKEN = select(_e.course_id).where(in_led_learners(_e.learner_id))
_COURSES_IN = {
    Everything: _COURSES,
    Taught: _COURSES.where(_c.id.in_(TAUGHT)),
    Led: _COURSES.where(_c.id.in_(_TAKEN)),
}
_GROUP = select(_g.name).where(_g.id == bindparam("id"))
_GROUP_IN = {Everything: _GROUP, Led: _GROUP.where(_g.id.in_(led_groups()))}
_PERSON = select(_l.name).where(_l.id == bindparam("id"))
_PERSON_IN = {Everything: _PERSON, Led: _PERSON.where(knows_manager(_l.id))}
_ACCOUNT_IN = {Everything: select(_a.name).where(_a.id == bindparam("id"))}


def titles(session: Session, scope: Scope, ids: Sequence[int]) -> dict[int, str]:
    """Return the titles of courses and paths by id, without those outside of the scope.

    For a lead, those in which nobody they lead is enrolled are outside.
    """
    params = {"ids": ids, **scope_values(scope)}
    return dict(session.exec(_COURSES_IN[type(scope)], params=params).all())


def group_name(session: Session, scope: Scope, id_: int) -> str | None:
    """Return the name of a group within a scope."""
    return _name(session, scope, _GROUP_IN, id_)


def manager_name(session: Session, scope: Scope, id_: int) -> str | None:
    """Return the name of a person who may be a manager within a scope."""
    return _name(session, scope, _PERSON_IN, id_)


def instructor_name(session: Session, scope: Scope, id_: int) -> str | None:
    """Return the name of an account, for those who see all enrollments."""
    return _name(session, scope, _ACCOUNT_IN, id_)


def _name(session: Session, scope: Scope, statements: dict[Any, Any], id_: int) -> str | None:
    statement = statements.get(type(scope))
    if statement is None:
        return None
    return session.exec(statement, params={"id": id_, **scope_values(scope)}).first()
