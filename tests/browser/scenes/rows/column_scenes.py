"""Scenes of the ledger's columns: their dialog, and a table that is wider than its place."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from enrollment_portal.domain.ledger.layout.columns import MORE_COLUMNS
from tests.browser.page_objects.ledger_page import execute, links, open_ledger
from tests.browser.scenes.all_scenes import LONG_NAME, MAYA, Scene
from tests.browser.server import Server
from tests.builders import make_course, make_enrollment, make_learner


def _open(page: Page) -> Locator:
    page.get_by_role("button", name="Columns", exact=True).click()
    return page.get_by_role("dialog", name="Columns")


def _dialog(page: Page, _portal: Server) -> None:
    open_ledger(page)
    expect(_open(page).get_by_role("checkbox", name="Grade")).not_to_be_checked()


def _many(page: Page, portal: Server) -> None:
    """Show all columns, of somebody with a long name too."""
    learner = make_learner(portal.database, f"{LONG_NAME} wide", department=LONG_NAME)
    course = make_course(portal.database, f"{LONG_NAME} course")
    make_enrollment(portal.database, learner, course, grade="B+")
    open_ledger(page, "?q=e")
    expect(links(page).first).to_be_visible()
    dialog = _open(page)
    for column in MORE_COLUMNS:
        dialog.get_by_role("checkbox", name=column.label, exact=True).check()
    dialog.get_by_text("Compact", exact=True).click()
    page.keyboard.press("Escape")
    expect(page.locator("#ledger .more-run .bone")).to_have_count(0)
    # Other scenes of the same person have the standard columns.
    execute(portal, "DELETE FROM ledger_layout")


SCENES: list[Scene] = [
    Scene("ledger-columns", MAYA, _dialog),
    Scene("ledger-all-columns", MAYA, _many),
]
