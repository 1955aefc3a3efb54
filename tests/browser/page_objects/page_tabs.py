"""The links between the pages of one record."""

from __future__ import annotations

from playwright.sync_api import Locator, Page


def page_tab(page: Page, name: str) -> Locator:
    """Return the link to a page of the record that is shown: "Manage", "Settings", …"""
    return page.locator("[data-page-tabs]").get_by_role("link", name=name)
