"""Test changing the organization's name and time zone while the portal runs."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.domain.people.people import Role, Section
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, NotFound, PortalError
from enrollment_portal.services.shared import organization
from enrollment_portal.services.shared.organization import (
    base_of,
    change_organization,
    organization_of,
    organization_settings,
    save_organization,
)
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_organization
from tests.integration.actors import make_actor


def log_of(database: Database) -> list[tuple[Any, ...]]:
    sql = "SELECT actor_name, action, subject_kind, subject, detail FROM admin_event ORDER BY id"
    with database.read() as session:
        return [tuple(row) for row in session.execute(text(sql))]


@pytest.mark.parametrize(
    ("given", "detail"),
    [
        ({"name": "Acme"}, "Name from Northwind Academy to Acme"),
        ({"time_zone": "Asia/Tokyo"}, "Time zone from Europe/Stockholm to Asia/Tokyo"),
        (
            {"name": " Acme ", "time_zone": "Asia/Tokyo"},
            "Name from Northwind Academy to Acme, Time zone from Europe/Stockholm to Asia/Tokyo",
        ),
    ],
)
def test_a_change_applies_immediately_and_is_logged(
    database: Database, given: dict[str, str], detail: str
) -> None:
    make_organization(database)
    before = organization_of(database)
    facts = change_organization(database, **given)
    assert facts == organization_of(database)
    assert facts.name == given.get("name", before.name).strip()
    assert facts.time_zone == given.get("time_zone", before.time_zone)
    assert log_of(database) == [
        ("Command line", "organization_changed", "organization", facts.name, detail)
    ]


def test_other_processes_follow_within_seconds(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_organization(database)
    running = Database(database.url)
    clock = [1_000.0]
    monkeypatch.setattr(organization.time, "monotonic", lambda: clock[0])
    assert organization_of(running).time_zone == "Europe/Stockholm"
    change_organization(database, time_zone="Pacific/Kiritimati")
    clock[0] += 5
    assert organization_of(running).time_zone == "Pacific/Kiritimati"
    running.close()


def test_equal_values_change_and_log_nothing(database: Database) -> None:
    make_organization(database)
    change_organization(database, name="Northwind Academy", time_zone="Europe/Stockholm")
    assert log_of(database) == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "n" * 201}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"time_zone": ""}, "time_zone"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"time_zone": "localtime"}, "time_zone"),
        ({"time_zone": "Factory"}, "time_zone"),
        ({"time_zone": "posix/Asia/Tokyo"}, "time_zone"),
        ({"time_zone": "right/Asia/Tokyo"}, "time_zone"),
        ({"time_zone": "posixrules"}, "time_zone"),
        ({"time_zone": "asia/tokyo"}, "time_zone"),
    ],
)
def test_invalid_values_change_nothing(
    database: Database, given: dict[str, str], field: str
) -> None:
    make_organization(database)
    with pytest.raises(Invalid) as refused:
        change_organization(database, **given)
    assert list(refused.value.errors) == [field]
    assert organization_of(database).name == "Northwind Academy"
    assert log_of(database) == []


def test_missing_values_and_a_missing_organization_are_reported(database: Database) -> None:
    with pytest.raises(PortalError, match="create-admin"):
        change_organization(database, name="Acme")
    make_organization(database)
    with pytest.raises(PortalError, match="--time-zone"):
        change_organization(database)


class TestSaveOrganization:
    """The form in Configuration."""

    def test_a_change_is_logged_with_its_person(self, database: Database) -> None:
        make_organization(database)
        admin = make_actor(database, Role.ADMIN, sections=Section.CONFIGURATION)
        base = base_of(organization_settings(database, admin))
        typed = {"name": "Acme", "time_zone": "Asia/Tokyo"}
        saved = save_organization(database, admin, base=base, typed=typed)
        assert (saved.name, saved.time_zone) == ("Acme", "Asia/Tokyo")
        ((who, *_, detail),) = log_of(database)
        assert who == admin.name
        assert detail.startswith("Name from Northwind Academy to Acme, Time zone from")
        # Over an older form, what is already so is no conflict, and anything else is one.
        assert save_organization(database, admin, base=base, typed=typed) == saved
        for other in (base, "", None, 7):
            with pytest.raises(PortalError, match="changed meanwhile"):
                save_organization(database, admin, base=other, typed={**typed, "name": "Bolt"})
        assert organization_of(database).name == "Acme"
        assert len(log_of(database)) == 1

    def test_what_breaks_a_rule_changes_nothing(self, database: Database) -> None:
        make_organization(database)
        admin = make_actor(database, Role.SUPER_ADMIN)
        base = base_of(organization_of(database))
        with pytest.raises(Invalid) as refused:
            save_organization(database, admin, base=base, typed={"name": " ", "time_zone": "X"})
        assert set(refused.value.errors) == {"name", "time_zone"}
        assert log_of(database) == []

    def test_needs_configuration_and_an_organization(self, database: Database) -> None:
        typed = {"name": "Acme", "time_zone": "UTC"}
        other = make_actor(database, Role.ADMIN, sections=Section.LEARNING | Section.PEOPLE)
        with pytest.raises(NotAllowed):
            organization_settings(database, other)
        with pytest.raises(NotAllowed):
            save_organization(database, other, base="", typed=typed)
        with pytest.raises(NotFound):
            save_organization(
                database, make_actor(database, Role.SUPER_ADMIN), base="", typed=typed
            )
