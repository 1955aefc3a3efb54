"""Test the form of an invitation link: whose it is, one use, and what it does not reveal."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from enrollment_portal.domain.access.sign_in_links import LinkRefused
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.http import password_routes
from enrollment_portal.services.access import cookies
from enrollment_portal.services.access.invitations import invite
from enrollment_portal.services.access.sign_in import who_is
from enrollment_portal.services.runtime import database as own_database
from enrollment_portal.settings import settings
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_organization
from tests.security.access.sign_in.forms import cookie_of, notice_of
from tests.signing_in import use_cheap_passwords, use_settings

DANA = Actor(0, "Dana Ruiz", "dana@northwind.example", Role.SUPER_ADMIN)
PASSWORD = "correct horse battery"


@pytest.fixture
def portal(
    monkeypatch: pytest.MonkeyPatch, make_database_url: Callable[[str], str]
) -> Iterator[Database]:
    """The database behind the route."""
    use_cheap_passwords(monkeypatch)
    use_settings(
        monkeypatch, DATABASE_URL=make_database_url("sqlite"), PORTAL_URL="http://localhost:3000"
    )
    make_organization(own_database())
    yield own_database()
    own_database().close()
    settings.cache_clear()


@pytest.fixture
def browser(portal: Database) -> TestClient:
    """Someone's browser, which follows no redirect by itself."""
    app = Starlette(routes=password_routes.ROUTES)
    return TestClient(app, base_url="http://localhost:3000", follow_redirects=False)


@pytest.fixture
def token(portal: Database) -> str:
    """The token of a link for Ada."""
    typed = {"name": "Ada", "email": "ada@northwind.example", "access": "learner"}
    return invite(portal, DANA, typed).link.partition("#token=")[2]


def form(token: str, password: str = PASSWORD) -> dict[str, str]:
    return {"token": token, "password": password, "repeated": password}


def test_a_valid_link_creates_a_session_that_scripts_cannot_read(
    portal: Database, browser: TestClient, token: str
) -> None:
    answer = browser.post("/auth/welcome", data=form(token))
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    session = cookie_of(answer, cookies.SESSION)
    assert session is not None
    assert session["httponly"]
    actor = who_is(portal, session.value)
    assert actor is not None
    assert actor.email == "ada@northwind.example"


def test_a_link_works_once_and_refusals_are_alike(browser: TestClient, token: str) -> None:
    browser.post("/auth/welcome", data=form(token))
    for wrong in (token, "x" * 43, "", "../login", "é\r\nSet-Cookie: a=b"):
        answer = browser.post("/auth/welcome", data=form(wrong))
        assert answer.status_code == 303
        assert answer.headers["location"].partition("#")[0] == "/welcome"
        assert notice_of(answer) == (LinkRefused.message, "")
        assert cookie_of(answer, cookies.SESSION) is None


def test_another_site_cannot_send_it(browser: TestClient, token: str) -> None:
    headers = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert browser.post("/auth/welcome", data=form(token), headers=headers).status_code == 403
    assert browser.post("/auth/welcome", data=form(token)).headers["location"] == "/"


def test_the_token_and_the_password_are_never_logged(
    browser: TestClient, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="enrollment_portal")
    browser.post("/auth/welcome", data=form(token, "short"))
    browser.post("/auth/welcome", data=form(token))
    logged = "".join(r.getMessage() for r in caplog.records if r.name.startswith("enrollment"))
    assert token not in logged
    assert PASSWORD not in logged


def test_after_an_invalid_password_the_link_stays_in_the_address(
    browser: TestClient, token: str
) -> None:
    answer = browser.post("/auth/welcome", data=form(token, "short"))
    assert answer.headers["location"] == f"/welcome#token={token}"
    assert "12 to 1,024" in notice_of(answer)[0]
