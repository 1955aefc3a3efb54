"""Open sessions, and describe the browsers that request them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from sqlmodel import Session

from enrollment_portal.domain.access import messages
from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.errors import WrongCredentials
from enrollment_portal.services.access.throttling import (
    Attempt,
    hash_of_token,
    remember_device,
    succeed,
)
from enrollment_portal.settings import settings
from enrollment_portal.storage.access import accounts
from enrollment_portal.storage.access.accounts import Credentials
from enrollment_portal.storage.access.admin_log import add_act
from enrollment_portal.storage.shared.database import Database

_MAX_LENGTH = 300
_MS_PER_HOUR = 3_600_000
_MS_PER_DAY = 24 * _MS_PER_HOUR
_GAIN_MS = 60_000
"""A session is not written again for less."""


@dataclass(frozen=True)
class Opened:
    """The result of signing in: the tokens of the session and of the device cookie."""

    session: str = field(repr=False)
    device: str = field(default="", repr=False)
    """"" if no password was checked: the browser keeps its device cookie."""


@dataclass(frozen=True)
class Browser:
    """The browser of a request: its cookies and its address."""

    client: str = ""
    """The client address that failed attempts are counted by."""
    user_agent: str = ""
    session: str | None = field(default=None, repr=False)
    """The token of its session; signing in again ends it."""
    device: str | None = field(default=None, repr=False)
    """The token of its device cookie."""


def open_session(
    database: Database,
    credentials: Credentials,
    browser: Browser,
    attempt: Attempt | None = None,
    *,
    has_used_link: bool = False,
    renewed_hash: str | None = None,
) -> Opened:
    """Open a session with a new id, whatever session the browser had.

    Args:
        database: where sessions are.
        credentials: of the account, as they were checked.
        browser: the browser; it becomes a known device of the account if a password was checked.
        attempt: the sign-in attempt; `None` if no password was checked.
        has_used_link: the session is opened by a one-time link; no limit applies then.
        renewed_hash: the new hash of the same password, if it is renewed.

    Raises:
        WrongCredentials: the account is suspended, or changed since it was read.
        Throttled: others' failures overtook the attempt.
    """
    is_proved = attempt is not None or has_used_link
    device = secrets.token_urlsafe(32) if is_proved else ""
    opened, now = Opened(secrets.token_urlsafe(32), device), now_ms()
    with database.write() as session:
        if attempt is not None:
            succeed(session, attempt)
        if not accounts.open_session(
            session,
            credentials,
            hash_of_token(opened.session),
            now=now,
            expires=now
            + min(settings().session_hours * _MS_PER_HOUR, settings().session_days * _MS_PER_DAY),
            client=_one_line(browser.client),
            user_agent=_one_line(browser.user_agent),
            renewed_hash=renewed_hash,
        ):
            raise WrongCredentials
        actor = accounts.actor_of_account(session, credentials.account_id)
        record_of_session(session, actor, Action.SIGNED_IN, now, from_client(browser))
        if browser.session is not None:
            accounts.close_session(session, hash_of_token(browser.session))
        if is_proved:
            account = credentials.account_id
            remember_device(session, account, opened.device, browser.device, now)
    return opened


@dataclass(frozen=True)
class SessionEnd:
    """How long a session still lasts, in milliseconds."""

    left: int
    can_be_put_off: bool
    """Whether activity puts its end off; otherwise it ends as it has lasted for long enough."""


def session_end(
    database: Database, token: str | None, *, puts_off: bool = False
) -> SessionEnd | None:
    """Return how long a session still lasts; `None` if it is unknown or over.

    Args:
        database: where sessions are.
        token: the value of the session cookie.
        puts_off: something was done: it lasts for the set number of hours from now on, but no
            longer than the set number of days.
    """
    if token is None:
        return None
    hashed, now = hash_of_token(token), now_ms()
    idle, longest = settings().session_hours * _MS_PER_HOUR, settings().session_days * _MS_PER_DAY
    with database.read() as session:
        times = accounts.session_times(session, hashed, now)
    if times is None:
        return None
    latest = times.created_at + longest
    ends_at = min(now + idle, latest)
    if puts_off and ends_at - times.ends_at >= _GAIN_MS:
        with database.write() as session:
            accounts.extend_session(
                session, hashed, now=now, expires=now + idle, longest=longest, gain=_GAIN_MS
            )
            times = accounts.session_times(session, hashed, now)
        if times is None:
            return None
    return SessionEnd(times.ends_at - now, times.ends_at < latest)


def from_client(browser: Browser) -> str:
    """Return the address of a browser, as text for the access log."""
    return messages.from_address(browser.client) if browser.client else ""


def record_of_session(
    session: Session, actor: Actor, action: Action, now: int, detail: str = ""
) -> None:
    """Record signing in or out in the access log, at `now` in ms."""
    add_act(
        session,
        actor,
        action,
        SubjectKind.SESSION,
        actor.account_id,
        actor.name,
        now=now,
        detail=detail,
    )


def _one_line(text: str) -> str:
    """Return a text that a browser sent (User-Agent) so that it can be stored and shown."""
    readable = text.encode("utf-8", "ignore").decode().replace("\x00", "")
    return " ".join(readable.split())[:_MAX_LENGTH]
