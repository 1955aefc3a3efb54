"""A narrow ledger is sorted without its headings, and stays a table; and nothing moves by itself.

That a narrow page shows all of its values is in `test_access_layout.py`.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from enrollment_portal.domain.ledger.ledger_query import SortKey
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.services.enrollment.enrollments import read_enrollment, save_enrollment
from tests.browser.conftest import NewPage
from tests.browser.page_objects.ledger_page import (
    LEDGER,
    heading,
    open_ledger,
    search_box,
    shown_ids,
    visit,
)
from tests.browser.page_objects.page_tabs import page_tab
from tests.browser.server import Server

MAYA, DANA = 1, 2
_COLUMNS = ["Learner", "Course", "Status", "Progress", "Enrolled", "Deadline"]


def _sort_select(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Sort by")


def _announced(page: Page) -> Locator:
    return page.get_by_role("status").filter(has_text="Sorted by")


def _roles(page: Page) -> list[tuple[str, str]]:
    """Return the roles and names in the browser's accessibility tree, from the table on."""
    client = page.context.new_cdp_session(page)
    nodes = client.send("Accessibility.getFullAXTree")["nodes"]
    client.detach()
    shown = [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in nodes
        if not node["ignored"]
    ]
    start = next(at for at, (role, _name) in enumerate(shown) if role == "table")
    return shown[start:]


@pytest.mark.parametrize("width", [760, 390])
def test_narrow_ledger_is_sorted_by_a_select_as_by_its_headings(
    demo: Server, new_page: NewPage, width: int
) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    expect(_sort_select(page)).to_be_hidden()
    heading(page, "Deadline").get_by_role("button").click()
    expect(_announced(page)).to_have_text("Sorted by Deadline, ascending")
    by_heading = shown_ids(page)
    address = page.url

    page.set_viewport_size({"width": width, "height": 844})
    open_ledger(page)
    expect(heading(page, "Deadline")).to_be_hidden()
    select = _sort_select(page)
    expect(select.get_by_role("option")).to_have_text([key.label for key in SortKey])
    expect(select).to_have_value("enrolled")
    select.focus()
    page.keyboard.press("ArrowDown")
    expect(_announced(page)).to_have_text("Sorted by Deadline, ascending")
    expect(select).to_be_focused()
    expect(page).to_have_url(address)
    assert shown_ids(page) == by_heading
    page.keyboard.press("Tab")
    reverse = page.get_by_role("button", name="Ascending: reverse the order")
    expect(reverse).to_be_focused()
    page.keyboard.press("Enter")
    expect(_announced(page)).to_have_text("Sorted by Deadline, descending")
    expect(page.get_by_role("button", name="Descending: reverse the order")).to_be_focused()
    assert shown_ids(page) != by_heading


@pytest.mark.parametrize("width", [1440, 1000, 760, 390])
def test_ledger_is_a_table_of_labelled_values_at_every_width(
    demo: Server, new_page: NewPage, width: int
) -> None:
    page = new_page(demo, MAYA, viewport={"width": width, "height": 900})
    open_ledger(page, "?sort=deadline")
    row = page.locator("#ledger tbody tr").first
    labels = row.locator(".label:visible").all_inner_texts()
    has_headings = page.locator("#ledger thead").is_visible()
    assert has_headings == (width >= 1000)
    named = [name for name in _COLUMNS[1:] if has_headings or name in labels]
    assert named == _COLUMNS[1:]
    if has_headings:
        for name in _COLUMNS:
            expect(heading(page, name).get_by_role("button")).to_be_visible()
    roles = [role for role, _name in _roles(page)]
    counted = {role: roles.count(role) for role in ("row", "rowheader", "cell", "columnheader")}
    n_columns = 8 if has_headings else 0
    assert counted == {
        "row": 50 + has_headings,
        "rowheader": 50,
        "cell": 350,
        "columnheader": n_columns,
    }


def test_list_in_a_narrow_window_with_the_menu_beside_it_shows_the_course(
    demo: Server, new_page: NewPage
) -> None:
    """Its own width decides how it is shown, not the window's."""
    page = new_page(demo, MAYA, viewport={"width": 1024, "height": 900})
    open_ledger(page)
    course = page.locator("#ledger tbody tr").first.locator(".course")
    box = course.bounding_box()
    assert box
    assert box["width"] > 150


_RECORDER = """
  window.moved = [];
  for (const kind of ['animationstart', 'transitionrun'])
    addEventListener(kind, ({ target, animationName, propertyName, pseudoElement }) => {
      // Of the style: on a busy machine the animation is over before its event is handled.
      const style = getComputedStyle(target, pseudoElement || null);
      const durations = animationName ? style.animationDuration : style.transitionDuration;
      if (durations.split(',').some((duration) => parseFloat(duration) > 0.001))
        window.moved.push(animationName ?? `transition of ${propertyName}`);
    }, true);
"""


def _moved(page: Page, portal: Server) -> list[str]:
    """Return what moves while a list loads, the menu and dialogs open, and a change is saved."""
    page.add_init_script(_RECORDER)
    moved: list[str] = []

    def leave(address: str) -> None:
        moved.extend(page.evaluate("window.moved"))
        visit(page, address)

    page.set_viewport_size({"width": 390, "height": 844})
    open_ledger(page)
    page.get_by_role("button", name="Menu").click()
    expect(page.locator("#sidebar")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.locator("#sidebar")).to_be_hidden()
    page.set_viewport_size({"width": 1440, "height": 900})
    enrollment = shown_ids(page)[0]
    dana = Actor(DANA, "Dana Ruiz", "", Role.SUPER_ADMIN)
    facts = read_enrollment(portal.database, dana, enrollment).facts
    typed = {"feedback": f"Version {facts.version}."}
    save_enrollment(portal.database, dana, enrollment, version=facts.version, typed=typed)
    expect(page.locator("#ledger tr[class*=flash]")).to_be_visible()
    search_box(page).fill("nobody is called this")
    expect(page.get_by_role("heading", name="No enrollments match")).to_be_visible()
    leave(f"{LEDGER}/{enrollment}/manage")
    page.get_by_label("Instructor Feedback", exact=True).fill(f"After {facts.version}.")
    expect(page.get_by_role("button", name="Save Changes")).to_be_enabled()
    page_tab(page, "Overview").click()
    expect(page.get_by_role("dialog", name="Unsaved changes")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Save Changes").click()
    expect(page.get_by_role("button", name="Save Changes")).to_be_disabled()
    leave("/admin/configuration/admins")
    page.get_by_role("button", name="Add admin").click()
    expect(page.get_by_role("dialog", name="Add an admin")).to_be_visible()
    return moved + page.evaluate("window.moved")


def test_nothing_moves_for_those_who_asked_for_less_motion(demo: Server, new_page: NewPage) -> None:
    assert _moved(new_page(demo, MAYA, reduced_motion="reduce"), demo) == []
    # It is what others see move that is looked at.
    usual = set(_moved(new_page(demo, MAYA, reduced_motion="no-preference"), demo))
    assert usual >= {"appear", "breathe", "transition of transform"}
    assert usual & {"flash-even", "flash-odd"}
