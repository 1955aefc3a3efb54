"""Test the shell of every page: the sidebar, the header, the phone's drawer, and the theme."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from enrollment_portal.domain.people.people import Role
from enrollment_portal.domain.views.views import PRODUCT_VIEWS
from tests.browser.conftest import NewPage
from tests.browser.page_objects.ledger_page import (
    LEDGER,
    click_unless_gone,
    open_ledger,
)
from tests.browser.page_objects.sessions import sign_in_as
from tests.browser.server import Server

MAYA, DANA, TOM, INGRID, KWAME, AARAV = range(1, 7)
PHONE = {"width": 390, "height": 844}
DARK, LIGHT = re.compile(r"\bdark\b"), re.compile(r"\blight\b")


def test_the_sidebar_has_the_entries_of_the_admin_portal(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    sidebar = page.get_by_role("navigation", name="Admin Portal")
    expect(sidebar.get_by_role("heading")).to_have_text(
        ["Learning", "People", "Support", "Billing", "Configuration"]
    )
    for entry in ("Org Chart", "Help Desk", "Plan"):
        dimmed = sidebar.get_by_role("listitem").filter(has_text=entry)
        expect(dimmed).to_contain_text("not available yet")
        expect(dimmed.get_by_role("link")).to_have_count(0)
    expect(sidebar.get_by_role("link")).to_have_text(
        [
            "My learning",
            "Courses",
            "Learning Paths",
            "Enrollments",
            *(re.compile(rf"^{view.name}\d+$") for view in PRODUCT_VIEWS.values()),
            "Activity",
            "Users",
            "Groups",
            "Admins",
            "Access",
            "Organization",
            "Stuck and pace",
        ]
    )
    expect(sidebar.locator("[aria-current=page]")).to_have_text("Enrollments")


@pytest.mark.parametrize(
    ("account", "sections"),
    [
        (DANA, ["Learning", "People"]),
        (TOM, ["Support", "Billing"]),
        (KWAME, ["Learning"]),
        (INGRID, ["Learning"]),
        (AARAV, []),
    ],
)
def test_sections_that_someone_lacks_are_absent(
    demo: Server, new_page: NewPage, account: int, sections: list[str]
) -> None:
    page = new_page(demo, account)
    page.goto("/")
    sidebar = page.get_by_role("navigation", name="Admin Portal")
    expect(sidebar).to_contain_text("Northwind Academy")
    expect(sidebar.get_by_role("heading")).to_have_text(sections)


@pytest.mark.parametrize(
    ("account", "path"),
    [
        (TOM, LEDGER),
        (TOM, f"{LEDGER}/1"),
        (TOM, f"{LEDGER}/1/manage"),
        (TOM, "/teach"),
        (AARAV, LEDGER),
        (AARAV, f"{LEDGER}/1"),
        (AARAV, "/admin"),
        (INGRID, "/admin"),
        (KWAME, "/teach"),
    ],
)
def test_a_forbidden_page_is_refused_with_a_link_home(
    demo: Server, new_page: NewPage, account: int, path: str
) -> None:
    page = new_page(demo, account)
    page.goto(path)
    expect(page.get_by_role("heading", name="You may not open this page")).to_be_visible()
    expect(page.get_by_role("table")).to_have_count(0)
    page.get_by_role("link", name="Go to your start page").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("heading", name="You may not open this page")).to_have_count(0)


def test_the_header_names_page_and_person(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    header = page.locator("#header")
    for words in ("Northwind Academy", "Maya Lindqvist", "Super Admin"):
        expect(header).to_contain_text(words)
    header.locator("#account-menu summary").click()
    expect(header.get_by_role("button", name="Sign out")).to_be_visible()
    header.get_by_role("button", name="Keyboard shortcuts").click()
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def test_on_a_phone_the_sidebar_is_a_drawer(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, DANA, viewport=PHONE, reduced_motion="no-preference")
    open_ledger(page)
    sidebar = page.get_by_role("navigation", name="Admin Portal", include_hidden=True)
    menu = page.get_by_role("button", name="Menu")
    expect(sidebar).not_to_be_visible()

    menu.click()
    expect(sidebar).to_be_visible()
    expect(menu).to_have_attribute("aria-expanded", "true")
    expect(sidebar.get_by_role("link").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(sidebar).not_to_be_visible()
    expect(menu).to_have_attribute("aria-expanded", "false")
    expect(menu).to_be_focused()

    menu.click()
    # What is behind it takes no focus meanwhile.
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate("!document.activeElement.closest('#page')")
    page.mouse.click(370, 600)
    expect(sidebar).not_to_be_visible()
    expect(menu).to_be_focused()

    menu.click()
    sidebar.get_by_role("link", name="Enrollments").click()
    expect(sidebar).not_to_be_visible()
    expect(page.get_by_role("heading", level=1, name="Enrollments")).to_be_visible()


def test_the_theme_is_kept_after_a_reload(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA, color_scheme="light")
    open_ledger(page)
    root = page.locator("html")
    expect(root).to_have_class(LIGHT)
    expect(page.get_by_role("button", name="System theme")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.get_by_role("button", name="Dark theme").click()
    expect(root).to_have_class(DARK)
    page.reload()
    expect(root).to_have_class(DARK)
    expect(page.get_by_role("button", name="Dark theme")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Light theme").click()
    expect(root).to_have_class(LIGHT)
    page.reload()
    expect(root).to_have_class(LIGHT)


def test_the_system_theme_follows_the_system(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA, color_scheme="dark")
    open_ledger(page)
    root = page.locator("html")
    expect(root).to_have_class(DARK)
    page.get_by_role("button", name="Light theme").click()
    expect(root).to_have_class(LIGHT)
    page.get_by_role("button", name="System theme").click()
    expect(root).to_have_class(DARK)
    page.emulate_media(color_scheme="light")
    expect(root).to_have_class(LIGHT)


def test_the_first_tab_stop_skips_to_the_content(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_a_section_switched_off_is_refused_on_the_next_event(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, DANA)
    open_ledger(page)
    try:
        with demo.database.write() as session:
            session.execute(text("UPDATE account SET sections = 2 WHERE id = :id"), {"id": DANA})
        refusal = page.get_by_role("heading", name="You may not open this page")
        click_unless_gone(page.get_by_role("tab", name="Completed"), refusal)
        expect(refusal).to_be_visible()
        expect(page.get_by_role("navigation", name="Admin Portal")).not_to_contain_text("Learning")
    finally:
        with demo.database.write() as session:
            session.execute(text("UPDATE account SET sections = 3 WHERE id = :id"), {"id": DANA})


def test_an_unknown_address_shows_not_found(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, allow=("404",))
    sign_in_as(page, Role.SUPER_ADMIN)
    page.goto("/no/such/page")
    expect(page.get_by_role("heading", name="Not found")).to_be_visible()
    sidebar = page.get_by_role("navigation", name="Admin Portal")
    expect(sidebar.get_by_role("link", name="Enrollments")).to_be_visible()
    expect(page.locator("#header")).to_contain_text("Maya Lindqvist")
    page.get_by_role("link", name="Go to your start page").click()
    expect(page.get_by_role("heading", level=1, name="Enrollments")).to_be_visible()


def test_without_a_session_an_unknown_address_shows_no_sidebar(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, allow=("404",))
    page.goto("/no/such/page")
    expect(page.get_by_role("heading", name="Not found")).to_be_visible()
    expect(page.get_by_role("navigation", name="Admin Portal")).to_have_count(0)
