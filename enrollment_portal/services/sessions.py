"""Opening sessions, and how often somebody may try to."""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import Connection

from enrollment_portal.domain.admin_log import Action, SubjectKind
from enrollment_portal.domain.calendar import now_ms
from enrollment_portal.domain.errors import Throttled, WrongCredentials
from enrollment_portal.domain.people import Actor
from enrollment_portal.settings import settings
from enrollment_portal.storage import accounts
from enrollment_portal.storage.accounts import Credentials
from enrollment_portal.storage.admin_log import add_act
from enrollment_portal.storage.database import Database

MAX_FAILURES = 10
WINDOW_MS = 60_000
_MAX_TOLD = 300
_MS_PER_HOUR = 3_600_000


def hash_of_token(token: str) -> str:
    """Return what is stored of a secret token, such as a session's."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def reserve_attempt(database: Database, address: str, client: str) -> tuple[int, int]:
    """Count an attempt to come in as failed until `open_session` says otherwise.

    Args:
        database: where attempts are counted.
        address: of the account, or what else stands for it.
        client: the address from which the attempt comes.

    Returns:
        What `open_session` takes back.

    Raises:
        Throttled: ten failures within a minute for this address or client.
    """
    now = now_ms()
    with database.write() as connection:
        reserved = accounts.reserve_attempt(
            connection,
            hash_of_token(f"email:{address}"),
            hash_of_token(f"client:{client}"),
            limit=MAX_FAILURES,
            since=now - WINDOW_MS,
            now=now,
        )
    if reserved is None:
        raise Throttled
    return reserved


def open_session(
    database: Database,
    credentials: Credentials,
    replacing: str | None,
    reserved: tuple[int, int] | None = None,
    *,
    client: str = "",
    user_agent: str = "",
) -> str:
    """Open a session under a new id, whatever id the browser came with, and return its token.

    Args:
        database: where sessions are.
        credentials: of the account, as they were checked.
        replacing: the token of the session that the browser had before; it ends.
        reserved: the attempt that led here, which was no failure.
        client: the address of the browser.
        user_agent: what the browser says of itself.

    Raises:
        WrongCredentials: the account is suspended, or changed since it was read.
    """
    token, now = secrets.token_urlsafe(32), now_ms()
    with database.write() as connection:
        expires = now + settings().session_hours * _MS_PER_HOUR
        if not accounts.open_session(
            connection,
            credentials,
            hash_of_token(token),
            now=now,
            expires=expires,
            client=_one_line(client),
            user_agent=_one_line(user_agent),
        ):
            raise WrongCredentials
        actor = accounts.actor_of_account(connection, credentials.account_id)
        detail = f"from {client}" if client else ""
        record_of_session(connection, actor, Action.SIGNED_IN, now, detail)
        if replacing is not None:
            accounts.close_session(connection, hash_of_token(replacing))
        if reserved is not None:
            accounts.release_attempt(connection, reserved)
    return token


def record_of_session(
    connection: Connection, actor: Actor, action: Action, now: int, detail: str = ""
) -> None:
    """Tell the access log of someone's coming or going, at `now` in ms."""
    add_act(
        connection,
        actor,
        action,
        SubjectKind.SESSION,
        actor.account_id,
        actor.name,
        now=now,
        detail=detail,
    )


def _one_line(told: str) -> str:
    """Return what a browser told of itself as it can be stored and shown."""
    readable = told.encode("utf-8", "ignore").decode().replace("\x00", "")
    return " ".join(readable.split())[:_MAX_TOLD]
