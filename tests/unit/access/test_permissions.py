"""Test permissions as one table: each right against each kind of person."""

from __future__ import annotations

import pytest

from enrollment_portal.domain.access import permissions
from enrollment_portal.domain.access.permissions import (
    Everything,
    Led,
    Right,
    Scope,
    Taught,
    editable_fields,
    ledger_scope,
    may_change_account,
    may_create_sign_in_link,
    require,
    roles_to_give,
)
from enrollment_portal.domain.enrollment.fields import Field
from enrollment_portal.domain.ledger.filters import FilterName, Flag
from enrollment_portal.domain.ledger.ledger_query import OPEN_REQUEST
from enrollment_portal.domain.people.people import NO_SECTIONS, Actor, Role, Section
from enrollment_portal.domain.shared.errors import NotAllowed


def _actor(role: Role, sections: Section = NO_SECTIONS) -> Actor:
    return Actor(5, "Pat", "pat@northwind.example", role, sections, learner_id=9)


SUPER = _actor(Role.SUPER_ADMIN)
LEARNING = _actor(Role.ADMIN, Section.LEARNING)
PEOPLE = _actor(Role.ADMIN, Section.PEOPLE)
CONFIGURATION = _actor(Role.ADMIN, Section.CONFIGURATION)
BARE = _actor(Role.ADMIN)
INSTRUCTOR = _actor(Role.INSTRUCTOR, Section.all())  # sections are for admins: these are nothing
LEAD = _actor(Role.GROUP_LEAD, Section.all())
LEARNER = _actor(Role.LEARNER, Section.all())
EVERYBODY = {
    "super": SUPER,
    "learning": LEARNING,
    "people": PEOPLE,
    "configuration": CONFIGURATION,
    "bare": BARE,
    "instructor": INSTRUCTOR,
    "lead": LEAD,
    "learner": LEARNER,
}
HOLDERS = {
    permissions.works_in_portal: "super learning people configuration",
    permissions.is_admin: "super learning people configuration bare",
    permissions.may_manage_learning: "super learning",
    permissions.may_manage_people: "super people",
    permissions.may_see_configuration: "super configuration",
    permissions.may_change_admins: "super",
    permissions.may_change_own: "super",
    permissions.may_teach: "instructor",
    permissions.may_grade: "super learning instructor",
    permissions.may_read_notes: "super learning instructor",
    permissions.may_see_ledger: "super learning instructor lead",
    permissions.may_see_paths: "super learning lead",
    permissions.may_share_views: "super learning",
    permissions.may_change_any_view: "super",
    permissions.may_learn: " ".join(EVERYBODY),
}


@pytest.mark.parametrize(
    ("right", "holders"), HOLDERS.items(), ids=lambda x: getattr(x, "__name__", "")
)
def test_roles_with_each_permission(right: Right, holders: str) -> None:
    assert {name for name, actor in EVERYBODY.items() if right(actor)} == set(holders.split())
    for name, actor in EVERYBODY.items():
        if name in holders.split():
            require(actor, right)
        else:
            with pytest.raises(NotAllowed):
                require(actor, right)


def test_every_permission_is_in_the_table() -> None:
    of_one = {
        value
        for name, value in vars(permissions).items()
        if name.startswith(("may_", "is_", "works_"))
        and tuple(value.__annotations__) == ("actor", "return")
    }
    assert of_one == set(HOLDERS)


@pytest.mark.parametrize(
    ("actor", "scope"),
    [
        (SUPER, Everything()),
        (LEARNING, Everything()),
        (INSTRUCTOR, Taught(5)),
        (LEAD, Led(5)),
        *((actor, None) for actor in (PEOPLE, CONFIGURATION, BARE, LEARNER)),
    ],
)
def test_scope_of_each_roles_ledger(actor: Actor, scope: Scope | None) -> None:
    if scope is None:
        with pytest.raises(NotAllowed):
            ledger_scope(actor)
    else:
        assert ledger_scope(actor) == scope


def test_fields_that_each_role_may_set() -> None:
    grading = {Field.GRADE, Field.FEEDBACK, Field.NOTE}
    assert editable_fields(SUPER) == editable_fields(LEARNING) == set(Field)
    assert editable_fields(INSTRUCTOR) == grading
    for actor in (PEOPLE, CONFIGURATION, BARE, LEAD, LEARNER):
        assert editable_fields(actor) == set()
    assert editable_fields(SUPER, 9) == set(Field), "with a reason"
    assert editable_fields(LEARNING, 9) == editable_fields(INSTRUCTOR, 9) == set()
    assert editable_fields(INSTRUCTOR, 8) == grading


def test_filters_of_each_roles_ledger() -> None:
    every = {*FilterName, *Flag, OPEN_REQUEST}
    admin = _actor(Role.ADMIN, Section.LEARNING)
    instructor, lead = _actor(Role.INSTRUCTOR), _actor(Role.GROUP_LEAD)
    assert permissions.ledger_filters(admin) == every
    assert permissions.ledger_filters(instructor) == every - {
        *("asks", "instructor", "path", "group", "manager")
    }
    assert permissions.ledger_filters(lead) == every - {"asks", "instructor", "note"}
    with pytest.raises(NotAllowed):
        permissions.ledger_filters(_actor(Role.LEARNER))


def test_only_super_admins_change_admins() -> None:
    for role in (*Role, None):
        is_admin = role in (Role.ADMIN, Role.SUPER_ADMIN)
        assert may_change_account(SUPER, role)
        assert may_change_account(PEOPLE, role) is not is_admin
        assert (role in roles_to_give(PEOPLE)) is (role is not None and not is_admin)
    assert set(roles_to_give(SUPER)) == set(Role)


def test_a_link_grants_no_right_that_its_creator_lacks() -> None:
    assert may_create_sign_in_link(PEOPLE, Role.LEARNER, teaches=False)
    assert may_create_sign_in_link(PEOPLE, Role.INSTRUCTOR, teaches=False)
    assert not may_create_sign_in_link(PEOPLE, Role.INSTRUCTOR, teaches=True)
    assert not may_create_sign_in_link(PEOPLE, Role.ADMIN, teaches=False)
    assert not may_create_sign_in_link(LEARNING, Role.LEARNER, teaches=False)
    both = _actor(Role.ADMIN, Section.LEARNING | Section.PEOPLE)
    assert may_create_sign_in_link(both, Role.INSTRUCTOR, teaches=True)
    assert not may_create_sign_in_link(both, Role.SUPER_ADMIN, teaches=False)
    assert may_create_sign_in_link(SUPER, Role.SUPER_ADMIN, teaches=True)
