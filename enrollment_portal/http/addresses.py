"""Pages at the addresses that people type, without a redirect to one with a slash at the end."""

from __future__ import annotations

from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send


class PageAddresses:
    """ASGI middleware that serves `/login` as the folder `/login/` that the build made of it.

    Args:
        app: what it wraps.
        pages: the folder of the built pages.
    """

    def __init__(self, app: ASGIApp, *, pages: Path) -> None:
        self._app = app
        self._pages = pages
        self._known: set[str] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http" and scope["path"] in self._paths():
            scope = {**scope, "path": scope["path"] + "/", "raw_path": scope["raw_path"] + b"/"}
        await self._app(scope, receive, send)

    def _paths(self) -> set[str]:
        # Read when the first request comes: the pages are built after the app is made.
        if self._known is None:
            found = self._pages.glob("*/**/index.html")
            self._known = {f"/{page.parent.relative_to(self._pages).as_posix()}" for page in found}
        return self._known
