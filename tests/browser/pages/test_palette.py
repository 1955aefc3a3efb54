"""Test the palette on pages of several roles, by keyboard and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from enrollment_portal.domain.bulk.messages import COPY_HINT
from enrollment_portal.domain.shared import messages
from enrollment_portal.domain.views.messages import NAME, SAVE_VIEW
from tests.browser.conftest import NewPage
from tests.browser.page_objects.ledger_page import (
    LEDGER,
    links,
    open_ledger,
    search_box,
    tab,
    visit,
)
from tests.browser.page_objects.rows.palette import choose, open_palette, option, palette
from tests.browser.server import Server

# Letter by letter, with no pause that depends on how busy the machine is.
_TYPE = """(field, text) => {
  for (const letter of text) document.execCommand("insertText", false, letter);
}"""
MAYA, DANA, INGRID, KWAME, AARAV = 1, 2, 4, 5, 6


def sent_events(page: Page) -> list[str]:
    """Return a list that grows with each event that the page sends."""
    sent: list[str] = []
    page.on(
        "websocket",
        lambda socket: socket.on(
            "framesent", lambda frame: sent.append(str(frame)) if "event" in str(frame) else None
        ),
    )
    return sent


def test_an_admin_searches_jumps_and_acts_by_keyboard(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    sent = sent_events(page)
    open_ledger(page)
    links(page).first.focus()
    sent.clear()
    field = open_palette(page)
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    expect(option(page, "Completed this month")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(palette(page)).not_to_be_visible()
    expect(links(page).first).to_be_focused()
    assert sent == []  # moving and filtering cost no trip to the server

    # One event answers what is typed; its page is opened.
    open_palette(page)
    field.evaluate(_TYPE, "aarav")
    expect(option(page, "Aarav Menon")).to_be_visible()
    assert sum("palette" in frame for frame in sent) == 1
    expect(palette(page).get_by_role("status")).to_contain_text("result")
    # Found late, yet at the top: Enter opens the person, not what was listed meanwhile.
    expect(option(page, "Aarav Menon")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/admin/people/users/\d+"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Aarav Menon")

    choose(page, "stuck", "Stuck")
    expect(page).to_have_url(re.compile(rf"{LEDGER}\?view=stuck"))
    expect(links(page).first).to_be_visible()
    page.locator("[data-select]").first.check()
    choose(page, "extend", messages.EXTEND_SELECTED)
    change = page.get_by_role("dialog", name="Change 1 enrollment")
    expect(change.get_by_label("Action")).to_have_value("move_deadline")
    page.keyboard.press("Escape")

    choose(page, "dark", messages.DARK_THEME)
    expect(page.locator("html")).to_contain_class("dark")
    choose(page, "shortcuts", messages.SHORTCUTS)
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("Search or jump")
    page.keyboard.press("Escape")

    # What is not found is searched for in the ledger.
    open_palette(page).fill("Aarav M")
    option(page, "Search enrollments for “Aarav M”").click()
    expect(search_box(page)).to_have_value("Aarav M")
    choose(page, "sign out", messages.SIGN_OUT)
    expect(page).to_have_url(re.compile("/login"))


def test_the_actions_on_the_ledger_do_what_their_buttons_do(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, DANA, permissions=["clipboard-read", "clipboard-write"])
    open_ledger(page, "?tab=completed")
    choose(page, "save", SAVE_VIEW)
    dialog = page.get_by_role("dialog", name=SAVE_VIEW)
    expect(dialog.get_by_label(NAME)).to_be_focused()
    dialog.get_by_label(NAME).fill("Done")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator("#shown-view")).to_contain_text("Done")

    with page.expect_download() as download:
        choose(page, "export", messages.EXPORT_ROWS)
    assert download.value.suggested_filename.startswith("enrollments-")

    page.locator("[data-select]").first.check()
    choose(page, "copy", COPY_HINT)
    expect(page.get_by_text("Copied 1 row")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").count("\n") == 1

    # The view is changed now: it can be saved as a new one.
    tab(page, "Active").click()
    expect(page.locator("#shown-view")).to_contain_text("Changed")
    choose(page, "save", SAVE_VIEW)
    expect(page.get_by_role("dialog", name=SAVE_VIEW).get_by_label(NAME)).to_have_value("")
    page.keyboard.press("Escape")
    choose(page, "light", messages.LIGHT_THEME)
    expect(page.locator("html")).not_to_contain_class("dark")


@pytest.mark.parametrize(
    ("account", "path", "offered", "not_offered"),
    [
        (INGRID, "/teach", "My courses", "Users"),
        (KWAME, LEDGER, "Enrollments", "Courses"),
        (AARAV, "/learn", "Catalog", "Enrollments"),
    ],
)
def test_a_person_is_offered_the_pages_that_they_may_open(
    demo: Server, new_page: NewPage, account: int, path: str, offered: str, not_offered: str
) -> None:
    page = new_page(demo, account, viewport={"width": 390, "height": 844})
    visit(page, path)
    page.get_by_role("button", name=messages.PALETTE).click()
    expect(option(page, offered)).to_be_visible()
    expect(palette(page).get_by_role("option", name=not_offered, exact=True)).to_have_count(0)
    palette(page).get_by_role("button", name=messages.CLOSE_PALETTE).click()
    expect(page.get_by_role("button", name=messages.PALETTE)).to_be_focused()
