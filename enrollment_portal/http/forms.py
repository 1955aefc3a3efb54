"""Posted forms that are answered with a redirect: reading them, and setting HttpOnly cookies."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from enrollment_portal.domain.access.messages import (
    UNREADABLE,
    WRONG_ADDRESS_HEADING,
    not_sent_from,
    open_address,
)
from enrollment_portal.domain.shared.errors import PortalError, StorageUnavailable
from enrollment_portal.domain.shared.messages import FAILED_HEADING, FAILED_LATER, UNREACHABLE
from enrollment_portal.http.notices import notice_page
from enrollment_portal.http.origins import client_address, is_same_origin
from enrollment_portal.services.access import cookies
from enrollment_portal.services.access.sessions import Browser, Opened
from enrollment_portal.services.access.throttling import DEVICE_DAYS
from enrollment_portal.settings import settings

logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 16_384
NOTICE_SECONDS = 60
_MAX_FIELDS = 10
_SECONDS_PER_HOUR = 3600
_FORM_TYPE = "application/x-www-form-urlencoded"

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

checking = ThreadPoolExecutor(max_workers=4, thread_name_prefix="sign-in")
"""The threads in which passwords are hashed and checked, which takes 0.1 s and 64 MB each: many
attempts wait here instead of taking the threads that serve everybody else."""


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a posted form.

    Raises:
        PortalError: another content type, too long, or not readable as UTF-8.
    """
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != _FORM_TYPE:
        raise PortalError(UNREADABLE)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise PortalError(UNREADABLE)
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS
        )
    except ValueError:
        raise PortalError(UNREADABLE) from None
    return dict(pairs)


def redirect(path: str) -> Response:
    """Return a redirect to a page of the portal."""
    return RedirectResponse(path, status_code=303, headers={"Cache-Control": "no-store"})


def signed_in(path: str, opened: Opened) -> Response:
    """Return the response that sets the session cookie and leads to a page."""
    # The session may end sooner; its cookie lasts for as long as the session may.
    response, days = redirect(path), settings().session_days
    _set_cookie(response, cookies.SESSION, opened.session, days * 24 * _SECONDS_PER_HOUR)
    if opened.device:
        _set_cookie(response, cookies.DEVICE, opened.device, DEVICE_DAYS * 24 * _SECONDS_PER_HOUR)
    return without_notice(response)


def without_notice(response: Response) -> Response:
    """Return a response that also deletes the cookie with the message of an earlier one."""
    response.delete_cookie(cookies.NOTICE, path="/")
    return response


def refused(path: str, error: PortalError, email: str = "") -> Response:
    """Return a redirect back to a page, which shows the message and the typed email."""
    response = redirect(path)
    notice = cookies.write_notice(error.message, email, page=urlsplit(path).path)
    _set_cookie(response, cookies.NOTICE, notice, NOTICE_SECONDS)
    return response


def own_pages_only(handler: Handler) -> Handler:
    """Refuse a post that another site made a browser send: it would sign someone in or out.

    A post that fails is answered with a page that says so.
    """

    @functools.wraps(handler)
    async def inner(request: Request) -> Response:
        if not is_same_origin(request):
            return notice_page(
                WRONG_ADDRESS_HEADING,
                not_sent_from(settings().portal_url),
                status=403,
                address=settings().portal_url,
                label=open_address(settings().portal_url),
            )
        try:
            return await handler(request)
        except (SQLAlchemyError, StorageUnavailable):
            logger.exception("%s failed", handler.__qualname__)
            return unavailable()
        except Exception:
            logger.exception("%s failed", handler.__qualname__)
            return _failure(FAILED_LATER, 500)

    return inner


def unavailable() -> Response:
    """Return the page that says that the database cannot be reached."""
    return _failure(UNREACHABLE, 503)


def _failure(sentence: str, status: int) -> Response:
    return notice_page(FAILED_HEADING, sentence, status=status, address="/login", label="Try again")


def browser_of(request: Request) -> Browser:
    """Return the browser that sent a request."""
    header = request.headers.get("cookie", "")
    return Browser(
        client=client_address(request),
        user_agent=request.headers.get("user-agent", ""),
        session=cookies.session_token(header),
        device=cookies.device_token(header),
    )


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
