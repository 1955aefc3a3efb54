"""Test links for a new password, who may send them, and which sessions they end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.domain.access.sign_in_links import (
    REQUESTED_MS,
    SENT_MS,
    LinkKind,
    LinkRefused,
)
from enrollment_portal.domain.access.throttling import (
    AT_ACCOUNT_FROM_CLIENT,
    FROM_CLIENT,
    LINKS_FOR_ADDRESS,
    LINKS_FOR_CLIENT,
)
from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.domain.shared.errors import (
    Invalid,
    NotAllowed,
    NotFound,
    PortalError,
    Throttled,
    WrongCredentials,
)
from enrollment_portal.services.access import invitations, links, password_resets
from enrollment_portal.services.access.admins import add_admin
from enrollment_portal.services.access.links import read_link, use_link
from enrollment_portal.services.access.mail import send_mail
from enrollment_portal.services.access.password_resets import (
    change_password,
    mail_requested_link,
    request_link,
    reset_from_command_line,
    send_link,
)
from enrollment_portal.services.access.sessions import Browser
from enrollment_portal.services.access.sign_in import who_is
from enrollment_portal.services.people import users
from enrollment_portal.settings import settings
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_account, make_course, make_learner, make_organization, make_session
from tests.signing_in import (
    PASSWORD,
    PASSWORD_HASH,
    enter,
    everything_stored,
    refusal,
    use_cheap_passwords,
    use_settings,
)

NEW = "a brand new passphrase"
HERE = Browser("203.0.113.9")
BO = "bo@northwind.example"
Mail = list[tuple[str, str, str]]


@pytest.fixture(autouse=True)
def _cheap(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    use_cheap_passwords(monkeypatch)
    make_organization(database)
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Mail:
    """The mails that the portal sends."""
    use_settings(
        monkeypatch,
        PORTAL_SMTP_URL="smtp://127.0.0.1:1",
        PORTAL_MAIL_FROM="portal@northwind.example",
    )
    sent: Mail = []
    monkeypatch.setattr(password_resets, "send_mail", lambda *m: bool(sent.append(m)) or True)
    return sent


def make_bo(database: Database, role: Role = Role.LEARNER, **values: Any) -> int:
    """Write somebody of the directory who has forgotten their password; return the account."""
    learner = make_learner(database, "Bo Ek", BO)
    values = {"password_hash": PASSWORD_HASH, **values}
    return make_account(database, role, email=BO, name="Bo Ek", learner_id=learner, **values)


def admin(database: Database, sections: Section, role: Role = Role.ADMIN) -> Actor:
    account = make_account(database, role, sections=sections, password_hash=PASSWORD_HASH)
    actor = who_is(database, make_session(database, account))
    assert actor
    return actor


def super_admin(database: Database) -> Actor:
    return admin(database, Section.all(), Role.SUPER_ADMIN)


def token_in(link_text: str) -> str:
    return link_text.partition("#token=")[2].split()[0]


def log_of(database: Database) -> list[tuple[Any, ...]]:
    sql = "SELECT actor_name, action, subject, detail FROM admin_event ORDER BY id"
    with database.read() as session:
        return [tuple(row) for row in session.execute(text(sql))]


def use(database: Database, link_text: str, password: str = NEW) -> str:
    return use_link(database, token=token_in(link_text), password=password, browser=HERE).session


class _Server:
    """A mail server that takes every mail."""

    def __enter__(self) -> _Server:
        return self

    def __exit__(self, *_raised: object) -> None:
        pass

    def send_message(self, message: EmailMessage) -> None:
        message.as_bytes()


def fail_from_here(database: Database) -> None:
    """Let others fail to sign in from the same address until it is throttled."""
    for n in range(FROM_CLIENT.free):
        assert refusal(lambda n=n: enter(database, f"n{n}@northwind.example", "wrong"))


class TestUsing:
    def test_sets_the_password_ends_other_sessions_and_signs_in(self, database: Database) -> None:
        bo = make_bo(database)
        elsewhere = enter(database, BO)
        sent = send_link(database, super_admin(database), bo)
        session = use(database, sent.link)
        assert (actor := who_is(database, session))
        assert actor.account_id == bo
        assert who_is(database, elsewhere) is None
        assert refusal(lambda: enter(database, BO)) is WrongCredentials
        assert enter(database, BO, NEW)
        used = ("Bo Ek", "sign_in_link_used", "Bo Ek", "from 203.0.113.9, 1 session ended")
        assert used in log_of(database)

    def test_works_once_and_no_other_link_works_afterwards(self, database: Database) -> None:
        bo = make_bo(database)
        first = reset_from_command_line(database, BO)
        second = send_link(database, super_admin(database), bo)
        with pytest.raises(LinkRefused):
            use(database, first.link)
        assert use(database, second.link)
        with pytest.raises(LinkRefused):
            use(database, second.link)

    @pytest.mark.parametrize(("is_sent", "valid"), [(True, SENT_MS), (False, REQUESTED_MS)])
    def test_expires(
        self, database: Database, monkeypatch: pytest.MonkeyPatch, is_sent: bool, valid: int
    ) -> None:
        bo, actor = make_bo(database), super_admin(database)
        begun = links.now_ms()
        monkeypatch.setattr(password_resets, "now_ms", lambda: begun)
        sent = send_link(database, actor, bo) if is_sent else reset_from_command_line(database, BO)
        monkeypatch.setattr(links, "now_ms", lambda: begun + valid - 1)
        assert read_link(database, token_in(sent.link), HERE).name == "Bo Ek"
        monkeypatch.setattr(links, "now_ms", lambda: begun + valid)
        with pytest.raises(LinkRefused):
            read_link(database, token_in(sent.link), HERE)
        with pytest.raises(LinkRefused):
            use(database, sent.link)

    def test_names_its_person_and_reveals_nothing_about_other_links(
        self, database: Database
    ) -> None:
        make_bo(database)
        sent = reset_from_command_line(database, BO)
        facts = read_link(database, token_in(sent.link), HERE)
        assert (facts.kind, facts.name, facts.email) == (LinkKind.RESET, "Bo Ek", BO)
        assert facts.organization == "Northwind Academy"
        for token in ("x" * 43, "", None, 7, ["x" * 43], "\ud800" * 43):
            with pytest.raises(LinkRefused):
                read_link(database, token, HERE)

    def test_an_invalid_password_leaves_it_valid(self, database: Database) -> None:
        make_bo(database)
        sent = reset_from_command_line(database, BO)
        with pytest.raises(PortalError, match="12 to 1,024"):
            use(database, sent.link, "short")
        assert use(database, sent.link)

    def test_only_a_hash_of_it_is_stored(self, database: Database) -> None:
        make_bo(database)
        sent = reset_from_command_line(database, BO)
        assert token_in(sent.link) not in everything_stored(database) + repr(sent)

    def test_clears_the_failures_of_others(self, database: Database) -> None:
        make_bo(database)
        for _ in range(AT_ACCOUNT_FROM_CLIENT.free):
            assert refusal(lambda: enter(database, BO, "wrong"))
        assert refusal(lambda: enter(database, BO)) is Throttled
        use(database, reset_from_command_line(database, BO).link)
        assert enter(database, BO, NEW)

    def test_works_after_any_number_of_failures_from_the_same_address(
        self, database: Database
    ) -> None:
        make_bo(database)
        sent = reset_from_command_line(database, BO)
        fail_from_here(database)
        with pytest.raises(Throttled):
            read_link(database, "x" * 43, HERE)
        assert read_link(database, token_in(sent.link), HERE).name == "Bo Ek"
        session = use(database, sent.link)
        assert (actor := who_is(database, session))
        assert actor.email == BO
        # It is no way to forgive what others failed.
        with pytest.raises(Throttled):
            read_link(database, "x" * 43, HERE)
        with pytest.raises(Throttled):
            use(database, sent.link)

    def test_signs_in_although_others_fail_during_hashing(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_bo(database)
        sent = reset_from_command_line(database, BO)
        hash_password = links.hash_password

        def hash_while_others_fail(password: str) -> str:
            fail_from_here(database)
            return hash_password(password)

        monkeypatch.setattr(links, "hash_password", hash_while_others_fail)
        assert who_is(database, use(database, sent.link))

    def test_makes_the_browser_known_to_the_account(self, database: Database) -> None:
        make_bo(database)
        token = token_in(reset_from_command_line(database, BO).link)
        opened = use_link(database, token=token, password=NEW, browser=HERE)
        fail_from_here(database)
        assert refusal(lambda: enter(database, BO, NEW)) is Throttled
        assert enter(database, BO, NEW, device=opened.device)

    def test_a_person_suspended_meanwhile_is_refused(self, database: Database) -> None:
        make_bo(database)
        sent = reset_from_command_line(database, BO)
        with database.write() as session:
            session.execute(text("UPDATE account SET is_suspended = 1 WHERE email = :e"), {"e": BO})
        with pytest.raises(LinkRefused):
            use(database, sent.link)

    def test_a_changed_email_invalidates_it(self, database: Database) -> None:
        make_bo(database)
        actor = super_admin(database)
        sent = reset_from_command_line(database, BO)
        [person] = users.find_people(database, actor, "Bo Ek")
        stored = users.read_user(database, actor, person.id).person
        filled = users.typed_person(stored.fields)
        typed = filled | {"email": "other@northwind.example"}
        users.save_user(database, actor, person.id, version=stored.version, typed=typed)
        with pytest.raises(LinkRefused):
            use(database, sent.link)

    def test_of_two_simultaneous_uses_one_succeeds(self, database: Database) -> None:
        make_bo(database)
        sent = reset_from_command_line(database, BO)
        ready, outcomes = threading.Barrier(2), []

        def run(number: int) -> None:
            ready.wait()
            outcomes.append(refusal(lambda: use(database, sent.link, f"password number {number}")))

        threads = [threading.Thread(target=run, args=(n,)) for n in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(map(str, outcomes)) == sorted(map(str, [None, LinkRefused]))


class TestSending:
    def test_without_mail_is_shown_once_and_logged(self, database: Database) -> None:
        bo, actor = make_bo(database), super_admin(database)
        sent = send_link(database, actor, bo)
        assert sent.mailed is None
        assert (actor.name, "sign_in_link_sent", "Bo Ek", f"{BO}, to copy") in log_of(database)
        again = send_link(database, actor, bo)
        with pytest.raises(LinkRefused):
            use(database, sent.link)
        assert use(database, again.link)

    def test_with_mail_is_sent_only_to_its_person(
        self, database: Database, mail: Mail, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bo, actor = make_bo(database), super_admin(database)
        sent = send_link(database, actor, bo)
        assert (sent.link, sent.mailed) == ("", True)
        assert mail[0][0] == BO
        assert who_is(database, use(database, mail[0][2]))
        monkeypatch.setattr(password_resets, "send_mail", lambda *_mail: False)
        failed = send_link(database, actor, bo)
        assert failed.mailed is False
        assert who_is(database, use(database, failed.link))

    @pytest.mark.parametrize(
        ("email", "name"),
        [("=?utf-8?q?=0a?=@northwind.example", "Bo Ek"), (BO, "Bo \ud800 Ek")],
    )
    def test_no_mail_is_sent_to_an_invalid_address(
        self, mail: Mail, monkeypatch: pytest.MonkeyPatch, email: str, name: str
    ) -> None:
        monkeypatch.setattr(
            "enrollment_portal.services.access.mail._connect", lambda *_server: _Server()
        )
        assert send_mail(BO, "Hello", "Hello Bo") is True
        assert send_mail(email, "Hello", f"Hello {name}") is False
        assert send_mail(BO, "Hello\nBcc: eve@northwind.example", "Hello") is False

    def test_an_address_stored_before_the_rule_prevents_nothing(
        self, database: Database, mail: Mail, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bo, actor = make_bo(database), super_admin(database)
        with database.write() as session:
            encoded = {"e": "=?utf-8?q?=0a?=@northwind.example", "bo": bo}
            session.execute(text("UPDATE account SET email = :e WHERE id = :bo"), encoded)
        monkeypatch.setattr(password_resets, "send_mail", send_mail)
        sent = send_link(database, actor, bo)
        assert sent.mailed is False
        assert who_is(database, use(database, sent.link))

    @pytest.mark.parametrize(
        ("sections", "role", "teaches", "may"),
        [
            (Section.PEOPLE, Role.LEARNER, False, True),
            (Section.PEOPLE, Role.GROUP_LEAD, False, True),
            (Section.PEOPLE, Role.INSTRUCTOR, False, True),
            (Section.PEOPLE, Role.INSTRUCTOR, True, False),
            (Section.PEOPLE, Role.LEARNER, True, False),  # an instructor who was made a learner
            (Section.PEOPLE | Section.LEARNING, Role.INSTRUCTOR, True, True),
            (Section.all(), Role.ADMIN, False, False),
            (Section.all(), Role.SUPER_ADMIN, False, False),
            (Section.LEARNING, Role.LEARNER, False, False),
            (Section.CONFIGURATION, Role.LEARNER, False, False),
        ],
    )
    def test_nobody_gains_rights_through_a_link(
        self, database: Database, sections: Section, role: Role, teaches: bool, may: bool
    ) -> None:
        courses = (make_course(database),) if teaches else ()
        bo, actor = make_bo(database, role, teaches=courses), admin(database, sections)
        if may:
            assert send_link(database, actor, bo).link
        else:
            with pytest.raises(NotAllowed):
                send_link(database, actor, bo)
            assert log_of(database) == []
        assert send_link(database, super_admin(database), bo).link

    def test_a_link_for_a_person_who_became_an_admin_is_refused(self, database: Database) -> None:
        dana, pat = super_admin(database), admin(database, Section.PEOPLE)
        bo = make_bo(database)
        sent = send_link(database, pat, bo)
        add_admin(database, dana, bo)
        with pytest.raises(LinkRefused):
            use(database, sent.link)
        invited = invitations.invite(
            database, pat, {"name": "Cy", "email": "cy@northwind.example", "access": "learner"}
        )
        cy = users.read_user(database, dana, invited.learner_id).person.account_id
        add_admin(database, dana, cy)
        with pytest.raises(LinkRefused):
            use(database, invited.link)
        # One that a Super Admin made opens it still.
        assert use(database, send_link(database, dana, bo).link)

    def test_changing_an_instructors_email_requires_the_right_to_send_them_a_link(
        self, database: Database
    ) -> None:
        make_bo(database, Role.INSTRUCTOR, teaches=(make_course(database),))
        pat = admin(database, Section.PEOPLE)
        [person] = users.find_people(database, pat, "Bo Ek")
        stored = users.read_user(database, pat, person.id).person
        filled = users.typed_person(stored.fields)
        typed = filled | {"email": "p@x.example"}
        with pytest.raises(Invalid) as refused:
            users.save_user(database, pat, person.id, version=stored.version, typed=typed)
        assert list(refused.value.errors) == ["email"]
        both = admin(database, Section.PEOPLE | Section.LEARNING)
        assert users.save_user(database, both, person.id, version=stored.version, typed=typed)

    def test_oneself_suspended_people_and_accounts_without_a_password_are_refused(
        self, database: Database
    ) -> None:
        actor = super_admin(database)
        for account, said in (
            (actor.account_id, "your own account"),
            (make_bo(database, is_suspended=1), "suspended"),
            (make_account(database, Role.LEARNER), "no password"),
        ):
            with pytest.raises(NotAllowed, match=said):
                send_link(database, actor, account)
        for account in (999_999, 0, -1, "x", None, True):
            with pytest.raises(NotFound):
                send_link(database, actor, account)


class TestRequesting:
    def test_mails_a_link_and_keeps_older_ones_valid(self, database: Database, mail: Mail) -> None:
        make_bo(database)
        for typed in (f" {BO.upper()} ", BO):
            address = request_link(database, typed, HERE.client)
            mail_requested_link(database, address, HERE)
        assert [to for to, _subject, _body in mail] == [BO, BO]
        requested = ("Bo Ek", "password_link_requested", "Bo Ek", "from 203.0.113.9")
        assert log_of(database) == [requested, requested]
        assert who_is(database, use(database, mail[0][2]))
        with pytest.raises(LinkRefused):
            use(database, mail[1][2])

    def test_unknown_and_suspended_people_get_no_link_and_the_same_answer(
        self, database: Database, mail: Mail
    ) -> None:
        make_bo(database, is_suspended=1)
        for typed in (BO, "nobody@northwind.example", "no address"):
            mail_requested_link(database, request_link(database, typed, HERE.client), HERE)
        assert mail == []
        assert log_of(database) == []

    @pytest.mark.parametrize("email", [BO, "nobody@northwind.example"])
    def test_is_limited_for_an_address_whether_or_not_it_has_an_account(
        self, database: Database, mail: Mail, email: str
    ) -> None:
        make_bo(database)
        for n in range(LINKS_FOR_ADDRESS.free):
            request_link(database, email, f"198.51.100.{n}")
        with pytest.raises(Throttled, match=r"Too many requests\. Try again in 10 minutes\."):
            request_link(database, email, HERE.client)
        # Signing in is counted apart.
        assert enter(database, BO)

    def test_is_limited_for_a_client(self, database: Database, mail: Mail) -> None:
        for n in range(LINKS_FOR_CLIENT.free):
            request_link(database, f"n{n}@northwind.example", HERE.client)
        with pytest.raises(Throttled):
            request_link(database, BO, HERE.client)
        assert request_link(database, BO, "198.51.100.1")

    def test_without_mail_the_message_names_whom_to_ask(self, database: Database) -> None:
        with pytest.raises(PortalError, match="Ask an admin"):
            request_link(database, BO, HERE.client)

    def test_the_demos_entry_stays_open(self, database: Database, mail: Mail) -> None:
        with database.write() as session:
            session.execute(text("UPDATE organization SET is_demo = 1"))
        make_bo(database, password_hash=None)
        mail_requested_link(database, BO, HERE)
        assert mail == []


class TestCommandLine:
    def test_gives_a_locked_out_super_admin_a_link(self, database: Database) -> None:
        make_bo(database, Role.SUPER_ADMIN)
        sent = reset_from_command_line(database, f" {BO.upper()} ")
        assert (entry := log_of(database)[0])[:2] == ("Command line", "sign_in_link_sent")
        assert entry[3] == BO
        actor = who_is(database, use(database, sent.link))
        assert actor
        assert actor.role is Role.SUPER_ADMIN

    def test_unknown_and_suspended_people_are_named(self, database: Database) -> None:
        make_bo(database, is_suspended=1)
        with pytest.raises(PortalError, match="No account has the email"):
            reset_from_command_line(database, "nobody@northwind.example")
        with pytest.raises(PortalError, match="suspended"):
            reset_from_command_line(database, BO)


class TestChanging:
    def change(
        self, database: Database, session: str, present: object = PASSWORD, password: object = NEW
    ) -> int:
        actor = who_is(database, session)
        assert actor
        return change_password(
            database,
            actor,
            present=present,
            password=password,
            browser=replace(HERE, session=session),
        )

    def test_ends_other_sessions_and_links_and_keeps_this_one(self, database: Database) -> None:
        make_bo(database)
        elsewhere, here = enter(database, BO), enter(database, BO)
        sent = reset_from_command_line(database, BO)
        assert self.change(database, here) == 1
        assert who_is(database, here)
        assert who_is(database, elsewhere) is None
        assert refusal(lambda: enter(database, BO)) is WrongCredentials
        assert enter(database, BO, NEW)
        with pytest.raises(LinkRefused):
            use(database, sent.link)
        changed = ("Bo Ek", "password_changed", "Bo Ek", "1 other session ended")
        assert changed in log_of(database)

    @pytest.mark.parametrize("present", ["wrong", "", None, 7, PASSWORD + "\0", "\ud800"])
    def test_requires_the_current_password(self, database: Database, present: object) -> None:
        make_bo(database)
        session = enter(database, BO)
        with pytest.raises(PortalError, match="not your current password"):
            self.change(database, session, present)
        assert enter(database, BO)

    @pytest.mark.parametrize("password", ["short", "", None, "x" * 1025, PASSWORD])
    def test_requires_a_valid_new_password(self, database: Database, password: object) -> None:
        make_bo(database)
        session = enter(database, BO)
        with pytest.raises(PortalError):
            self.change(database, session, PASSWORD, password)
        assert enter(database, BO)

    def test_guessing_the_current_password_is_throttled(self, database: Database) -> None:
        make_bo(database)
        session = enter(database, BO)
        for _ in range(AT_ACCOUNT_FROM_CLIENT.free):
            with pytest.raises(PortalError):
                self.change(database, session, "wrong")
        with pytest.raises(Throttled):
            self.change(database, session)
        assert ("Bo Ek", "sign_in_failed", "Bo Ek", "from 203.0.113.9") in log_of(database)

    def test_an_account_without_a_password_cannot_change_it(self, database: Database) -> None:
        bo = make_bo(database, password_hash=None)
        with pytest.raises(NotAllowed, match="without a password"):
            self.change(database, make_session(database, bo))
