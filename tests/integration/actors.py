"""Actors for tests, with their accounts written."""

from __future__ import annotations

from typing import Any

from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_account,
    make_learner,
)


def make_learner_actor(database: Database, name: str = "Ada Byström") -> Actor:
    """Write somebody who learns and can sign in."""
    learner = make_learner(database, name)
    account = make_account(database, Role.LEARNER, name=name, learner_id=learner)
    return Actor(account, name, "ada@northwind.example", Role.LEARNER, learner_id=learner)


def make_admin(database: Database, name: str = "Dana Ruiz") -> Actor:
    """Write an admin who manages enrollments."""
    account = make_account(database, Role.ADMIN, sections=Section.LEARNING, name=name)
    return Actor(account, name, "dana@northwind.example", Role.ADMIN, Section.LEARNING)


def make_actor(database: Database, role: Role, **values: Any) -> Actor:
    """Return an actor of a role, with their account written."""
    sections = values.pop("sections", Section(0))
    account = make_account(database, role, sections=sections, name=role.label, **values)
    return Actor(account, role.label, f"{role}@northwind.example", role, sections)


DANA = Actor(7, "Dana Ruiz", "dana@northwind.example", Role.SUPER_ADMIN)
