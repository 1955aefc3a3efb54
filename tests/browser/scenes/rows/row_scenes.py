"""Scenes of what is done in a row of the ledger, and of the panel beside it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.shared.messages import NOTHING_FOUND
from tests.browser.page_objects.enrollment_page import field, save_button
from tests.browser.page_objects.ledger_page import links, open_ledger, visit
from tests.browser.page_objects.rows.palette import open_palette, palette
from tests.browser.page_objects.rows.panel import expect_open, panel, panel_tab
from tests.browser.page_objects.rows.row_deadline import date_field
from tests.browser.scenes.all_scenes import AARAV, MAYA, Scene
from tests.browser.server import Server


def _deadline_refused(page: Page, _portal: Server) -> None:
    open_ledger(page, "?tab=active")
    expect(links(page).first).to_be_visible()
    page.locator("[data-edit-deadline]").nth(3).click()
    dialog = page.get_by_role("dialog")
    date_field(dialog).fill("2001-01-01")
    dialog.get_by_role("button", name=messages.SAVE_DEADLINE).click()
    expect(dialog.get_by_role("alert")).to_contain_text("Before the enrollment")


def _panel(page: Page, _portal: Server) -> None:
    open_ledger(page, "?tab=active")
    links(page).nth(2).press("Space")
    expect_open(page)
    panel_tab(page, messages.OVERVIEW).click()


def _panel_manage(page: Page, portal: Server) -> None:
    _panel(page, portal)
    panel_tab(page, messages.MANAGE).click()
    expect(field(page, "Grade")).to_be_enabled()


def _panel_refused(page: Page, portal: Server) -> None:
    _panel_manage(page, portal)
    field(page, "Deadline").fill("2001-01-01")
    save_button(page).click()
    expect(panel(page).get_by_text("Before the enrollment")).to_be_visible()


def _panel_long_name(page: Page, portal: Server) -> None:
    open_ledger(page)
    links(page).first.press("Space")
    expect_open(page)


def _panel_missing(page: Page, _portal: Server) -> None:
    open_ledger(page, "?peek=987654321")
    expect(panel(page).get_by_role("heading", name="Not found")).to_be_visible()


def _palette(page: Page, _portal: Server) -> None:
    open_ledger(page)
    open_palette(page)


def _palette_found(page: Page, portal: Server) -> None:
    _palette(page, portal)
    palette(page).get_by_role("combobox").fill("an")
    expect(palette(page).get_by_role("group", name="People")).to_be_visible()


def _palette_nothing(page: Page, _portal: Server) -> None:
    visit(page, "/account")
    open_palette(page).fill("nobody is called this")
    expect(palette(page).get_by_text(NOTHING_FOUND)).to_be_visible()


SCENES: list[Scene] = [
    Scene("row-deadline-refused", MAYA, _deadline_refused),
    Scene("panel-overview", MAYA, _panel),
    Scene("panel-manage", MAYA, _panel_manage),
    Scene("panel-refused", MAYA, _panel_refused),
    Scene("panel-long-name", MAYA, _panel_long_name, "few"),
    Scene("panel-missing", MAYA, _panel_missing),
    Scene("palette", MAYA, _palette),
    Scene("palette-found", MAYA, _palette_found),
    Scene("palette-nothing", AARAV, _palette_nothing),
]
