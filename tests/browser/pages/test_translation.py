"""Test that a page translated by the browser keeps working, and shows current text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.page_objects.ledger_page import links, open_ledger, position, search_box, tab
from tests.browser.server import Server
from tests.browser.translator import Way, expect_current_text, translate, translate_from_the_start

MAYA, INGRID, KWAME = 1, 4, 5
_PAST = f"?on={(datetime.now(UTC).date() - timedelta(days=60)).isoformat()}"


def _turn_to(page: Page, name: str) -> None:
    before = position(page).text_content() or ""
    page.get_by_role("button", name=name, exact=True).click()
    expect(position(page)).not_to_have_text(before)
    expect_current_text(page)


@pytest.mark.parametrize(
    ("account", "query", "way"),
    [
        (MAYA, "", "instead"),
        (MAYA, _PAST, "beside"),
        (INGRID, "", "around"),
        (KWAME, "", "instead"),
    ],
)
def test_a_translated_ledger_keeps_working(
    demo: Server, new_page: NewPage, account: int, query: str, way: Way
) -> None:
    page = new_page(demo, account)
    open_ledger(page, query)
    expect(links(page).first).to_be_visible()
    translate(page, way)
    for name in ("Active", "Completed", "Cancelled", "All"):
        tab(page, name).click()
        expect(tab(page, name)).to_have_attribute("aria-selected", "true")
        expect_current_text(page)
    if page.get_by_role("button", name="Next", exact=True).is_enabled():
        for name in ("Next", "Previous", "Last", "First"):
            _turn_to(page, name)
    search_box(page).fill("nobody is called this")
    expect(page.get_by_role("heading", name="No enrollments match")).to_be_visible()
    expect_current_text(page)
    page.get_by_role("button", name="Clear search").click()
    expect(links(page).first).to_be_visible()
    expect_current_text(page)


def test_a_page_translated_before_it_is_ready_keeps_working(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA, allow=("React error #418",))
    translate_from_the_start(page)
    open_ledger(page)
    expect(links(page).first).to_be_visible()
    tab(page, "Active").click()
    expect(tab(page, "Active")).to_have_attribute("aria-selected", "true")
    expect_current_text(page)


def test_a_misplaced_dom_call_raises_no_error(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo)
    page.goto("/login")
    order = page.evaluate("""() => {
      const make = (name) => Object.assign(document.createElement(name), { id: name });
      const [list, first, last, stray] = ["ul", "i", "b", "u"].map(make);
      list.append(first);
      list.removeChild(stray);
      list.insertBefore(last, stray);
      return [...list.children].map((one) => one.id);
    }""")
    assert order == ["i", "b"]
