"""Read the ledger in the browser."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import text

from tests.browser.server import Server

LEDGER = "/admin/learning/enrollments"
IN_COURSES = (
    "(SELECT x.* FROM enrollment x JOIN course k ON k.id = x.course_id WHERE k.kind = 'course') e"
)
"""The enrollments that the ledger shows at first: those in courses, as a table of SQL."""
_IDS = (
    "links => links.map(link => Number(link.getAttribute('href').split('?')[0].split('/').pop()))"
)


def visit(page: Page, address: str) -> None:
    """Open a page, and wait until it is loaded."""
    page.goto(address)
    expect(page.locator("#content")).to_have_attribute("aria-busy", "false")


def open_ledger(page: Page, query: str = "") -> None:
    """Open the ledger and wait for the rows of its app, which replace those of the first HTML."""
    visit(page, LEDGER + query)
    expect(page.locator("tbody[data-filled]")).to_have_count(0)
    expect(tab(page, "All")).to_have_text(re.compile(r"^All[\d,]+$"))


def click_unless_gone(button: Locator, instead: Locator) -> None:
    """Click a button, or what has taken its place.

    An open page asks by itself, every few seconds, what its person may still see: it may find a
    right gone before the click does.
    """
    button.or_(instead).first.click()


def links(page: Page) -> Locator:
    """Return the links that open the rows."""
    return page.locator("#ledger tbody a.row-link")


def shown_ids(page: Page) -> list[int]:
    """Return the enrollments on the page, by id, from top to bottom."""
    return links(page).evaluate_all(_IDS)


def tab(page: Page, name: str) -> Locator:
    """Return a tab of the ledger."""
    return page.get_by_role("tablist", name="Status").get_by_role("tab", name=name)


def heading(page: Page, name: str) -> Locator:
    """Return the heading cell of a column."""
    return page.get_by_role("columnheader", name=name)


def search_box(page: Page) -> Locator:
    """Return the ledger's search box."""
    return page.get_by_role("searchbox", name=re.compile("^Search (learner or course|by learner)"))


def position(page: Page) -> Locator:
    """Return the text with the position of the page."""
    return page.get_by_role("navigation", name="Pages").locator("p:not([role])")


def query(portal: Server, sql: str, **parameters: object) -> list[Any]:
    """Return rows of the portal's database."""
    with portal.database.read() as session:
        return list(session.execute(text(sql), parameters))


def execute(portal: Server, sql: str, **parameters: object) -> None:
    """Change the portal's database directly."""
    with portal.database.write() as session:
        session.execute(text(sql), parameters)
