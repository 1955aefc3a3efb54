"""Test that a list page does not first paint the previous tab."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.page_objects.ledger_page import LEDGER, links, open_ledger, tab
from tests.browser.server import Server

MAYA = 1
# With each frame: the tab that is chosen, while rows are to be seen.
_WATCH = """() => {
  window.painted = new Set();
  const look = () => {
    const row = document.querySelector("#ledger tbody:not([aria-hidden]) tr");
    if (row && getComputedStyle(row).visibility === "visible") {
      painted.add(document.querySelector("[role=tab][id^=tab-][aria-selected=true]").id);
    }
    requestAnimationFrame(look);
  };
  look();
}"""


def _painted(page: Page) -> list[str]:
    expect(page.locator("#content")).to_have_attribute("aria-busy", "false")
    expect(links(page).first).to_be_visible()
    return page.evaluate("() => [...painted]")


def test_another_tab_is_not_painted_first(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    tab(page, "Completed").click()
    expect(page).to_have_url(f"{LEDGER}?tab=completed")
    page.get_by_role("link", name="Courses", exact=True).first.click()
    expect(page.get_by_role("heading", level=1, name="Courses")).to_be_visible()
    page.evaluate(_WATCH)
    page.get_by_role("link", name="Enrollments", exact=True).click()
    expect(tab(page, "All")).to_have_attribute("aria-selected", "true")
    assert _painted(page) == ["tab-all"]

    tab(page, "Completed").click()
    expect(page).to_have_url(f"{LEDGER}?tab=completed")
    page.add_init_script(f"addEventListener('DOMContentLoaded', {_WATCH})")
    page.goto(LEDGER)
    expect(tab(page, "All")).to_have_attribute("aria-selected", "true")
    assert _painted(page) == ["tab-all"]
