"""Test that the focus is not lost in, and not covered by, what opens over a page."""

from __future__ import annotations

from playwright.sync_api import expect

from enrollment_portal.state.shared.views import COURSES_PATH, USERS_PATH
from tests.browser.conftest import NewPage
from tests.browser.page_objects.grading_page import (
    cell,
    editor,
    make_class,
    make_instructor,
    open_grid,
)
from tests.browser.page_objects.ledger_page import (
    LEDGER,
    links,
    open_ledger,
    search_box,
    visit,
)
from tests.browser.page_objects.sessions import sign_in_with_password
from tests.browser.server import Server
from tests.builders import make_course, make_lessons

MAYA = 1


def test_tab_leads_from_a_list_of_results_to_what_follows_the_search(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    visit(page, f"{LEDGER}/enroll")
    people = page.get_by_role("combobox", name="Find people by name or email")
    people.focus()
    page.keyboard.type("a")
    # As many as need a scrollbar.
    found = page.get_by_role("listbox")
    expect(found.get_by_role("option")).to_have_count(8)
    assert found.evaluate("list => list.scrollHeight > list.clientHeight")
    page.keyboard.press("Tab")
    expect(found).to_have_count(0)
    expect(page.locator("summary", has_text="Paste a list of emails")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(people).to_be_focused()


def test_account_menu_closes_where_the_focus_leaves_it(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA, viewport={"width": 390, "height": 844})
    visit(page, USERS_PATH)
    page.locator("#account-menu summary").press("Enter")
    settings = page.get_by_role("link", name="Account settings")
    page.keyboard.press("Tab")
    expect(settings).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Sign out")).to_be_focused()
    page.keyboard.press("Tab")
    expect(settings).to_be_hidden()


def test_menu_of_a_narrow_page_returns_the_focus_from_all_that_it_leads_to(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA, viewport={"width": 800, "height": 900})
    visit(page, COURSES_PATH)
    opener = page.get_by_role("button", name="Menu")
    sidebar = page.locator("#sidebar")
    opener.press("Enter")
    sidebar.get_by_role("link", name="Courses").press("Enter")
    expect(sidebar).to_be_hidden()
    expect(opener).to_be_focused()

    opener.press("Enter")
    shortcuts = sidebar.get_by_role("button", name="Keyboard shortcuts")
    shortcuts.press("Enter")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(shortcuts).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()

    opener.press("Enter")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(sidebar).to_be_hidden()
    expect(page.get_by_role("main")).to_be_focused()

    opener.press("Enter")
    sidebar.get_by_role("link", name="Users").press("Enter")
    expect(page.get_by_role("heading", level=1, name="Users")).to_be_focused()


def test_lesson_that_is_not_edited_after_all_returns_the_focus_to_its_button(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    course = make_course(demo.database, "Opened and Closed")
    make_lessons(demo.database, course, 3)
    visit(page, f"{COURSES_PATH}/{course}/lessons")
    edit = page.get_by_role("button", name="Edit Lesson 2")
    edit.press("Enter")
    page.get_by_role("button", name="Cancel").press("Enter")
    expect(page.get_by_role("heading", name="New lesson")).to_be_visible()
    expect(edit).to_be_focused()


def test_keys_without_ctrl_are_switched_off_in_the_account_settings(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    page.locator("#account-menu summary").press("Enter")
    page.get_by_role("link", name="Account settings").press("Enter")
    expect(page.get_by_role("heading", level=1, name="Account settings")).to_be_focused()
    keys = page.get_by_role("checkbox", name="Keys without Ctrl")
    expect(keys).to_be_checked()
    keys.press("Space")
    expect(keys).not_to_be_checked()
    open_ledger(page)
    links(page).first.focus()
    for key in ("/", "?", "j", "k"):
        page.keyboard.press(key)
        expect(links(page).first).to_be_focused()
    visit(page, "/account")
    expect(keys).not_to_be_checked()
    keys.press("Space")
    open_ledger(page)
    page.keyboard.press("/")
    expect(search_box(page)).to_be_focused()


def test_pages_outside_of_the_portal_are_opened_at_their_heading(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo)
    page.goto("/login")
    sign_in_with_password(page, "nobody@northwind.example", "wrong")
    expect(page.get_by_role("alert").locator("p")).to_be_focused()
    page.get_by_role("link", name="Forgot your password?").press("Enter")
    expect(page.get_by_role("heading", level=1, name="Forgot your password?")).to_be_focused()
    # What was refused there is not said again here.
    expect(page.get_by_role("alert")).to_be_empty()
    page.get_by_role("link", name="Back to sign in").press("Enter")
    expect(page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()


def test_cell_of_the_grid_takes_the_keys_of_the_page_as_text(
    demo: Server, new_page: NewPage
) -> None:
    course, _ = make_class(demo.database)
    page = new_page(demo, make_instructor(demo.database, course, name="Inga Typing"))
    open_grid(page, course)
    feedback = cell(page, "Instructor Feedback", "Berit Holm")
    for key in ("?", "/", "j"):
        feedback.press(key)
        typed = editor(page, "Instructor Feedback", "Berit Holm")
        expect(typed).to_be_focused()
        expect(typed).to_have_value(key)
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.keyboard.press("Escape")
        expect(feedback).to_be_focused()
