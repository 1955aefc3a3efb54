"""Sign in, with the form or in one step."""

from __future__ import annotations

import hashlib
import re
import secrets
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Route, expect
from sqlalchemy import text

from enrollment_portal.domain.people.people import Role
from enrollment_portal.domain.shared.calendar import MS_PER_DAY, now_ms
from enrollment_portal.services.access.cookies import SESSION
from tests.browser.server import Server

_ADD_SESSION = text(
    "INSERT INTO sign_in_session (id_hash, account_id, created_at, expires_at)"
    " VALUES (:hash, :account, :now, :expires)"
)


def open_session(context: BrowserContext, portal: Server, account: int) -> str:
    """Give a browser a session of an account, and return the token."""
    token, now = secrets.token_urlsafe(32), now_ms()
    with portal.database.write() as session:
        session.execute(
            _ADD_SESSION,
            {
                "hash": hashlib.sha256(token.encode()).hexdigest(),
                "account": account,
                "now": now,
                "expires": now + MS_PER_DAY,
            },
        )
    context.add_cookies(
        [{"name": SESSION, "value": token, "url": portal.url, "httpOnly": True, "sameSite": "Lax"}]
    )
    return token


def sign_in_as(page: Page, role: Role) -> None:
    """Enter the demo company through the button of a role, whoever was signed in before."""
    page.context.clear_cookies(name=SESSION)
    page.goto("/login")
    page.get_by_role("button", name=f"Continue as {role.label}", exact=True).click()
    expect(page.locator("#header")).to_contain_text(role.label)


def sign_in_with_password(page: Page, email: str, password: str) -> None:
    """Fill in the sign-in form and send it."""
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    """Sign out by the account menu."""
    page.locator("#account-menu summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click()


def open_without_the_app(page: Page, address: str) -> None:
    """Open a page before the app's scripts have loaded."""
    here = urlsplit(address).path

    def hold(route: Route) -> None:
        if urlsplit(route.request.frame.url).path != here:
            route.continue_()

    page.route(re.compile(r"/assets/.*\.js$"), hold)
    page.goto(address, wait_until="commit")
