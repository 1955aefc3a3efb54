"""Idempotency keys: the browser's name for one submit, so that a repeated one is saved once."""

from __future__ import annotations

import re

IDEMPOTENCY_KEY_LENGTH = 64
_KEY = re.compile(rf"[A-Za-z0-9._-]{{1,{IDEMPOTENCY_KEY_LENGTH}}}", re.ASCII)


def read_idempotency_key(typed: object) -> str | None:
    """Parse an idempotency key; `None` for none, or for anything that is not a key."""
    return typed if isinstance(typed, str) and _KEY.fullmatch(typed) else None
