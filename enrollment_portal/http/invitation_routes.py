"""Accepting an invitation: a form that sets a first password and opens a session.

Plain HTTP like signing in. The token travels behind the # of an address or in a form, never where
a log or a Referer would repeat it.
"""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from enrollment_portal.domain.errors import PortalError
from enrollment_portal.http import forms
from enrollment_portal.services import cookies
from enrollment_portal.services.invitations import TOKEN, accept
from enrollment_portal.services.runtime import database


@forms.own_pages_only
async def post_welcome(request: Request) -> Response:
    """Set the password in the form fields `token` and `password`, and lead to the start page."""
    form: dict[str, str] = {}
    before = cookies.session_token(request.headers.get("cookie", ""))
    told = forms.told_by(request)

    def enter() -> str:
        return accept(
            database(),
            token=form.get("token"),
            password=form.get("password"),
            replacing=before,
            **told,
        )

    try:
        form = await forms.read_form(request)
        if form.get("password") != form.get("repeated"):
            raise PortalError("The two passwords differ. Type both again.")
        session = await asyncio.get_running_loop().run_in_executor(forms.checking, enter)
    except PortalError as error:
        return _back(error, form)
    return forms.signed_in("/", session)


def _back(error: PortalError, form: dict[str, str]) -> Response:
    """Return to the page, which shows why; the link's token stays in its address."""
    token = form.get("token", "")
    back = f"/welcome#token={token}" if TOKEN.fullmatch(token) else "/welcome"
    return forms.refused(back, error)


ROUTES = [Route("/auth/welcome", post_welcome, methods=["POST"])]
