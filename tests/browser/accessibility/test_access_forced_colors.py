"""Test that selections are visible in Windows' contrast themes, which draw no backgrounds."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewPage
from tests.browser.page_objects.ledger_page import open_ledger, query, tab, visit
from tests.browser.page_objects.page_tabs import page_tab
from tests.browser.server import Server

MAYA = 1


def _colors(element: Locator) -> tuple[str, str]:
    return element.evaluate(
        "part => [getComputedStyle(part).backgroundColor, getComputedStyle(part).color].join('|')"
    )


def _differ(selected: Locator, other: Locator) -> None:
    expect(selected).to_be_visible()
    assert _colors(selected) != _colors(other)
    assert selected.screenshot() != other.screenshot()


def _open(demo: Server, new_page: NewPage, address: str = "") -> Page:
    page = new_page(demo, MAYA, forced_colors="active")
    if address:
        visit(page, address)
    else:
        open_ledger(page)
    return page


def test_selected_tabs_segments_and_menu_entries_differ(demo: Server, new_page: NewPage) -> None:
    page = _open(demo, new_page)
    _differ(tab(page, "All"), tab(page, "Active"))
    kinds = page.get_by_role("tablist", name="Enrollments in")
    _differ(kinds.get_by_role("tab").first, kinds.get_by_role("tab").last)
    menu = page.get_by_role("navigation", name="Admin Portal")
    _differ(menu.get_by_role("link", name="Enrollments"), menu.get_by_role("link", name="Courses"))
    themes = page.get_by_role("group", name="Theme").get_by_role("button")
    _differ(themes.and_(page.locator("[aria-pressed=true]")), themes.first)


def test_selected_page_of_a_record_differs(demo: Server, new_page: NewPage) -> None:
    id_ = query(demo, "SELECT min(id) FROM enrollment")[0][0]
    page = _open(demo, new_page, f"/admin/learning/enrollments/{id_}")
    _differ(page_tab(page, "Overview"), page_tab(page, "Manage"))


def test_bars_show_their_share(demo: Server, new_page: NewPage) -> None:
    page = _open(demo, new_page)
    none, all_ = (page.locator(f"td progress.p{share}") for share in (0, 100))
    page.get_by_role("tab", name="Completed").click()
    full = all_.first.screenshot()
    page.get_by_role("tab", name="Active").click()
    assert none.first.screenshot() != full


def test_switch_that_is_on_differs(demo: Server, new_page: NewPage) -> None:
    page = _open(demo, new_page, "/admin/configuration/admins")
    switches = page.get_by_role("switch")
    on = switches.and_(page.locator(":checked")).first
    off = switches.and_(page.locator(":not(:checked)")).first
    assert on.screenshot() != off.screenshot()


def test_button_that_cannot_be_pressed_differs(demo: Server, new_page: NewPage) -> None:
    page = _open(demo, new_page)
    first, next_ = (page.get_by_role("button", name=name, exact=True) for name in ("First", "Next"))
    _differ(first, next_)
    id_ = query(demo, "SELECT min(id) FROM enrollment WHERE status = 0")[0][0]
    visit(page, f"/admin/learning/enrollments/{id_}/manage")
    save = page.get_by_role("button", name="Save Changes")
    expect(save).to_be_disabled()
    before = _colors(save), save.screenshot()
    page.get_by_label("Grade", exact=True).fill("A+")
    expect(save).to_be_enabled()
    assert _colors(save) != before[0]
    assert save.screenshot() != before[1]
