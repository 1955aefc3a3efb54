"""A server whose answers reach a page late."""

from __future__ import annotations

import re

from playwright.sync_api import Page, WebSocketRoute


class SlowServer:
    """Delays what the server sends to a page."""

    def __init__(self, page: Page) -> None:
        self._late: list[tuple[WebSocketRoute, str | bytes]] | None = None
        self._last = ""
        page.route_web_socket(re.compile("/_event"), self._connect)

    def _connect(self, browser: WebSocketRoute) -> None:
        browser.connect_to_server().on_message(lambda message: self._pass_on(browser, message))

    def _pass_on(self, browser: WebSocketRoute, message: str | bytes) -> None:
        if self._late is None:
            browser.send(message)
            if self._last and self._last in str(message):
                self.hold()
        else:
            self._late.append((browser, message))

    def hold(self) -> None:
        """Delay everything from now on."""
        self._late, self._last = [], ""

    def hold_after(self, text: str) -> None:
        """Delay everything after a message with a text."""
        self._last = text

    def release(self) -> None:
        """Send what was delayed, and everything else at once."""
        late, self._late = self._late or [], None
        for browser, message in late:
            browser.send(message)
