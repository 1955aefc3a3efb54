"""Choosing what a search finds."""

from __future__ import annotations

from playwright.sync_api import Locator, Page


def choose(where: Page | Locator, label: str, typed: str, name: str = "") -> None:
    """Search for something and choose the first option that reads `name`, or the first one."""
    where.get_by_role("combobox", name=label).fill(typed)
    options = where.get_by_role("listbox", name=label).get_by_role("option")
    options.filter(has_text=name or typed).first.click()


def outcome(page: Page, label: str) -> Locator:
    """Return the people with the same outcome."""
    return page.get_by_role("list", name=label)
