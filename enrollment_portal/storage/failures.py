"""Failed sign-ins, which throttle further ones, and the browsers that an account has used.

Neither an email, a client's address nor a cookie is stored: only hashes of them.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel import Session

_ADD = text(
    "INSERT INTO sign_in_failure (account, client, device, at)"
    " VALUES (:account, :client, :device, :now)"
)
_FORGET = text("DELETE FROM sign_in_failure WHERE at <= :since")
_FORGIVE = text(
    "DELETE FROM sign_in_failure WHERE account = :account"
    " AND (client = :client OR (device = :device AND device <> ''))"
)
_FORGIVE_ACCOUNT = text("DELETE FROM sign_in_failure WHERE account = :account")
_IS_KNOWN = text(
    "SELECT 1 FROM known_device d JOIN account a ON a.id = d.account_id"
    " WHERE d.token_hash = :token AND d.last_at > :since AND a.email = :email"
)
_RENAME_DEVICE = text("UPDATE known_device SET token_hash = :token WHERE token_hash = :before")
_ADD_DEVICE = text(
    "INSERT INTO known_device (token_hash, account_id, last_at) VALUES (:token, :account, :now)"
    " ON CONFLICT (token_hash, account_id) DO UPDATE SET last_at = excluded.last_at"
)
_FORGET_DEVICES = text("DELETE FROM known_device WHERE account_id = :account AND last_at <= :since")
_FORGET_OTHERS = text(
    "DELETE FROM known_device WHERE account_id = :account AND token_hash <> :token"
)


def count_failures(session: Session, *, since: int, **subjects: str) -> tuple[int, int]:
    """Return how many failures there were after a moment, and when the newest was, in ms.

    Args:
        session: any.
        since: the moment, in ms.
        subjects: which ones, by the hashes of their `account`, `client` or `device`.
    """
    conditions = "".join(f" AND {name} = :{name}" for name in subjects)
    row = session.execute(
        text(f"SELECT COUNT(*), MAX(at) FROM sign_in_failure WHERE at > :since{conditions}"),
        {"since": since, **subjects},
    ).one()
    return row[0], row[1] or 0


def add_failure(
    session: Session, *, account: str, client: str, device: str, now: int, since: int
) -> None:
    """Write a failure, and forget those at or before a moment; moments in ms."""
    session.execute(_FORGET, {"since": since})
    values = {"account": account, "client": client, "device": device, "now": now}
    session.execute(_ADD, values)


def forgive(session: Session, *, account: str, client: str, device: str) -> None:
    """Forget an account's failures from the client or known device that has succeeded now."""
    session.execute(_FORGIVE, {"account": account, "client": client, "device": device})


def forgive_account(session: Session, account: str) -> None:
    """Forget every failure of an account."""
    session.execute(_FORGIVE_ACCOUNT, {"account": account})


def is_known_device(session: Session, token_hash: str, email: str, since: int) -> bool:
    """Tell whether a browser has signed in to the account of an email after a moment, in ms."""
    values = {"token": token_hash, "email": email, "since": since}
    return session.execute(_IS_KNOWN, values).first() is not None


def remember_device(
    session: Session, account_id: int, token_hash: str, before: str, *, now: int, since: int
) -> None:
    """Write that a browser has signed in to an account; moments in ms.

    Args:
        session: in a write transaction.
        account_id: the account.
        token_hash: of the new token that the browser gets.
        before: of the one that it came with, which is worth nothing afterwards; "" for none.
        now: this moment.
        since: devices that were last used at or before this moment are forgotten.
    """
    if before:
        session.execute(_RENAME_DEVICE, {"token": token_hash, "before": before})
    session.execute(_FORGET_DEVICES, {"account": account_id, "since": since})
    values = {"token": token_hash, "account": account_id, "now": now}
    session.execute(_ADD_DEVICE, values)


def forget_other_devices(session: Session, account_id: int, token_hash: str = "") -> None:
    """Forget every browser of an account but the one with this token's hash."""
    session.execute(_FORGET_OTHERS, {"account": account_id, "token": token_hash})
