"""Send the sign-in form, and read its answer."""

from __future__ import annotations

from http.cookies import Morsel, SimpleCookie
from urllib.parse import urlsplit

import httpx
from sqlalchemy import text

from enrollment_portal.domain.people.people import Role
from enrollment_portal.services.access import cookies
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_account
from tests.signing_in import PASSWORD

RIGHT = {"email": "ada@northwind.example", "password": PASSWORD}
WRONG = {"email": "ada@northwind.example", "password": "wrong"}


def cookie_of(response: httpx.Response, name: str) -> Morsel | None:
    """Return a cookie that an answer sets; `None` where it sets none of that name."""
    for header in response.headers.get_list("set-cookie"):
        cookie = SimpleCookie(header).get(name)
        if cookie is not None:
            return cookie
    return None


def notice_of(response: httpx.Response) -> tuple[str, str]:
    """Return the message for the page that an answer leads to, and the email."""
    morsel = cookie_of(response, cookies.NOTICE)
    page = urlsplit(response.headers.get("location", "")).path
    return cookies.read_notice(f"{cookies.NOTICE}={morsel.value}" if morsel else "", page)


def make_demo(portal: Database) -> None:
    """Turn the portal into the demo, with a learner to enter as."""
    with portal.write() as session:
        session.execute(text("UPDATE organization SET is_demo = 1"))
    make_account(portal, Role.LEARNER)
