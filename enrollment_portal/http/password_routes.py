"""Routes that set a password: through a link, by changing one's own, and requesting a link.

Plain HTTP like signing in. A link's token travels behind the # of an address or in a form, never
where a log or a Referer would repeat it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from enrollment_portal.domain.access import messages
from enrollment_portal.domain.access.sign_in_links import TOKEN
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.errors import NotSignedIn, PortalError, Throttled
from enrollment_portal.http import forms
from enrollment_portal.live.feed import feed
from enrollment_portal.services.access.links import read_link, use_link
from enrollment_portal.services.access.password_resets import (
    change_password,
    mail_requested_link,
    request_link,
)
from enrollment_portal.services.access.sessions import Browser
from enrollment_portal.services.access.sign_in import who_is
from enrollment_portal.services.access.throttling import hash_of_token
from enrollment_portal.services.runtime import database

logger = logging.getLogger(__name__)

_MOST_WAITING = 100
_mailing = ThreadPoolExecutor(max_workers=2, thread_name_prefix="mail")
"""Threads that look accounts up and mail links after the response is sent, so that its timing does
not reveal whether an account exists."""
_waiting: set[asyncio.Future[None]] = set()

T = TypeVar("T")


async def _in_thread(act: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(forms.checking, act)


@forms.own_pages_only
async def post_link(request: Request) -> Response:
    """Answer whose account the form field `token` is for, or why the link is refused."""
    browser = forms.browser_of(request)
    try:
        form = await forms.read_form(request)
        facts = await _in_thread(lambda: read_link(database(), form.get("token"), browser))
    except PortalError as error:
        return _json({"refused": error.message})
    return _json(asdict(facts))


def _json(content: dict[str, str]) -> Response:
    return JSONResponse(content, headers={"Cache-Control": "no-store"})


@forms.own_pages_only
async def post_welcome(request: Request) -> Response:
    """Set the password in the form fields `token` and `password`, and lead to the start page."""
    form: dict[str, str] = {}
    browser = forms.browser_of(request)
    try:
        form = await forms.read_form(request)
        _refuse_different(form)
        opened = await _in_thread(
            lambda: use_link(
                database(),
                token=form.get("token"),
                password=form.get("password"),
                browser=browser,
            )
        )
    except PortalError as error:
        return _back_to_link(error, form)
    if browser.session is not None:
        await feed.end_session(hash_of_token(browser.session))
    await _show_ended_sessions(await _in_thread(lambda: who_is(database(), opened.session)))
    return forms.signed_in("/", opened)


def _back_to_link(error: PortalError, form: dict[str, str]) -> Response:
    """Redirect to the page of the link, which shows the error; the token stays in the address."""
    token = form.get("token", "")
    back = f"/welcome#token={token}" if TOKEN.fullmatch(token) else "/welcome"
    return forms.refused(back, error)


@forms.own_pages_only
async def post_forgotten(request: Request) -> Response:
    """Mail a link to the form field `email` if it has an account; the answer is the same if not.

    Nothing that depends on the account is done before the answer.
    """
    form: dict[str, str] = {}
    browser = forms.browser_of(request)
    try:
        form = await forms.read_form(request)
        if len(_waiting) >= _MOST_WAITING:
            raise Throttled(messages.MANY_REQUESTS)
        address = await _in_thread(
            lambda: request_link(database(), form.get("email"), browser.client)
        )
    except PortalError as error:
        return forms.refused("/forgot", error, form.get("email", ""))
    _mail_later(address, browser)
    return forms.without_notice(forms.redirect("/forgot?sent=1"))


def _mail_later(address: str, browser: Browser) -> None:
    def mail() -> None:
        try:
            mail_requested_link(database(), address, browser)
        except Exception:
            logger.exception("Mailing a link failed")

    task = asyncio.get_running_loop().run_in_executor(_mailing, mail)
    _waiting.add(task)
    task.add_done_callback(_waiting.discard)


@forms.own_pages_only
async def post_password(request: Request) -> Response:
    """Change one's own password from the form field `present` to `password`."""
    browser = forms.browser_of(request)
    try:
        form = await forms.read_form(request)
        _refuse_different(form)

        def change() -> Actor:
            actor = who_is(database(), browser.session)
            if actor is None:
                raise NotSignedIn
            change_password(
                database(),
                actor,
                present=form.get("present"),
                password=form.get("password"),
                browser=browser,
            )
            return actor

        await _show_ended_sessions(await _in_thread(change))
    except NotSignedIn as error:
        return forms.refused("/login?next=/account", error)
    except PortalError as error:
        return forms.refused("/account", error)
    return forms.without_notice(forms.redirect("/account?changed=1"))


async def _show_ended_sessions(actor: Actor | None) -> None:
    """Refresh a person's open pages, so that they show which sessions have ended."""
    if actor is not None:
        await feed.send({"kind": "rights", "account": actor.account_id})


def _refuse_different(form: dict[str, str]) -> None:
    if form.get("password") != form.get("repeated"):
        raise PortalError(messages.PASSWORDS_DIFFER)


ROUTES = [
    Route("/auth/link", post_link, methods=["POST"]),
    Route("/auth/welcome", post_welcome, methods=["POST"]),
    Route("/auth/forgotten", post_forgotten, methods=["POST"]),
    Route("/auth/password", post_password, methods=["POST"]),
]
