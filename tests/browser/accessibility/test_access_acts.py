"""Where the focus is after each act that is done by keyboard alone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.services.enrollment.enrollments import read_enrollment, save_enrollment
from tests.browser.conftest import NewPage
from tests.browser.page_objects.ledger_page import (
    LEDGER,
    heading,
    links,
    open_ledger,
    query,
    search_box,
    visit,
)
from tests.browser.page_objects.page_tabs import page_tab
from tests.browser.page_objects.sessions import sign_in_with_password
from tests.browser.server import Server

MAYA, AARAV = 1, 6


def _press(element: Locator, key: str = "Enter") -> None:
    element.focus()
    element.press(key)


def _focused(page: Page) -> Any:
    return page.locator(":focus")


def test_page_opened_by_a_link_has_the_focus_on_its_heading(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    expect(page.locator("body")).to_be_focused()
    _press(page.get_by_role("navigation", name="Admin Portal").get_by_role("link", name="Courses"))
    title = page.get_by_role("heading", level=1, name="Courses")
    expect(title).to_be_focused()
    expect(page.locator("a.row-link").first).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator("a.row-link").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert page.title().startswith(_focused(page).inner_text())


def test_tab_of_a_record_keeps_the_focus_and_back_returns_to_the_row(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    row = links(page).nth(3)
    href = row.get_attribute("href")
    _press(row)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    _press(page_tab(page, "Manage"))
    expect(page_tab(page, "Manage")).to_be_focused()
    expect(page_tab(page, "Manage")).to_have_attribute("aria-current", "page")
    page.keyboard.press("ArrowLeft")
    expect(page_tab(page, "Manage")).to_be_focused()
    page.go_back()
    page.go_back()
    expect(page.locator(f"a.row-link[href='{href}']")).to_be_focused()


@pytest.mark.parametrize("button", ["Save Changes", "Discard"])
def test_form_that_was_saved_or_discarded_has_the_focus_on_its_heading(
    demo: Server, new_page: NewPage, button: str
) -> None:
    page = new_page(demo, MAYA)
    id_ = query(demo, "SELECT id FROM enrollment WHERE status = 0 LIMIT 1")[0].id
    visit(page, f"{LEDGER}/{id_}/manage")
    page.get_by_label("Instructor Feedback", exact=True).fill(f"Done: {button}.")
    expect(page.get_by_role("button", name=button)).to_be_enabled()
    _press(page.get_by_role("button", name=button))
    expect(page.get_by_role("button", name=button)).to_be_disabled()
    expect(page.get_by_role("heading", name="Manage")).to_be_focused()


def test_pager_at_its_end_gives_the_focus_to_the_other_direction(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    for pressed, then in (("Last", "Previous"), ("First", "Next")):
        _press(page.get_by_role("button", name=pressed, exact=True).first)
        expect(page.get_by_role("button", name=then, exact=True).first).to_be_focused()
    _press(page.get_by_role("button", name="Next", exact=True).first)
    expect(page.get_by_role("button", name="Next", exact=True).first).to_be_focused()
    expect(heading(page, "Learner")).to_be_in_viewport()


def test_cleared_search_has_the_focus_in_its_box(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    search_box(page).fill("zzzqq")
    clear = page.get_by_role("button", name="Clear search")
    _press(clear.last)
    expect(clear).to_have_count(0)
    expect(search_box(page)).to_be_focused()


def test_past_ledger_left_by_its_button_has_the_focus_in_the_date(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page, "?on=2026-10-01")
    _press(page.get_by_role("button", name="Back to today"))
    expect(page.get_by_role("button", name="Back to today")).to_be_hidden()
    expect(_focused(page)).to_have_count(1)


def test_started_course_and_lesson_marked_as_done_keep_the_focus(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, AARAV)
    visit(page, "/learn/catalog")
    _press(page.locator("main a[href^='/learn/courses/']").first)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    start = page.get_by_role("button", name="Start course")
    _press(start)
    expect(start).to_be_hidden()
    expect(_focused(page)).to_have_count(1)
    _press(page.locator("main a[href*='/lessons/']").first)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    done = page.get_by_role("button", name="Mark as done")
    _press(done)
    expect(done).to_be_hidden()
    expect(_focused(page)).to_have_count(1)


def test_conflict_has_the_focus_on_its_first_choice(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    id_ = query(demo, "SELECT max(id) FROM enrollment WHERE status = 0")[0][0]
    visit(page, f"{LEDGER}/{id_}/manage")
    page.get_by_label("Instructor Feedback", exact=True).fill("Mine.")
    dana = Actor(2, "Dana Ruiz", "", Role.SUPER_ADMIN)
    version = read_enrollment(demo.database, dana, id_).facts.version
    save_enrollment(demo.database, dana, id_, version=version, typed={"feedback": "Theirs."})
    page.keyboard.press("Control+s")
    expect(page.locator("[data-choice-of] input:checked").first).to_be_focused()


def test_refused_sign_in_has_the_focus_on_why(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo)
    page.goto("/login")
    sign_in_with_password(page, "nobody@northwind.example", "wrong")
    expect(page.get_by_role("alert").locator("p")).to_be_focused()


def test_requests_button_keeps_its_name(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    button = page.get_by_role("button", name="extension request")
    name = button.inner_text()
    for pressed in ("true", "false"):
        _press(button)
        expect(button).to_have_attribute("aria-pressed", pressed)
        expect(button).to_be_focused()
        expect(button).to_have_text(name, use_inner_text=True)
