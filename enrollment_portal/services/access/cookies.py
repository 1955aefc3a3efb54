"""The portal's cookies: their names, and how they are read from a Cookie header.

The header can be any text: the functions that read it never raise.
"""

from __future__ import annotations

import json
import re
from urllib.parse import quote, unquote

from enrollment_portal.domain.ledger.ledger_export import FORMAT_COOKIE
from enrollment_portal.domain.shared.typed_text import valid_text

SESSION = "portal_session"
DEVICE = "portal_device"
NOTICE = "portal_notice"
TIME_ZONE = "portal_zone"

MAX_EMAIL = 254
_MAX_MESSAGE = 300
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_ZONE = re.compile(r"[A-Za-z0-9_+/-]{1,64}")


def _values(cookie_header: str, name: str) -> list[str]:
    if not isinstance(cookie_header, str):
        return []
    pairs = (part.partition("=") for part in cookie_header.split(";"))
    return [value.strip() for key, _, value in pairs if key.strip() == name]


def session_token(cookie_header: str) -> str | None:
    """Return the session token that a browser sent; `None` if nothing looks like one."""
    return next((v for v in _values(cookie_header, SESSION) if _TOKEN.fullmatch(v)), None)


def device_token(cookie_header: str) -> str | None:
    """Return the token of the device cookie; `None` if nothing looks like one."""
    return next((v for v in _values(cookie_header, DEVICE) if _TOKEN.fullmatch(v)), None)


def time_zone(cookie_header: str) -> str:
    """Return the name of the browser's time zone, "" if missing; it is not validated."""
    values = (unquote(v) for v in _values(cookie_header, TIME_ZONE))
    return next((v for v in values if _ZONE.fullmatch(v)), "")


def export_format(cookie_header: str) -> str:
    """Return the chosen format of exports, "" for no choice; it is not validated."""
    return next(iter(_values(cookie_header, FORMAT_COOKIE)), "")


def write_notice(message: str, email: str, page: str = "") -> str:
    """Return the value of the notice cookie: a message for a page, and the typed email.

    Args:
        message: that the page shows.
        email: that was typed.
        page: the path of the page.
    """
    facts = {"message": message[:_MAX_MESSAGE], "email": email[:MAX_EMAIL], "page": page}
    return quote(
        json.dumps(facts, ensure_ascii=False, separators=(",", ":")), safe="", errors="replace"
    )


def read_notice(cookie_header: str, page: str = "") -> tuple[str, str]:
    """Return the message and the email of the notice cookie; ("", "") if there is none.

    Without the message where it is for another page than `page`.
    """
    for value in _values(cookie_header, NOTICE):
        try:
            facts = json.loads(unquote(value))
        except (ValueError, RecursionError):
            continue
        if isinstance(facts, dict):
            message, email = facts.get("message"), facts.get("email")
            if isinstance(message, str) and isinstance(email, str):
                message = message if facts.get("page", "") == page else ""
                return valid_text(message)[:_MAX_MESSAGE], valid_text(email)[:MAX_EMAIL]
    return "", ""
