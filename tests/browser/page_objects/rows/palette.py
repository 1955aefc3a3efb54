"""The palette, in the browser."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from enrollment_portal.domain.shared import messages


def palette(page: Page) -> Locator:
    """Return the palette."""
    return page.get_by_role("dialog", name=messages.PALETTE_LABEL)


def open_palette(page: Page) -> Locator:
    """Open the palette by its key, and return its field."""
    page.keyboard.press("Control+k")
    field = palette(page).get_by_role("combobox")
    expect(field).to_be_focused()
    return field


def option(page: Page, name: str) -> Locator:
    """Return one of its items."""
    return palette(page).get_by_role("option", name=name)


def choose(page: Page, typed: str, name: str) -> None:
    """Search, and choose the item that is then selected."""
    open_palette(page).fill(typed)
    expect(palette(page).locator("[role=option][aria-selected=true]")).to_contain_text(name)
    page.keyboard.press("Enter")
    expect(palette(page)).not_to_be_visible()
