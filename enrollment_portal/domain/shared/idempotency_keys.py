"""Keys of saves: a browser names each save once, so that sending it again changes nothing more."""

from __future__ import annotations

import re

IDEMPOTENCY_KEY_LENGTH = 64
_KEY = re.compile(rf"[A-Za-z0-9._-]{{1,{IDEMPOTENCY_KEY_LENGTH}}}", re.ASCII)


def read_idempotency_key(typed: object) -> str | None:
    """Return the key of a save as it is stored; `None` for none, and for what is no key."""
    return typed if isinstance(typed, str) and _KEY.fullmatch(typed) else None
