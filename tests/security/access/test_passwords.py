"""Test the forms for forgotten and new passwords: answers, and what they do not reveal."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from enrollment_portal.domain.access.sign_in_links import LinkRefused
from enrollment_portal.domain.access.throttling import FROM_CLIENT
from enrollment_portal.http import password_routes, sign_in_routes
from enrollment_portal.services.access import cookies, password_resets
from enrollment_portal.services.access.password_resets import reset_from_command_line
from enrollment_portal.services.access.sign_in import who_is
from enrollment_portal.services.runtime import database as own_database
from enrollment_portal.settings import settings
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_organization
from tests.security.access.sign_in.forms import RIGHT, cookie_of, notice_of
from tests.signing_in import PASSWORD, count, make_ada, use_cheap_passwords, use_settings

ADA, NOBODY = "ada@northwind.example", "nobody@northwind.example"
NEW = "a brand new passphrase"


@pytest.fixture
def portal(
    monkeypatch: pytest.MonkeyPatch, make_database_url: Callable[[str], str]
) -> Iterator[Database]:
    """The database behind the routes, with Ada in it, where mail is configured."""
    use_cheap_passwords(monkeypatch)
    use_settings(
        monkeypatch,
        DATABASE_URL=make_database_url("sqlite"),
        PORTAL_URL="http://localhost:3000",
        PORTAL_SMTP_URL="smtp://127.0.0.1:1",
        PORTAL_MAIL_FROM="portal@northwind.example",
    )
    make_organization(own_database())
    make_ada(own_database(), name="Ada")
    yield own_database()
    own_database().close()
    settings.cache_clear()


@pytest.fixture
def browser(portal: Database) -> TestClient:
    """Someone's browser, which follows no redirect by itself."""
    app = Starlette(routes=[*password_routes.ROUTES, *sign_in_routes.ROUTES])
    return TestClient(app, base_url="http://localhost:3000", follow_redirects=False)


def token_of(link: str) -> str:
    return link.partition("#token=")[2]


class TestForgotten:
    def test_known_and_unknown_addresses_get_the_same_answer_at_the_same_point(
        self, browser: TestClient, portal: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Whatever depends on the account waits until both answers are there.
        answered = threading.Event()
        looked: list[str] = []

        def mail(_database: Database, address: str, _browser: object) -> None:
            answered.wait(30)
            looked.append(address)

        monkeypatch.setattr(password_routes, "mail_requested_link", mail)
        with browser:
            answers = [browser.post("/auth/forgotten", data={"email": e}) for e in (ADA, NOBODY)]
            answered.set()
        seen = {repr((a.status_code, sorted(a.headers.items()), a.content)) for a in answers}
        assert len(seen) == 1
        assert answers[0].headers["location"] == "/forgot?sent=1"
        for _ in range(1000):
            if len(looked) == 2:
                break
            threading.Event().wait(0.01)
        assert sorted(looked) == [ADA, NOBODY]
        assert count(portal, "invitation") == 0

    def test_invalid_and_too_many_requests_are_reported(self, browser: TestClient) -> None:
        answer = browser.post("/auth/forgotten", data={"email": ""})
        assert answer.headers["location"] == "/forgot"
        assert "email address" in notice_of(answer)[0]
        answer = browser.post("/auth/forgotten", content=b"x", headers={"content-type": "text/x"})
        assert notice_of(answer)[0].startswith("The form could not be read.")

    def test_without_mail_the_message_names_whom_to_ask(
        self, browser: TestClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(password_resets, "is_mail_configured", lambda: False)
        answer = browser.post("/auth/forgotten", data={"email": ADA})
        assert "Ask an admin" in notice_of(answer)[0]

    def test_a_failed_mail_logs_no_address(
        self, portal: Database, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO, "enrollment_portal")
        password_resets.mail_requested_link(portal, ADA, password_resets.Browser("203.0.113.9"))
        assert "did not take a mail" in caplog.text
        assert ADA not in caplog.text
        assert "token" not in caplog.text


class TestLink:
    def test_names_its_person_only_for_a_valid_token(
        self, browser: TestClient, portal: Database
    ) -> None:
        token = token_of(reset_from_command_line(portal, ADA).link)
        answer = browser.post("/auth/link", data={"token": token})
        assert answer.headers["cache-control"] == "no-store"
        assert answer.json() == {
            "kind": "reset",
            "name": "Ada",
            "email": ADA,
            "organization": "Northwind Academy",
        }
        for wrong in ("x" * 43, token[:-1], "", "é" * 43):
            told = browser.post("/auth/link", data={"token": wrong}).json()
            assert told == {"refused": LinkRefused.message}
        assert browser.post("/auth/link").json()["refused"]

    def test_guessing_is_throttled(self, browser: TestClient, portal: Database) -> None:
        for n in range(FROM_CLIENT.free + 1):
            answer = browser.post("/auth/link", data={"token": f"{n:043}"})
        assert answer.json()["refused"].startswith("Too many failed attempts.")

    def test_sets_a_password_once_and_signs_in(self, browser: TestClient, portal: Database) -> None:
        token = token_of(reset_from_command_line(portal, ADA).link)
        form = {"token": token, "password": NEW, "repeated": NEW}
        answer = browser.post("/auth/welcome", data=form)
        session = cookie_of(answer, cookies.SESSION)
        assert session
        assert who_is(portal, session.value)
        again = browser.post("/auth/welcome", data=form)
        assert notice_of(again)[0] == LinkRefused.message


class TestChange:
    def test_keeps_this_session_and_reports_errors(
        self, browser: TestClient, portal: Database
    ) -> None:
        browser.post("/auth/sign-in", data=RIGHT)
        session = browser.cookies[cookies.SESSION]
        form = {"present": PASSWORD, "password": NEW, "repeated": NEW}
        for wrong, said in (
            ({"present": "wrong"}, "not your current password"),
            ({"repeated": "other"}, "differ"),
            ({"password": "short", "repeated": "short"}, "12 to 1,024"),
        ):
            answer = browser.post("/auth/password", data=form | wrong)
            assert answer.headers["location"] == "/account"
            assert said in notice_of(answer)[0]
        answer = browser.post("/auth/password", data=form)
        assert answer.headers["location"] == "/account?changed=1"
        assert who_is(portal, session)

    def test_requires_a_session(self, browser: TestClient) -> None:
        form = {"present": PASSWORD, "password": NEW, "repeated": NEW}
        answer = browser.post("/auth/password", data=form)
        assert answer.headers["location"] == "/login?next=/account"


class TestDeviceCookie:
    def test_is_set_by_a_sign_in_hidden_from_scripts_and_kept(
        self, browser: TestClient, portal: Database
    ) -> None:
        device = cookie_of(browser.post("/auth/sign-in", data=RIGHT), cookies.DEVICE)
        assert device
        assert device["httponly"]
        assert device["samesite"].lower() == "lax"
        assert device["max-age"] == str(180 * 86_400)
        browser.post("/auth/sign-out")
        assert browser.cookies[cookies.DEVICE] == device.value
        again = cookie_of(browser.post("/auth/sign-in", data=RIGHT), cookies.DEVICE)
        assert again
        assert again.value != device.value
        assert count(portal, "known_device") == 1

    def test_is_not_accepted_as_a_session(self, browser: TestClient, portal: Database) -> None:
        device = cookie_of(browser.post("/auth/sign-in", data=RIGHT), cookies.DEVICE)
        assert device
        assert who_is(portal, device.value) is None


@pytest.mark.parametrize("path", ["/auth/link", "/auth/forgotten", "/auth/password"])
def test_another_site_cannot_send_them(browser: TestClient, path: str) -> None:
    headers = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert browser.post(path, data={"email": ADA}, headers=headers).status_code == 403
    assert browser.get(path).status_code == 405
