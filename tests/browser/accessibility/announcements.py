"""Records what a screen reader announces: the live regions of a page as their texts change."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, TimeoutError

_RECORDER = (Path(__file__).parent / "announcements.js").read_text(encoding="utf-8")


def record(page: Page) -> Page:
    """Record the announcements of every page that is opened from now on; return the page."""
    page.add_init_script(_RECORDER)
    return page


def announced(page: Page, at_least: int = 0) -> list[str]:
    """Return what was announced since it was asked for last, in order.

    Args:
        page: one that is recorded.
        at_least: how many announcements to wait for.
    """
    enough = page.wait_for_function(
        "count => window.announcements && announcements.now().length >= count", arg=at_least
    )
    enough.dispose()
    return page.evaluate("announcements.take()")


def expect_announced(page: Page, *texts: str) -> None:
    """Wait until just these texts are announced, in this order."""
    try:
        heard = announced(page, len(texts))
    except TimeoutError:
        heard = announced(page)
    assert heard == list(texts), f"announced: {heard}"
