"""Test the rows of lists: a click anywhere opens one, and their text can be selected."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from enrollment_portal.state.shared.views import USERS_PATH
from tests.browser.conftest import NewPage
from tests.browser.page_objects.ledger_page import LEDGER, links, open_ledger, visit
from tests.browser.server import Server
from tests.builders import make_learner

MAYA, INGRID, AARAV = 1, 4, 6
_CUT_OFF = """(links) => links.filter((link) => {
  const context = document.createElement("canvas").getContext("2d");
  context.font = getComputedStyle(link).font;
  const ink = context.measureText(link.textContent);
  const foot = document.createElement("span");
  foot.style.display = "inline-block";
  link.prepend(foot);
  const base = foot.getBoundingClientRect().bottom;
  foot.remove();
  const { top, bottom } = link.getBoundingClientRect();
  return base - ink.actualBoundingBoxAscent < top || base + ink.actualBoundingBoxDescent > bottom;
}).map((link) => link.textContent)"""
_SELECTED = "() => getSelection().toString()"


def _address(row: Locator) -> str:
    return row.locator(".row-link").get_attribute("href") or ""


def _drag(page: Page, over: Locator) -> None:
    box = over.bounding_box()
    assert box
    page.mouse.move(box["x"] + 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()


@pytest.mark.parametrize("within", ["td progress:visible", "td.course", "td.enrolled", ".badge"])
def test_a_click_anywhere_in_a_row_opens_it(demo: Server, new_page: NewPage, within: str) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    row = page.locator("#ledger tbody tr", has=page.locator(".row-link")).nth(2)
    address = _address(row)
    row.locator(within).first.click()
    expect(page).to_have_url(re.compile(f"{address}$"))


@pytest.mark.parametrize(
    ("account", "path"),
    [
        (MAYA, "/admin/people/users"),
        (MAYA, "/admin/people/groups"),
        (MAYA, "/admin/learning/courses"),
        (MAYA, "/admin/learning/paths"),
        (INGRID, "/teach"),
        (AARAV, "/learn/catalog"),
    ],
)
def test_a_click_in_a_row_of_any_other_list_opens_it(
    demo: Server, new_page: NewPage, account: int, path: str
) -> None:
    page = new_page(demo, account)
    visit(page, path)
    row = page.locator("main tbody tr", has=page.locator(".row-link")).first
    address = _address(row)
    row.click(position={"x": 3, "y": 3})
    expect(page).to_have_url(re.compile(f"{re.escape(address)}$"))


@pytest.mark.parametrize("within", [".row-link", "td.course"])
def test_a_drag_selects_the_text_of_a_row_and_does_not_open_it(
    demo: Server, new_page: NewPage, within: str
) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    row = page.locator("#ledger tbody tr", has=page.locator(".row-link")).nth(1)
    text = row.locator(within).first
    _drag(page, text)
    assert page.evaluate(_SELECTED) in (text.inner_text())
    assert len(page.evaluate(_SELECTED)) > 3
    expect(page).to_have_url(re.compile(f"{LEDGER}$"))
    # The next click, which selects nothing, opens it.
    address = _address(row)
    row.locator("progress:visible").click()
    expect(page).to_have_url(re.compile(f"{address}$"))


@pytest.mark.parametrize("clicks", [2, 3])
def test_a_double_click_selects_text_of_a_row_and_does_not_open_it(
    demo: Server, new_page: NewPage, clicks: int
) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    row = page.locator("#ledger tbody tr", has=page.locator(".row-link")).nth(1)
    address = _address(row)
    text = row.locator("td.course").first
    text.click(click_count=clicks, position={"x": 24, "y": 18})
    assert page.evaluate(_SELECTED).strip() in text.inner_text()
    assert len(page.evaluate(_SELECTED).strip()) > 1
    # What else is on the page still works at once, and the row has not been opened meanwhile.
    page.get_by_role("tab", name="Active").click()
    expect(page.get_by_role("tab", name="Active")).to_have_attribute("aria-selected", "true")
    assert address not in page.url


@pytest.mark.parametrize("within", [".row-link", "progress:visible"])
def test_the_middle_button_and_control_open_a_row_in_a_new_tab(
    demo: Server, new_page: NewPage, within: str
) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    expect(links(page).first).to_be_visible()
    row = page.locator("#ledger tbody tr", has=page.locator(".row-link")).first
    for options in ({"button": "middle"}, {"modifiers": ["Control"]}):
        with page.context.expect_page() as opened:
            row.locator(within).click(**options)  # type: ignore[arg-type]
        expect(opened.value).to_have_url(re.compile(f"{_address(row)}$"))
        opened.value.close()
    expect(page).to_have_url(re.compile(f"{LEDGER}$"))


@pytest.mark.parametrize("width", [1440, 390])
def test_no_diacritics_of_a_name_are_cut_off(demo: Server, new_page: NewPage, width: int) -> None:
    for i, name in enumerate(("שָׁלוֹם נֹעָה", "গৌরী চৌধুরী", "มั่นคง ปู่เปี๊ยก", "Ẫn Ễ", "Å Ǻ")):
        make_learner(demo.database, f"{name} Tops", f"tops{i}.{width}@northwind.example")
    page = new_page(demo, MAYA, viewport={"width": width, "height": 900})
    visit(page, f"{USERS_PATH}?q=tops")
    names = page.locator("main tbody .row-link")
    expect(names.nth(4)).to_be_visible()
    assert names.evaluate_all(_CUT_OFF) == []


def test_a_phone_shows_the_time_to_a_deadline_beside_its_date(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA, viewport={"width": 390, "height": 844})
    open_ledger(page, "?tab=active&sort=deadline")
    row = page.locator("#ledger tbody tr").first
    said = re.compile(r"Deadline\s*\d+ \w+ \d{4}\s*\d+ days? overdue")
    expect(row.locator(".deadline")).to_contain_text(said)
    expect(row.locator(".status")).not_to_contain_text("overdue")
