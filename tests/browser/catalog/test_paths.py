"""Test creating learning paths of courses in order, and publishing them."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from sqlalchemy import text

from tests.browser.conftest import NewPage
from tests.browser.page_objects.ledger_page import query, visit
from tests.browser.page_objects.page_tabs import page_tab
from tests.browser.page_objects.picking import choose
from tests.browser.server import Server

DANA = 1


def add_course(page: Page, title: str) -> None:
    """Find a published course and add it to the path."""
    choose(page, "Search published courses", title)
    expect(page.get_by_role("list", name="Courses")).to_contain_text(title)


def let_it_wait(page: Page) -> None:
    """Make the second of two courses depend on the first."""
    page.get_by_role("checkbox").check()
    expect(page.get_by_role("checkbox")).to_be_checked()


def test_a_path_is_created_with_prerequisites_and_published(
    demo: Server, new_page: NewPage
) -> None:
    found = query(
        demo,
        "SELECT title FROM course WHERE kind = 'course' AND state = 'published'"
        " ORDER BY id LIMIT 2",
    )
    first, second = (row.title for row in found)
    page = new_page(demo, DANA)
    page.goto("/admin/learning/paths/new")
    page.get_by_label("Title", exact=True).fill("Onboarding of Zoologists")
    page.get_by_role("button", name="Create learning path").click()
    page.wait_for_url("**/courses")
    add_course(page, first)
    add_course(page, second)
    let_it_wait(page)
    page.get_by_role("button", name=f"Move up: {second}").click()
    courses = page.get_by_role("list", name="Courses").get_by_role("listitem")
    expect(courses.first).to_contain_text(second)
    # The first course waits for none; the other one does not wait any more than before.
    expect(page.get_by_role("checkbox")).not_to_be_checked()
    let_it_wait(page)
    page_tab(page, "Settings").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status").filter(has_text="Published")).to_be_visible()
    page.goto("/admin/learning/paths?q=zoologists")
    table = page.get_by_role("table", name="Learning paths")
    table.get_by_role("link", name="Onboarding of Zoologists").click()
    expect(page.get_by_text("2 courses")).to_be_visible()
    # A box that is refused shows again what is stored.
    page_tab(page, "Courses").click()
    page.wait_for_url("**/courses")
    visit(page, page.url)  # it must not read the path once more after the next change
    expect(page.get_by_role("checkbox")).to_be_checked()
    with demo.database.write() as session:
        newest = "(SELECT max(id) FROM course WHERE kind = 'path')"
        sql = f"UPDATE course SET list_version = list_version + 1 WHERE id = {newest}"
        session.execute(text(sql))
    page.get_by_role("checkbox").click()
    refusal = page.get_by_role("alert").filter(has_text="changed meanwhile, and nothing was done")
    expect(refusal).to_be_visible()
    expect(page.get_by_role("checkbox")).to_be_checked()
    # The page shows the list as it is now, so that the next click counts.
    page.get_by_role("checkbox").click()
    expect(page.get_by_role("checkbox")).not_to_be_checked()
    expect(refusal).to_be_hidden()
