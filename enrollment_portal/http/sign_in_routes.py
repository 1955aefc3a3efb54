"""Signing in and out: forms that answer with a redirect and set or drop the session cookie.

They are plain HTTP because only a response can set a cookie that no script may read.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from enrollment_portal.domain.access import messages
from enrollment_portal.domain.access.local_paths import local_path
from enrollment_portal.domain.shared.errors import DemoIsLocal, PortalError
from enrollment_portal.http import forms
from enrollment_portal.http.notices import notice_page
from enrollment_portal.http.origins import listens_to_others
from enrollment_portal.live.feed import feed
from enrollment_portal.services.access import cookies
from enrollment_portal.services.access.sessions import Browser, Opened
from enrollment_portal.services.access.sign_in import sign_in, sign_in_demo, sign_out
from enrollment_portal.services.access.throttling import hash_of_token
from enrollment_portal.services.runtime import database
from enrollment_portal.settings import settings

logger = logging.getLogger(__name__)


def _back_to_sign_in(error: PortalError, form: dict[str, str]) -> Response:
    """Redirect to the sign-in page, which shows the error and keeps the typed email."""
    path = local_path(form.get("next"))
    back = "/login" if path == "/" else f"/login?next={quote(path, safe='/')}"
    return forms.refused(back, error, form.get("email", ""))


async def _enter(
    request: Request, open_session: Callable[[dict[str, str], Browser], Opened]
) -> Response:
    """Read the form, open a session with it, and respond."""
    if not await feed.can_keep_pages():
        # Whoever signed in would see pages that stay empty.
        logger.error("Signing in failed: the store of open pages does not answer")
        return forms.unavailable()
    form: dict[str, str] = {}
    browser = forms.browser_of(request)
    try:
        form = await forms.read_form(request)
        loop = asyncio.get_running_loop()
        opened = await loop.run_in_executor(forms.checking, open_session, form, browser)
    except PortalError as error:
        return _back_to_sign_in(error, form)
    if browser.session is not None:
        await feed.end_session(hash_of_token(browser.session))
    return forms.signed_in(local_path(form.get("next")), opened)


@forms.own_pages_only
async def post_sign_in(request: Request) -> Response:
    """Sign in with the form fields `email` and `password`, and lead on to `next`."""

    def with_password(form: dict[str, str], browser: Browser) -> Opened:
        return sign_in(
            database(), email=form.get("email"), password=form.get("password"), browser=browser
        )

    return await _enter(request, with_password)


@forms.own_pages_only
async def post_demo(request: Request) -> Response:
    """Sign in to the demo company with the role in the form field `role`."""

    def as_role(form: dict[str, str], browser: Browser) -> Opened:
        # Whatever the settings say: a server that was started by hand may listen elsewhere.
        if settings().demo != "open" and listens_to_others(request):
            raise DemoIsLocal
        return sign_in_demo(database(), form.get("role"), browser)

    return await _enter(request, as_role)


@forms.own_pages_only
async def post_sign_out(request: Request) -> Response:
    """End the session everywhere and redirect to the sign-in page.

    Whatever fails, the cookie is deleted, and the person is told.
    """
    token = cookies.session_token(request.headers.get("cookie", ""))
    try:
        await asyncio.to_thread(sign_out, database(), token)
        response = forms.redirect("/login")
    except Exception:
        logger.exception("Signing out failed")
        response = notice_page(
            messages.SIGNED_OUT_HERE,
            messages.session_not_ended(settings().session_hours),
            status=503,
            address="/login",
            label="Go to the sign-in page",
        )
    response.delete_cookie(
        cookies.SESSION, path="/", secure=settings().is_https, httponly=True, samesite="lax"
    )
    if token is not None:
        await feed.end_session(hash_of_token(token))
    return response


ROUTES = [
    Route("/auth/sign-in", post_sign_in, methods=["POST"]),
    Route("/auth/demo", post_demo, methods=["POST"]),
    Route("/auth/sign-out", post_sign_out, methods=["POST"]),
]
