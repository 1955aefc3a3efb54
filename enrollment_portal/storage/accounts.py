"""Accounts and their sessions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlmodel import Session

from enrollment_portal.domain.admin_log import Action
from enrollment_portal.domain.people import Actor, Role, Section

_ACTOR_OF_SESSION = text(
    "SELECT a.id, a.name, a.email, a.role, a.sections, a.learner_id"
    " FROM sign_in_session s JOIN account a ON a.id = s.account_id"
    " WHERE s.id_hash = :session AND s.expires_at > :now AND a.is_suspended = 0"
)
_BY_EMAIL = text("SELECT id, password_hash FROM account WHERE email = :email")
_FIRST_OF_ROLE = text(
    "SELECT id, password_hash FROM account WHERE role = :role ORDER BY id LIMIT 1"
)
_SUPER_ADMINS = text("SELECT COUNT(*) FROM account WHERE role = 'super_admin'")
# Only while the account still is what was checked: not suspended, and with the same password.
_OPEN_SESSION = text(
    "INSERT INTO sign_in_session (id_hash, account_id, created_at, expires_at, client, user_agent)"
    " SELECT CAST(:session AS TEXT), id, :now, :expires, CAST(:client AS TEXT),"
    " CAST(:user_agent AS TEXT) FROM account"
    " WHERE id = :account AND is_suspended = 0"
    " AND COALESCE(password_hash, '') = :password_hash"
)
_RENEW_HASH = text(
    "UPDATE account SET password_hash = :renewed"
    " WHERE id = :account AND password_hash = :password_hash AND is_suspended = 0"
)
_SIGNED_IN = text("UPDATE account SET last_sign_in_at = :now WHERE id = :account")
_CLOSE_SESSION = text("DELETE FROM sign_in_session WHERE id_hash = :session RETURNING account_id")
_BY_ID = text("SELECT id, name, email, role, sections, learner_id FROM account WHERE id = :account")
_FAILED_LATELY = text(
    "SELECT 1 FROM admin_event WHERE actor_id = :account AND at > :since AND action = :action"
)
_CLOSE_EXPIRED = text(
    "DELETE FROM sign_in_session WHERE account_id = :account AND expires_at <= :now"
)
_ADD_ACCOUNT = text(
    "INSERT INTO account (email, name, role, sections, password_hash, is_suspended, created_at)"
    " VALUES (:email, :name, :role, :sections, :password_hash, 0, :now) RETURNING id"
)
_ANYBODY = text("SELECT EXISTS (SELECT 1 FROM account) OR EXISTS (SELECT 1 FROM learner)")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in is checked against; an account without a password has no hash."""

    account_id: int
    password_hash: str | None


def actor_of_session(session: Session, session_hash: str, now: int) -> Actor | None:
    """Return whose session this is; `None` if it is unknown or over, or they are suspended."""
    row = session.execute(_ACTOR_OF_SESSION, {"session": session_hash, "now": now}).first()
    return _actor(row) if row else None


def _actor(row: Row[Any]) -> Actor:
    account_id, name, email, role, sections, learner_id = tuple(row)
    return Actor(account_id, name, email, Role(role), Section(sections), learner_id)


def credentials_by_email(session: Session, email: str) -> Credentials | None:
    """Return the credentials of the account with a normalized email."""
    row = session.execute(_BY_EMAIL, {"email": email}).first()
    return Credentials(*row) if row else None


def first_of_role(session: Session, role: Role) -> Credentials | None:
    """Return the credentials of a role's oldest account."""
    row = session.execute(_FIRST_OF_ROLE, {"role": role.value}).first()
    return Credentials(*row) if row else None


def open_session(
    session: Session,
    credentials: Credentials,
    session_hash: str,
    *,
    now: int,
    expires: int,
    client: str,
    user_agent: str,
    renewed_hash: str | None = None,
) -> bool:
    """Write a session and drop the account's expired ones; moments in milliseconds.

    Args:
        session: in a write transaction.
        credentials: what was checked.
        session_hash: of the session's token.
        now: this moment.
        expires: when the session ends.
        client: the address that it comes from.
        user_agent: what the browser says of itself.
        renewed_hash: what is stored of the same password from now on.

    Returns:
        False where the account is suspended, gone, or has another password than was checked.
    """
    values = {"account": credentials.account_id, "now": now}
    session.execute(_CLOSE_EXPIRED, values)
    written = session.connection().execute(
        _OPEN_SESSION,
        values
        | {
            "session": session_hash,
            "expires": expires,
            "client": client,
            "user_agent": user_agent,
            "password_hash": credentials.password_hash or "",
        },
    )
    if written.rowcount != 1:
        return False
    session.execute(_SIGNED_IN, values)
    if renewed_hash:
        values |= {"renewed": renewed_hash, "password_hash": credentials.password_hash}
        session.execute(_RENEW_HASH, values)
    return True


def change_password(session: Session, credentials: Credentials, password_hash: str) -> bool:
    """Write another password; false where the account changed since it was checked."""
    values = {
        "account": credentials.account_id,
        "password_hash": credentials.password_hash,
        "renewed": password_hash,
    }
    return session.connection().execute(_RENEW_HASH, values).rowcount == 1


def close_session(session: Session, session_hash: str) -> int | None:
    """Delete a session and return whose account's it was; `None` where there was none."""
    return session.execute(_CLOSE_SESSION, {"session": session_hash}).scalar_one_or_none()


def actor_of_account(session: Session, account_id: int) -> Actor:
    """Return the person of an account that exists."""
    return _actor(session.execute(_BY_ID, {"account": account_id}).one())


def find_account(session: Session, account_id: int) -> Actor | None:
    """Return the person of an account; `None` where there is none."""
    row = session.execute(_BY_ID, {"account": account_id}).first()
    return _actor(row) if row else None


def has_failed_since(session: Session, account_id: int, since: int) -> bool:
    """Tell whether the access log holds a failed sign-in of an account after a moment."""
    values = {
        "account": account_id,
        "since": since,
        "action": Action.SIGN_IN_FAILED.value,
    }
    return session.execute(_FAILED_LATELY, values).first() is not None


def has_super_admin(session: Session) -> bool:
    """Tell whether any account is a Super Admin."""
    return session.execute(_SUPER_ADMINS).scalar_one() > 0


def add_super_admin(
    session: Session, *, email: str, name: str, password_hash: str, now: int
) -> int:
    """Write a Super Admin's account, with every section switched on, and return its id."""
    return session.execute(
        _ADD_ACCOUNT,
        {
            "email": email,
            "name": name,
            "role": Role.SUPER_ADMIN.value,
            "sections": int(Section.all()),
            "password_hash": password_hash,
            "now": now,
        },
    ).scalar_one()


def holds_anybody(session: Session) -> bool:
    """Tell whether the database knows any account or learner."""
    return bool(session.execute(_ANYBODY).scalar_one())
