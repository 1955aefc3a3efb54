"""The bar of the ledger's filters."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


def filter_button(page: Page) -> Locator:
    """Return the button that opens the menu of filters."""
    return page.locator("#ledger-filter")


def menu(page: Page) -> Locator:
    """Return the open menu, or the editor of a filter."""
    return page.get_by_role("dialog")


def option(page: Page, name: str) -> Locator:
    """Return an option of the menu, or of an editor."""
    return menu(page).get_by_role("option", name=name)


def chips(page: Page) -> Locator:
    """Return the filters that are set."""
    return page.get_by_role("list", name="Filters").get_by_role("listitem")


def remove_button(page: Page, text: str) -> Locator:
    """Return the button that removes a filter."""
    return page.get_by_role("button", name=f"Remove filter: {text}", exact=True)


def open_filters(page: Page, name: str = "") -> None:
    """Open the menu of filters or, from it, the editor of one."""
    filter_button(page).click()
    expect(menu(page)).to_be_visible()
    if name:
        menu(page).get_by_role("option", name=name, exact=True).click()
        expect(menu(page).get_by_role("heading", name=name)).to_be_visible()
