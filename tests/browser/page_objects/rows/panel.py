"""The panel beside the ledger, in the browser."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from enrollment_portal.domain.ledger import messages
from tests.browser.page_objects.ledger_page import links


def panel(page: Page) -> Locator:
    """Return the panel."""
    return page.locator("dialog.panel")


def panel_heading(page: Page) -> Locator:
    """Return its heading: the learner and the course."""
    return panel(page).locator("#panel-title")


def panel_tab(page: Page, name: str) -> Locator:
    """Return one of its tabs."""
    return panel(page).get_by_role("tab", name=name)


def open_panel(page: Page, learner: str, tab: str = messages.OVERVIEW) -> None:
    """Open the panel by keyboard on a row of the ledger."""
    links(page).filter(has_text=re.compile(rf"^{re.escape(learner)}$")).first.press("Space")
    expect(panel_heading(page)).to_contain_text(learner)
    panel_tab(page, tab).click()
    expect_open(page, tab)


def expect_open(page: Page, tab: str = messages.OVERVIEW) -> None:
    """Wait until the panel shows an enrollment."""
    expect(panel(page).get_by_role("heading", name=tab, exact=True)).to_be_visible()
