"""Read and write accounts and their sessions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Text, bindparam, case, delete, exists, func, insert, or_, update
from sqlmodel import Session, col, select

from enrollment_portal.domain.access.admin_log import Action
from enrollment_portal.domain.people.people import Actor, Role, Section
from enrollment_portal.storage.people.people import link_account
from enrollment_portal.storage.shared.records import first_record, select_columns
from enrollment_portal.storage.shared.tables import (
    Account,
    AdminEvent,
    Learner,
    SignInSession,
    table_of,
)

_account, _session = table_of(Account), table_of(SignInSession)
_a, _s, _v = _account.c, _session.c, table_of(AdminEvent).c
_ACCOUNTS = select_columns(
    _a.id,
    _a.name,
    _a.email,
    _a.role,
    _a.sections,
    _a.learner_id,
)
_ACTOR_OF_SESSION = _ACCOUNTS.join_from(_session, _account, _a.id == _s.account_id).where(
    _s.id_hash == bindparam("session"),
    _s.expires_at > bindparam("now"),
    _a.is_suspended == 0,
)
_BY_ID = _ACCOUNTS.where(_a.id == bindparam("account"))
_ACTIVE = _BY_ID.where(_a.is_suspended == 0)
_CREDENTIALS = select_columns(_a.id.label("account_id"), _a.password_hash)
_BY_EMAIL = _CREDENTIALS.where(_a.email == bindparam("email"))
_FIRST_OF_ROLE = _CREDENTIALS.where(_a.role == bindparam("role")).order_by(_a.id).limit(1)
# Only if the account is unchanged since it was checked: not suspended, and the same password.
_OPEN_SESSION = (
    insert(_session)
    .from_select(
        ["account_id", "id_hash", "created_at", "expires_at", "client", "user_agent"],
        select_columns(
            _a.id,
            bindparam("session", type_=Text()).label("id_hash"),
            bindparam("now", type_=BigInteger()).label("created_at"),
            bindparam("expires", type_=BigInteger()).label("expires_at"),
            bindparam("client", type_=Text()).label("client"),
            bindparam("user_agent", type_=Text()).label("user_agent"),
        ).where(
            _a.id == bindparam("account"),
            _a.is_suspended == 0,
            func.coalesce(_a.password_hash, "") == bindparam("password_hash", type_=Text()),
        ),
    )
    .execution_options(preserve_rowcount=True)
)
_CLOSE_EXPIRED = delete(_session).where(
    _s.account_id == bindparam("account"), _s.expires_at <= bindparam("now")
)
_LATEST = _s.created_at + bindparam("longest", type_=BigInteger())
_EXPIRES = bindparam("expires", type_=BigInteger())
_IS_OPEN = (_s.id_hash == bindparam("session"), _s.expires_at > bindparam("now"))
_SESSION_END = select_columns(_s.expires_at.label("ends_at"), _s.created_at).where(*_IS_OPEN)
_EXTEND = (
    update(_session)
    .where(*_IS_OPEN, _s.expires_at < bindparam("unless"))
    .values(expires_at=case((_LATEST < _EXPIRES, _LATEST), else_=_EXPIRES))
)
_FAILED_LATELY = select(_v.id).where(
    _v.actor_id == bindparam("account"),
    _v.at > bindparam("since"),
    _v.action == Action.SIGN_IN_FAILED.value,
)


@dataclass(frozen=True, slots=True)
class SessionTimes:
    """When a session began and when it ends, in milliseconds since 1970 UTC."""

    ends_at: int
    created_at: int


@dataclass(frozen=True, slots=True)
class Credentials:
    """The data that a sign-in is checked against; an account without a password has no hash."""

    account_id: int
    password_hash: str | None


def actor_of_session(session: Session, session_hash: str, now: int) -> Actor | None:
    """Return the actor of a session; `None` if it has ended, or the account is suspended."""
    values = {"session": session_hash, "now": now}
    row = session.exec(_ACTOR_OF_SESSION, params=values).first()
    return _actor(row) if row else None


def _actor(row: Any) -> Actor:
    return Actor(row.id, row.name, row.email, Role(row.role), Section(row.sections), row.learner_id)


def credentials_by_email(session: Session, email: str) -> Credentials | None:
    """Return the credentials of the account with a normalized email."""
    return first_record(Credentials, session.exec(_BY_EMAIL, params={"email": email}))


def first_of_role(session: Session, role: Role) -> Credentials | None:
    """Return the credentials of a role's oldest account."""
    return first_record(Credentials, session.exec(_FIRST_OF_ROLE, params={"role": role.value}))


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
    """Write a session and delete the account's expired ones; times in milliseconds.

    Args:
        session: in a write transaction.
        credentials: what was checked.
        session_hash: of the session's token.
        now: the current time.
        expires: when the session ends.
        client: the address that it comes from.
        user_agent: the name that the browser sent.
        renewed_hash: the new hash of the same password, if it is renewed.

    Returns:
        False if the account is suspended, gone, or has another password than the checked one.
    """
    account = col(Account.id) == credentials.account_id
    values = {"account": credentials.account_id, "now": now}
    session.exec(_CLOSE_EXPIRED, params=values)
    values |= {"session": session_hash, "expires": expires, "client": client}
    values |= {"user_agent": user_agent, "password_hash": credentials.password_hash or ""}
    if session.exec(_OPEN_SESSION, params=values).rowcount != 1:
        return False
    session.exec(update(Account).where(account).values(last_sign_in_at=now))
    if renewed_hash:
        change_password(session, credentials, renewed_hash)
    return True


def session_times(session: Session, session_hash: str, now: int) -> SessionTimes | None:
    """Return when a session began and ends; `None` if it is unknown or over."""
    values = {"session": session_hash, "now": now}
    return first_record(SessionTimes, session.exec(_SESSION_END, params=values))


def extend_session(
    session: Session, session_hash: str, *, now: int, expires: int, longest: int, gain: int
) -> None:
    """Put off the end of an open session; moments and spans in milliseconds.

    Args:
        session: in a write transaction.
        session_hash: of the session's token.
        now: this moment.
        expires: when it is to end.
        longest: how long after its start it ends at the latest.
        gain: it stays as it is where its end would move by less.
    """
    values = {"session": session_hash, "now": now, "expires": expires, "longest": longest}
    session.exec(_EXTEND, params=values | {"unless": expires - gain})


def change_password(session: Session, credentials: Credentials, password_hash: str) -> bool:
    """Write a new password; false if the account changed since it was checked."""
    changed = session.exec(
        update(Account)
        .where(
            col(Account.id) == credentials.account_id,
            col(Account.password_hash) == credentials.password_hash,
            col(Account.is_suspended) == 0,
        )
        .values(password_hash=password_hash)
    )
    return changed.rowcount == 1


def close_session(session: Session, session_hash: str) -> int | None:
    """Delete a session and return its actor; `None` if there was none."""
    closed = delete(SignInSession).where(col(SignInSession.id_hash) == session_hash)
    return session.exec(closed.returning(col(SignInSession.account_id))).scalar_one_or_none()


def actor_of_account(session: Session, account_id: int) -> Actor:
    """Return the actor of an account that exists."""
    return _actor(session.exec(_BY_ID, params={"account": account_id}).one())


def find_account(session: Session, account_id: int) -> Actor | None:
    """Return the actor of an account; `None` if there is none."""
    row = session.exec(_BY_ID, params={"account": account_id}).first()
    return _actor(row) if row else None


def find_active_account(session: Session, account_id: int) -> Actor | None:
    """Return the actor of an account; `None` if there is none, or it is suspended."""
    row = session.exec(_ACTIVE, params={"account": account_id}).first()
    return _actor(row) if row else None


def has_failed_since(session: Session, account_id: int, since: int) -> bool:
    """Return whether the access log has a failed sign-in of an account after a time."""
    values = {"account": account_id, "since": since}
    return session.exec(_FAILED_LATELY, params=values).first() is not None


def has_super_admin(session: Session) -> bool:
    """Return whether any account is a Super Admin."""
    is_super = exists().where(col(Account.role) == Role.SUPER_ADMIN.value)
    return bool(session.exec(select(is_super)).one())


def add_super_admin(
    session: Session, *, email: str, name: str, password_hash: str, now: int
) -> int:
    """Write a Super Admin's account, with every section switched on, and return its id.

    If the directory has a person with that email, the account is linked to them.
    """
    added = Account(
        email=email,
        name=name,
        role=Role.SUPER_ADMIN.value,
        sections=int(Section.all()),
        password_hash=password_hash,
        created_at=now,
    )
    session.add(added)
    session.flush()
    link_account(session, email)
    return added.id  # type: ignore[return-value]


def has_any_account(session: Session) -> bool:
    """Return whether the database has any account or learner."""
    anybody = or_(select(Account.id).exists(), select(Learner.id).exists())
    return bool(session.exec(select(anybody)).one())
