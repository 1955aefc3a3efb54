"""Test that what is selected is visible: in both themes, and in Windows' contrast themes.

The latter draw no backgrounds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewPage
from tests.browser.page_objects.ledger_page import LEDGER, open_ledger, query, tab, visit
from tests.browser.page_objects.page_tabs import page_tab
from tests.browser.server import Server

MAYA = 1
_CONTRAST: dict[str, Any] = {"forced_colors": "active"}
_LOOKS: tuple[dict[str, Any], ...] = (
    _CONTRAST,
    {"color_scheme": "light"},
    {"color_scheme": "dark"},
)
_UNREADABLE = """part => {
  const { color } = getComputedStyle(part);
  return [...part.querySelectorAll('*')]
    .filter((child) => child.textContent.trim() && getComputedStyle(child).color !== color)
    .map((child) => child.outerHTML);
}"""


def _looks(page: Page, element: Locator) -> bytes:
    """Return the picture of an element without the focus, and without the pointer on it."""
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")
    return element.screenshot(animations="disabled")


def _expect_another_look(
    page: Page, element: Locator, attribute: str, choose: Callable[[], None]
) -> None:
    """Expect an element, as it is chosen, to look another way."""
    before = _looks(page, element)
    choose()
    expect(element).to_have_attribute(attribute, "page" if attribute == "aria-current" else "true")
    assert _looks(page, element) != before


@pytest.mark.parametrize("look", _LOOKS, ids=lambda look: "-".join(look.values()))
def test_what_is_selected_looks_another_way(
    demo: Server, new_page: NewPage, look: dict[str, Any]
) -> None:
    page = new_page(demo, MAYA, **look)
    open_ledger(page)
    chosen: list[Locator] = []
    for part in (tab(page, "Active"), page.get_by_role("tab", name="Learning paths")):
        _expect_another_look(page, part, "aria-selected", part.click)
        chosen.append(part)
    requests = page.get_by_role("button", name="extension request")
    open_ledger(page)
    _expect_another_look(page, requests, "aria-pressed", requests.click)
    courses = page.get_by_role("navigation", name="Admin Portal").get_by_role("link").nth(1)
    _expect_another_look(page, courses, "aria-current", courses.click)
    id_ = query(demo, "SELECT min(id) FROM enrollment")[0][0]
    visit(page, f"{LEDGER}/{id_}")
    manage = page_tab(page, "Manage")
    _expect_another_look(page, manage, "aria-current", manage.click)
    visit(page, f"{LEDGER}/enroll")
    people = page.get_by_role("combobox", name="Find people by name or email")
    people.fill("aarav")
    option = page.get_by_role("option").first
    expect(option).to_have_attribute("aria-selected", "false")
    before = option.screenshot()
    people.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    assert option.screenshot() != before
    if look == _CONTRAST:
        assert option.evaluate(_UNREADABLE) == []


def test_all_words_of_what_is_selected_have_its_colour(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA, **_CONTRAST)
    open_ledger(page)
    menu = page.get_by_role("navigation", name="Admin Portal")
    themes = page.get_by_role("group", name="Theme")
    for part in (
        tab(page, "All"),
        menu.locator("[aria-current=page]"),
        themes.locator("[aria-pressed=true]"),
    ):
        assert part.evaluate(_UNREADABLE) == []
    group = query(demo, "SELECT min(id) FROM people_group")[0][0]
    visit(page, f"/admin/people/groups/{group}")
    assert page_tab(page, "Members").evaluate(_UNREADABLE) == []


def test_theme_that_is_chosen_differs_in_contrast_themes(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA, **_CONTRAST)
    open_ledger(page)
    dark = page.get_by_role("button", name="Dark theme")
    _expect_another_look(page, dark, "aria-pressed", dark.click)


def test_bars_show_their_share(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA, **_CONTRAST)
    open_ledger(page)
    none, all_ = (page.locator(f"td progress.p{share}") for share in (0, 100))
    page.get_by_role("tab", name="Completed").click()
    full = all_.first.screenshot()
    page.get_by_role("tab", name="Active").click()
    assert none.first.screenshot() != full


def test_badges_of_each_status_have_a_mark_of_their_own(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA, **_CONTRAST)
    open_ledger(page)
    marks = set()
    for status in ("Active", "Completed", "Cancelled"):
        tab(page, status).click()
        badge = page.locator(f"#ledger .badge.{status.lower()}").first
        expect(badge).to_be_visible()
        box = badge.bounding_box()
        assert box
        mark = {"x": box["x"], "y": box["y"], "width": box["height"], "height": box["height"]}
        marks.add(page.screenshot(clip=mark))  # pyright: ignore[reportArgumentType]
    assert len(marks) == 3


def test_switch_that_is_on_differs(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA, **_CONTRAST)
    visit(page, "/admin/configuration/admins")
    switches = page.get_by_role("switch")
    on = switches.and_(page.locator(":checked")).first
    off = switches.and_(page.locator(":not(:checked)")).first
    assert on.screenshot() != off.screenshot()


def _colors(element: Locator) -> str:
    return element.evaluate(
        "part => [getComputedStyle(part).backgroundColor, getComputedStyle(part).color].join('|')"
    )


def test_button_that_cannot_be_pressed_differs(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA, **_CONTRAST)
    open_ledger(page)
    first, next_ = (page.get_by_role("button", name=name, exact=True) for name in ("First", "Next"))
    assert _colors(first) != _colors(next_)
    id_ = query(demo, "SELECT min(id) FROM enrollment WHERE status = 0")[0][0]
    visit(page, f"{LEDGER}/{id_}/manage")
    save = page.get_by_role("button", name="Save Changes")
    expect(save).to_be_disabled()
    before = _colors(save), save.screenshot()
    page.get_by_label("Grade", exact=True).fill("A+")
    expect(save).to_be_enabled()
    assert _colors(save) != before[0]
    assert save.screenshot() != before[1]
