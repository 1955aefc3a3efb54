"""Test the columns of the ledger: chosen by keyboard, followed to another browser, and sorted."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from enrollment_portal.storage.shared.database import Database
from tests.browser.conftest import NewPage, Serve, checkpoint
from tests.browser.page_objects.ledger_page import open_ledger
from tests.browser.server import Server
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
)

STANDARD = ["Learner", "Course", "Status", "Progress", "Enrolled", "Deadline"]


@pytest.fixture(scope="module")
def portal(serve: Serve, empty_database: Database) -> Server:
    """A portal with three graded enrollments."""
    make_organization(empty_database)
    make_account(empty_database, name="Maya Lindqvist")
    course = make_course(empty_database, "Fire Safety")
    for name, grade in (("Ana Alba", "9%"), ("Bo Berg", "85%"), ("Cy Curie", None)):
        learner = make_learner(empty_database, name, department=f"{name[0]} team")
        make_enrollment(empty_database, learner, course, grade=grade)
    return serve(checkpoint(empty_database), PORTAL_DEMO="off")


def _headings(page: Page) -> Locator:
    return page.locator("#ledger thead th:not(.select, .peek)")


def _names(page: Page) -> list[str]:
    return [text.strip() for text in _headings(page).all_inner_texts()]


def _expect_columns(page: Page, *names: str) -> None:
    expect(_headings(page)).to_have_text(list(names))


def _cells(page: Page, column: str) -> Locator:
    return page.locator(f"#ledger tbody .{column} > span:not(.label)")


def test_columns_are_chosen_by_keyboard_alone_and_follow_to_another_browser(
    new_page: NewPage, portal: Server
) -> None:
    page = new_page(portal, 1)
    page.set_viewport_size({"width": 1440, "height": 900})
    open_ledger(page)
    _expect_columns(page, *STANDARD)
    page.get_by_role("button", name="Columns", exact=True).focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Columns")
    expect(dialog.get_by_role("checkbox", name="Learner")).to_be_disabled()
    dialog.get_by_role("checkbox", name="Grade").focus()
    page.keyboard.press("Space")
    _expect_columns(page, *STANDARD, "Grade")
    up = dialog.get_by_role("button", name="Move Grade up")
    up.focus()
    for _ in range(6):  # over Last Visit, which is hidden, too
        page.keyboard.press("Enter")
        expect(up).to_be_focused()
    _expect_columns(page, "Learner", "Grade", *STANDARD[1:])
    expect(dialog.get_by_role("status")).to_have_text("Grade is column 2 of 15")
    page.keyboard.press("Enter")  # the learner stays the first
    dialog.get_by_role("checkbox", name="Enrolled").focus()
    page.keyboard.press("Space")
    dialog.get_by_role("radio", name="Comfortable").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#ledger table")).to_have_attribute("data-density", "compact")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Columns", exact=True)).to_be_focused()
    expect(_cells(page, "more-grade")).to_have_text(["", "85%", "9%"])

    edge = page.get_by_role("separator", name="Width of Grade")
    edge.focus()
    page.keyboard.press("ArrowRight")
    wide = int(edge.get_attribute("aria-valuenow") or 0)
    page.keyboard.press("ArrowRight")
    expect(edge).to_have_attribute("aria-valuenow", str(wide + 16))
    chosen = ["Learner", "Grade", "Course", "Status", "Progress", "Deadline"]
    stored = f"learner,grade:{wide + 16},course,status,progress,deadline;compact"
    page.wait_for_function("text => localStorage.getItem('ledger-layout') === text", arg=stored)

    other = new_page(portal, 1)
    other.set_viewport_size({"width": 1440, "height": 900})
    open_ledger(other)
    _expect_columns(other, *chosen)
    expect(_cells(other, "more-grade")).to_have_text(["", "85%", "9%"])
    # Applied from the first moment on in a browser that knows it.
    other.reload(wait_until="commit")
    expect(other.locator("#ledger table")).to_have_attribute("data-layout", "own")
    assert "Grade" in _names(other)
    other.get_by_role("separator", name="Width of Grade").dblclick()
    other.get_by_role("button", name="Columns", exact=True).click()
    other.get_by_role("button", name="Reset to standard").click()
    _expect_columns(other, *STANDARD)
    expect(other.locator("#ledger table")).to_have_attribute("data-density", "comfortable")


def test_every_column_sorts_and_its_order_is_in_the_address(
    new_page: NewPage, portal: Server
) -> None:
    page = new_page(portal, 1)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.add_init_script("localStorage.setItem('ledger-layout', '')")
    open_ledger(page)
    page.get_by_role("button", name="Columns", exact=True).click()
    dialog = page.get_by_role("dialog", name="Columns")
    for name in ("Grade", "Department"):
        dialog.get_by_role("checkbox", name=name).check()
    page.keyboard.press("Escape")
    head = page.locator("#ledger thead")
    head.get_by_role("button", name="Grade").click()
    expect(_cells(page, "more-grade")).to_have_text(["85%", "9%", ""])
    expect(page).to_have_url(re.compile(r"\?sort=-grade$"))
    head.get_by_role("button", name="Grade").click()
    expect(_cells(page, "more-grade")).to_have_text(["9%", "85%", ""])
    head.get_by_role("button", name="Department").click()
    expect(_cells(page, "more-department")).to_have_text(["A team", "B team", "C team"])
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_label("Sort by").select_option("Grade")
    expect(_cells(page, "more-grade").first).to_have_text("85%")
