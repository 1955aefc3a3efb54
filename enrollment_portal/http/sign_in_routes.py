"""Signing in and out: forms that answer with a redirect and set or drop the session cookie.

They are plain HTTP because only a response can set a cookie that no script may read.
"""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl, quote

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from enrollment_portal.domain.errors import PortalError
from enrollment_portal.http.origins import client_address, is_same_origin, local_path
from enrollment_portal.services import cookies
from enrollment_portal.services.runtime import database
from enrollment_portal.services.sign_in import sign_in, sign_in_demo, sign_out
from enrollment_portal.settings import settings

logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 16_384
NOTICE_SECONDS = 60
_MAX_FIELDS = 10
_SECONDS_PER_HOUR = 3600
_FORM_TYPE = "application/x-www-form-urlencoded"
_UNREADABLE = "That could not be read. Fill in the form and send it again."
_UNREACHABLE = "The portal cannot reach its data right now. Try again in a minute."

# Checking a password takes a tenth of a second and 64 MB: a burst of attempts waits here, and
# does not hold up the threads that serve everybody who is signed in.
_checking = ThreadPoolExecutor(max_workers=4, thread_name_prefix="sign-in")


async def _form(request: Request) -> dict[str, str]:
    """Return the fields of a posted form.

    Raises:
        PortalError: another content type, too long, or not readable as UTF-8.
    """
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != _FORM_TYPE:
        raise PortalError(_UNREADABLE)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise PortalError(_UNREADABLE)
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS
        )
    except ValueError:
        raise PortalError(_UNREADABLE) from None
    return dict(pairs)


def _redirect(path: str) -> Response:
    return RedirectResponse(path, status_code=303, headers={"Cache-Control": "no-store"})


def _set_cookie(response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        secure=settings().is_https,
        httponly=True,
        samesite="lax",
    )


def _back_to_sign_in(error: PortalError, form: dict[str, str]) -> Response:
    """Return to the sign-in page, which shows the message and keeps what was typed but secret."""
    path = local_path(form.get("next"))
    response = _redirect("/login" if path == "/" else f"/login?next={quote(path, safe='/')}")
    notice = cookies.write_notice(error.message, form.get("email", ""))
    _set_cookie(response, cookies.NOTICE, notice, NOTICE_SECONDS)
    return response


def _own_pages_only(handler: Callable) -> Callable:
    """Refuse a post that another site made a browser send: it would sign someone in or out."""

    @functools.wraps(handler)
    async def inner(request: Request) -> Response:
        if not is_same_origin(request):
            return PlainTextResponse(
                "This form belongs to another site. Open the portal and try there.", 403
            )
        return await handler(request)

    return inner


async def _enter(request: Request, open_session: Callable[[dict[str, str], str | None], str]):
    """Read the form, open a session with it, and answer."""
    form: dict[str, str] = {}
    before = cookies.session_token(request.headers.get("cookie", ""))
    try:
        form = await _form(request)
        loop = asyncio.get_running_loop()
        token = await loop.run_in_executor(_checking, open_session, form, before)
    except PortalError as error:
        return _back_to_sign_in(error, form)
    except SQLAlchemyError:
        logger.exception("Signing in failed")
        return _back_to_sign_in(PortalError(_UNREACHABLE), form)
    response = _redirect(local_path(form.get("next")))
    _set_cookie(response, cookies.SESSION, token, settings().session_hours * _SECONDS_PER_HOUR)
    response.delete_cookie(cookies.NOTICE, path="/")
    return response


@_own_pages_only
async def post_sign_in(request: Request) -> Response:
    """Sign in with the form fields `email` and `password`, and lead on to `next`."""
    client = client_address(request)

    def with_password(form: dict[str, str], before: str | None) -> str:
        return sign_in(
            database(),
            email=form.get("email"),
            password=form.get("password"),
            client=client,
            replacing=before,
        )

    return await _enter(request, with_password)


@_own_pages_only
async def post_demo(request: Request) -> Response:
    """Enter the demo company as the form field `role` says."""
    return await _enter(
        request, lambda form, before: sign_in_demo(database(), form.get("role"), before)
    )


@_own_pages_only
async def post_sign_out(request: Request) -> Response:
    """End the session everywhere and lead back to the sign-in page."""
    token = cookies.session_token(request.headers.get("cookie", ""))
    await asyncio.to_thread(sign_out, database(), token)
    response = _redirect("/login")
    response.delete_cookie(
        cookies.SESSION, path="/", secure=settings().is_https, httponly=True, samesite="lax"
    )
    return response


ROUTES = [
    Route("/auth/sign-in", post_sign_in, methods=["POST"]),
    Route("/auth/demo", post_demo, methods=["POST"]),
    Route("/auth/sign-out", post_sign_out, methods=["POST"]),
]
