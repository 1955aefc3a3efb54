"""Test users: inviting until the start page, changing, suspending."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from enrollment_portal.domain.people.people import Role
from enrollment_portal.state.shared.views import USERS_PATH
from tests.browser.conftest import NewPage
from tests.browser.page_objects.ledger_page import visit
from tests.browser.page_objects.page_tabs import page_tab
from tests.browser.page_objects.picking import choose
from tests.browser.page_objects.sessions import open_without_the_app
from tests.browser.server import Server
from tests.builders import make_account, make_learner
from tests.signing_in import PASSWORD_HASH

MAYA = 1
PASSWORD = "correct horse battery"


@pytest.fixture
def maya(demo: Server, new_page: NewPage) -> Page:
    """The browser of the demo's Super Admin."""
    return new_page(demo, MAYA)


def open_user(page: Page, learner: int, part: str = "") -> None:
    visit(page, f"{USERS_PATH}/{learner}{part}")
    expect(page.get_by_role("navigation", name="Parts of the user's page")).to_be_visible()


def invite(page: Page, name: str, email: str) -> str:
    """Fill in the invitation and return the link that is shown."""
    page.goto(f"{USERS_PATH}/new")
    expect(page.get_by_label("Portal access")).to_have_value("learner")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Invite", exact=True).click()
    link = page.get_by_role("textbox", name="Invitation link")
    expect(link).to_be_visible()
    return link.input_value()


def choose_password(page: Page, password: str, repeated: str = "") -> None:
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_label("Password again").fill(repeated or password)
    page.get_by_role("button", name="Start").click()


def test_an_invited_person_sets_a_password_and_gets_their_start_page(
    demo: Server, maya: Page, new_page: NewPage
) -> None:
    link = invite(maya, "Nora Newcomer", "nora@northwind.example")
    theirs = new_page(demo)
    theirs.goto(link[link.index("/welcome") :])
    whose = "Nora Newcomer (nora@northwind.example), Northwind Academy"
    expect(theirs.get_by_text(whose)).to_be_visible()
    choose_password(theirs, PASSWORD, "something else")
    expect(theirs.locator("#welcome-message")).to_contain_text("The two passwords differ")
    choose_password(theirs, PASSWORD)
    expect(theirs.get_by_role("heading", name="My learning")).to_be_visible()
    expect(theirs.locator("#header")).to_contain_text("Nora Newcomer")
    again = new_page(demo)
    again.goto(link[link.index("/welcome") :])
    expect(again.get_by_text("This link cannot be used")).to_be_visible()
    expect(again.get_by_text("nora@northwind.example")).to_have_count(0)


def test_a_password_can_be_chosen_before_the_page_is_ready(
    demo: Server, maya: Page, new_page: NewPage
) -> None:
    link = invite(maya, "Nils Early", "nils@northwind.example")
    theirs = new_page(demo)
    open_without_the_app(theirs, link[link.index("/welcome") :])
    choose_password(theirs, PASSWORD)
    expect(theirs.get_by_role("heading", name="My learning")).to_be_visible()
    expect(theirs.locator("#header")).to_contain_text("Nils Early")


def test_enter_in_the_search_for_a_manager_submits_no_form(demo: Server, maya: Page) -> None:
    maya.goto(f"{USERS_PATH}/new")
    expect(maya.get_by_label("Portal access")).to_have_value("learner")
    maya.get_by_label("Name").fill("Petra Early")
    maya.get_by_label("Email").fill("petra@northwind.example")
    search = maya.get_by_role("combobox", name="Find a manager")
    search.fill("a")
    expect(maya.get_by_role("listbox")).to_be_visible()
    search.press("Enter")
    search.press("Enter")
    expect(maya.get_by_role("button", name="Remove manager")).to_be_visible()
    # What Enter had sent would have been answered before.
    expect(maya.get_by_role("textbox", name="Invitation link")).to_have_count(0)
    expect(maya.get_by_label("Name")).to_have_value("Petra Early")
    maya.get_by_role("button", name="Invite", exact=True).click()
    expect(maya.get_by_role("textbox", name="Invitation link")).to_be_visible()


def test_the_directory_is_searched_and_filtered_and_opens_people(maya: Page) -> None:
    maya.goto(USERS_PATH)
    rows = maya.locator("tbody .row-link")
    expect(rows.first).to_be_visible()
    maya.get_by_label("Status", exact=True).select_option("none")
    expect(maya.locator("tbody")).not_to_contain_text("Active")
    maya.get_by_label("Status", exact=True).select_option("")
    maya.get_by_role("searchbox", name="Search by name or email").fill("aarav")
    expect(rows.first).to_contain_text("Aarav")
    rows.first.click()
    expect(maya.get_by_role("heading", level=1)).to_contain_text("Aarav")
    page_tab(maya, "Learner").click()
    expect(page_tab(maya, "Learning Paths")).to_be_visible()
    expect(maya.locator("tbody .row-link").first).to_be_visible()
    page_tab(maya, "History").click()
    expect(maya.get_by_role("heading", name="History")).to_be_visible()


def test_a_refused_change_keeps_typed_text(demo: Server, maya: Page) -> None:
    learner = make_learner(demo.database, "Ivo Person", "ivo@northwind.example")
    make_learner(demo.database, "Taken", "taken@northwind.example")
    open_user(maya, learner)
    maya.get_by_label("Email").fill("taken@northwind.example")
    maya.get_by_label("Job title").fill("Analyst")
    maya.get_by_role("button", name="Save Changes").click()
    expect(maya.locator("#hint-email")).to_contain_text(
        "This email already belongs to another account"
    )
    expect(maya.get_by_label("Job title")).to_have_value("Analyst")
    maya.get_by_label("Email").fill("ivo2@northwind.example")
    maya.get_by_role("button", name="Save Changes").click()
    expect(maya.get_by_role("status").filter(has_text="Changes saved.")).to_be_visible()
    expect(maya.get_by_role("main")).to_contain_text("ivo2@northwind.example")


def make_sue(demo: Server, email: str) -> tuple[int, int]:
    """Write a learner with an account, and return the ids of both."""
    learner = make_learner(demo.database, "Sue Spended", email)
    account = make_account(
        demo.database, Role.LEARNER, learner_id=learner, email=email, name="Sue Spended"
    )
    return learner, account


def test_suspending_empties_open_pages_at_once(demo: Server, maya: Page, new_page: NewPage) -> None:
    learner, account = make_sue(demo, "sue@northwind.example")
    theirs = new_page(demo, account)
    theirs.goto("/learn")
    expect(theirs.get_by_role("heading", name="My learning")).to_be_visible()
    open_user(maya, learner)
    maya.get_by_role("button", name="Suspend").click()
    maya.get_by_role("dialog").get_by_role("button", name="Suspend").click()
    expect(maya.get_by_role("button", name="Reinstate")).to_be_visible()
    # Nothing is clicked or reloaded on their side.
    expect(theirs.get_by_role("heading", name="Sign in")).to_be_visible()
    maya.get_by_role("button", name="Reinstate").click()
    expect(maya.get_by_role("button", name="Suspend")).to_be_visible()


def test_suspending_somebody_keeps_text_typed_into_their_form(demo: Server, maya: Page) -> None:
    learner, _account = make_sue(demo, "sue.typed@northwind.example")
    open_user(maya, learner)
    maya.get_by_label("Job title").fill("Rigger")
    maya.get_by_role("button", name="Suspend").click()
    maya.get_by_role("dialog").get_by_role("button", name="Suspend").click()
    expect(maya.get_by_role("button", name="Reinstate")).to_be_visible()
    expect(maya.get_by_label("Job title")).to_have_value("Rigger")
    maya.get_by_role("button", name="Save Changes").click()
    expect(maya.get_by_role("status").filter(has_text="Changes saved.")).to_be_visible()
    expect(maya.get_by_label("Job title")).to_have_value("Rigger")


def test_an_invitation_adds_the_access_to_a_form_with_typed_text(demo: Server, maya: Page) -> None:
    learner = make_learner(demo.database, "Ida Invited", "ida@northwind.example")
    open_user(maya, learner)
    maya.get_by_label("Job title").fill("Rigger")
    maya.get_by_role("button", name="Invite as Learner").click()
    expect(maya.get_by_label("Portal access")).to_have_value("learner")
    expect(maya.get_by_label("Job title")).to_have_value("Rigger")
    maya.get_by_role("button", name="Save Changes").click()
    expect(maya.get_by_role("status").filter(has_text="Changes saved.")).to_be_visible()
    expect(maya.get_by_label("Portal access")).to_have_value("learner")


def test_a_changed_role_applies_to_open_pages_at_once(
    demo: Server, maya: Page, new_page: NewPage
) -> None:
    learner, account = make_sue(demo, "sue.teaches@northwind.example")
    theirs = new_page(demo, account)
    theirs.goto("/learn")
    sections = theirs.get_by_role("navigation").first
    expect(theirs.get_by_role("heading", name="My learning")).to_be_visible()
    expect(sections.get_by_role("link", name="My courses")).to_have_count(0)
    open_user(maya, learner)
    maya.get_by_label("Portal access").select_option("instructor")
    maya.get_by_role("button", name="Save Changes").click()
    expect(maya.get_by_role("status").filter(has_text="Changes saved.")).to_be_visible()
    expect(sections.get_by_role("link", name="My courses")).to_be_visible()


def test_enrolling_shows_a_preview_and_carries_it_out(demo: Server, maya: Page) -> None:
    learner = make_learner(demo.database, "Eve Enrolled", "eve@northwind.example")
    open_user(maya, learner)
    maya.get_by_role("button", name="+ Enroll in Course").click()
    dialog = maya.get_by_role("dialog")
    choose(dialog, "Find a course or learning path", "a")
    expect(dialog.get_by_role("list", name="Preview")).to_contain_text("Will be enrolled")
    dialog.get_by_role("button", name="Enroll", exact=True).click()
    expect(maya.get_by_role("status").filter(has_text="Enrolled in 1")).to_be_visible()
    with demo.database.read() as session:
        n = (
            session.connection()
            .exec_driver_sql(f"SELECT count(*) FROM enrollment WHERE learner_id = {learner}")
            .scalar_one()
        )
    assert n >= 1


def test_a_sign_in_link_is_shown_to_the_admin_once(demo: Server, maya: Page) -> None:
    learner, account = make_sue(demo, "sue.forgot@northwind.example")
    with demo.database.write() as session:
        session.connection().exec_driver_sql(
            "UPDATE account SET password_hash = ? WHERE id = ?", (PASSWORD_HASH, account)
        )
    open_user(maya, learner)
    maya.get_by_role("button", name="Send a sign-in link").click()
    expect(maya.get_by_label("Sign-in link")).to_have_value(re.compile("/welcome#token="))
    visit(maya, USERS_PATH)
    expect(maya.get_by_role("heading", name="Users", exact=True)).to_be_visible()
    open_user(maya, learner)
    expect(maya.get_by_role("button", name="Send a sign-in link")).to_be_visible()
    expect(maya.get_by_label("Sign-in link")).to_have_count(0)
