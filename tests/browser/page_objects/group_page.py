"""The page of one group."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from enrollment_portal.state.shared.views import GROUPS_PATH
from tests.browser.page_objects.ledger_page import visit
from tests.browser.page_objects.picking import choose


def open_group(page: Page, group: int, part: str = "") -> None:
    """Open the page of a group, or one of its parts."""
    visit(page, f"{GROUPS_PATH}/{group}{part}")
    expect(page.get_by_role("navigation", name="Parts of the group")).to_be_visible()


def add_person(page: Page, name: str) -> None:
    """Add somebody to the group that is open."""
    choose(page, "Find people to add", name)
