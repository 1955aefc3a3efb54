"""Check the path to redirect to after signing in, which comes from the address."""

from __future__ import annotations

_LONGEST_PATH = 2048


def local_path(value: object) -> str:
    """Return a path within the portal to redirect to; "/" for anything else.

    Browsers drop control characters and read a backslash as a slash, so that either could turn
    a path into another site's address.
    """
    if not isinstance(value, str) or len(value) > _LONGEST_PATH:
        return "/"
    is_path = value.startswith("/") and not value.startswith("//")
    return value if is_path and "\\" not in value and value.isprintable() else "/"
