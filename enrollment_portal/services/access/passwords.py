"""Validate, hash and check passwords; slow on purpose."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from functools import cache

from pwdlib import PasswordHash

from enrollment_portal.domain.access.messages import password_length

MIN_PASSWORD, MAX_PASSWORD = 12, 1024
BAD_PASSWORD = password_length(MIN_PASSWORD, MAX_PASSWORD)

hasher = PasswordHash.recommended()
"""Argon2id: each call takes a tenth of a second and 64 MB."""


@cache
def dummy_hash() -> str:
    """Return the hash of a password that nobody knows."""
    return hasher.hash(secrets.token_urlsafe())


def is_text(value: object, longest: int) -> bool:
    """Return whether a value from outside is text that can be stored and hashed.

    Args:
        value: as it arrived.
        longest: in characters; the shortest has one.
    """
    if not isinstance(value, str) or not 0 < len(value) <= longest or "\0" in value:
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def normal_password(typed: str) -> str:
    """Normalize a password before hashing, as keyboards encode some characters differently.

    NFKC, as NIST SP 800-63B asks of verifiers that take Unicode; like RFC 8265, which replaced
    SASLprep, it leaves case alone and makes every space that is typed for one the plain space.
    """
    return unicodedata.normalize("NFKC", typed).replace("\u1680", " ")


def may_be_chosen(password: object) -> bool:
    """Return whether a value from outside may be chosen as a password."""
    if not is_text(password, MAX_PASSWORD):
        return False
    return MIN_PASSWORD <= len(normal_password(str(password))) <= MAX_PASSWORD


def hash_password(password: str) -> str:
    """Hash a password; never call it on an event loop."""
    return hasher.hash(normal_password(password))


@dataclass(frozen=True)
class Checked:
    """Whether a password is right, and its renewed hash, if any."""

    is_right: bool
    renewed_hash: str | None = None


def check_password(typed: str, known_hash: str | None) -> Checked:
    """Check a password against a hash; never call it on an event loop.

    A hash of a password that was stored without normalizing is accepted, and renewed. Without a
    hash it takes as long as with one, so that the time does not reveal whether there is one.
    """
    against, normal = known_hash or dummy_hash(), normal_password(typed)
    is_right = hasher.verify(normal, against)
    is_old = not is_right and normal != typed and hasher.verify(typed, against)
    if known_hash is None:
        return Checked(False)
    return Checked(is_right or is_old, hash_password(typed) if is_old else None)
