"""Test creating the first Super Admin."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.domain.people.people import Role, Section
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, PortalError
from enrollment_portal.services.access.sign_in import create_first_admin, who_is
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_account, make_organization
from tests.signing_in import (
    PASSWORD,
    count,
    enter,
    enter_demo,
    everything_stored,
    refusal,
)


class TestFirstAdmin:
    def create(self, database: Database, **values: Any) -> None:
        create_first_admin(
            database,
            **{
                "email": "Grace@Northwind.example ",
                "name": " Grace Hopper ",
                "password": PASSWORD,
                "organization": "Northwind",
                "time_zone": "Europe/Stockholm",
                **values,
            },
        )

    def test_creates_the_organization_and_a_super_admin_who_can_sign_in(
        self, database: Database
    ) -> None:
        self.create(database)
        actor = who_is(database, enter(database, "grace@northwind.example"))
        assert actor
        assert (actor.name, actor.role) == ("Grace Hopper", Role.SUPER_ADMIN)
        assert actor.sections == Section.all()
        with database.read() as session:
            row = session.execute(text("SELECT name, time_zone, is_demo FROM organization"))
            assert tuple(row.one()) == ("Northwind", "Europe/Stockholm", 0)
        assert PASSWORD not in everything_stored(database)

    def test_is_refused_if_there_is_a_super_admin(self, database: Database) -> None:
        self.create(database)
        with pytest.raises(NotAllowed, match="already has a Super Admin"):
            self.create(database, email="other@northwind.example")
        assert count(database, "account") == 1

    @pytest.mark.parametrize(
        ("given", "stored"),
        [
            ({"organization": None, "time_zone": None}, ("Northwind Academy", "Europe/Stockholm")),
            ({"organization": "Acme", "time_zone": None}, ("Acme", "Europe/Stockholm")),
            (
                {"organization": None, "time_zone": "Asia/Tokyo"},
                ("Northwind Academy", "Asia/Tokyo"),
            ),
            ({"organization": "Acme", "time_zone": "Asia/Tokyo"}, ("Acme", "Asia/Tokyo")),
        ],
    )
    def test_given_values_change_an_existing_organization(
        self, database: Database, given: dict[str, Any], stored: tuple[str, str]
    ) -> None:
        make_organization(database)
        make_account(database, Role.ADMIN)
        self.create(database, **given)
        with database.read() as session:
            row = session.execute(text("SELECT name, time_zone FROM organization")).one()
        assert tuple(row) == stored

    def test_is_recorded_in_the_access_log(self, database: Database) -> None:
        self.create(database)
        with database.read() as session:
            rows = session.execute(
                text("SELECT actor_id, actor_name, action, subject, detail FROM admin_event")
            ).all()
        assert [tuple(row) for row in rows] == [
            (None, "Command line", "admin_added", "Grace Hopper", "Super Admin")
        ]

    def test_without_an_organization_its_name_is_required(self, embedded: Database) -> None:
        with pytest.raises(Invalid) as refused:
            self.create(embedded, organization=None)
        assert list(refused.value.errors) == ["organization"]
        assert count(embedded, "account") == 0

    def test_is_added_to_the_demo_which_stays_open(self, database: Database) -> None:
        make_organization(database, is_demo=1)
        demo_admin = make_account(database, Role.SUPER_ADMIN)
        self.create(database)
        assert who_is(database, enter(database, "grace@northwind.example"))
        actor = who_is(database, enter_demo(database, "super_admin"))
        assert actor
        assert actor.account_id == demo_admin

    def test_an_email_in_use_is_refused_by_name(self, database: Database) -> None:
        make_account(database, Role.LEARNER, email="grace@northwind.example")
        with pytest.raises(Invalid) as refused:
            self.create(database)
        assert list(refused.value.errors) == ["email"]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("email", ""),
            ("email", "grace"),
            ("email", "grace@"),
            ("email", "a b@northwind.example"),
            ("email", "a@" + "b" * 253),
            ("name", " "),
            ("name", "n" * 201),
            ("organization", ""),
            ("password", "eleven char"),
            ("password", "p" * 1025),
            ("password", "twelve chars\0"),
            ("time_zone", ""),
            ("time_zone", "Europe"),
            ("time_zone", "Mars/Olympus"),
            ("time_zone", "../../etc/passwd"),
        ],
    )
    def test_invalid_values_are_refused_by_field(
        self, embedded: Database, field: str, value: str
    ) -> None:
        with pytest.raises(Invalid) as refused:
            self.create(embedded, **{field: value})
        assert list(refused.value.errors) == [field]
        assert count(embedded, "account") == count(embedded, "organization") == 0

    def test_two_at_the_same_time_create_one(self, database: Database) -> None:
        def attempt(number: int) -> type[PortalError] | None:
            return refusal(lambda: self.create(database, email=f"g{number}@northwind.example"))

        with ThreadPoolExecutor(max_workers=6) as threads:
            refusals = list(threads.map(attempt, range(6)))
        assert refusals.count(None) == 1
        assert refusals.count(NotAllowed) == 5
