"""One-time links by which somebody sets a password; stored hashed only."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

from enrollment_portal.domain.people import Role
from enrollment_portal.domain.sign_in_links import LinkKind

_OWNER = (
    "a.id, a.learner_id, a.name, a.email, a.role, a.is_suspended,"
    " CASE WHEN a.password_hash IS NULL THEN 0 ELSE 1 END,"
    " CASE WHEN EXISTS (SELECT 1 FROM course_teacher t WHERE t.account_id = a.id) THEN 1 ELSE 0 END"
)
_ADD = text(
    "INSERT INTO invitation (token_hash, account_id, created_at, expires_at, kind, made_by)"
    " VALUES (:token, :account, :now, :expires, :kind, :made_by)"
)
_VOID = text("DELETE FROM invitation WHERE account_id = :account AND used_at IS NULL")
_OPEN = text(
    f"SELECT {_OWNER}, i.kind, i.made_by FROM invitation i JOIN account a ON a.id = i.account_id"
    " WHERE i.token_hash = :token AND i.used_at IS NULL AND i.expires_at > :now"
    " AND a.is_suspended = 0 AND (i.kind = 'reset' OR a.password_hash IS NULL)"
)
_USE = text(
    "UPDATE invitation SET used_at = :now"
    " WHERE token_hash = :token AND used_at IS NULL AND expires_at > :now"
)
_SET_PASSWORD = text(
    "UPDATE account SET password_hash = :password WHERE id = :account AND is_suspended = 0"
    " AND (password_hash IS NULL OR CAST(:kind AS TEXT) = 'reset')"
)
_BY_EMAIL = text(f"SELECT {_OWNER} FROM account a WHERE a.email = :email")
_BY_ID = text(f"SELECT {_OWNER} FROM account a WHERE a.id = :account")


@dataclass(frozen=True, slots=True)
class LinkOwner:
    """The account that a link opens."""

    account_id: int
    learner_id: int | None
    name: str
    email: str
    role: Role
    is_suspended: bool
    has_password: bool
    teaches: bool


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that can be used at this moment; `made_by` is the account of the admin who did."""

    owner: LinkOwner
    kind: LinkKind
    made_by: int | None


def add_link(
    session: Session,
    account_id: int,
    token_hash: str,
    kind: LinkKind,
    *,
    now: int,
    expires: int,
    made_by: int | None,
) -> None:
    """Write a link; moments in ms."""
    session.execute(
        _ADD,
        {
            "token": token_hash,
            "account": account_id,
            "now": now,
            "expires": expires,
            "kind": kind.value,
            "made_by": made_by,
        },
    )


def void_links(session: Session, account_id: int) -> None:
    """Take back every link to an account that nobody has used."""
    session.execute(_VOID, {"account": account_id})


def owner_by_email(session: Session, email: str) -> LinkOwner | None:
    """Return the account with a normalized email."""
    row = session.execute(_BY_EMAIL, {"email": email}).first()
    return _owner(*row) if row else None


def owner_by_id(session: Session, account_id: int) -> LinkOwner | None:
    """Return an account by its id."""
    row = session.execute(_BY_ID, {"account": account_id}).first()
    return _owner(*row) if row else None


def open_link(session: Session, token_hash: str, *, now: int) -> OpenLink | None:
    """Return what a link opens; `None` unless it can be used at this moment, in ms."""
    row = session.execute(_OPEN, {"token": token_hash, "now": now}).first()
    if row is None:
        return None
    *owner, kind, made_by = row
    return OpenLink(_owner(*owner), LinkKind(kind), made_by)


def use_link(
    session: Session, link: OpenLink, token_hash: str, password_hash: str, *, now: int
) -> bool:
    """Mark a link used and set the account's password.

    Returns:
        False where either cannot be: undo the transaction then. Of two that use one link at once,
        one waits for the other here and finds it used.
    """
    if session.connection().execute(_USE, {"token": token_hash, "now": now}).rowcount != 1:
        return False
    values = {
        "account": link.owner.account_id,
        "password": password_hash,
        "kind": link.kind.value,
    }
    if session.connection().execute(_SET_PASSWORD, values).rowcount != 1:
        return False
    void_links(session, link.owner.account_id)
    return True


def _owner(
    account_id: int,
    learner_id: int | None,
    name: str,
    email: str,
    role: str,
    is_suspended: int,
    has_password: int,
    teaches: int,
) -> LinkOwner:
    return LinkOwner(
        account_id,
        learner_id,
        name,
        email,
        Role(role),
        is_suspended == 1,
        has_password == 1,
        teaches == 1,
    )
