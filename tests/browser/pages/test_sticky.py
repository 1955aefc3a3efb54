"""Test that sticky elements hide nothing, and do not fill a small screen."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, ViewportSize, expect
from sqlalchemy import text

from tests.browser.conftest import NewPage
from tests.browser.page_objects.grading_page import grid, open_grid
from tests.browser.page_objects.ledger_page import (
    LEDGER,
    heading,
    links,
    open_ledger,
    search_box,
    tab,
    visit,
)
from tests.browser.server import Server

MAYA = 1
_PHONE: ViewportSize = {"width": 390, "height": 844}
_SCREEN: ViewportSize = {"width": 1440, "height": 900}
_IS_COVERED = """part => {
    const { left, top, height } = part.getBoundingClientRect();
    const there = document.elementFromPoint(left + 1, top + Math.min(height / 2, 16));
    return !part.contains(there);
}"""


def _scroll(page: Page, by: int) -> None:
    page.evaluate("by => window.scrollTo(0, by)", by)


def _uncovered(part: Locator) -> None:
    assert not part.evaluate(_IS_COVERED), part


def test_tabs_search_and_headings_stay_in_view_and_cover_no_focus(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    select = page.get_by_role("combobox", name="Sort by")
    for size, order in ((_SCREEN, heading(page, "Learner")), (_PHONE, select)):
        page.set_viewport_size(size)
        _scroll(page, 1_200)
        for part in (tab(page, "All"), search_box(page), order):
            expect(part).to_be_in_viewport(ratio=0.9)
            _uncovered(part)
        links(page).last.focus()
        for _ in range(30):
            page.keyboard.press("ArrowUp")
            _uncovered(page.locator("a:focus"))
    # Of a screen as low as with a zoom of 400 %, nothing is taken.
    page.set_viewport_size({"width": 320, "height": 256})
    _scroll(page, 1_200)
    for part in (search_box(page), select):
        expect(part).not_to_be_in_viewport()


def test_save_stays_in_view_on_a_phone_and_covers_no_field(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA, viewport=_PHONE)
    visit(page, f"{LEDGER}/1/manage")
    _scroll(page, 0)
    for button in ("Discard", "Save Changes"):
        expect(page.get_by_role("button", name=button)).to_be_in_viewport(ratio=0.9)
    for name in ("status", "deadline", "grade", "feedback", "note", "reason"):
        page.locator(f"#field-{name}").focus()
        _uncovered(page.locator(f"#field-{name}"))


def test_a_phones_row_has_a_bar_and_a_labelled_deadline(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA, viewport=_PHONE)
    open_ledger(page, "?sort=deadline")
    row = page.locator("#ledger tbody tr").first
    expect(row.get_by_role("progressbar", name="Progress")).to_be_visible()
    expect(row.get_by_text("Deadline", exact=True)).to_be_visible()


def test_the_headings_of_the_grid_stay_in_view_at_every_width(
    demo: Server, new_page: NewPage
) -> None:
    with demo.database.read() as session:
        busiest = session.execute(
            text(
                "SELECT course_id FROM enrollment GROUP BY course_id ORDER BY count(*) DESC LIMIT 1"
            )
        ).scalar_one()
    page = new_page(demo, MAYA)
    open_grid(page, busiest)
    headings = grid(page).get_by_role("columnheader")
    for width in (1440, 1100, 800, 390):
        page.set_viewport_size({"width": width, "height": 844})
        grid(page).get_by_role("link").last.focus()
        _scroll(page, 5_000)
        for _ in range(25):
            _uncovered(page.locator("a:focus"))
            expect(headings.first).to_be_in_viewport(ratio=0.9)
            _uncovered(headings.first)
            page.keyboard.press("ArrowUp")
