"""Test what a refused sign-in says, and what it does not reveal."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.exc import OperationalError
from starlette.requests import Request
from starlette.testclient import TestClient

from enrollment_portal.domain.access.throttling import AT_ACCOUNT_FROM_CLIENT, FROM_CLIENT
from enrollment_portal.domain.shared.errors import WrongCredentials
from enrollment_portal.domain.shared.messages import FAILED_LATER, UNREACHABLE
from enrollment_portal.http import forms, sign_in_routes
from enrollment_portal.live.bus import OverRedis
from enrollment_portal.services.access import cookies
from enrollment_portal.storage.shared.database import Database
from tests.security.access.sign_in.forms import RIGHT, WRONG, cookie_of, make_demo, notice_of
from tests.signing_in import PASSWORD, count, make_ada

URL_PARTS = {"scheme": "http", "server": ("testserver", 80), "query_string": b""}


class TestRefusedSignIn:
    def test_redirects_back_with_a_message_and_the_email(self, browser: TestClient) -> None:
        answer = browser.post("/auth/sign-in", data=WRONG | {"next": "/learn?a=b&c"})
        assert answer.status_code == 303
        assert answer.headers["location"] == "/login?next=/learn%3Fa%3Db%26c"
        assert notice_of(answer) == (WrongCredentials.message, WRONG["email"])
        cookie = cookie_of(answer, cookies.NOTICE)
        assert cookie
        assert cookie["httponly"]
        assert cookie["samesite"].lower() == "lax"
        assert cookie["max-age"] == "60"
        assert cookie_of(answer, cookies.SESSION) is None
        assert "wrong" not in str(answer.headers)

    def test_does_not_reveal_whether_an_email_is_known(
        self, browser: TestClient, portal: Database
    ) -> None:
        make_ada(portal, email="suspended@northwind.example", is_suspended=1)
        make_ada(portal, email="no-password@northwind.example", password_hash=None)
        answers = set()
        for name, password in (
            ("ada@northwind", "wrong"),
            ("suspended@northwind", PASSWORD),
            ("no-password@northwind", PASSWORD),
            ("nobody@northwind", PASSWORD),
        ):
            email = f"{name}.example"
            answer = browser.post("/auth/sign-in", data={"email": email, "password": password})
            seen = repr((answer.status_code, sorted(answer.headers.items()), answer.content))
            answers.add(seen.replace(email.replace("@", "%40"), "EMAIL"))
        assert len(answers) == 1

    def test_a_success_deletes_the_notice(self, browser: TestClient) -> None:
        browser.post("/auth/sign-in", data=WRONG)
        assert cookies.NOTICE in browser.cookies
        browser.post("/auth/sign-in", data=RIGHT)
        assert cookies.NOTICE not in browser.cookies

    def test_after_some_failures_the_next_attempt_waits(self, browser: TestClient) -> None:
        for _ in range(AT_ACCOUNT_FROM_CLIENT.free):
            browser.post("/auth/sign-in", data=WRONG)
        answer = browser.post("/auth/sign-in", data=RIGHT)
        assert notice_of(answer)[0].startswith("Too many failed attempts. Try again in ")
        assert cookie_of(answer, cookies.SESSION) is None

    def test_a_forged_forwarding_header_does_not_avoid_throttling(
        self, browser: TestClient
    ) -> None:
        for number in range(FROM_CLIENT.free + 1):
            answer = browser.post(
                "/auth/sign-in",
                data={"email": f"nobody{number}@northwind.example", "password": "wrong"},
                headers={"x-forwarded-for": f"198.51.100.{number}"},
            )
        assert notice_of(answer)[0].startswith("Too many failed attempts. Try again in ")

    @pytest.mark.parametrize(
        ("content_type", "body"),
        [
            ("application/json", b'{"email":"ada@northwind.example"}'),
            ("multipart/form-data; boundary=x", b"--x--"),
            ("text/plain", b"email=ada"),
            ("", b"email=ada"),
            ("application/x-www-form-urlencoded", b"email=\xff"),
            ("application/x-www-form-urlencoded", b"email=%ff"),
            ("application/x-www-form-urlencoded", b"&".join([b"a=b"] * 11)),
            ("application/x-www-form-urlencoded", b"email=" + b"a" * 16_384),
        ],
    )
    @pytest.mark.parametrize("path", ["/auth/sign-in", "/auth/demo"])
    def test_other_or_long_bodies_are_refused_unread(
        self, browser: TestClient, portal: Database, path: str, content_type: str, body: bytes
    ) -> None:
        answer = browser.post(path, content=body, headers={"content-type": content_type})
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
        assert notice_of(answer)[0].startswith("The form could not be read.")
        assert count(portal, "sign_in_session") == count(portal, "sign_in_failure") == 0

    def test_an_endless_body_is_not_read(self, portal: Database) -> None:
        n_received = 0

        async def receive() -> dict[str, object]:
            nonlocal n_received
            n_received += 1
            return {"type": "http.request", "body": b"a" * 1024, "more_body": True}

        form_type = (b"content-type", b"application/x-www-form-urlencoded")
        scope = {"type": "http", "method": "POST", "path": "/", "headers": [form_type]}
        answer = asyncio.run(sign_in_routes.post_sign_in(Request(scope | URL_PARTS, receive)))
        assert answer.headers["location"] == "/login"
        assert n_received == forms.MAX_BODY_BYTES // 1024 + 1

    @pytest.mark.parametrize(
        "form", [{"x": "y"}, {"email": ""}, {"email": "a" * 300, "password": "x"}]
    )
    def test_missing_or_too_long_fields_are_wrong_credentials(
        self, browser: TestClient, form: dict[str, str]
    ) -> None:
        answer = browser.post("/auth/sign-in", data=form)
        assert notice_of(answer) == (WrongCredentials.message, form.get("email", "")[:254])

    @pytest.mark.parametrize(
        "error",
        [OperationalError("SELECT", {}, Exception("gone")), RuntimeError("anything else")],
    )
    @pytest.mark.parametrize("path", ["/auth/sign-in", "/auth/demo"])
    def test_failures_are_shown_on_a_page_without_data(
        self, browser: TestClient, monkeypatch: pytest.MonkeyPatch, path: str, error: Exception
    ) -> None:
        def fail(*_args: object, **_kwargs: object) -> str:
            raise error

        monkeypatch.setattr(sign_in_routes, "sign_in", fail)
        monkeypatch.setattr(sign_in_routes, "sign_in_demo", fail)
        answer = browser.post(path, data=RIGHT | {"role": "learner"})
        is_known = isinstance(error, OperationalError)
        assert answer.status_code == (503 if is_known else 500)
        assert (UNREACHABLE if is_known else FAILED_LATER) in answer.text
        assert 'href="/login"' in answer.text
        assert "set-cookie" not in answer.headers
        assert "gone" not in answer.text

    @pytest.mark.parametrize("path", ["/auth/sign-in", "/auth/demo"])
    def test_an_unavailable_state_store_is_reported(
        self, browser: TestClient, portal: Database, monkeypatch: pytest.MonkeyPatch, path: str
    ) -> None:
        make_demo(portal)
        nowhere = OverRedis("redis://127.0.0.1:1/0")
        monkeypatch.setattr(sign_in_routes.feed, "_bus", nowhere)
        answer = browser.post(path, data=RIGHT | {"role": "learner"})
        assert answer.status_code == 503
        assert UNREACHABLE in answer.text
        assert count(portal, "sign_in_session") == 0
