"""Store failed sign-ins, for throttling, and the known devices of accounts.

Neither an email, a client's address nor a cookie is stored: only hashes of them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, or_, update
from sqlmodel import Session, col, select

from enrollment_portal.storage.shared.records import insert_or_update, select_columns
from enrollment_portal.storage.shared.tables import Account, KnownDevice, SignInFailure, table_of

_account = table_of(Account)
_a, _d, _f = _account.c, table_of(KnownDevice).c, table_of(SignInFailure).c
_COUNTED = select_columns(func.count().label("n"), func.max(_f.at).label("newest")).where(
    _f.at > bindparam("since")
)
_IS_KNOWN = (
    select(_d.account_id)
    .join(_account, _a.id == _d.account_id)
    .where(
        _d.token_hash == bindparam("token"),
        _d.last_at > bindparam("since"),
        _a.email == bindparam("email"),
    )
)


def count_failures(session: Session, *, since: int, **subjects: str) -> tuple[int, int]:
    """Return the number of failures after a time, and the time of the newest, in ms.

    Args:
        session: any.
        since: the time, in ms.
        subjects: filter by the hash of `account`, `client` or `device`.
    """
    statement = _counted(tuple(subjects))
    row = session.exec(statement, params={"since": since, **subjects}).one()
    return row.n, row.newest or 0


@lru_cache(maxsize=8)
def _counted(names: tuple[str, ...]) -> Any:
    return _COUNTED.where(*(_f[name] == bindparam(name) for name in names))


def add_failure(
    session: Session, *, account: str, client: str, device: str, now: int, since: int
) -> None:
    """Write a failure, and delete those at or before a time; times in ms."""
    session.exec(delete(SignInFailure).where(col(SignInFailure.at) <= since))
    session.add(SignInFailure(account=account, client=client, device=device, at=now))
    session.flush()


def forgive(session: Session, *, account: str, client: str, device: str) -> None:
    """Delete an account's failures from the client or known device that has now succeeded."""
    is_theirs = col(SignInFailure.client) == client
    if device:
        is_theirs = or_(is_theirs, col(SignInFailure.device) == device)
    of_account = col(SignInFailure.account) == account
    session.exec(delete(SignInFailure).where(of_account, is_theirs))


def forgive_account(session: Session, account: str) -> None:
    """Delete all failures of an account."""
    session.exec(delete(SignInFailure).where(col(SignInFailure.account) == account))


def is_known_device(session: Session, token_hash: str, email: str, since: int) -> bool:
    """Return whether a browser has signed in to the account with an email after a time, in ms."""
    values = {"token": token_hash, "email": email, "since": since}
    return session.exec(_IS_KNOWN, params=values).first() is not None


def remember_device(
    session: Session, account_id: int, token_hash: str, before: str, *, now: int, since: int
) -> None:
    """Store a browser as a known device of an account; times in ms.

    Args:
        session: in a write transaction.
        account_id: the account.
        token_hash: of the new token that the browser gets.
        before: the hash of its previous token, which becomes invalid; "" for none.
        now: the current time.
        since: devices that were last used at or before this time are deleted.
    """
    if before:
        old = col(KnownDevice.token_hash) == before
        session.exec(update(KnownDevice).where(old).values(token_hash=token_hash))
    is_old = and_(col(KnownDevice.account_id) == account_id, col(KnownDevice.last_at) <= since)
    session.exec(delete(KnownDevice).where(is_old))
    device = {"token_hash": token_hash, "account_id": account_id, "last_at": now}
    insert_or_update(session, KnownDevice, ["token_hash", "account_id"], device)


def forget_other_devices(session: Session, account_id: int, token_hash: str = "") -> None:
    """Delete all known devices of an account except the one with this token's hash."""
    session.exec(
        delete(KnownDevice).where(
            col(KnownDevice.account_id) == account_id, col(KnownDevice.token_hash) != token_hash
        )
    )
