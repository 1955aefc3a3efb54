"""Test signing in with an email and a password."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import text

from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.shared.errors import WrongCredentials
from enrollment_portal.services.access.sign_in import sign_out, who_is
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_account, make_learner
from tests.signing_in import (
    PASSWORD,
    PASSWORD_HASH,
    CountingHasher,
    count,
    enter,
    everything_stored,
    make_ada,
    refusal,
)


class TestSignIn:
    def test_creates_a_session_of_the_account(self, database: Database) -> None:
        learner_id = make_learner(database)
        ada = make_ada(database, name="Ada", sections=Section.LEARNING, learner_id=learner_id)
        assert who_is(database, enter(database)) == Actor(
            account_id=ada,
            name="Ada",
            email="ada@northwind.example",
            role=Role.ADMIN,
            sections=Section.LEARNING,
            learner_id=learner_id,
        )

    def test_an_email_may_be_typed_in_capitals_and_with_spaces_around(
        self, database: Database
    ) -> None:
        make_ada(database)
        assert who_is(database, enter(database, "  ADA@Northwind.Example "))

    def test_every_session_has_another_long_token(self, database: Database) -> None:
        make_ada(database)
        tokens = {enter(database) for _ in range(5)}
        assert len(tokens) == 5
        assert all(len(token) == 43 for token in tokens)

    @pytest.mark.parametrize(
        ("email", "password"),
        [
            ("nobody@northwind.example", PASSWORD),
            ("ada@northwind.example", "wrong"),
            ("ada@northwind.example", PASSWORD + " "),
            ("suspended@northwind.example", PASSWORD),
            ("no-password@northwind.example", PASSWORD),
            ("no-password@northwind.example", "None"),
        ],
    )
    def test_every_refusal_has_the_same_message_and_effect(
        self, embedded: Database, hasher: CountingHasher, email: str, password: str
    ) -> None:
        make_ada(embedded)
        make_ada(embedded, email="suspended@northwind.example", is_suspended=1)
        make_ada(embedded, email="no-password@northwind.example", password_hash=None)
        with pytest.raises(WrongCredentials) as refused:
            enter(embedded, email, password)
        assert str(refused.value) == WrongCredentials.message
        assert hasher.n_verified == 1
        assert count(embedded, "sign_in_session") == 0
        assert count(embedded, "sign_in_failure") == 1

    @pytest.mark.parametrize(
        ("email", "password"),
        [
            (None, PASSWORD),
            ("ada@northwind.example", None),
            (["ada@northwind.example"], PASSWORD),
            ("ada@northwind.example", {"$ne": ""}),
            ("ada@northwind.example", PASSWORD.encode()),
            ("", ""),
            ("a" * 1001, PASSWORD),
            ("ada@northwind.example", "p" * 1025),
            ("ada@northwind.example\0", PASSWORD),
            ("ada@northwind.example", PASSWORD + "\0"),
            ("ada@northwind.example", "\ud800"),
            ("\udfff", PASSWORD),
        ],
    )
    def test_invalid_emails_and_passwords_are_refused_unchecked(
        self, embedded: Database, hasher: CountingHasher, email: object, password: object
    ) -> None:
        make_ada(embedded)
        with pytest.raises(WrongCredentials):
            enter(embedded, email, password)
        assert hasher.n_verified == 0

    @pytest.mark.parametrize(
        ("stored", "typed"),
        [
            ("ada@northwind.example", " \u200bAda@Northwind.example\ufeff"),
            ("ada@northwind.example", "Ada Byron <ada@northwind.example>"),
            ("ada@northwind.example", "ada＠northwind。example"),
            ("ada@müller.example", "ada@xn--mller-kva.example"),
            ("ada@müller.example", "ada@mu\u0308ller.example"),
        ],
    )
    def test_an_email_is_read_however_it_was_typed(
        self, embedded: Database, stored: str, typed: str
    ) -> None:
        make_account(embedded, email=stored, password_hash=PASSWORD_HASH)
        assert enter(embedded, typed, PASSWORD)

    def test_the_longest_allowed_email_and_password_are_checked(
        self, embedded: Database, hasher: CountingHasher
    ) -> None:
        assert refusal(lambda: enter(embedded, "a" * 1000, "p" * 1024)) is WrongCredentials
        assert hasher.n_verified == 1

    def test_a_new_session_replaces_the_browsers_previous_one(self, database: Database) -> None:
        make_ada(database)
        elsewhere, before = enter(database), enter(database)
        after = enter(database, replacing=before)
        assert after != before
        assert who_is(database, before) is None
        assert who_is(database, after)
        assert who_is(database, elsewhere)

    def test_a_failed_attempt_ends_nothing(self, database: Database) -> None:
        make_ada(database)
        before = enter(database)
        assert refusal(lambda: enter(database, password="wrong", replacing=before))
        assert who_is(database, before)

    def test_an_unknown_session_to_replace_changes_nothing(self, database: Database) -> None:
        make_ada(database)
        assert who_is(database, enter(database, replacing="chosen by an attacker"))
        assert who_is(database, "chosen by an attacker") is None

    def test_a_password_changed_during_its_check_is_refused(
        self, database: Database, monkeypatch: pytest.MonkeyPatch, hasher: CountingHasher
    ) -> None:
        ada = make_ada(database)
        check = hasher.verify

        def change_then_check(password: str, known_hash: str) -> bool:
            with database.write() as session:
                session.execute(
                    text("UPDATE account SET password_hash = 'another' WHERE id = :id"),
                    {"id": ada},
                )
            return check(password, known_hash)

        monkeypatch.setattr(hasher, "verify", change_then_check)
        assert refusal(lambda: enter(database)) is WrongCredentials
        assert count(database, "sign_in_session") == 0

    def test_neither_token_nor_password_is_stored_or_logged(
        self, database: Database, caplog: pytest.LogCaptureFixture
    ) -> None:
        make_ada(database)
        caplog.set_level(logging.DEBUG)
        caplog.set_level(logging.DEBUG, logger="sqlalchemy.engine.Engine")
        token = enter(database)
        who_is(database, token)
        assert refusal(lambda: enter(database, password="a wrong secret"))
        sign_out(database, token)
        token = enter(database, replacing=token)
        seen = everything_stored(database) + caplog.text
        assert "sign_in_session" in caplog.text
        assert not [s for s in (token, PASSWORD, "a wrong secret") if s in seen]

    def test_neither_email_nor_client_is_stored_with_failures(self, database: Database) -> None:
        assert refusal(lambda: enter(database, "nobody@northwind.example"))
        stored = everything_stored(database)
        assert "nobody@northwind" not in stored
        assert "203.0.113.9" not in stored
