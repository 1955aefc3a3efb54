"""Signing in and out, and who a session belongs to."""

from __future__ import annotations

import hashlib
import re
import secrets
from functools import cache
from zoneinfo import ZoneInfo

from pwdlib import PasswordHash

from enrollment_portal.domain.calendar import now_ms
from enrollment_portal.domain.errors import Invalid, NotAllowed, Throttled, WrongCredentials
from enrollment_portal.domain.people import Actor, Role
from enrollment_portal.services.cookies import MAX_EMAIL
from enrollment_portal.settings import settings
from enrollment_portal.storage import accounts
from enrollment_portal.storage.accounts import Credentials
from enrollment_portal.storage.database import Database
from enrollment_portal.storage.turns import SIGNING_IN, take_turn

MAX_FAILURES = 10
WINDOW_MS = 60_000
MIN_PASSWORD, MAX_PASSWORD = 12, 1024
_MAX_NAME = 200
_MS_PER_HOUR = 3_600_000
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")

_hasher = PasswordHash.recommended()


@cache
def _dummy_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe())


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _is_text(value: object, longest: int) -> bool:
    """Tell whether a value from outside is text that can be stored and hashed."""
    if not isinstance(value, str) or not 0 < len(value) <= longest or "\0" in value:
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def sign_in(
    database: Database,
    *,
    email: object,
    password: object,
    client: str,
    replacing: str | None = None,
) -> str:
    """Check an email and a password and open a session; slow on purpose, so never on an event loop.

    Args:
        database: where accounts, sessions and failures are.
        email: as typed.
        password: as typed.
        client: the address from which the attempt comes.
        replacing: the token of the session that the browser had before; it ends.

    Returns:
        The token of a new session; only its hash is stored.

    Raises:
        Throttled: ten failures within a minute for this email or client; nothing was checked.
        WrongCredentials: no such account, another password, no password at all, or suspended.
    """
    dummy_hash = _dummy_hash()
    if not _is_text(email, MAX_EMAIL) or not _is_text(password, MAX_PASSWORD):
        raise WrongCredentials
    address, password = str(email).strip().lower(), str(password)
    reserved = _reserve(database, address, client)
    with database.read() as connection:
        credentials = accounts.credentials_by_email(connection, address)
    known_hash = credentials.password_hash if credentials else None
    # An unknown email takes as long as a wrong password: the time must not tell them apart.
    is_right = _hasher.verify(password, known_hash or dummy_hash)
    if credentials is None or known_hash is None or not is_right:
        raise WrongCredentials
    return _open(database, credentials, replacing, reserved)


def _reserve(database: Database, address: str, client: str) -> tuple[int, int]:
    now = now_ms()
    with database.write() as connection:
        reserved = accounts.reserve_attempt(
            connection,
            _hashed(f"email:{address}"),
            _hashed(f"client:{client}"),
            limit=MAX_FAILURES,
            since=now - WINDOW_MS,
            now=now,
        )
    if reserved is None:
        raise Throttled
    return reserved


def _open(
    database: Database,
    credentials: Credentials,
    replacing: str | None,
    reserved: tuple[int, int] | None = None,
) -> str:
    """Open a session under a new id, whatever id the browser came with.

    Raises:
        WrongCredentials: the account is suspended, or changed since it was read.
    """
    token, now = secrets.token_urlsafe(32), now_ms()
    with database.write() as connection:
        expires = now + settings().session_hours * _MS_PER_HOUR
        if not accounts.open_session(
            connection, credentials, _hashed(token), now=now, expires=expires
        ):
            raise WrongCredentials
        if replacing is not None:
            accounts.close_session(connection, _hashed(replacing))
        if reserved is not None:
            accounts.release_attempt(connection, reserved)
    return token


def is_demo_open(database: Database) -> bool:
    """Tell whether anybody may enter without a password: the demo company, with the demo on."""
    if settings().demo == "off":
        return False
    with database.read() as connection:
        return accounts.is_demo(connection) is True


def sign_in_demo(database: Database, role: object, replacing: str | None = None) -> str:
    """Open a session as a role's oldest account, without a password.

    An account that has a password of its own is a real person's and never opens this way.

    Raises:
        NotAllowed: the demo is not open, or it has nobody to enter as in that role.
    """
    if not is_demo_open(database) or role not in list(Role):
        raise NotAllowed("The demo is not open here. Sign in with your email and password.")
    with database.read() as connection:
        credentials = accounts.first_of_role(connection, Role(role))
    if credentials is None or credentials.password_hash is not None:
        raise NotAllowed("The demo has nobody to enter as in this role. Choose another.")
    try:
        return _open(database, credentials, replacing)
    except WrongCredentials:
        raise NotAllowed("This demo account is suspended. Choose another.") from None


def sign_out(database: Database, token: str | None) -> None:
    """End a session, everywhere at once; an unknown token changes nothing."""
    if token is None:
        return
    with database.write() as connection:
        accounts.close_session(connection, _hashed(token))


def who_is(database: Database, token: str | None, now: int | None = None) -> Actor | None:
    """Return whose session a token opens; `None` if it is unknown or over, or they are suspended.

    Args:
        database: asked anew every time, so that signing out and suspending bite at once.
        token: the value of the session cookie.
        now: the moment to judge by, in milliseconds since 1970 UTC; this moment by default.
    """
    if token is None:
        return None
    with database.read() as connection:
        return accounts.actor_of_session(
            connection, _hashed(token), now_ms() if now is None else now
        )


def _check_first_admin(values: dict[str, str]) -> None:
    errors = {
        field: "Fill this in, with at most 200 characters."
        for field in ("name", "organization")
        if not _is_text(values[field], _MAX_NAME)
    }
    if not _is_text(values["email"], MAX_EMAIL) or not _EMAIL.fullmatch(values["email"]):
        errors["email"] = "Give an email address such as ada@example.org."
    if not _is_text(values["password"], MAX_PASSWORD) or len(values["password"]) < MIN_PASSWORD:
        errors["password"] = f"Choose a password of {MIN_PASSWORD} to {MAX_PASSWORD} characters."
    try:
        ZoneInfo(values["time_zone"])
    except (KeyError, ValueError, OSError):
        errors["time_zone"] = "Give a time zone by its IANA name, such as Europe/Stockholm."
    if errors:
        raise Invalid(errors)


def create_first_admin(
    database: Database, *, email: str, name: str, password: str, organization: str, time_zone: str
) -> None:
    """Make the first Super Admin, and the organization where the database has none.

    In the demo company a Super Admin is added beside its own, and the demo stays open.

    Raises:
        Invalid: by the parameters' names, what is wrong with each.
        NotAllowed: the organization has a Super Admin already.
    """
    email, name, organization = email.strip().lower(), name.strip(), organization.strip()
    _check_first_admin(
        {
            "email": email,
            "name": name,
            "password": password,
            "organization": organization,
            "time_zone": time_zone,
        }
    )
    password_hash = _hasher.hash(password)
    with database.write() as connection:
        take_turn(connection, SIGNING_IN)
        is_demo = accounts.is_demo(connection)
        if not is_demo and accounts.has_super_admin(connection):
            raise NotAllowed(
                "This organization has a Super Admin already. Ask them to add you as an admin."
            )
        if accounts.credentials_by_email(connection, email):
            raise Invalid({"email": "Another account has this email. Give a different one."})
        if is_demo is None:
            accounts.add_organization(connection, organization, time_zone)
        accounts.add_super_admin(
            connection, email=email, name=name, password_hash=password_hash, now=now_ms()
        )
