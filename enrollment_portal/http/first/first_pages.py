"""Pages whose first HTML shows what their person sees, before any script has run."""

from __future__ import annotations

import asyncio
import gzip
import logging
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from enrollment_portal.domain.shared.html_templates import Filling
from enrollment_portal.http.first.built_page import BuiltPage
from enrollment_portal.http.logs import Allowance

logger = logging.getLogger(__name__)
_errors = Allowance()
_NOWHERE = "/404/none"
_FAST = 3
"""The level of gzip: a higher one takes longer than what it saves takes to arrive."""

First = Callable[[str, Mapping[str, str], str], Filling | None]
"""Returns what a page shows, from the cookies, the address's parameters and the templates."""


class FirstPages:
    """ASGI middleware that answers with filled pages; what cannot be filled is served as built.

    Args:
        app: what it wraps.
        pages: the folder of the built pages.
        first: by the path of a page, what fills it.
        templates: the path of the page of templates, which is not served.
    """

    def __init__(
        self, app: ASGIApp, *, pages: Path, first: Mapping[str, First], templates: str
    ) -> None:
        self._app, self._pages = app, pages
        self._first, self._templates = first, templates
        # Read when the first request comes: the pages are built after the app is made.
        self._page = cache(lambda path: BuiltPage(self._read(path)))
        self._read_templates = cache(lambda: self._read(templates))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        path = scope["path"].rstrip("/") if scope["type"] == "http" else ""
        if path == self._templates or path.startswith(
            (f"{self._templates}/", f"{self._templates}.")
        ):
            # Neither the page nor its files.
            scope = {**scope, "path": _NOWHERE, "raw_path": _NOWHERE.encode()}
        elif path in self._first and scope["method"] in ("GET", "HEAD"):
            answer = await asyncio.to_thread(self._fill, path, Request(scope))
            if answer is not None:
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _fill(self, path: str, request: Request) -> Response | None:
        """Return a page for the person who asks; `None` to serve it as it was built."""
        try:
            filling = self._first[path](
                "; ".join(request.headers.getlist("cookie")),
                dict(parse_qsl(request.url.query)),
                self._read_templates(),
            )
            if filling is None:
                return None
            return _answer(request, self._page(path).fill(filling).encode())
        except Exception:
            # The app asks again by itself, and says what is the matter.
            more = _errors.take()
            if more is not None:
                logger.exception("%s is served without its content%s", path, more)
            return None

    def _read(self, path: str) -> str:
        return (self._pages / path.lstrip("/") / "index.html").read_text(encoding="utf-8")


def _answer(request: Request, html: bytes) -> Response:
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding, Cookie"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        html = gzip.compress(html, _FAST)
        headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(html))
    content = b"" if request.method == "HEAD" else html
    return Response(content, headers=headers, media_type="text/html")
