"""Test the printed ledger: every matching row, in the light theme, with the filters."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.page_objects.ledger_page import links, open_ledger, query, tab
from tests.browser.server import Server

MAYA = 1
_STUB = """() => {
  window.print = () => {
    window.printed = document.querySelectorAll(".print-rows tbody tr").length;
  };
}"""
_PRINTED = "() => window.printed"


@pytest.fixture
def page(demo: Server, new_page: NewPage) -> Page:
    """Maya's browser on the ledger, in the dark theme; it prints nothing, and counts."""
    page = new_page(demo, MAYA, color_scheme="dark")
    open_ledger(page)
    expect(links(page).first).to_be_visible()
    page.evaluate(_STUB)
    return page


def test_all_rows_that_match_are_printed_and_the_page_is_as_before(
    demo: Server, page: Page
) -> None:
    sql = (
        "SELECT count(*) AS n FROM enrollment e JOIN course c ON c.id = e.course_id"
        " WHERE c.kind = 'course' AND e.status = 1"
    )
    completed = query(demo, sql)[0].n
    assert completed > 100
    tab(page, "Completed").click()
    expect(tab(page, "Completed")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Control+p")
    page.wait_for_function(_PRINTED)
    assert page.evaluate(_PRINTED) == completed
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator(".print-rows")).to_contain_text("Completed · sorted by enrolled")
    expect(page.locator(".print-rows")).to_contain_text(f"{completed:,} rows")
    headings = [*("Learner", "Email", "Course", "Status", "Progress", "Enrolled", "Deadline")]
    expect(page.locator(".print-rows th")).to_have_text(headings)
    expect(page.locator("#ledger")).to_be_hidden()
    expect(page.get_by_role("heading", level=1, name="Enrollments")).to_be_visible()
    expect(page.locator("main")).to_have_css("color", "rgb(22, 22, 29)")
    page.emulate_media(media="screen", color_scheme="dark")
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    expect(page.locator(".print-rows")).to_have_count(0)
    expect(links(page)).to_have_count(50)


def test_a_page_printed_by_the_browser_itself_says_how_to_print_all(page: Page) -> None:
    page.emulate_media(media="print")
    expect(page.locator("main")).to_contain_text("The page’s Print button, or Ctrl+P, prints all")
    page.emulate_media(media="screen")
    page.get_by_role("button", name="Print").click()
    page.wait_for_function(_PRINTED)
