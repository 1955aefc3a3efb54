"""A learner's pages."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.page_objects.ledger_page import visit


def start(page: Page, title: str) -> None:
    """Find a course in the catalog and start it."""
    page.goto("/learn")
    page.get_by_role("link", name="Browse the catalog").click()
    page.get_by_label("Search by title").fill(title)
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("button", name=f"Start course {title}").click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()


def mark_done(page: Page) -> None:
    """Mark the lesson that is open as done."""
    page.get_by_role("button", name="Mark as done").click()
    expect(page.get_by_text("Done", exact=True)).to_be_visible()


def open_dashboard(page: Page) -> None:
    """Open the learner's dashboard and wait for its content."""
    visit(page, "/learn")
    expect(page.get_by_role("heading", level=1, name="My learning")).to_be_visible()
    expect(page.get_by_role("status", name="Loading")).to_have_count(0)


def request_extension(page: Page, until: str, reason: str) -> None:
    """Request an extension on the course's page."""
    page.get_by_text("Ask for more time").click()
    page.get_by_label("Until").fill(until)
    page.locator("form#request").get_by_label("Reason").fill(reason)
    page.get_by_role("button", name="Send request").click()
