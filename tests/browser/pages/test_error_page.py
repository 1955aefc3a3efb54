"""Test that an error in a page shows a message with a reload button, without a stack trace."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.page_objects.ledger_page import links, open_ledger, tab
from tests.browser.server import Server

MAYA = 1
# Only the app's own calls throw, not those of the test.
_IN_A_COMPONENT = """() => {
  const { at } = Array.prototype;
  Array.prototype.at = function (index) {
    if (new Error().stack.includes("/assets/")) throw new Error("provoked");
    return at.call(this, index);
  };
}"""
_OUTSIDE_OF_COMPONENTS = """
  const { matchMedia } = window;
  let isDone = false;
  window.matchMedia = (query) => {
    if (!isDone && new Error().stack.includes("/assets/root")) {
      isDone = true;
      throw new Error("provoked");
    }
    return matchMedia.call(window, query);
  };
"""


def _expect_error_page(page: Page) -> None:
    expect(page.get_by_role("heading", name="This page stopped working")).to_be_visible()
    expect(page.locator("main")).to_have_text(
        "This page stopped working"
        "Something went wrong in the page itself. What was saved is kept.Load again"
    )


def test_an_error_in_a_component_shows_the_error_page(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA, allow=("provoked",))
    open_ledger(page)
    expect(links(page).first).to_be_visible()
    page.evaluate(_IN_A_COMPONENT)
    tab(page, "Completed").click()
    _expect_error_page(page)
    page.get_by_role("button", name="Load again").click()
    expect(links(page).first).to_be_visible()
    assert "In a browser: Error: provoked" in demo.log.read_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_error_outside_of_all_components_shows_the_error_page(
    demo: Server, new_page: NewPage, theme: str
) -> None:
    page = new_page(demo, MAYA, allow=("provoked",), color_scheme=theme)
    page.add_init_script(_OUTSIDE_OF_COMPONENTS)
    page.goto("/learn")
    _expect_error_page(page)
