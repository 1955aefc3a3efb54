"""Test Admins and Access: immediate changes, the log of every action, and open sessions."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import text

from enrollment_portal.domain.shared.calendar import now_ms
from tests.browser.conftest import NewPage, Serve
from tests.browser.page_objects.enrollment_page import fact, open_overview
from tests.browser.page_objects.ledger_page import open_ledger, query, visit
from tests.browser.scenes.all_scenes import AARAV, DANA, INGRID, MAYA
from tests.browser.server import Server
from tests.builders import DAY, make_course, make_enrollment, make_learner

ADMINS, ACCESS = "/admin/configuration/admins", "/admin/configuration/access"


@pytest.fixture
def portal(serve: Serve, demo_file) -> Iterator[Server]:
    """A portal of the demo company for one test alone."""
    portal: Server = serve(demo_file)
    yield portal
    portal.close()


def admin_row(page: Page, name: str) -> Locator:
    """Return the row of an admin."""
    return page.get_by_role("row").filter(has_text=name)


def open_admins(page: Page) -> None:
    """Open the page and wait for the admins."""
    visit(page, ADMINS)
    expect(admin_row(page, "Dana Ruiz")).to_be_visible()


def stored(portal: Server, account: int) -> tuple[str, int]:
    """Return the role and the sections of an account."""
    row = query(portal, "SELECT role, sections FROM account WHERE id = :id", id=account)[0]
    return tuple(row)  # type: ignore[return-value]


def test_switching_a_section_off_applies_immediately_to_an_open_page(
    portal: Server, new_page: NewPage
) -> None:
    maya, dana = new_page(portal, MAYA), new_page(portal, DANA)
    open_ledger(dana)
    open_admins(maya)
    switch = admin_row(maya, "Dana Ruiz").get_by_role("switch", name="Learning")
    expect(switch).to_be_checked()
    switch.uncheck()  # It is off as soon as it is pressed: this does not wait for the server.
    expect(maya.get_by_role("status").filter(has_text="Learning is off")).to_be_visible()
    expect(switch).not_to_be_checked()
    # Dana has touched nothing.
    expect(dana.get_by_role("heading", name="You may not open this page")).to_be_visible()
    expect(dana.get_by_role("navigation", name="Admin Portal")).not_to_contain_text("Enrollments")
    assert stored(portal, DANA) == ("admin", 2)
    switch.check()
    expect(dana.get_by_role("table")).to_be_visible()
    assert stored(portal, DANA) == ("admin", 3)


def test_a_change_of_who_is_stuck_shows_in_an_open_enrollment(
    portal: Server, new_page: NewPage
) -> None:
    at = now_ms() - 21 * DAY
    course = make_course(portal.database, n_lessons=20)
    values = {"enrolled_at": at - 40 * DAY, "progress_at": at, "progress": 5, "lessons_done": 1}
    enrollment = make_enrollment(portal.database, None, course, **values)
    maya, dana = new_page(portal, MAYA), new_page(portal, DANA)
    open_overview(dana, enrollment)
    expect(fact(dana, "Pace")).to_have_text("Stuck5% for 3 weeks; no deadline, kept 0 a week")
    expect(fact(dana, "Projected finish")).to_have_text("Not at this pace")
    visit(maya, "/admin/configuration/pace")
    days = maya.get_by_label("Stuck after, in days")
    expect(days).to_have_value("14")
    days.fill("0")
    maya.get_by_role("button", name="Save Changes").click()
    expect(days).to_have_accessible_description(re.compile("Enter a whole number from 1 to 365"))
    expect(days).to_have_value("0")
    days.fill("30")
    maya.get_by_role("button", name="Save Changes").click()
    expect(maya.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    # Dana has touched nothing.
    expect(fact(dana, "Pace")).to_have_text("5% for 3 weeks; no deadline, kept 0 a week")


def test_an_admin_is_added_and_removed(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal, MAYA)
    open_admins(page)
    page.get_by_role("button", name="Add admin").click()
    dialog = page.get_by_role("dialog", name="Add an admin")
    search = dialog.get_by_role("searchbox")
    search.fill("ingrid")
    choices = dialog.get_by_role("button", name="Ingrid Solberg")
    expect(choices).to_have_count(2)
    for key, at in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 0)):
        page.keyboard.press(key)
        expect(choices.nth(at)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(search).to_be_focused()
    page.keyboard.press("Enter")
    expect(choices.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(admin_row(page, "Ingrid Solberg")).to_be_visible()
    assert stored(portal, INGRID) == ("admin", 0)
    admin_row(page, "Ingrid Solberg").get_by_role("button", name="Remove Ingrid Solberg").click()
    asking = page.get_by_role("dialog", name="Remove this admin?")
    asking.get_by_role("button", name="Remove", exact=True).click()
    expect(admin_row(page, "Ingrid Solberg")).to_have_count(0)
    # The courses that she taught were given up when she became an admin.
    assert stored(portal, INGRID) == ("learner", 0)


def test_the_last_super_admin_cannot_be_removed(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal, MAYA)
    open_admins(page)
    admin_row(page, "Maya Lindqvist").get_by_role("button", name="Remove Maya").click()
    asking = page.get_by_role("dialog", name="Remove this admin?")
    asking.press("Escape")
    expect(asking).to_be_hidden()
    admin_row(page, "Maya Lindqvist").get_by_role("button", name="Make admin").click()
    expect(page.get_by_role("alert").filter(has_text="last Super Admin")).to_be_visible()
    assert stored(portal, MAYA)[0] == "super_admin"


def test_an_admin_with_configuration_sees_admins_but_cannot_change_them(
    portal: Server, new_page: NewPage
) -> None:
    with portal.database.write() as session:
        session.execute(text(f"UPDATE account SET sections = 16 WHERE id = {DANA}"))
    page = new_page(portal, DANA)
    open_admins(page)
    expect(page.get_by_role("button", name="Add admin")).to_have_count(0)
    expect(admin_row(page, "Tom Becker").get_by_role("button")).to_have_count(0)
    expect(admin_row(page, "Tom Becker").get_by_role("switch").first).to_be_disabled()


def test_the_log_is_searched_filtered_and_shows_open_sessions(
    portal: Server, new_page: NewPage
) -> None:
    maya, aarav = new_page(portal, MAYA), new_page(portal, AARAV)
    aarav.goto("/learn")
    expect(aarav.get_by_role("heading", name="My learning")).to_be_visible()
    maya.goto(ACCESS)
    rows = maya.get_by_role("table", name="Access log").locator("tbody tr")
    expect(rows.first).to_be_visible()
    # What an override changed is not in this log: the page says so, and where it is.
    expect(maya.get_by_role("main")).to_contain_text("a grade, is listed under Activity")
    link = maya.get_by_role("link", name="Open the changes of enrollments")
    expect(link).to_have_attribute("href", re.compile("/admin/learning/activity$"))
    maya.get_by_role("combobox", name="Action").select_option("signed_in")
    expect(rows.filter(has_not_text="Signed in")).to_have_count(0)
    expect(maya).to_have_url(re.compile(r"action=signed_in"))
    maya.get_by_role("searchbox").fill("aarav")
    expect(rows.filter(has_not_text="Aarav Menon")).to_have_count(0)
    maya.get_by_role("button", name="Aarav Menon").first.click()
    person = maya.get_by_role("region", name="Person")
    expect(person.get_by_role("listitem")).to_have_count(1)
    person.get_by_role("button", name="Sign out everywhere").click()
    expect(maya.get_by_role("status").filter(has_text="1 session ended.")).to_be_visible()
    expect(person).to_contain_text("Not signed in anywhere.")
    # His open page follows without being touched.
    expect(aarav).to_have_url(re.compile("/login"))


def test_a_person_without_an_account_is_invited_before_becoming_an_admin(
    portal: Server, new_page: NewPage
) -> None:
    learner = make_learner(portal.database, "Quentin Quill", "quentin@northwind.example")
    page = new_page(portal, MAYA)
    open_admins(page)
    page.get_by_role("button", name="Add admin").click()
    dialog = page.get_by_role("dialog", name="Add an admin")
    dialog.get_by_role("searchbox").fill("quentin")
    invite = dialog.get_by_role("link", name="Invite first Quentin Quill")
    expect(invite).to_have_attribute("href", re.compile(f"/users/{learner}$"))
    dialog.get_by_role("searchbox").fill("nobody of this name")
    dialog.get_by_role("link", name="Invite them first").click()
    expect(page.get_by_role("heading", name="Invite user")).to_be_visible()
