"""Passwords: which ones may be chosen, and hashing and checking them, slow on purpose."""

from __future__ import annotations

import secrets
from functools import cache

from pwdlib import PasswordHash

MIN_PASSWORD, MAX_PASSWORD = 12, 1024

hasher = PasswordHash.recommended()
"""What hashes and checks: Argon2id, a tenth of a second and 64 MB each time."""


@cache
def dummy_hash() -> str:
    """Return the hash of a password that nobody knows."""
    return hasher.hash(secrets.token_urlsafe())


def is_text(value: object, longest: int) -> bool:
    """Tell whether a value from outside is text that can be stored and hashed.

    Args:
        value: as it arrived.
        longest: in characters; the shortest has one.
    """
    if not isinstance(value, str) or not 0 < len(value) <= longest or "\0" in value:
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def may_be_chosen(password: object) -> bool:
    """Tell whether a value from outside is a password that someone may take."""
    return is_text(password, MAX_PASSWORD) and len(str(password)) >= MIN_PASSWORD


def hash_password(password: str) -> str:
    """Return what is stored of a password; never call it on an event loop."""
    return hasher.hash(password)


def is_right(password: str, known_hash: str | None) -> bool:
    """Tell whether a password belongs to a hash; never call it on an event loop.

    Without a hash it takes as long as with one: the time must not tell whether there is one.
    """
    stand_in = dummy_hash()
    return hasher.verify(password, known_hash or stand_in) and known_hash is not None
