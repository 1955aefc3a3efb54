"""Test the ledger while it loads, empty, after a failure, and without the server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.conftest import NewPage, Serve
from tests.browser.page_objects.ledger_page import (
    LEDGER,
    execute,
    links,
    open_ledger,
    position,
    query,
    search_box,
    tab,
)
from tests.browser.server import Server
from tests.builders import make_account, make_course, make_enrollment

MAYA = 1
_RECTANGLES = """() => ['h1', '[role=tablist]', '#ledger-search', '#ledger', '#ledger thead',
    ...[1, 2, 3, 4, 5, 6].map(n => `#ledger th:nth-child(${n})`), '#ledger tbody tr',
    '#ledger tbody tr:nth-child(10)', '#header', '#sidebar'].map(part => {
        const box = document.querySelector(part).getBoundingClientRect();
        return [part, ...[box.x, box.y, box.width].map(Math.round),
            part === '#ledger' || part === '#sidebar' ? 0 : Math.round(box.height)];
    })"""
_WATCH_SHIFTS = """() => { window.shifts = []; new PerformanceObserver(list => {
    for (const entry of list.getEntries()) window.shifts.push({ value: entry.value, what:
        entry.sources.map(source => source.node?.outerHTML?.slice(0, 120)) });
    }).observe({ type: 'layout-shift', buffered: true }); }"""


@pytest.fixture(scope="module")
def bare(serve: Serve, migrated_sqlite_file: Path) -> Server:
    """A portal with an admin and nothing else."""
    portal = serve(migrated_sqlite_file, PORTAL_DEMO="off")
    make_account(portal.database, name="Maya Lindqvist")
    return portal


class Delay:
    """Delays what the server sends on a page's socket, until released."""

    def __init__(self, page: Page) -> None:
        self._held: list[tuple[WebSocketRoute, str | bytes]] = []
        self._is_holding = True
        page.route_web_socket("**/_event/**", self._connect)

    def _connect(self, browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            # What only keeps the connection passes at once.
            if self._is_holding and str(message).startswith("42"):
                self._held.append((browser, message))
            else:
                browser.send(message)

        server.on_message(pass_on)

    def release(self) -> None:
        """Pass on what was held back, and everything after it."""
        self._is_holding = False
        for browser, message in self._held:
            browser.send(message)


def test_the_layout_does_not_move_when_rows_load(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    delay = Delay(page)
    page.goto(LEDGER)
    filled, content = page.locator("tbody[data-filled=rows]"), page.locator("#content")
    expect(filled).to_be_visible()
    expect(page.get_by_role("columnheader")).to_have_count(8)
    before = page.evaluate(_RECTANGLES)
    page.evaluate(_WATCH_SHIFTS)

    delay.release()
    expect(position(page)).to_have_text("1–50 of 1,000 enrollments")
    expect(content).to_have_attribute("aria-busy", "false")
    expect(filled).to_have_count(0)
    assert page.evaluate(_RECTANGLES) == before
    shifts = page.evaluate("window.shifts")
    assert sum(shift["value"] for shift in shifts) < 0.01, json.dumps(shifts, indent=1)


def test_an_empty_ledger_says_how_to_enroll(bare: Server, new_page: NewPage) -> None:
    page = new_page(bare, 1)
    open_ledger(page)
    expect(page.get_by_role("heading", name="No enrollments yet")).to_be_visible()
    expect(page.get_by_role("tab", name="All")).to_have_text("All0")
    expect(page.get_by_role("button", name="Next")).to_have_count(0)


def test_an_empty_tab_links_to_all(bare: Server, new_page: NewPage) -> None:
    enrollment = make_enrollment(bare.database, course_id=make_course(bare.database, "Knots"))
    page = new_page(bare, 1)
    open_ledger(page, "?tab=completed")
    expect(page.get_by_role("heading", name="No enrollments with this status")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(links(page)).to_have_count(1)
    execute(bare, "DELETE FROM enrollment WHERE id = :id", id=enrollment)


def test_a_failed_ledger_shows_an_error_and_can_be_retried(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    execute(demo, "ALTER TABLE course RENAME TO course_away")
    try:
        tab(page, "Active").click()
        expect(page.get_by_role("heading", name="This did not load")).to_be_visible()
    finally:
        execute(demo, "ALTER TABLE course_away RENAME TO course")
    page.get_by_role("button", name="Try again").click()
    expect(position(page)).to_contain_text("1–50 of")
    search_box(page).fill("Aarav")
    expect(links(page).first).to_contain_text("Aarav")


def test_a_ledger_that_fails_to_load_can_be_retried(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    execute(demo, "ALTER TABLE course RENAME TO course_away")
    try:
        page.goto(LEDGER)
        expect(page.get_by_role("heading", name="This did not load")).to_be_visible()
    finally:
        execute(demo, "ALTER TABLE course_away RENAME TO course")
    page.get_by_role("button", name="Try again").click()
    expect(position(page)).to_have_text("1–50 of 1,000 enrollments")


def test_a_lost_connection_is_shown_until_it_is_back(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA, allow=("WebSocket connection to", "ERR_CONNECTION_REFUSED"))
    open_ledger(page, "?tab=active")
    shown = links(page).all_inner_texts()
    notice = page.get_by_role("status").filter(has_text="Connection lost")
    demo.kill()
    expect(notice).to_be_visible()
    expect(links(page)).to_have_text(shown)

    demo.start()
    expect(notice).to_have_count(0, timeout=40_000)
    tab(page, "Completed").click()
    sql = (
        "SELECT COUNT(*) AS n FROM enrollment e JOIN course c ON c.id = e.course_id"
        " WHERE e.status = 1 AND c.kind = 'course'"
    )
    completed = query(demo, sql)[0].n
    expect(position(page)).to_have_text(f"1–50 of {completed:,} enrollments")
