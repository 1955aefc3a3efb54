"""Test an admin's work with the keyboard alone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from enrollment_portal.state.shared.views import USERS_PATH
from tests.browser.conftest import NewPage
from tests.browser.page_objects.ledger_page import (
    LEDGER,
    heading,
    links,
    open_ledger,
    query,
    search_box,
    tab,
    visit,
)
from tests.browser.page_objects.page_tabs import page_tab
from tests.browser.server import Server

MAYA = 1


def tab_to(page: Page, what: str) -> None:
    """Press Tab until the focus is on an element that a selector describes."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("what => document.activeElement.matches(what)", what):
            return
    raise AssertionError(f"Tab never reaches {what}")


def test_slash_focuses_the_search_and_can_be_typed_in_it(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    page.keyboard.press("/")
    expect(search_box(page)).to_be_focused()
    page.keyboard.type("a/b")
    expect(search_box(page)).to_have_value("a/b")


def test_arrows_move_between_the_tabs(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    tab_to(page, "[aria-label=Status] [role=tab]")
    expect(tab(page, "All")).to_be_focused()
    for key, name in (
        ("ArrowRight", "Active"),
        ("ArrowRight", "Completed"),
        ("End", "Cancelled"),
        ("ArrowRight", "All"),
        ("ArrowLeft", "Cancelled"),
        ("Home", "All"),
    ):
        page.keyboard.press(key)
        expect(tab(page, name)).to_be_focused()
        expect(tab(page, name)).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("tabpanel", name="All")).to_be_visible()


def test_a_column_is_sorted_with_enter_and_keeps_the_focus(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    button = heading(page, "Course").get_by_role("button")
    tab_to(page, "th.course button")
    for direction in ("ascending", "descending"):
        page.keyboard.press("Enter")
        expect(heading(page, "Course")).to_have_attribute("aria-sort", direction)
        expect(button).to_be_focused()


def test_the_focus_is_always_visible(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    unseen = []
    for _ in range(30):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => {
                const part = document.activeElement;
                if (part === document.body) return true;
                const has = (element, pseudo) => {
                    const style = getComputedStyle(element, pseudo);
                    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
                };
                return has(part) || has(part, '::after') || has(part.closest('label') ?? part)
                    || part.outerHTML.slice(0, 200);
            }"""
        )
        if seen is not True:
            unseen.append(seen)
    assert not unseen


def test_an_enrollment_is_found_opened_changed_and_saved(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    page.keyboard.press("/")
    page.keyboard.type("aarav menon")
    expect(links(page)).to_have_text([re.compile("Aarav Menon")] * 6)
    tab_to(page, "a.row-link")
    page.keyboard.press("Enter")
    expect(page_tab(page, "Overview")).to_be_visible()
    enrollment = int(page.url.partition("?")[0].rstrip("/").rpartition("/")[2])

    tab_to(page, "[data-page-tabs] a:not([aria-current])")
    page.keyboard.press("Enter")
    expect(page_tab(page, "Manage")).to_have_attribute("aria-current", "page")
    tab_to(page, "textarea[name=note]")
    page.keyboard.press("Control+a")
    page.keyboard.type("Called on Monday.")
    # At once: that something is typed, the server may not know yet.
    page.keyboard.press("Control+s")
    expect(page.get_by_role("status").filter(has_text="Changes saved.")).to_be_visible()
    stored = query(demo, "SELECT internal_note FROM enrollment WHERE id = :id", id=enrollment)
    assert stored[0].internal_note == "Called on Monday."
    assert page.url.removeprefix(demo.url).startswith(LEDGER)


def test_keys_move_between_rows_and_the_focus_returns_to_the_row(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    page.keyboard.press("j")
    expect(links(page).first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(search_box(page)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(links(page).first).to_be_focused()
    links(page).nth(3).focus()
    for key, row in (("j", 4), ("ArrowDown", 5), ("k", 4), ("ArrowUp", 3), ("End", 49)):
        page.keyboard.press(key)
        expect(links(page).nth(row)).to_be_focused()
    back = page.get_by_label("Breadcrumb").get_by_role("link", name="Enrollments")
    for go_back in (page.go_back, back.click):
        page.keyboard.press("Enter")
        expect(page_tab(page, "Overview")).to_be_visible()
        go_back()
        expect(links(page).nth(49)).to_be_focused()
        expect(links(page).nth(49)).to_be_in_viewport()


def test_shortcuts_are_listed_and_those_of_one_key_can_be_switched_off(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    links(page).first.focus()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    switch = dialog.get_by_role("checkbox")
    expect(switch).to_be_focused()
    page.keyboard.press("Space")
    expect(switch).not_to_be_checked()
    page.keyboard.press("Escape")
    expect(links(page).first).to_be_focused()
    for key in ("j", "k", "?", "/"):
        page.keyboard.press(key)
        expect(links(page).first).to_be_focused()
    expect(dialog).to_have_count(0)
    page.keyboard.press("ArrowDown")
    expect(links(page).nth(1)).to_be_focused()
    # On every page, also once it is loaded again, until they are switched on again.
    visit(page, USERS_PATH)
    expect(page.locator("a.row-link").first).to_be_visible()
    for key in ("j", "?", "/"):
        page.keyboard.press(key)
        expect(page.locator("body")).to_be_focused()
    expect(dialog).to_have_count(0)
    opener = page.get_by_role("button", name="Keyboard shortcuts")
    opener.press("Enter")
    expect(switch).to_be_focused()
    expect(switch).not_to_be_checked()
    page.keyboard.press("Space")
    expect(switch).to_be_checked()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search by name or email")).to_be_focused()


def test_an_impossible_save_is_announced(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    visit(page, f"{LEDGER}/1/manage")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("status").filter(has_text="Nothing to save.")).to_be_visible()
    # The fields come before what saves them or gives them up.
    page.get_by_label("Grade").fill("B+")
    expect(page.get_by_role("button", name="Discard")).to_be_enabled()
    page.get_by_label("Reason").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Discard")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Save Changes")).to_be_focused()
