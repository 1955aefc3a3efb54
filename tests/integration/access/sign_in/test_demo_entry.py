"""Test entering the demo company without a password."""

from __future__ import annotations

import pytest

from enrollment_portal.domain.people.people import Role
from enrollment_portal.domain.shared.errors import NotAllowed
from enrollment_portal.services.access.sign_in import is_demo_open, who_is
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_account, make_organization
from tests.signing_in import (
    PASSWORD_HASH,
    count,
    enter_demo,
    refusal,
    use_settings,
)


class TestDemo:
    def test_signs_in_as_the_oldest_account_of_the_role(self, database: Database) -> None:
        make_organization(database, is_demo=1)
        make_account(database, Role.ADMIN)
        first = make_account(database, Role.INSTRUCTOR)
        make_account(database, Role.INSTRUCTOR)
        actor = who_is(database, enter_demo(database, "instructor"))
        assert actor
        assert (actor.account_id, actor.role) == (first, Role.INSTRUCTOR)

    def test_replaces_the_browsers_previous_session(self, database: Database) -> None:
        make_organization(database, is_demo=1)
        make_account(database, Role.ADMIN)
        make_account(database, Role.LEARNER)
        before = enter_demo(database, "admin")
        after = enter_demo(database, "learner", before)
        assert who_is(database, before) is None
        assert who_is(database, after)

    @pytest.mark.parametrize("is_demo", [0, None])
    def test_is_refused_in_a_real_organization(
        self, database: Database, is_demo: int | None
    ) -> None:
        if is_demo is not None:
            make_organization(database, is_demo=is_demo)
        make_account(database, Role.ADMIN)
        assert not is_demo_open(database)
        assert refusal(lambda: enter_demo(database, "admin")) is NotAllowed
        assert count(database, "sign_in_session") == 0

    def test_is_refused_if_the_demo_is_switched_off(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_organization(database, is_demo=1)
        make_account(database, Role.ADMIN)
        assert is_demo_open(database)
        use_settings(monkeypatch, PORTAL_DEMO="off")
        assert not is_demo_open(database)
        assert refusal(lambda: enter_demo(database, "admin")) is NotAllowed

    @pytest.mark.parametrize(
        "role", [None, "", "root", "ADMIN", "group_lead", 1, ["admin"], {}, "admin\0"]
    )
    def test_refuses_a_role_that_nobody_has(self, embedded: Database, role: object) -> None:
        make_organization(embedded, is_demo=1)
        make_account(embedded, Role.ADMIN)
        assert refusal(lambda: enter_demo(embedded, role)) is NotAllowed

    def test_never_signs_in_to_an_account_with_a_password(self, database: Database) -> None:
        make_organization(database, is_demo=1)
        make_account(database, Role.SUPER_ADMIN, password_hash=PASSWORD_HASH)
        assert refusal(lambda: enter_demo(database, "super_admin")) is NotAllowed

    def test_never_signs_in_to_a_suspended_account(self, database: Database) -> None:
        make_organization(database, is_demo=1)
        make_account(database, Role.ADMIN, is_suspended=1)
        assert refusal(lambda: enter_demo(database, "admin")) is NotAllowed
