"""Browser contexts that one test after another uses.

Beginning one costs the browser two processes and an empty cache, twice the work of showing a page.
"""

from __future__ import annotations

import functools
import re
from typing import Any

from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as PlaywrightError

from tests.browser.page_objects.sessions import open_session
from tests.browser.server import Server

TIMEOUT_MS = 15_000
_LASTING = (
    "add_init_script",
    "expose_binding",
    "expose_function",
    "grant_permissions",
    "route",
    "set_extra_http_headers",
    "set_geolocation",
)
_LASTING_OF_CLOCK = ("install", "pause_at", "resume", "set_fixed_time", "set_system_time")
"""What changes a context, or its clock, for good."""


class Visitor:
    """Somebody's browser on a portal; each page of theirs is watched for errors.

    Args:
        browser: that it is a part of.
        portal: whose address relative paths belong to.
        options: of Playwright's browser context.
    """

    def __init__(self, browser: Browser, portal: Server, options: dict[str, Any]) -> None:
        self.portal, self.options = portal, options
        self.problems: list[str] = []
        """Each console error, and what no code caught."""
        self.allowed: tuple[str, ...] = ()
        """Regular expressions of errors that are expected."""
        self._is_reusable = True
        self._blank: Page | None = None
        self.context = browser.new_context(
            base_url=portal.url,
            **{
                "viewport": {"width": 1440, "height": 900},
                "locale": "en-GB",
                "timezone_id": "Europe/Stockholm",
                "reduced_motion": "reduce",
                **options,
            },
        )
        self.context.set_default_timeout(TIMEOUT_MS)
        self.context.on("console", lambda m: self._note(m.text) if m.type == "error" else None)
        self.context.on("weberror", lambda e: self._note(f"uncaught: {e.error}"))
        self.context.on("close", lambda _context: self._spoil())
        self._watch(self.context, _LASTING)
        self._watch(self.context.clock, _LASTING_OF_CLOCK)

    def _note(self, problem: str) -> None:
        if not any(re.search(pattern, problem) for pattern in self.allowed):
            self.problems.append(problem)

    def _spoil(self) -> None:
        self._is_reusable = False

    def _watch(self, part: Any, names: tuple[str, ...]) -> None:
        for name in names:
            setattr(part, name, self._spoiling(getattr(part, name)))

    def _spoiling(self, change: Any) -> Any:
        @functools.wraps(change)
        def inner(*arguments: Any, **options: Any) -> Any:
            self._spoil()
            return change(*arguments, **options)

        return inner

    def open_page(self, account: int | None = None) -> Page:
        """Open a page with nothing stored and, if asked, signed in to an account."""
        page = self.context.new_page()
        # Not when the pages of the last test close: what they store last may come later.
        session = self.context.new_cdp_session(page)
        storage = {"origin": self.portal.url, "storageTypes": "all"}
        session.send("Storage.clearDataForOrigin", storage)
        session.detach()
        self.context.clear_cookies()
        if account is not None:
            open_session(self.context, self.portal, account)
        return page

    def leave(self) -> bool:
        """Close all pages, and return whether the next test may use the browser."""
        try:
            pages = self.context.pages
            # While one is open, the browser keeps what it prepares for the next.
            self._blank = self._blank or (self.context.new_page() if self._is_reusable else None)
            for page in pages:
                if page is not self._blank:
                    page.close()
            self.context.set_offline(False)
        except PlaywrightError:
            self._spoil()
        return self._is_reusable


class Visitors:
    """The visitors with an open browser, by portal and browser options.

    Args:
        browser: that theirs are parts of.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._waiting: dict[tuple[str, str], list[Visitor]] = {}

    def take(self, portal: Server, options: dict[str, Any]) -> Visitor:
        """Return a visitor with no open page and no stored data."""
        waiting = self._waiting.get((portal.url, repr(options)))
        return waiting.pop() if waiting else Visitor(self._browser, portal, options)

    def give_back(self, visitor: Visitor) -> list[str]:
        """Close all pages of a visitor; return their errors."""
        is_reusable = visitor.leave()
        if is_reusable:
            key = (visitor.portal.url, repr(visitor.options))
            self._waiting.setdefault(key, []).append(visitor)
        else:
            visitor.context.close()
        problems, visitor.problems = visitor.problems, []
        return problems

    def close(self) -> None:
        """Close the browsers of all."""
        for visitor in (one for waiting in self._waiting.values() for one in waiting):
            visitor.context.close()
