"""Everything that the server sends to a page."""

from __future__ import annotations

from playwright.sync_api import Page, Response, WebSocket


def record_traffic(page: Page) -> list[str]:
    """Return a list that collects everything the server sends to a page."""
    heard: list[str] = []

    def note(response: Response) -> None:
        if response.request.redirected_to is None and response.status not in (204, 304):
            heard.append(response.text())

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: heard.append(str(frame)))

    page.on("requestfinished", lambda request: note(request.response()))  # type: ignore[arg-type]
    page.on("websocket", listen)
    return heard
