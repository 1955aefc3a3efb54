"""Test raw events to Admins, Access and Enroll without permission: no change, no information."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.domain.people.people import NO_SECTIONS, Role, Section
from enrollment_portal.services import runtime
from enrollment_portal.settings import settings
from enrollment_portal.state.access.access import AccessLog
from enrollment_portal.state.access.admins import Admins
from enrollment_portal.state.enrolling.enroll import Enroll
from enrollment_portal.state.people.people_search import EnrollPeople
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_account, make_learner, make_organization, make_session
from tests.security.pipeline import event_name, pipeline

CANARY = "canary-admin-2718"


class Office:
    """A Super Admin, an Admin of Configuration, and someone who could become an admin."""

    def __init__(self, database: Database) -> None:
        self.database = database
        make_organization(database)
        self.learner = make_learner(database, CANARY)
        self.boss = make_account(database, Role.SUPER_ADMIN, name=f"{CANARY} boss")
        self.other = make_account(database, Role.LEARNER, name=f"{CANARY} other")

    def dump(self) -> list[tuple[Any, ...]]:
        """Return every row that these pages could change, except those of sign-ins."""
        with self.database.read() as session:
            return [
                tuple(row)
                for sql in (
                    "SELECT id, role, sections, is_suspended FROM account ORDER BY id",
                    "SELECT id, action, subject FROM admin_event ORDER BY id",
                    "SELECT id FROM enrollment ORDER BY id",
                )
                for row in session.execute(text(sql))
            ]

    def attack(self, account: int, *calls: tuple[type, str, dict[str, Any]]) -> str:
        """Send raw events as an account; return all answers."""

        async def act() -> str:
            async with pipeline() as running:
                client = running.client("t1", make_session(self.database, account))
                for state, handler, payload in calls:
                    await client.call(event_name(state, handler), **payload)
                return client.received()

        return asyncio.run(act())


@pytest.fixture
def office(
    make_database_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    """An office in the database that the app's own handlers use."""
    monkeypatch.setenv("DATABASE_URL", make_database_url("sqlite"))
    settings.cache_clear()
    yield Office(runtime.database())
    runtime.database().close()
    monkeypatch.undo()
    settings.cache_clear()


def changes(office: Office, me: int) -> tuple[tuple[type, str, dict[str, Any]], ...]:
    return (
        (Admins, "add", {"account_id": office.other, "is_super": True}),
        (Admins, "add", {"account_id": me, "is_super": True}),
        (Admins, "switch", {"account_id": me, "section": "learning", "is_on": True}),
        (Admins, "make_super", {"account_id": me, "is_super": True}),
        (Admins, "make_super", {"account_id": office.boss, "is_super": False}),
        (Admins, "ask_to_remove", {"account_id": office.boss}),
        (Admins, "remove", {}),
    )


def test_an_admin_with_configuration_cannot_change_admins(office: Office) -> None:
    me = make_account(office.database, Role.ADMIN, sections=Section.CONFIGURATION)
    before = office.dump()
    office.attack(me, (Admins, "load", {}), *changes(office, me))
    assert office.dump() == before


@pytest.mark.parametrize(
    ("role", "sections"),
    [
        (Role.ADMIN, Section.PEOPLE | Section.SUPPORT | Section.BILLING),
        (Role.INSTRUCTOR, NO_SECTIONS),
        (Role.GROUP_LEAD, NO_SECTIONS),
        (Role.LEARNER, NO_SECTIONS),
    ],
)
def test_without_permission_nothing_is_changed_or_revealed(
    office: Office, role: Role, sections: Section
) -> None:
    me = make_account(office.database, role, sections=sections)
    before = office.dump()
    received = office.attack(
        me,
        (Admins, "load", {}),
        (Admins, "search", {"typed": CANARY}),
        *changes(office, me),
        (AccessLog, "load", {}),
        (AccessLog, "sign_out_person", {}),
        (EnrollPeople, "search", {"typed": CANARY}),
        (Enroll, "paste", {"form": {"emails": f"{CANARY}@northwind.example"}}),
        (Enroll, "add", {"kind": "people", "chosen_id": office.learner}),
        (Enroll, "show", {}),
        (Enroll, "enroll", {}),
    )
    assert CANARY not in received
    assert office.dump() == before


def test_no_event_removes_the_last_super_admin(office: Office) -> None:
    before = office.dump()
    received = office.attack(
        office.boss,
        (Admins, "load", {}),
        (Admins, "make_super", {"account_id": office.boss, "is_super": False}),
        (Admins, "ask_to_remove", {"account_id": office.boss}),
        (Admins, "remove", {}),
    )
    assert CANARY in received  # They may see what the others are never told.
    assert "last Super Admin" in received
    assert office.dump() == before


@pytest.mark.parametrize("forged", [None, "", "x", -1, True, 1.5, 2**70, [1], {"id": 1}])
def test_forged_ids_and_sections_change_nothing(office: Office, forged: Any) -> None:
    before = office.dump()
    office.attack(
        office.boss,
        (Admins, "load", {}),
        (Admins, "add", {"account_id": forged, "is_super": forged}),
        (Admins, "switch", {"account_id": forged, "section": forged, "is_on": forged}),
        (Admins, "switch", {"account_id": office.other, "section": forged, "is_on": True}),
        (Admins, "make_super", {"account_id": forged, "is_super": forged}),
        (Admins, "ask_to_remove", {"account_id": forged}),
        (Admins, "remove", {}),
        (Enroll, "add", {"kind": forged, "chosen_id": forged}),
        (Enroll, "remove", {"kind": forged, "chosen_id": forged}),
        (Enroll, "paste", {"form": forged}),
        (Enroll, "choose_deadline", {"typed": forged}),
        (Enroll, "enroll", {}),
    )
    assert office.dump() == before
