"""Security and caching headers on everything the portal serves.

Which headers a response gets depends on its path, never on its content type: a 304 answer, which
has none, updates the headers of the copy that a browser already holds.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from enrollment_portal.http.first.late_start import starting_late, starts_app
from enrollment_portal.settings import settings

_HASHED_FILES = "/assets/"
_FOREVER = "public, max-age=31536000, immutable"
_REVALIDATE = "no-cache"
# Scripts and styles have no policy of their own; that of the pages, with its many hashes,
# would only make each of them longer.
_FILE_POLICY = "default-src 'none'; frame-ancestors 'none'"
_DENIED = ("accelerometer", "camera", "geolocation", "gyroscope", "microphone", "payment", "usb")


class _InlineScripts(HTMLParser):
    """Collects the text of the inline scripts of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.scripts: list[str] = []
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_inside = tag == "script" and "src" not in dict(attrs)
        if self._is_inside:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._is_inside = False

    def handle_data(self, data: str) -> None:
        if self._is_inside:
            self.scripts[-1] += data


def script_hashes(folder: Path) -> list[str]:
    """Return CSP sources, "'sha256-…'", for every inline script of the pages, in order.

    Args:
        folder: of the built pages, whose apps may be started late.
    """
    sources = set()
    for page in folder.rglob("*.html"):
        parser = _InlineScripts()
        parser.feed(page.read_text(encoding="utf-8"))
        parser.close()
        late = [starting_late(script) for script in parser.scripts if starts_app(script)]
        for script in (*parser.scripts, *late):
            digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            sources.add(f"'sha256-{digest}'")
    return sorted(sources)


def content_security_policy(script_sources: list[str]) -> str:
    """Return the policy: the portal's own files, the built pages' own scripts, nothing else.

    Styles may stand inline because components carry `style` attributes that are computed.
    """
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self'", *script_sources)),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


class SecurityHeaders:
    """ASGI middleware that adds the headers to HTTP responses; websockets pass untouched.

    Args:
        app: what it wraps.
        pages: the folder of the built pages, read on the first request.
    """

    def __init__(self, app: ASGIApp, pages: Path) -> None:
        self._app = app
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                is_hashed = scope["path"].startswith(_HASHED_FILES) and message["status"] < 400
                headers["Content-Security-Policy"] = _FILE_POLICY if is_hashed else self._policy
                headers.setdefault("Cache-Control", _FOREVER if is_hashed else _REVALIDATE)
            await send(message)

        await self._app(scope, receive, send_with_headers)

    @cached_property
    def _policy(self) -> str:
        return content_security_policy(script_hashes(self._pages))

    @cached_property
    def _headers(self) -> dict[str, str]:
        headers = {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": ", ".join(f"{name}=()" for name in _DENIED),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        if settings().is_https:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        return headers
