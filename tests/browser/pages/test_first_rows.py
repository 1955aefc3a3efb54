"""Test the rows in the first HTML of the ledger: the app's own, shown before it has started."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import NewPage
from tests.browser.page_objects.ledger_page import (
    LEDGER,
    heading,
    links,
    position,
    query,
    search_box,
    tab,
    visit,
)
from tests.browser.server import Server

MAYA = 1
FILLED = "tbody[data-filled=rows]"
# As a browser reads both, without what the app adds afterwards.
_COMPARABLE = """
(table) => {
  const OF_THE_APP = ["data-filled", "data-first", "aria-description"];
  const clean = (node) => {
    for (const one of node.querySelectorAll("*")) {
      for (const name of one.getAttributeNames()) {
        const value = one.getAttribute(name).trim().replace(/ +/g, " ");
        if (OF_THE_APP.includes(name) || (name === "style" && !value))
          one.removeAttribute(name);
        else one.setAttribute(name, value);
      }
    }
    return [...node.querySelectorAll("tr")].map((row) => [...row.children].map((cell) =>
      [cell.tagName, ...cell.getAttributeNames().sort().map((n) => n + "=" + cell.getAttribute(n)),
       ...[...cell.querySelectorAll("*")].map((one) => one.tagName + " " +
         one.getAttributeNames().sort().map((n) => n + "=" + one.getAttribute(n)).join(" ")),
       cell.textContent].join("\\n")));
  };
  return clean(table.cloneNode(true));
}
"""
_PARSED = f"""(html) => ({_COMPARABLE})(
  new DOMParser().parseFromString(html, "text/html").querySelector("#ledger table"))"""
_SHIFTS = """
globalThis.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) globalThis.shifts += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


class SlowScripts:
    """Holds the app of a page back, so that it shows what the server has put into it."""

    def __init__(self, page: Page) -> None:
        self._waiting: list[Route] | None = []
        page.route(re.compile(r"/assets/entry\.client"), self._hold)

    def _hold(self, route: Route) -> None:
        if self._waiting is None:
            route.continue_()
        else:
            self._waiting.append(route)

    def release(self) -> None:
        """Let the app start."""
        waiting, self._waiting = self._waiting or [], None
        for route in waiting:
            route.continue_()


def account_of(portal: Server, role: str) -> int:
    return query(portal, "SELECT MIN(id) AS id FROM account WHERE role = :role", role=role)[0].id


@pytest.mark.parametrize("role", ["super_admin", "instructor", "group_lead"])
def test_the_app_shows_what_the_server_has_put_into_the_page(
    demo: Server, new_page: NewPage, role: str
) -> None:
    """Rows of all statuses, deadlines, requests and runs; in every order of the columns."""
    page = new_page(demo, account_of(demo, role))
    for address in (
        "",
        "?tab=active&sort=deadline",
        "?tab=completed&sort=-progress",
        "?asks=1",
        "?sort=learner&page=last",
        "?q=an&sort=course",
        "?kind=paths",
    ):
        html = page.context.request.get(LEDGER + address).text()
        visit(page, LEDGER + address)
        shown = page.locator("#ledger table")
        if not links(page).count():
            assert "data-filled" not in html
            continue
        own = shown.evaluate(_COMPARABLE)
        assert "data-filled" in html, address
        first = page.evaluate(_PARSED, html)
        unlike = [pair for rows in zip(first, own, strict=True) for pair in zip(*rows, strict=True)]
        assert [pair for pair in unlike if pair[0] != pair[1]] == [], address
        assert page.locator(FILLED).count() == 0


def test_the_app_takes_over_without_a_shift(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    scripts = SlowScripts(page)
    page.add_init_script(_SHIFTS)
    page.goto(f"{LEDGER}?tab=active&sort=-progress", wait_until="commit")
    expect(page.locator(FILLED).locator("tr")).to_have_count(50)
    expect(tab(page, "Active")).to_have_attribute("aria-selected", "true")
    expect(heading(page, "Progress")).to_have_attribute("aria-sort", "descending")
    page.goto(LEDGER, wait_until="commit")
    expect(page.locator(FILLED).locator("tr")).to_have_count(50)
    expect(tab(page, "All")).to_have_text("All1,000")
    expect(position(page)).to_have_text("1–50 of 1,000 enrollments")
    names = links(page).all_inner_texts()
    box = links(page).nth(5).bounding_box()
    scripts.release()
    expect(page.locator("#content")).to_have_attribute("aria-busy", "false")
    expect(page.locator(FILLED)).to_have_count(0)
    assert links(page).all_inner_texts() == names
    assert links(page).nth(5).bounding_box() == box
    assert page.evaluate("globalThis.shifts") < 0.01


def test_what_was_typed_and_clicked_before_the_app_is_there_is_done(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    scripts = SlowScripts(page)
    page.goto(LEDGER, wait_until="commit")
    expect(page.locator(FILLED).locator("tr")).to_have_count(50)
    search_box(page).press_sequentially("an")
    tab(page, "Completed").click()
    scripts.release()
    expect(page).to_have_url(re.compile(r"tab=completed.*q=an"))
    expect(search_box(page)).to_have_value("an")
    expect(tab(page, "Completed")).to_have_attribute("aria-selected", "true")


def test_without_scripts_rows_are_links(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA, java_script_enabled=False)
    answer = page.goto(f"{LEDGER}?tab=active")
    assert answer
    assert answer.headers["cache-control"] == "no-store"
    expect(links(page)).to_have_count(50)
    links(page).first.click()
    expect(page).to_have_url(re.compile(rf"{LEDGER}/\d+\?tab=active"))


def test_who_may_not_see_the_ledger_gets_the_page_as_it_is_built(
    demo: Server, new_page: NewPage
) -> None:
    request = new_page(demo, account_of(demo, "learner")).context.request
    answer = request.get(LEDGER)
    assert "data-filled" not in answer.text()
    assert "data-first" in answer.text()
    assert request.get("/templates").status == 404
    assert request.get("/templates.html").status == 404
    signed_in = new_page(demo, MAYA).context.request
    head = signed_in.head(LEDGER)
    assert (head.status, head.headers["cache-control"]) == (200, "no-store")
    assert not head.body()
