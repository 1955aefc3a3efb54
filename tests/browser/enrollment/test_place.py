"""Test an enrollment page's heading, title and place in the ledger it was opened from."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.page_objects.ledger_page import (
    IN_COURSES,
    LEDGER,
    links,
    open_ledger,
    query,
    shown_ids,
)
from tests.browser.page_objects.page_tabs import page_tab
from tests.browser.server import Server

MAYA = 1
LEARNING = "?tab=active&sort=learner"


def step(page: Page, name: str) -> None:
    """Follow the link to a neighbour by keyboard."""
    around = page.get_by_role("navigation", name="Enrollments of the ledger")
    link = around.get_by_role("link", name=name)
    link.focus()
    page.keyboard.press("Enter")


def expect_record(page: Page, demo: Server, enrollment: int) -> tuple[str, str]:
    """Wait until the heading and the title name an enrollment; return learner and course."""
    row = query(
        demo,
        "SELECT l.name, c.title FROM enrollment e JOIN learner l ON l.id = e.learner_id"
        f" JOIN course c ON c.id = e.course_id WHERE e.id = {enrollment}",
    )[0]
    named = f"{row.name} · {row.title}"
    expect(page.get_by_role("heading", level=1)).to_have_text(named)
    expect(page).to_have_title(f"{named} · Enrollment")
    return row.name, row.title


def test_it_leads_through_the_ledger_it_was_opened_from_and_back(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page, LEARNING)
    first, second, third = shown_ids(page)[:3]
    links(page).nth(1).click()
    expect(page).to_have_url(f"{demo.url}{LEDGER}/{second}{LEARNING}")
    expect_record(page, demo, second)
    step(page, "Next")
    expect(page).to_have_url(f"{demo.url}{LEDGER}/{third}{LEARNING}")
    expect_record(page, demo, third)
    step(page, "Previous")
    expect_record(page, demo, second)
    step(page, "Previous")
    expect_record(page, demo, first)
    # The first one says that it is: the way stays, and can be reached.
    end = page.get_by_role("link", name="Previous: this is the first enrollment of the ledger")
    expect(end).to_have_attribute("aria-disabled", "true")
    end.focus()
    expect(end).to_be_focused()
    # The form's page has the same place, also after a reload.
    page_tab(page, "Manage").click()
    expect(page).to_have_url(f"{demo.url}{LEDGER}/{first}/manage{LEARNING}")
    page.reload()
    step(page, "Next")
    expect(page).to_have_url(f"{demo.url}{LEDGER}/{second}/manage{LEARNING}")
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link").click()
    expect(page).to_have_url(f"{demo.url}{LEDGER}{LEARNING}")


def test_learner_and_course_link_to_their_pages(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    enrollment = query(demo, f"SELECT max(id) AS id FROM {IN_COURSES}")[0].id
    page.goto(f"{LEDGER}/{enrollment}")
    learner, course = expect_record(page, demo, enrollment)
    page.get_by_role("heading", level=1).get_by_role("link", name=learner).click()
    expect(page).to_have_title(f"{learner} · User")
    page.go_back()
    page.get_by_role("heading", level=1).get_by_role("link", name=course).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(course)
    expect(page).to_have_title(f"{course} · Course")
    page_tab(page, "Lessons").click()
    expect(page).to_have_title(f"{course} · Lessons")
