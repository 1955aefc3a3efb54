"""Invitations: one-time links by which somebody sets a first password; stored hashed only."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

_ADD = text(
    "INSERT INTO invitation (token_hash, account_id, created_at, expires_at)"
    " VALUES (:token, :account, :now, :expires)"
)
_VOID = text("DELETE FROM invitation WHERE account_id = :account AND used_at IS NULL")
_OPEN = text(
    "SELECT a.id, a.learner_id, a.name, a.email, a.role FROM invitation i"
    " JOIN account a ON a.id = i.account_id WHERE i.token_hash = :token AND i.used_at IS NULL"
    " AND i.expires_at > :now AND a.is_suspended = 0 AND a.password_hash IS NULL"
)
_USE = text(
    "UPDATE invitation SET used_at = :now"
    " WHERE token_hash = :token AND used_at IS NULL AND expires_at > :now"
)
_SET_PASSWORD = text(
    "UPDATE account SET password_hash = :password"
    " WHERE id = :account AND password_hash IS NULL AND is_suspended = 0"
)


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom an open invitation is for."""

    account_id: int
    learner_id: int | None
    name: str
    email: str
    role: str


def add_invitation(
    connection: Connection, account_id: int, token_hash: str, *, now: int, expires: int
) -> None:
    """Write an invitation; those that were open before lead nowhere any more. Moments in ms."""
    void_invitations(connection, account_id)
    values = {"token": token_hash, "account": account_id, "now": now, "expires": expires}
    connection.execute(_ADD, values)


def void_invitations(connection: Connection, account_id: int) -> None:
    """Take back every invitation of an account that nobody has used."""
    connection.execute(_VOID, {"account": account_id})


def open_invitation(connection: Connection, token_hash: str, *, now: int) -> Invited | None:
    """Return whom an invitation is for; `None` unless it can be used at this moment, in ms."""
    row = connection.execute(_OPEN, {"token": token_hash, "now": now}).first()
    return Invited(*row) if row else None


def use_invitation(
    connection: Connection, account_id: int, token_hash: str, password_hash: str, *, now: int
) -> bool:
    """Mark an invitation used and set the account's first password.

    Returns:
        False where either cannot be: undo the transaction then. Of two that use one invitation
        at once, one waits for the other here and finds it used.
    """
    if connection.execute(_USE, {"token": token_hash, "now": now}).rowcount != 1:
        return False
    values = {"account": account_id, "password": password_hash}
    if connection.execute(_SET_PASSWORD, values).rowcount != 1:
        return False
    void_invitations(connection, account_id)
    return True
