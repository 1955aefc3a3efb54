"""Typed settings, read once from the environment; every one has a working default."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DemoMode = Literal["auto", "open", "off"]
LOCAL_HOST = "127.0.0.1"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LOOPBACK = ("localhost", "127.0.0.1")


@dataclass(frozen=True)
class Settings:
    """The settings that environment variables change."""

    database_url: str
    """SQLAlchemy URL; `sqlite:///…` or `postgresql+psycopg://…`."""
    portal_url: str
    """The address people type, scheme and host; decides secure cookies and who may post."""
    demo: DemoMode
    """`auto`: an empty database is filled with the demo company, which may be entered without a
    password from this machine; `open`: from everywhere; `off`: neither."""
    session_hours: int
    """For how long a sign-in lasts on which nothing is done."""
    session_days: int
    """For how long a sign-in lasts at most."""
    trusted_proxy_hops: int
    """How many of your reverse proxies are in front, to find the client's address."""
    smtp_url: str = field(repr=False)
    """`smtp://user:password@host:587` (with STARTTLS) or `smtps://…`; "" where no mail is sent."""
    mail_from: str
    """The address that the portal's mails come from."""
    redis_url: str = field(repr=False)
    """The Redis server that several processes share for page states and the feed; "" for one
    process."""

    @property
    def is_https(self) -> bool:
        """Whether cookies must be marked Secure."""
        return self.portal_url.startswith("https://")

    @property
    def host(self) -> str:
        """The address that the portal listens on; by default only this machine reaches it.

        Read again each time: `reflex run --backend-host` sets it after everything else is read.
        """
        return os.environ.get("REFLEX_BACKEND_HOST") or LOCAL_HOST

    @property
    def is_local(self) -> bool:
        """Whether only this machine reaches the portal, as far as is known.

        Behind a proxy on this machine, the public address is the portal's.
        """
        return is_loopback(self.host) and is_loopback(urlsplit(self.portal_url).hostname or "")

    @property
    def origins(self) -> tuple[str, ...]:
        """The addresses whose pages are the portal's: `portal_url`, and loopback by each name."""
        own = origin_of(self.portal_url)
        for name in _LOOPBACK:
            start = f"http://{name}"
            if own == start or own.startswith(f"{start}:"):
                return (own, *(own.replace(name, one) for one in _LOOPBACK if one != name))
        return (own,)


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address as a browser writes them; "" for no web address.

    The port is left out where it is the scheme's own.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    is_default = port is None or port == _DEFAULT_PORTS[parts.scheme]
    return f"{parts.scheme}://{host}" + ("" if is_default else f":{port}")


def is_loopback(host: str) -> bool:
    """Tell whether a host's name or address is that of this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost" or host.lower().endswith(".localhost")


def _whole_number(name: str, default: int, low: int, high: int) -> int:
    raw = os.environ.get(name, "")
    if not raw:
        return default
    if not raw.isdecimal() or not low <= int(raw) <= high:
        raise SystemExit(f"{name} must be a whole number from {low} to {high}, not {raw!r}.")
    return int(raw)


def _smtp_url() -> str:
    url = os.environ.get("PORTAL_SMTP_URL", "")
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if url and not is_usable:
        # The value holds a password: it is not repeated.
        raise SystemExit("PORTAL_SMTP_URL must look like smtp://user:password@host:587.")
    if url and "@" not in os.environ.get("PORTAL_MAIL_FROM", ""):
        raise SystemExit("PORTAL_MAIL_FROM must be an email address where PORTAL_SMTP_URL is set.")
    return url


def _driver_url(url: str) -> str:
    """Return a PostgreSQL address with the driver psycopg 3."""
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    return url


@cache
def settings() -> Settings:
    """Return the settings of this process.

    Raises:
        SystemExit: a variable holds a value that cannot be used; the message names it.
    """
    demo = os.environ.get("PORTAL_DEMO", "auto")
    if demo not in ("auto", "open", "off"):
        raise SystemExit(f"PORTAL_DEMO must be auto, open or off, not {demo!r}.")
    port = _whole_number("REFLEX_BACKEND_PORT", 3000, 1, 65_535)
    portal_url = os.environ.get("PORTAL_URL", f"http://localhost:{port}").rstrip("/")
    if not origin_of(portal_url):
        raise SystemExit(f"PORTAL_URL must look like https://portal.example, not {portal_url!r}.")
    return Settings(
        database_url=_driver_url(
            os.environ.get("DATABASE_URL") or f"sqlite:///{PROJECT_ROOT / 'portal.db'}"
        ),
        portal_url=portal_url,
        demo=demo,
        session_hours=_whole_number("PORTAL_SESSION_HOURS", 12, 1, 24 * 90),
        session_days=_whole_number("PORTAL_SESSION_DAYS", 7, 1, 90),
        trusted_proxy_hops=_whole_number("REFLEX_TRUSTED_PROXY_HOPS", 0, 0, 9),
        smtp_url=_smtp_url(),
        mail_from=os.environ.get("PORTAL_MAIL_FROM", ""),
        # Reflex keeps page states in the same Redis, and reads these names in this order.
        redis_url=os.environ.get("REFLEX_REDIS_URL") or os.environ.get("REDIS_URL", ""),
    )
