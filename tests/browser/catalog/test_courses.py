"""Test creating courses, adding lessons, publishing, finding; two admins do not overwrite."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.page_objects.page_tabs import page_tab
from tests.browser.server import Server

DANA = 1


def make_course(page: Page, title: str) -> str:
    """Create a course with its form and return the path of its page."""
    page.goto("/admin/learning/courses")
    page.get_by_role("link", name="New course").click()
    page.get_by_label("Title", exact=True).fill(title)
    page.get_by_label("Grading").select_option(label="Letters")
    page.get_by_role("button", name="Create course").click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    page.wait_for_url("**/lessons")
    return page.url.partition("//")[2].partition("/")[2].removesuffix("/lessons")


def add_lesson(page: Page, title: str) -> None:
    """Add a lesson through its form."""
    page.get_by_label("Title", exact=True).fill(title)
    page.get_by_label("Content").fill(f"What {title} says.")
    page.get_by_role("button", name="Add lesson").click()
    expect(page.get_by_role("list", name="Lessons")).to_contain_text(title)


def lessons(page: Page) -> list[str]:
    """Return the titles of the lessons in their order."""
    rows = page.get_by_role("list", name="Lessons").get_by_role("listitem")
    return [row.inner_text().split("\n")[1].strip() for row in rows.all()]


def test_a_course_is_created_gets_lessons_and_is_published_and_listed(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, DANA)
    path = make_course(page, "Zoology for Beginners")
    page.goto(f"/{path}/settings")
    expect(page.get_by_label("Title", exact=True)).to_have_value("Zoology for Beginners")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("alert").filter(has_text="needs a lesson")).to_be_visible()
    by_admin = page.get_by_label("Completed by an admin", exact=True)
    expect(by_admin).not_to_be_checked()
    by_admin.check()
    page.get_by_role("button", name="Save Changes").click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status").filter(has_text="Published.")).to_be_visible()
    by_admin.uncheck()
    page.get_by_role("button", name="Save Changes").click()
    expect(by_admin).to_have_accessible_description(re.compile("needs a lesson"))
    expect(by_admin).not_to_be_checked()
    page.get_by_role("button", name="Back to draft").click()
    page.goto(f"/{path}/lessons")
    for title in ("Birds", "Fish", "Ants"):
        add_lesson(page, title)
    page.get_by_role("button", name="Move up: Ants").click()
    expect(page.get_by_role("list", name="Lessons").get_by_role("listitem").nth(1)).to_contain_text(
        "Ants"
    )
    page.get_by_role("button", name="Remove Fish").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("list", name="Lessons").get_by_role("listitem")).to_have_count(2)
    page_tab(page, "Settings").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status").filter(has_text="Published")).to_be_visible()
    page.goto("/admin/learning/courses?q=zoology")
    table = page.get_by_role("table", name="Courses")
    expect(table.get_by_role("row")).to_have_count(2)
    expect(table).to_contain_text("Letters")
    expect(table).to_contain_text("Published")
    table.get_by_role("link", name="Zoology for Beginners").click()
    expect(page.get_by_role("heading", name="Zoology for Beginners", level=1)).to_be_visible()
    expect(page_tab(page, "Enrollments")).to_have_attribute("aria-current", "page")


def test_a_double_click_creates_one_course_and_one_lesson(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, DANA)

    def click_twice(form_id: str) -> None:
        # Both clicks come before the first one's answer.
        page.evaluate(
            "id => [1, 2].forEach(() => document.getElementById(id).requestSubmit())", form_id
        )

    page.goto("/admin/learning/courses/new")
    page.get_by_label("Title", exact=True).fill("Clicked twice")
    click_twice("course")
    page.wait_for_url("**/lessons")
    expect(page.get_by_role("heading", name="Clicked twice", level=1)).to_be_visible()
    page.get_by_label("Title", exact=True).fill("Birds")
    click_twice("lesson")
    expect(page.get_by_role("status").filter(has_text="“Birds” added.")).to_be_visible()
    add_lesson(page, "Fish")
    assert lessons(page) == ["Birds", "Fish"]
    page.goto("/admin/learning/courses?q=clicked+twice")
    expect(page.get_by_role("table", name="Courses").get_by_role("row")).to_have_count(2)


def test_opening_another_lesson_asks_before_discarding_typed_text(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, DANA)
    make_course(page, "Half-typed")
    for title in ("Birds", "Fish"):
        add_lesson(page, title)
    # However soon after the page was there, which this clock says it was just now.
    page.clock.set_fixed_time(page.evaluate("Date.now()"))
    title, content = page.get_by_label("Title", exact=True), page.get_by_label("Content")
    page.get_by_role("button", name="Edit Birds").click()
    expect(title).to_have_value("Birds")
    content.fill("Half a sentence")
    page.get_by_role("button", name="Edit Fish").click()
    dialog = page.get_by_role("dialog", name="Discard what you typed?")
    dialog.get_by_role("button", name="Keep editing").click()
    expect(dialog).to_be_hidden()
    expect(title).to_have_value("Birds")
    expect(content).to_have_value("Half a sentence")
    page.get_by_role("button", name="Edit Fish").click()
    dialog.get_by_role("button", name="Discard").click()
    expect(title).to_have_value("Fish")
    expect(content).to_have_value("What Fish says.")
    # Nothing is typed: there is nothing to ask.
    page.get_by_role("button", name="Edit Birds").click()
    expect(title).to_have_value("Birds")
    expect(content).to_have_value("What Birds says.")


def test_the_second_of_two_saves_is_refused_and_keeps_typed_text(
    demo: Server, new_page: NewPage
) -> None:
    first, second = new_page(demo, DANA), new_page(demo, DANA)
    path = make_course(first, "Contested")
    for page in (first, second):
        page.goto(f"/{path}/settings")
        expect(page.get_by_label("Title", exact=True)).to_have_value("Contested")
    first.get_by_label("Title", exact=True).fill("Contested by Dana")
    first.get_by_role("button", name="Save Changes").click()
    expect(first.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    second.get_by_label("Title", exact=True).fill("Something else")
    second.get_by_role("button", name="Save Changes").click()
    expect(second.get_by_role("alert").filter(has_text="Contested by Dana")).to_be_visible()
    expect(second.get_by_label("Title", exact=True)).to_have_value("Something else")


def test_a_refused_field_has_its_message_beside_it(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, DANA)
    page.goto("/admin/learning/courses/new")
    page.get_by_label("Default deadline").fill("soon")
    page.get_by_role("button", name="Create course").click()
    expect(page.get_by_text("Enter a whole number from 0 to 3,650.")).to_be_visible()
    expect(page.get_by_text("Fill this in.")).to_be_visible()
    expect(page.get_by_label("Default deadline")).to_have_value("soon")
