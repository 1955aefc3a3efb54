"""Scenes of what is done in a row of the ledger."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from enrollment_portal.domain.ledger import messages
from tests.browser.page_objects.ledger_page import links, open_ledger
from tests.browser.page_objects.rows.row_deadline import date_field
from tests.browser.scenes.all_scenes import MAYA, Scene
from tests.browser.server import Server


def _deadline_refused(page: Page, _portal: Server) -> None:
    open_ledger(page, "?tab=active")
    expect(links(page).first).to_be_visible()
    page.locator("[data-edit-deadline]").nth(3).click()
    dialog = page.get_by_role("dialog")
    date_field(dialog).fill("2001-01-01")
    dialog.get_by_role("button", name=messages.SAVE_DEADLINE).click()
    expect(dialog.get_by_role("alert")).to_contain_text("Before the enrollment")


SCENES: list[Scene] = [
    Scene("row-deadline-refused", MAYA, _deadline_refused),
]
