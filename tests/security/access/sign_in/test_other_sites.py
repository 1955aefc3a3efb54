"""Test that other sites cannot sign a browser in or out."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from enrollment_portal.services.access import cookies
from enrollment_portal.services.access.sign_in import who_is
from enrollment_portal.storage.shared.database import Database
from tests.security.access.sign_in.forms import RIGHT, cookie_of, make_demo
from tests.signing_in import count


class TestOtherSites:
    @pytest.mark.parametrize("path", ["/auth/sign-in", "/auth/demo", "/auth/sign-out"])
    @pytest.mark.parametrize(
        "headers",
        [
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"origin": "https://evil.example"},
            {"origin": "http://localhost:4000"},
            {"origin": "null"},
        ],
    )
    def test_cannot_make_a_browser_sign_in_or_out(
        self, browser: TestClient, portal: Database, path: str, headers: dict[str, str]
    ) -> None:
        make_demo(portal)
        browser.post("/auth/sign-in", data=RIGHT)
        answer = browser.post(path, data=RIGHT | {"role": "learner"}, headers=headers)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
        assert count(portal, "sign_in_session") == 1
        assert who_is(portal, browser.cookies[cookies.SESSION])

    def test_the_portal_itself_is_accepted(self, browser: TestClient) -> None:
        own = {"origin": "http://localhost:3000", "sec-fetch-site": "same-origin"}
        answer = browser.post("/auth/sign-in", data=RIGHT, headers=own)
        assert cookie_of(answer, cookies.SESSION)

    @pytest.mark.parametrize("path", ["/auth/sign-in", "/auth/demo", "/auth/sign-out"])
    def test_a_get_request_does_nothing(
        self, browser: TestClient, portal: Database, path: str
    ) -> None:
        make_demo(portal)
        browser.post("/auth/sign-in", data=RIGHT)
        answer = browser.get(path, params=RIGHT | {"role": "learner"})
        assert answer.status_code == 405
        assert count(portal, "sign_in_session") == 1
