"""Sign in and out, and find the actor of a session."""

from __future__ import annotations

from enrollment_portal.domain.access import messages
from enrollment_portal.domain.access.admin_log import Action, SubjectKind
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.people.user_edits import NAME_LENGTH
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.domain.shared.emails import MAX_TYPED_EMAIL, read_email
from enrollment_portal.domain.shared.errors import Invalid, NotAllowed, WrongCredentials
from enrollment_portal.domain.shared.typed_text import clean_text
from enrollment_portal.services.access.passwords import (
    BAD_PASSWORD,
    MAX_PASSWORD,
    check_password,
    hash_password,
    is_text,
    may_be_chosen,
)
from enrollment_portal.services.access.sessions import (
    Browser,
    Opened,
    from_client,
    open_session,
    record_of_session,
)
from enrollment_portal.services.access.throttling import fail, hash_of_token, start_attempt
from enrollment_portal.services.shared.organization import store_organization
from enrollment_portal.settings import settings
from enrollment_portal.storage.access import accounts
from enrollment_portal.storage.access.accounts import Credentials
from enrollment_portal.storage.access.admin_log import add_act
from enrollment_portal.storage.shared.advisory_locks import SIGN_IN_LOCK, take_advisory_lock
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.organization import read_organization

_LOGGED_MS = 60_000


def sign_in(database: Database, *, email: object, password: object, browser: Browser) -> Opened:
    """Check an email and a password and open a session; slow on purpose, so never on an event loop.

    Args:
        database: where accounts, sessions and failures are.
        email: as typed.
        password: as typed.
        browser: from which the attempt comes.

    Returns:
        The tokens of a new session and of the device; only their hashes are stored.

    Raises:
        Throttled: too many failures for this account or from this client.
        WrongCredentials: no such account, another password, no password at all, or suspended.
    """
    if not is_text(email, MAX_TYPED_EMAIL) or not is_text(password, MAX_PASSWORD):
        raise WrongCredentials
    address = read_address(email)
    attempt = start_attempt(database, address, browser.client, browser.device)
    with database.read() as session:
        credentials = accounts.credentials_by_email(session, address)
    checked = check_password(str(password), credentials.password_hash if credentials else None)
    try:
        if not checked.is_right or credentials is None:
            raise WrongCredentials
        return open_session(
            database, credentials, browser, attempt, renewed_hash=checked.renewed_hash
        )
    except WrongCredentials:
        fail(database, attempt)
        if credentials:
            record_failure(database, credentials, browser)
        raise


def read_address(typed: object) -> str:
    """Normalize a typed email to look up its account; an invalid one finds nobody."""
    try:
        return read_email(typed)
    except ValueError:
        return str(typed).strip().lower()


def record_failure(database: Database, credentials: Credentials, browser: Browser) -> None:
    """Record a failed attempt in the access log, at most once a minute for each account."""
    now = now_ms()
    with database.write() as session:
        if accounts.has_failed_since(session, credentials.account_id, now - _LOGGED_MS):
            return
        actor = accounts.actor_of_account(session, credentials.account_id)
        record_of_session(session, actor, Action.SIGN_IN_FAILED, now, from_client(browser))


def is_demo_open(database: Database) -> bool:
    """Return whether anybody may enter without a password: the demo company, with the demo on.

    By default it is open to this machine only.
    """
    if settings().demo == "off" or (settings().demo == "auto" and not settings().is_local):
        return False
    with database.read() as session:
        stored = read_organization(session)
    return stored is not None and stored.is_demo


def sign_in_demo(database: Database, role: object, browser: Browser) -> Opened:
    """Open a session as a role's oldest account, without a password.

    An account that has a password of its own is a real person's and never opens this way.

    Raises:
        NotAllowed: the demo is not open, or it has nobody to enter as in that role.
    """
    if not is_demo_open(database) or role not in list(Role):
        raise NotAllowed(messages.DEMO_CLOSED)
    with database.read() as session:
        credentials = accounts.first_of_role(session, Role(role))
    if credentials is None or credentials.password_hash is not None:
        raise NotAllowed(messages.DEMO_ROLE_EMPTY)
    try:
        return open_session(database, credentials, browser)
    except WrongCredentials:
        raise NotAllowed(messages.DEMO_SUSPENDED) from None


def sign_out(database: Database, token: str | None) -> None:
    """End a session, everywhere at once; an unknown token changes nothing."""
    if token is None:
        return
    with database.write() as session:
        account = accounts.close_session(session, hash_of_token(token))
        if account is not None:
            actor = accounts.actor_of_account(session, account)
            record_of_session(session, actor, Action.SIGNED_OUT, now_ms())


def who_is(database: Database, token: str | None, now: int | None = None) -> Actor | None:
    """Return the actor of a session; `None` if it is unknown or has ended, or they are suspended.

    Args:
        database: read every time, so that signing out and suspending take effect at once.
        token: the value of the session cookie.
        now: the time to compare with, in milliseconds since 1970 UTC; the current time by default.
    """
    if token is None:
        return None
    with database.read() as session:
        return accounts.actor_of_session(
            session, hash_of_token(token), now_ms() if now is None else now
        )


def _read_first_admin(email: str, name: str, password: str) -> tuple[str, str]:
    """Validate the email, name and password; return email and name in stored form."""
    errors = {}
    try:
        email = read_email(email)
    except ValueError as refusal:
        errors["email"] = str(refusal)
    try:
        name = clean_text(name, NAME_LENGTH, required=True, is_line=True)
    except ValueError as refusal:
        errors["name"] = str(refusal)
    if not may_be_chosen(password):
        errors["password"] = BAD_PASSWORD
    if errors:
        raise Invalid(errors)
    return email, name


def create_first_admin(
    database: Database,
    *,
    email: str,
    name: str,
    password: str,
    organization: str | None = None,
    time_zone: str | None = None,
) -> str:
    """Create the first Super Admin, and the organization if the database has none.

    The demo company gets an additional Super Admin, and the demo stays open.

    Args:
        database: where they are stored.
        email: to sign in with.
        name: of the person.
        password: as typed.
        organization: its name; `None` keeps that of one that is stored.
        time_zone: its zone; `None` keeps that of one that is stored, or is UTC.

    Returns:
        The email as it is stored.

    Raises:
        Invalid: by the parameters' names, what is wrong with each.
        NotAllowed: the organization has a Super Admin already.
    """
    email, name = _read_first_admin(email, name, password)
    password_hash = hash_password(password)
    with database.write() as session:
        take_advisory_lock(session, SIGN_IN_LOCK)
        stored = read_organization(session)
        if not (stored and stored.is_demo) and accounts.has_super_admin(session):
            raise NotAllowed(messages.HAS_SUPER_ADMIN)
        if accounts.credentials_by_email(session, email):
            raise Invalid({"email": messages.EMAIL_TAKEN})
        store_organization(session, organization, time_zone, name_field="organization")
        now = now_ms()
        account_id = accounts.add_super_admin(
            session, email=email, name=name, password_hash=password_hash, now=now
        )
        add_act(
            session,
            None,
            Action.ADMIN_ADDED,
            SubjectKind.ADMIN,
            account_id,
            name,
            now=now,
            detail=Role.SUPER_ADMIN.label,
        )
    return email
