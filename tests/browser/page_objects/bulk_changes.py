"""The selection of the ledger, the dialog that changes what is selected, and its jobs."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from enrollment_portal.domain.bulk import messages


def row_box(page: Page, learner: str, course: str) -> Locator:
    """Return the checkbox of a row."""
    name = messages.SELECT_ROW.format(learner=learner, course=course)
    return page.get_by_role("checkbox", name=name, exact=True)


def page_box(page: Page) -> Locator:
    """Return the checkbox of all rows of the page."""
    return page.get_by_role("checkbox", name=messages.SELECT_PAGE)


def bar(page: Page) -> Locator:
    """Return the bar of the selection."""
    return page.get_by_role("region", name=messages.SELECTION)


def dialog(page: Page) -> Locator:
    """Return the open dialog."""
    return page.get_by_role("dialog")


def open_changes(page: Page, action: str = "") -> None:
    """Open the dialog for the selected rows, and choose an action."""
    bar(page).get_by_role("button", name=messages.CHANGE_SELECTED).click()
    expect(dialog(page).get_by_role("heading", name="Change ")).to_be_focused()
    if action:
        dialog(page).get_by_label(messages.ACTION).select_option(label=action)


def show_preview(page: Page) -> None:
    """Ask for the preview, and wait for it."""
    dialog(page).get_by_role("button", name=messages.PREVIEW).click()
    expect(dialog(page).get_by_role("link", name=messages.DOWNLOAD_ALL)).to_be_visible()


def apply_button(page: Page) -> Locator:
    """Return the button that starts what the preview shows."""
    return dialog(page).get_by_role("button", name="Apply to ")


def jobs(page: Page) -> Locator:
    """Return the jobs beside the ledger."""
    return page.get_by_role("region", name=messages.BULK_CHANGES).get_by_role("listitem")
