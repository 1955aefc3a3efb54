"""Test invitations: an account without a password, and a one-time link that sets one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.domain.access.sign_in_links import INVITED_MS, LinkRefused
from enrollment_portal.domain.access.throttling import FROM_CLIENT
from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.shared.errors import (
    Invalid,
    NotAllowed,
    NotFound,
    PortalError,
    Throttled,
)
from enrollment_portal.services.access import invitations
from enrollment_portal.services.access.invitations import Invitation
from enrollment_portal.services.access.links import use_link
from enrollment_portal.services.access.sessions import Browser
from enrollment_portal.services.access.sign_in import who_is
from enrollment_portal.services.people import users
from enrollment_portal.settings import settings
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_account, make_learner, make_organization
from tests.signing_in import enter, everything_stored, use_cheap_passwords, use_settings

DANA = Actor(0, "Dana Ruiz", "dana@northwind.example", Role.SUPER_ADMIN)
PAT = Actor(0, "Pat People", "pat@northwind.example", Role.ADMIN, Section.PEOPLE)
PASSWORD = "correct horse battery"
ADA = {
    "name": "Ada Lund",
    "email": "Ada@Northwind.example",
    "job_title": "Analyst",
    "department": "Sales",
    "manager_id": "",
    "access": "learner",
}


@pytest.fixture(autouse=True)
def _cheap(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    use_cheap_passwords(monkeypatch)
    make_organization(database)
    yield
    monkeypatch.undo()
    settings.cache_clear()


def token_of(invitation: Invitation) -> str:
    return invitation.link.partition("#token=")[2]


def accept(
    database: Database, token: object, password: object = PASSWORD, client: str = "203.0.113.9"
) -> str:
    return use_link(database, token=token, password=password, browser=Browser(client)).session


def column(database: Database, sql: str) -> list[Any]:
    with database.read() as session:
        return list(session.execute(text(sql)).scalars())


class TestInviting:
    def test_creates_a_person_an_account_and_a_link_stored_as_a_hash(
        self, database: Database
    ) -> None:
        made = invitations.invite(database, PAT, ADA)
        assert (made.name, made.email, made.mailed) == ("Ada Lund", "ada@northwind.example", None)
        user = users.read_user(database, PAT, made.learner_id)
        assert (user.person.status, user.person.role) == ("invited", "learner")
        assert user.person.invited_until == made.expires
        assert [act.action for act in user.acts] == ["invited"]
        stored = everything_stored(database) + repr(
            column(database, "SELECT token_hash FROM invitation")
        )
        assert token_of(made) not in stored + repr(made)
        assert users.find_people(database, PAT, "ada lund")[0].id == made.learner_id

    def test_an_email_in_use_is_refused(self, database: Database) -> None:
        make_learner(database, "Ada", "ada@northwind.example")
        with pytest.raises(Invalid) as refusal:
            invitations.invite(database, PAT, ADA)
        assert set(refusal.value.errors) == {"email"}
        make_learner(database, "Bo", "bo@müller.example")
        for same in ("bo@xn--mller-kva.example", "\u200bBo <BO@MÜLLER.example>"):
            with pytest.raises(Invalid) as refusal:
                invitations.invite(database, PAT, ADA | {"email": same})
            assert set(refusal.value.errors) == {"email"}
        make_account(database, email="root@northwind.example", password_hash="x")
        with pytest.raises(Invalid):
            invitations.invite(database, PAT, ADA | {"email": "root@northwind.example"})

    def test_a_people_admin_invites_no_admin(self, database: Database) -> None:
        for role in ("admin", "super_admin"):
            with pytest.raises(Invalid) as refusal:
                invitations.invite(database, PAT, ADA | {"access": role})
            assert set(refusal.value.errors) == {"access"}
        assert column(database, "SELECT count(*) FROM account") == [0]
        invitations.invite(database, DANA, ADA | {"access": "admin"})
        assert column(database, "SELECT sections FROM account") == [0]

    def test_an_unknown_manager_is_refused(self, database: Database) -> None:
        with pytest.raises(Invalid) as refusal:
            invitations.invite(database, PAT, ADA | {"manager_id": "99"})
        assert set(refusal.value.errors) == {"manager_id"}

    def test_requires_the_permission_to_manage_people(self, database: Database) -> None:
        for actor in (
            Actor(1, "x", "x", Role.GROUP_LEAD, Section.all()),
            Actor(1, "x", "x", Role.ADMIN, Section.LEARNING),
        ):
            with pytest.raises(NotAllowed):
                invitations.invite(database, actor, ADA)
            with pytest.raises(NotAllowed):
                invitations.invite_again(database, actor, 1, {})


class TestInvitingAgain:
    def test_invalidates_older_links(self, database: Database) -> None:
        first = invitations.invite(database, PAT, ADA)
        second = invitations.invite_again(database, PAT, first.learner_id, {})
        with pytest.raises(LinkRefused):
            accept(database, token_of(first))
        assert who_is(database, accept(database, token_of(second)))

    def test_invites_a_person_of_the_directory_who_has_no_account(self, database: Database) -> None:
        learner = make_learner(database, "Bo Ek", "bo@northwind.example")
        with pytest.raises(Invalid):
            invitations.invite_again(database, PAT, learner, {"access": "admin"})
        with pytest.raises(Invalid):
            invitations.invite_again(database, PAT, learner, {})
        made = invitations.invite_again(database, PAT, learner, {"access": "instructor"})
        actor = who_is(database, accept(database, token_of(made)))
        assert actor
        assert (actor.learner_id, actor.role) == (learner, Role.INSTRUCTOR)

    def test_an_account_with_a_password_is_never_taken_over(self, database: Database) -> None:
        learner = make_learner(database, "Bo Ek", "bo@northwind.example")
        make_account(
            database,
            Role.LEARNER,
            email="bo@northwind.example",
            learner_id=learner,
            password_hash="theirs",
        )
        for actor in (PAT, DANA):
            with pytest.raises(NotAllowed, match="password"):
                invitations.invite_again(database, actor, learner, {})
        assert column(database, "SELECT password_hash FROM account") == ["theirs"]
        assert column(database, "SELECT count(*) FROM invitation") == [0]

    def test_a_person_without_an_account_does_not_get_somebody_elses(
        self, database: Database
    ) -> None:
        make_account(database, email="root@northwind.example", password_hash="theirs")
        learner = make_learner(database, "Root", "root@northwind.example")
        with pytest.raises(Invalid):
            invitations.invite_again(database, PAT, learner, {"access": "learner"})

    @pytest.mark.parametrize("role", [Role.ADMIN, Role.SUPER_ADMIN])
    def test_a_people_admin_invites_no_admin_who_has_no_password(
        self, database: Database, role: Role
    ) -> None:
        learner = make_learner(database)
        make_account(database, role, learner_id=learner)
        with pytest.raises(NotAllowed):
            invitations.invite_again(database, PAT, learner, {"access": "learner"})

    def test_suspended_and_unknown_people_are_not_invited(self, database: Database) -> None:
        learner = make_learner(database)
        make_account(database, Role.LEARNER, learner_id=learner, is_suspended=1)
        with pytest.raises(NotAllowed, match="suspended"):
            invitations.invite_again(database, PAT, learner, {})
        with pytest.raises(NotFound):
            invitations.invite_again(database, PAT, 999, {})


class TestAccepting:
    def test_sets_the_password_and_signs_in(self, database: Database) -> None:
        made = invitations.invite(database, PAT, ADA)
        actor = who_is(database, accept(database, token_of(made)))
        assert actor
        assert actor.email == "ada@northwind.example"
        assert who_is(database, enter(database, "ada@northwind.example", PASSWORD))
        user = users.read_user(database, PAT, made.learner_id)
        assert user.person.status == "active"
        assert "invitation_used" in [act.action for act in user.acts]

    @pytest.mark.parametrize("password", ["", "short", "x" * 1025, None, 7, "x" * 11 + "\x00"])
    def test_an_invalid_password_leaves_the_link_valid(
        self, database: Database, password: object
    ) -> None:
        made = invitations.invite(database, PAT, ADA)
        with pytest.raises(PortalError, match="12 to 1,024"):
            accept(database, token_of(made), password)
        assert who_is(database, accept(database, token_of(made)))

    def test_used_expired_unknown_void_and_suspended_look_the_same(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        used = invitations.invite(database, PAT, ADA)
        accept(database, token_of(used))
        suspended = invitations.invite(database, PAT, ADA | {"email": "s@northwind.example"})
        users.suspend_user(database, PAT, suspended.learner_id)
        expired = invitations.invite(database, PAT, ADA | {"email": "e@northwind.example"})
        with database.write() as session:
            session.execute(
                text("UPDATE invitation SET expires_at = :at WHERE used_at IS NULL"),
                {"at": expired.expires - INVITED_MS},
            )
        said = set()
        for n, token in enumerate(
            (token_of(used), token_of(suspended), token_of(expired), "x" * 43, "", None, "é" * 43)
        ):
            with pytest.raises(LinkRefused) as refusal:
                accept(database, token, client=f"203.0.113.{n}")
            said.add(refusal.value.message)
        assert len(said) == 1

    def test_guessing_is_throttled_and_a_valid_link_still_works(self, database: Database) -> None:
        made = invitations.invite(database, PAT, ADA)
        for n in range(FROM_CLIENT.free):
            with pytest.raises(LinkRefused):
                accept(database, f"{n:043}")
        with pytest.raises(Throttled):
            accept(database, "y" * 43)
        assert who_is(database, accept(database, token_of(made)))

    def test_of_two_simultaneous_uses_of_a_link_one_succeeds(self, database: Database) -> None:
        made = invitations.invite(database, PAT, ADA)
        outcomes: list[object] = []
        ready = threading.Barrier(2)

        def run(password: str) -> None:
            ready.wait()
            try:
                outcomes.append(accept(database, token_of(made), password))
            except PortalError as error:
                outcomes.append(type(error))

        threads = [threading.Thread(target=run, args=(f"password number {n}",)) for n in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert outcomes.count(LinkRefused) == 1
        assert column(database, "SELECT count(*) FROM sign_in_session") == [1]


class TestMail:
    def test_is_sent_if_a_server_is_configured_and_a_failure_is_reported(
        self, database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        use_settings(
            monkeypatch,
            PORTAL_SMTP_URL="smtp://user:secret-word@127.0.0.1:1",
            PORTAL_MAIL_FROM="portal@northwind.example",
        )
        made = invitations.invite(database, PAT, ADA)
        assert made.mailed is False
        assert token_of(made) not in caplog.text
        assert "secret-word" not in caplog.text + repr(settings())
        sent: list[tuple[str, ...]] = []
        monkeypatch.setattr(invitations, "send_mail", lambda *mail: bool(sent.append(mail)) or True)
        again = invitations.invite_again(database, PAT, made.learner_id, {})
        assert again.mailed is True
        to, subject, body = sent[0]
        assert to == "ada@northwind.example"
        assert "Northwind Academy" in subject
        assert again.link in body

    @pytest.mark.parametrize("url", ["http://x", "smtp://", "smtp://host:0", "smtp://host:99999"])
    def test_an_unusable_server_is_refused_at_startup(
        self, monkeypatch: pytest.MonkeyPatch, url: str
    ) -> None:
        use_settings(monkeypatch, PORTAL_SMTP_URL=url, PORTAL_MAIL_FROM="a@b.example")
        with pytest.raises(SystemExit, match="PORTAL_SMTP_URL"):
            settings()
