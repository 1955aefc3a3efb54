"""Throttle sign-in attempts: count failures by account, client and known device.

The limits are checked before the password (which takes long), and again in the transaction that
ends the attempt: of many parallel attempts, those that exceed a limit by then are refused as if
they had come one after the other. Right passwords do not count.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlmodel import Session

from enrollment_portal.domain.access import messages, throttling
from enrollment_portal.domain.access.throttling import Limit, wait_text
from enrollment_portal.domain.shared.calendar import MS_PER_DAY, now_ms
from enrollment_portal.domain.shared.errors import Throttled
from enrollment_portal.storage.access import sign_in_failures
from enrollment_portal.storage.shared.advisory_locks import SIGN_IN_LOCK, take_advisory_lock
from enrollment_portal.storage.shared.database import Database

DEVICE_DAYS = 180
"""How long a browser that has signed in counts as known."""
_LONGEST_MEMORY = max(
    limit.memory
    for limit in (
        throttling.AT_ACCOUNT_FROM_CLIENT,
        throttling.AT_ACCOUNT,
        throttling.FROM_CLIENT,
        throttling.FROM_KNOWN_DEVICE,
        throttling.LINKS_FOR_ADDRESS,
        throttling.LINKS_FOR_CLIENT,
    )
)


def hash_of_token(token: str) -> str:
    """Return the hash under which a secret token is stored, such as a session's."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


@dataclass(frozen=True)
class Attempt:
    """One attempt: the hashes of its account, client and device."""

    account: str
    client: str
    device: str = ""
    """The hash of its known device; "" for any other browser."""
    is_request: bool = False
    """It is a request for a link by mail, which counts whether or not it succeeds."""


def start_attempt(
    database: Database, address: str, client: str, device: str | None = None
) -> Attempt:
    """Start an attempt to sign in, if the limits allow it.

    Args:
        database: where failures are counted.
        address: of the account, normalized, whether or not there is one.
        client: the address from which the attempt comes.
        device: the token of the browser's device cookie.

    Raises:
        Throttled: too many failures; nothing is to be checked.
    """
    known = hash_of_token(f"device:{device}") if device else ""
    with database.read() as session:
        since = now_ms() - DEVICE_DAYS * MS_PER_DAY
        if known and not sign_in_failures.is_known_device(session, known, address, since):
            known = ""
        attempt = Attempt(hash_of_token(f"email:{address}"), _client_hash(client), known)
        _refuse_throttled(session, attempt)
    return attempt


def fail(database: Database, attempt: Attempt) -> None:
    """Count an attempt as failed.

    Raises:
        Throttled: failures that were counted meanwhile would not have let it begin.
    """
    with database.write() as session:
        take_advisory_lock(session, SIGN_IN_LOCK)
        _refuse_throttled(session, attempt)
        _count(session, attempt)


def succeed(session: Session, attempt: Attempt) -> None:
    """End an attempt that succeeded, in the transaction that opens the session.

    Raises:
        Throttled: failures that were counted meanwhile would not have let it begin.
    """
    take_advisory_lock(session, SIGN_IN_LOCK)
    _refuse_throttled(session, attempt)
    sign_in_failures.forgive(
        session, account=attempt.account, client=attempt.client, device=attempt.device
    )


def forgive_account(session: Session, address: str) -> None:
    """Delete all failed attempts for an account, after its owner has used a link."""
    sign_in_failures.forgive_account(session, hash_of_token(f"email:{address}"))


def count_link_request(database: Database, address: str, client: str) -> None:
    """Count a request for a link by mail.

    Raises:
        Throttled: too many for this address, which may have no account, or from this client.
    """
    attempt = Attempt(
        hash_of_token(f"link:{address}"), hash_of_token(f"link from:{client}"), is_request=True
    )
    fail(database, attempt)


def remember_device(
    session: Session, account_id: int, token: str, before: str | None, now: int
) -> None:
    """Make a browser with a new device token a known device of an account.

    Args:
        session: in the transaction that opens its session.
        account_id: the account.
        token: the new token.
        before: its previous token, which becomes invalid.
        now: the current time, in ms.
    """
    sign_in_failures.remember_device(
        session,
        account_id,
        hash_of_token(f"device:{token}"),
        hash_of_token(f"device:{before}") if before else "",
        now=now,
        since=now - DEVICE_DAYS * MS_PER_DAY,
    )


def forget_other_devices(session: Session, account_id: int, token: str | None) -> None:
    """Delete all known devices of an account except the one with this token."""
    kept = hash_of_token(f"device:{token}") if token else ""
    sign_in_failures.forget_other_devices(session, account_id, kept)


def _client_hash(client: str) -> str:
    return hash_of_token(f"client:{client}")


def _limits(attempt: Attempt) -> list[tuple[Limit, dict[str, str]]]:
    """Return the limits of an attempt, each with the failures that count for it."""
    account, client = {"account": attempt.account}, {"client": attempt.client}
    if attempt.is_request:
        return [(throttling.LINKS_FOR_ADDRESS, account), (throttling.LINKS_FOR_CLIENT, client)]
    device = {"device": attempt.device}
    if attempt.device:
        return [(throttling.FROM_KNOWN_DEVICE, account | device)]
    return [
        (throttling.AT_ACCOUNT_FROM_CLIENT, account | client | device),
        (throttling.AT_ACCOUNT, account | device),
        (throttling.FROM_CLIENT, client | device),
    ]


def _refuse_throttled(session: Session, attempt: Attempt) -> None:
    now = now_ms()
    open_from = max(
        limit.open_from(
            *sign_in_failures.count_failures(session, since=now - limit.memory, **subjects)
        )
        for limit, subjects in _limits(attempt)
    )
    if open_from > now:
        wait = wait_text(open_from - now)
        raise Throttled(
            messages.too_many_requests(wait)
            if attempt.is_request
            else messages.too_many_attempts(wait)
        )


def _count(session: Session, attempt: Attempt) -> None:
    now = now_ms()
    sign_in_failures.add_failure(
        session,
        account=attempt.account,
        client=attempt.client,
        device=attempt.device,
        now=now,
        since=now - _LONGEST_MEMORY,
    )
