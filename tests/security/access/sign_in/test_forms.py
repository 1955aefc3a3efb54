"""Test the answers of the sign-in, demo and sign-out forms."""

from __future__ import annotations

from unittest.mock import MagicMock

import pytest
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from enrollment_portal.domain.people.people import Role
from enrollment_portal.domain.shared.errors import StorageUnavailable
from enrollment_portal.http import sign_in_routes
from enrollment_portal.live.bus import InProcess
from enrollment_portal.live.feed import feed
from enrollment_portal.live.sockets import open_sockets
from enrollment_portal.services.access import cookies
from enrollment_portal.services.access.sessions import hash_of_token
from enrollment_portal.services.access.sign_in import who_is
from enrollment_portal.storage.shared.database import Database
from tests.security.access.sign_in.forms import RIGHT, WRONG, cookie_of, make_demo, notice_of
from tests.signing_in import count, use_settings


class TestSignIn:
    def test_sets_a_session_cookie(self, browser: TestClient, portal: Database) -> None:
        answer = browser.post("/auth/sign-in", data=RIGHT)
        cookie = cookie_of(answer, cookies.SESSION)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert answer.headers["cache-control"] == "no-store"
        assert cookie
        actor = who_is(portal, cookie.value)
        assert actor
        assert actor.email == RIGHT["email"]

    def test_scripts_and_other_sites_cannot_read_the_cookie(self, browser: TestClient) -> None:
        cookie = cookie_of(browser.post("/auth/sign-in", data=RIGHT), cookies.SESSION)
        assert cookie
        assert cookie["httponly"]
        assert cookie["samesite"].lower() == "lax"
        assert cookie["path"] == "/"
        assert cookie["max-age"] == str(7 * 24 * 3600)
        assert not cookie["domain"]
        assert not cookie["secure"]

    @pytest.mark.parametrize("form", [RIGHT, WRONG])
    def test_over_https_every_cookie_is_secure(
        self, browser: TestClient, monkeypatch: pytest.MonkeyPatch, form: dict[str, str]
    ) -> None:
        use_settings(monkeypatch, PORTAL_URL="https://portal.example")
        answer = browser.post("/auth/sign-in", data=form)
        name = cookies.SESSION if form is RIGHT else cookies.NOTICE
        cookie = cookie_of(answer, name)
        assert cookie
        assert cookie["secure"]

    def test_ends_the_session_that_the_browser_had(
        self, browser: TestClient, portal: Database
    ) -> None:
        browser.post("/auth/sign-in", data=RIGHT)
        before = browser.cookies[cookies.SESSION]
        browser.post("/auth/sign-in", data=RIGHT)
        after = browser.cookies[cookies.SESSION]
        assert who_is(portal, before) is None
        assert who_is(portal, after)

    def test_a_session_chosen_by_someone_else_is_ignored(
        self, browser: TestClient, portal: Database
    ) -> None:
        planted = "p" * 43
        answer = browser.post(
            "/auth/sign-in", data=RIGHT, headers={"cookie": f"portal_session={planted}"}
        )
        cookie = cookie_of(answer, cookies.SESSION)
        assert cookie
        assert cookie.value != planted
        assert who_is(portal, planted) is None

    def test_redirects_to_the_requested_page(self, browser: TestClient) -> None:
        answer = browser.post("/auth/sign-in", data=RIGHT | {"next": "/admin/enrollments?q=a"})
        assert answer.headers["location"] == "/admin/enrollments?q=a"

    @pytest.mark.parametrize(
        "next_page",
        [
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/x\r\nSet-Cookie: a=b",
            "",
        ],
    )
    @pytest.mark.parametrize("form", [RIGHT, WRONG])
    def test_never_redirects_to_another_site(
        self, browser: TestClient, form: dict[str, str], next_page: str
    ) -> None:
        answer = browser.post("/auth/sign-in", data=form | {"next": next_page})
        assert answer.headers["location"] == ("/" if form is RIGHT else "/login")


class TestDemo:
    def test_enters_as_a_role(self, browser: TestClient, portal: Database) -> None:
        make_demo(portal)
        answer = browser.post("/auth/demo", data={"role": "learner"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        actor = who_is(portal, browser.cookies[cookies.SESSION])
        assert actor
        assert actor.role is Role.LEARNER

    @pytest.mark.parametrize("is_switched_off", [True, False])
    def test_is_refused_outside_the_demo(
        self,
        browser: TestClient,
        portal: Database,
        monkeypatch: pytest.MonkeyPatch,
        is_switched_off: bool,
    ) -> None:
        if is_switched_off:
            make_demo(portal)
            use_settings(monkeypatch, PORTAL_DEMO="off")
        answer = browser.post("/auth/demo", data={"role": "learner"})
        assert answer.headers["location"] == "/login"
        assert notice_of(answer)[0].startswith("The demo is not open here")
        assert cookie_of(answer, cookies.SESSION) is None
        assert count(portal, "sign_in_session") == 0

    def test_is_refused_to_others_on_a_public_server(
        self, browser: TestClient, portal: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The configured address is known only to that server."""
        make_demo(portal)
        app = Starlette(routes=sign_in_routes.ROUTES)

        async def listening(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "server": ("0.0.0.0", 3000)}, receive, send)

        others = TestClient(listening, base_url="http://localhost:3000", follow_redirects=False)
        answer = others.post("/auth/demo", data={"role": "learner"})
        assert "PORTAL_DEMO=open" in notice_of(answer)[0]
        assert count(portal, "sign_in_session") == 0
        use_settings(monkeypatch, PORTAL_DEMO="open")
        answer = others.post("/auth/demo", data={"role": "learner"})
        assert cookie_of(answer, cookies.SESSION)


class TestSignOut:
    def test_ends_the_session_and_deletes_the_cookie(
        self, browser: TestClient, portal: Database
    ) -> None:
        browser.post("/auth/sign-in", data=RIGHT)
        token = browser.cookies[cookies.SESSION]
        answer = browser.post("/auth/sign-out")
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
        assert cookies.SESSION not in browser.cookies
        assert who_is(portal, token) is None

    @pytest.mark.parametrize("header", ["", "portal_session=x", f"portal_session={'x' * 43}"])
    def test_without_a_session_it_redirects_to_the_sign_in_page(
        self, browser: TestClient, header: str
    ) -> None:
        answer = browser.post("/auth/sign-out", headers={"cookie": header})
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")

    @pytest.mark.parametrize(
        "error",
        [
            StorageUnavailable(),
            OperationalError("UPDATE", {}, Exception("readonly")),
            RuntimeError("anything else"),
        ],
        ids=lambda error: type(error).__name__,
    )
    def test_after_any_failure_the_cookie_is_deleted_and_the_failure_is_shown(
        self, browser: TestClient, monkeypatch: pytest.MonkeyPatch, error: Exception
    ) -> None:
        def fail(*_args: object) -> None:
            raise error

        browser.post("/auth/sign-in", data=RIGHT)
        monkeypatch.setattr(sign_in_routes, "sign_out", fail)
        answer = browser.post("/auth/sign-out")
        assert cookies.SESSION not in browser.cookies
        assert answer.status_code == 503
        assert "You are signed out in this browser" in answer.text
        assert "12 hours after it was last used" in answer.text
        assert 'href="/login"' in answer.text

    @pytest.mark.parametrize("does_work", [True, False])
    def test_closes_the_sockets_of_the_session(
        self, browser: TestClient, monkeypatch: pytest.MonkeyPatch, does_work: bool
    ) -> None:
        def fail(*_args: object) -> None:
            raise StorageUnavailable

        closed: list[str] = []
        bus = InProcess()
        bus._receive.append(feed._receive)
        monkeypatch.setattr(feed, "_bus", bus)
        browser.post("/auth/sign-in", data=RIGHT)
        token = browser.cookies[cookies.SESSION]
        if not does_work:
            monkeypatch.setattr(sign_in_routes, "sign_out", fail)
        own, another = hash_of_token(token), hash_of_token("x")
        with (
            open_sockets.registered(_socket(closed, "own"), session=own, tab="1"),
            open_sockets.registered(_socket(closed, "other tab"), session=own, tab="2"),
            open_sockets.registered(_socket(closed, "another's"), session=another, tab="3"),
            open_sockets.registered(_socket(closed, "nobody's"), session=None, tab="4"),
        ):
            browser.post("/auth/sign-out")
        assert sorted(closed) == ["other tab", "own"]

    def test_signing_in_again_closes_the_sockets_of_the_previous_session(
        self, browser: TestClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sent: list[str] = []
        monkeypatch.setattr(feed, "end_session", lambda session: _note(sent, session))
        browser.post("/auth/sign-in", data=RIGHT)
        before = browser.cookies[cookies.SESSION]
        assert sent == []
        browser.post("/auth/sign-in", data=RIGHT)
        assert sent == [hash_of_token(before)]


async def _note(sent: list[str], session: str) -> None:
    sent.append(session)


def _socket(closed: list[str], name: str) -> MagicMock:
    """Return a socket that adds its name to a list when it is closed."""
    return MagicMock(spec=open_sockets.OpenSocket, close=lambda: closed.append(name))
