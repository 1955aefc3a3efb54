"""Test signing in and out, with a password and with the buttons of the demo."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from enrollment_portal.domain.people.people import Role
from enrollment_portal.services.access.cookies import SESSION
from enrollment_portal.storage.shared.database import Database
from tests.browser.conftest import NewPage, Serve, checkpoint
from tests.browser.page_objects.ledger_page import click_unless_gone
from tests.browser.page_objects.sessions import (
    open_session,
    open_without_the_app,
    sign_in_as,
    sign_in_with_password,
    sign_out,
)
from tests.browser.server import Server
from tests.builders import make_account, make_organization
from tests.signing_in import PASSWORD, PASSWORD_HASH

EMAIL = "ada@northwind.example"
WRONG = "That email and password do not match an account."


@pytest.fixture(scope="module")
def portal(serve: Serve, empty_database: Database) -> Server:
    """A portal of a real organization, where Ada signs in with a password."""
    make_organization(empty_database)
    make_account(empty_database, email=EMAIL, name="Ada Byström", password_hash=PASSWORD_HASH)
    return serve(checkpoint(empty_database))


@pytest.fixture(autouse=True)
def _no_failures(portal: Server) -> None:
    """Delete failed attempts, which would throttle the next test."""
    with portal.database.write() as session:
        session.execute(text("DELETE FROM sign_in_failure"))


def token_of(page: Page) -> str:
    """Return the session token in a page's cookies, "" where there is none."""
    return next((c["value"] for c in page.context.cookies() if c["name"] == SESSION), "")  # type: ignore[typeddict-item]


def test_a_correct_password_opens_the_start_page(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal)
    page.goto("/login")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_text("Northwind Academy")).to_be_visible()
    sign_in_with_password(page, EMAIL, PASSWORD)
    expect(page.locator("#header")).to_contain_text("Ada Byström")
    assert page.url == f"{portal.url}/admin/learning/enrollments"


def test_signing_in_before_the_page_is_ready_opens_the_requested_page(
    portal: Server, new_page: NewPage
) -> None:
    page = new_page(portal)
    open_without_the_app(page, "/login?next=/admin/people/users")
    sign_in_with_password(page, EMAIL, PASSWORD)
    expect(page.get_by_role("heading", name="Users", exact=True)).to_be_visible()


@pytest.mark.parametrize("email", [EMAIL, "nobody@northwind.example"])
def test_wrong_credentials_get_one_message_and_the_email_stays(
    portal: Server, new_page: NewPage, email: str
) -> None:
    page = new_page(portal)
    page.goto("/login")
    sign_in_with_password(page, email, "not the password")
    expect(page.get_by_role("alert")).to_contain_text(WRONG)
    expect(page.get_by_label("Email")).to_have_value(email)
    expect(page.get_by_label("Password")).to_have_value("")
    assert not token_of(page)


def test_after_some_failures_even_the_correct_password_is_throttled(
    portal: Server, new_page: NewPage
) -> None:
    page = new_page(portal)
    page.goto("/login")
    for _ in range(10):
        page.request.post(
            "/auth/sign-in", form={"email": EMAIL, "password": "wrong"}, max_redirects=0
        )
    sign_in_with_password(page, EMAIL, PASSWORD)
    expect(page.get_by_role("alert")).to_contain_text("Try again in")
    expect(page.get_by_label("Email")).to_have_value(EMAIL)


def test_outside_the_demo_there_are_no_role_buttons(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal)
    page.goto("/login")
    expect(page.get_by_text("Northwind Academy")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Continue as"))).to_have_count(0)
    answer = page.request.post("/auth/demo", form={"role": "super_admin"}, max_redirects=0)
    assert answer.headers["location"] == "/login"
    assert not token_of(page)


def test_the_demo_has_one_button_for_each_role(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo)
    page.goto("/login")
    doors = page.get_by_role("button", name=re.compile("^Continue as"))
    expect(doors).to_have_text(
        [
            "Continue as Super Admin",
            "Continue as Admin",
            "Continue as Instructor",
            "Continue as Group Lead",
            "Continue as Learner",
        ]
    )


def test_a_role_button_of_the_demo_opens_the_requested_page(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo)
    page.goto("/login?next=/admin/people/users")
    page.get_by_role("button", name="Continue as Super Admin").click()
    expect(page.get_by_role("heading", name="Users", exact=True)).to_be_visible()


def test_without_scripts_the_page_names_the_requirements(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal, java_script_enabled=False)
    for path in ("/", "/admin/learning/enrollments", "/login"):
        page.goto(path)
        # Playwright looks for no text within this element.
        expect(page.locator("noscript p")).to_be_visible()
        expect(page.locator("noscript p")).to_contain_text("The portal needs JavaScript.")
    icon = page.request.get("/favicon.ico")
    assert (icon.status, icon.body()[:4]) == (200, b"\0\0\1\0")


def test_a_forgotten_password_is_replaced_by_a_link_that_names_its_person(
    portal: Server, new_page: NewPage
) -> None:
    email, name = "forgetful@northwind.example", "Fatima Forgetful"
    make_account(portal.database, email=email, name=name, password_hash=PASSWORD_HASH)
    page = new_page(portal)
    page.goto("/login")
    page.get_by_role("link", name="Forgot your password?").click()
    expect(page.get_by_text("Ask an admin of your organization")).to_be_visible()
    link = portal.command("reset-password", email).stdout.split()[-1]
    page.goto("/welcome" + link.partition("/welcome")[2])
    expect(page.get_by_role("heading", name="Choose a new password")).to_be_visible()
    expect(page.get_by_text(f"{name} ({email}), Northwind Academy")).to_be_visible()
    new = "another long passphrase"
    page.get_by_label("Password", exact=True).fill(new)
    page.get_by_label("Password again").fill(new)
    page.get_by_role("button", name="Start").click()
    expect(page.locator("#header")).to_contain_text(name)
    # Used once, it lets nobody in any more.
    page.goto("/welcome" + link.partition("/welcome")[2])
    expect(page.get_by_text("This link cannot be used.")).to_be_visible()
    expect(page.get_by_label("Password again")).to_have_count(0)


def test_everybody_changes_their_password_and_stays_signed_in_there(
    portal: Server, new_page: NewPage
) -> None:
    account = make_account(portal.database, name="Carla Change", password_hash=PASSWORD_HASH)
    page = new_page(portal, account)
    page.goto("/admin/learning/enrollments")
    menu = page.locator("#account-menu")
    menu.locator("summary").press("Enter")
    expect(menu.get_by_role("link", name="Account settings")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu.get_by_role("link", name="Account settings")).to_be_hidden()
    menu.locator("summary").click()
    menu.get_by_role("link", name="Account settings").click()
    for present, message in (("wrong", "not your current password"), (PASSWORD, "is changed")):
        page.get_by_label("Current password").fill(present)
        page.get_by_label("New password", exact=True).fill("another long passphrase")
        page.get_by_label("New password again").fill("another long passphrase")
        page.get_by_role("button", name="Change password").click()
        expect(page.get_by_role("main")).to_contain_text(message)
    page.reload()
    expect(page.locator("#header")).to_contain_text("Carla Change")


def test_a_session_in_another_browser_is_ended_at_once(portal: Server, new_page: NewPage) -> None:
    account = make_account(portal.database, name="Otto Twice")
    here, there = new_page(portal, account), new_page(portal, account)
    there.goto("/account")
    expect(there.get_by_role("list", name="Open sessions")).to_contain_text("this session")
    here.goto("/account")
    sessions = here.get_by_role("list", name="Open sessions").get_by_role("listitem")
    expect(sessions).to_have_count(2)
    here.get_by_role("button", name="Sign out of").click()
    expect(sessions).to_have_count(1)
    expect(here.get_by_text("Signed out there.")).to_be_visible()
    expect(there.get_by_role("heading", name="Sign in")).to_be_visible()


def test_no_script_can_read_the_session(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal)
    page.goto("/login")
    sign_in_with_password(page, EMAIL, PASSWORD)
    expect(page.locator("#header")).to_contain_text("Ada Byström")
    cookie = next(c for c in page.context.cookies() if c.get("name") == SESSION)
    assert (cookie.get("httpOnly"), cookie.get("sameSite"), cookie.get("path")) == (
        True,
        "Lax",
        "/",
    )
    assert SESSION not in page.evaluate("document.cookie")


def test_signing_in_again_ends_the_previous_session(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal)
    page.goto("/login")
    sign_in_with_password(page, EMAIL, PASSWORD)
    expect(page.locator("#header")).to_contain_text("Ada Byström")
    first = token_of(page)
    # The sign-in page leads on who is signed in already.
    page.goto("/login?next=/admin/people/users")
    expect(page.get_by_role("heading", name="Users", exact=True)).to_be_visible()
    page.request.post("/auth/sign-in", form={"email": EMAIL, "password": PASSWORD})
    assert token_of(page) != first

    thief = new_page(portal)
    thief.context.add_cookies([{"name": SESSION, "value": first, "url": portal.url}])
    thief.goto("/admin/learning/enrollments")
    expect(thief.get_by_role("heading", name="Sign in")).to_be_visible()


def test_signing_out_ends_every_open_tab(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo)
    sign_in_as(page, Role.SUPER_ADMIN)
    other_tab = page.context.new_page()
    other_tab.goto("/admin/learning/enrollments")
    expect(other_tab.get_by_role("tab", name="All")).to_contain_text("1,000")
    sign_out(page)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in = other_tab.get_by_role("heading", name="Sign in")
    click_unless_gone(other_tab.get_by_role("tab", name="Active"), sign_in)
    expect(sign_in).to_be_visible()


def test_without_a_session_every_page_redirects_to_the_sign_in(
    portal: Server, new_page: NewPage
) -> None:
    page = new_page(portal)
    for path in ("/", "/admin", "/admin/learning/enrollments", "/learn", "/teach"):
        page.goto(path)
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_an_expired_session_has_ended(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal)
    open_session(page.context, portal, 1)
    page.goto("/")
    expect(page.get_by_role("heading", name="No enrollments yet")).to_be_visible()
    with portal.database.write() as session:
        session.execute(text("UPDATE sign_in_session SET expires_at = 1"))
    sign_in = page.get_by_role("heading", name="Sign in")
    click_unless_gone(page.get_by_role("tab", name="Active"), sign_in)
    expect(sign_in).to_be_visible()


def test_another_site_cannot_sign_anyone_in(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, allow=("403", "404"))
    page.set_content(
        f'<form method="post" action="{demo.url}/auth/demo">'
        '<input name="role" value="super_admin"><button>Win a prize</button></form>'
    )
    page.get_by_role("button").click()
    expect(page.get_by_role("heading", name="Open the portal at its own address")).to_be_visible()
    assert not token_of(page)
