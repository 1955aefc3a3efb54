"""Test the panel beside the ledger: opened, moved, edited and left, by keyboard and by the URL."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.people.people import Role
from enrollment_portal.storage.shared.database import Database
from tests.browser.conftest import NewPage, Serve, checkpoint
from tests.browser.page_objects.enrollment_page import field, open_manage, save_button
from tests.browser.page_objects.ledger_page import LEDGER, links, open_ledger, position, query
from tests.browser.page_objects.rows.panel import (
    expect_open,
    open_panel,
    panel,
    panel_heading,
    panel_tab,
)
from tests.browser.server import Server
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
)

N = 60
MAYA, DANA, LEAD = 1, 2, 3


@pytest.fixture(scope="module")
def portal(serve: Serve, empty_database: Database) -> Server:
    """A portal with two pages of enrollments, newest first: Person 059 to Person 000."""
    make_organization(empty_database)
    make_account(empty_database, Role.SUPER_ADMIN, name="Maya Lindqvist")
    make_account(empty_database, Role.SUPER_ADMIN, name="Dana Ruiz")
    course = make_course(empty_database, "Fire Safety")
    for n in range(N):
        learner = make_learner(empty_database, f"Person {n:03}")
        make_enrollment(
            empty_database,
            learner,
            course,
            enrolled_at=1_772_000_000_000 + n * 86_400_000,
            internal_note="Between us",
        )
    make_account(empty_database, Role.GROUP_LEAD, leads=(learner,))
    return serve(checkpoint(empty_database), PORTAL_DEMO="off")


def test_rows_are_looked_through_by_keyboard_across_pages(
    portal: Server, new_page: NewPage
) -> None:
    page = new_page(portal, MAYA)
    open_ledger(page)
    row = links(page).nth(48)
    row.press("Space")
    expect_open(page)
    expect(panel_heading(page)).to_have_text("Person 011 · Fire Safety")
    expect(panel_heading(page)).to_be_focused()
    expect(page).to_have_url(re.compile(r"\?peek=12$"))

    # On to the rows of the next page, and back.
    for key, name in (("j", "010"), ("ArrowDown", "009"), ("k", "010"), ("ArrowUp", "011")):
        page.keyboard.press(key)
        expect(panel_heading(page)).to_have_text(f"Person {name} · Fire Safety")
        expect_open(page)
    panel(page).get_by_role("button", name="Next").click()
    expect(panel_heading(page)).to_have_text("Person 010 · Fire Safety")
    expect_open(page)
    page.keyboard.press("Escape")
    expect(panel(page)).not_to_be_visible()
    expect(links(page).nth(49)).to_be_focused()
    expect(page).to_have_url(re.compile(rf"{LEDGER}$"))
    expect(position(page)).to_have_text(f"1–50 of {N} enrollments")

    # A reload shows it again; Back closes it, and Forward opens it.
    page.get_by_role("button", name=messages.open_in_panel("Person 058", "Fire Safety")).click()
    expect_open(page)
    page.reload()
    expect(panel_heading(page)).to_have_text("Person 058 · Fire Safety")
    expect_open(page)
    page.go_back()
    expect(panel(page)).not_to_be_visible()
    page.go_forward()
    expect(panel_heading(page)).to_have_text("Person 058 · Fire Safety")
    panel(page).get_by_role("link", name=messages.OPEN_FULL_PAGE).click()
    expect(page).to_have_url(re.compile(rf"{LEDGER}/59$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Person 058")


def test_the_form_is_that_of_the_page_with_its_guard_and_its_live_changes(
    portal: Server, new_page: NewPage
) -> None:
    page, other = new_page(portal, MAYA), new_page(portal, DANA)
    open_manage(other, N - 2)
    open_ledger(page)
    open_panel(page, "Person 057", messages.MANAGE)
    expect(panel(page)).to_contain_text("Dana Ruiz")  # who has it open, too
    expect(other.locator("main")).to_contain_text("Maya Lindqvist is here")

    # What is typed is kept by the tabs, and guarded.
    field(page, "Grade").fill("B+")
    panel_tab(page, messages.OVERVIEW).click()
    panel_tab(page, messages.MANAGE).click()
    expect(field(page, "Grade")).to_have_value("B+")
    expect(save_button(page)).to_be_enabled()
    panel(page).get_by_role("button", name="Next").click()
    unsaved = page.get_by_role("dialog", name="Unsaved changes")
    unsaved.get_by_role("button", name="Keep editing").click()
    expect(panel_heading(page)).to_contain_text("Person 057")
    # Somebody else's change is merged, as on the page.
    other.get_by_label("Instructor Feedback").fill("Well done")
    save_button(other).click()
    expect(other.get_by_text("Changes saved")).to_be_visible()
    expect(panel(page)).to_contain_text("Dana Ruiz changed")
    save_button(page).click()
    expect(panel(page).get_by_text("Saved together with Dana Ruiz")).to_be_visible()
    stored = query(portal, "SELECT grade, feedback FROM enrollment WHERE id = :id", id=N - 2)[0]
    assert (stored.grade, stored.feedback) == ("B+", "Well done")

    field(page, "Grade").fill("C")
    expect(save_button(page)).to_be_enabled()
    page.keyboard.press("Escape")
    unsaved.get_by_role("button", name="Leave without saving").click()
    expect(panel(page)).not_to_be_visible()
    expect(other.locator("main")).not_to_contain_text("Maya Lindqvist is here")
    open_panel(page, "Person 057", messages.MANAGE)
    expect(field(page, "Grade")).to_have_value("B+")
    # A refusal is beside its field; the row follows what is saved.
    field(page, "Deadline").fill("2001-01-01")
    save_button(page).click()
    expect(panel(page).get_by_text("Before the enrollment")).to_be_visible()


def test_a_lead_reads_in_the_panel_what_their_page_shows(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal, LEAD)
    open_ledger(page)
    open_panel(page, f"Person {N - 1:03}", messages.MANAGE)
    expect(field(page, "Grade")).to_be_disabled()
    expect(panel(page)).not_to_contain_text("Internal Note")
    expect(save_button(page)).to_have_count(0)
    # What they may not see does not exist, also by its address.
    open_ledger(page, "?peek=1")
    expect(panel(page).get_by_role("heading", name="Not found")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel(page)).not_to_be_visible()
    expect(page).to_have_url(re.compile(rf"{LEDGER}$"))
