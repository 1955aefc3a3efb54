"""Test that a list page shows what was asked for last, and not first what was asked before."""

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

# Answers are held until the next link changes the address: at the earliest moment thereafter.
_HOLD = """() => {
  const held = window.held = [];
  const { set } = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage");
  const hold = (hear) => (message) => window.holds ? held.push([message, hear]) : hear(message);
  Object.defineProperty(WebSocket.prototype, "onmessage", {
    set(hear) { set.call(this, hear && hold(hear)); },
  });
  const push = history.pushState;
  history.pushState = function (...step) {
    push.apply(this, step);
    if (!held.length) return;
    window.holds = false;
    for (const [message, hear] of held.splice(0)) hear(message);
  };
}"""
_ANSWERED = """() => held.some(([{ data }]) => data.includes('"is_hydrated_rx_state_":true'))"""


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


def test_the_second_of_two_quick_links_is_shown(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    page.add_init_script(f"({_HOLD})()")
    open_ledger(page)
    views = page.locator("#sidebar details a")
    page.evaluate("() => { window.holds = true; }")
    views.filter(has_text="Completed this month").click()
    page.wait_for_function(_ANSWERED)
    views.filter(has_text="Stuck").click()
    expect(views.filter(has_text="Stuck")).to_have_attribute("aria-current", "page")
    expect(page).to_have_url(f"{LEDGER}?view=stuck")
