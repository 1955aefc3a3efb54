"""Scenes of the pages of users, groups and invitations."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from enrollment_portal.state.shared.views import GROUPS_PATH, USERS_PATH
from tests.browser.page_objects.page_tabs import page_tab
from tests.browser.page_objects.picking import choose
from tests.browser.scenes.all_scenes import DANA, LONG_NAME, MAYA, Scene
from tests.browser.server import Server
from tests.builders import make_group, make_learner


def _users(page: Page, _portal: Server) -> None:
    page.goto(USERS_PATH)
    expect(page.locator("tbody .row-link").first).to_be_visible()


def _no_users(page: Page, portal: Server) -> None:
    _users(page, portal)
    page.get_by_role("searchbox", name="Search by name or email").fill("nobody at all")
    expect(page.get_by_role("heading", name="No users")).to_be_visible()


def _invite(page: Page, _portal: Server) -> None:
    page.goto(f"{USERS_PATH}/new")
    expect(page.get_by_label("Portal access")).to_have_value("learner")


def _invite_refused(page: Page, portal: Server) -> None:
    _invite(page, portal)
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.locator("#hint-name")).to_contain_text("Fill this in.")


def _invited(page: Page, portal: Server) -> None:
    _invite(page, portal)
    number = make_learner(portal.database)
    page.get_by_label("Name").fill(LONG_NAME)
    page.get_by_label("Email").fill(f"scene{number}@northwind.example")
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.get_by_role("textbox", name="Invitation link")).to_be_visible()


def _user(page: Page, _portal: Server, part: str = "") -> None:
    page.goto(f"{USERS_PATH}/1{part}")
    expect(page_tab(page, "Information")).to_be_visible()


def _learner(page: Page, portal: Server) -> None:
    _user(page, portal, "/enrollments")
    expect(page.locator("tbody .row-link").first).to_be_visible()


def _enrolling(page: Page, portal: Server) -> None:
    _user(page, portal)
    page.get_by_role("button", name="+ Enroll in Course").click()
    dialog = page.get_by_role("dialog")
    choose(dialog, "Find a course or learning path", "a")
    expect(dialog.get_by_role("list", name="Preview")).not_to_be_empty()


def _groups(page: Page, portal: Server) -> None:
    make_group(portal.database, LONG_NAME)
    page.goto(GROUPS_PATH)
    expect(page.locator("tbody .row-link").first).to_be_visible()


def _group(page: Page, portal: Server, part: str = "") -> None:
    people = tuple(make_learner(portal.database, f"Member {n}") for n in range(3))
    group = make_group(portal.database, LONG_NAME, members=people, courses=(1,), leads=(MAYA,))
    page.goto(f"{GROUPS_PATH}/{group}{part}")
    expect(page_tab(page, "Settings")).to_be_visible()


def _members(page: Page, portal: Server) -> None:
    _group(page, portal)
    expect(page.locator("tbody .row-link").first).to_be_visible()


def _welcome(page: Page, _portal: Server) -> None:
    page.goto("/welcome#token=" + "x" * 43)
    expect(page.get_by_text("This link cannot be used.")).to_be_visible()


def _forgot(page: Page, _portal: Server) -> None:
    page.goto("/forgot")
    expect(page.get_by_text("Ask an admin of your organization")).to_be_visible()


def _account(page: Page, _portal: Server) -> None:
    page.goto("/account")
    expect(page.get_by_text("You signed in without a password")).to_be_visible()
    expect(page.get_by_text("this session")).to_be_visible()
    page.locator("#account-menu summary").click()
    expect(page.get_by_role("link", name="Account settings")).to_be_visible()


SCENES = [
    Scene("users", MAYA, _users),
    Scene("users-none", MAYA, _no_users),
    Scene("invite-refused", MAYA, _invite_refused),
    Scene("invited", MAYA, _invited),
    Scene("user", MAYA, _user),
    Scene("user-admin", DANA, lambda page, portal: _user(page, portal)),
    Scene("user-learner", MAYA, _learner),
    Scene("user-history", MAYA, lambda page, portal: _user(page, portal, "/history")),
    Scene("user-enrolling", MAYA, _enrolling),
    Scene("groups", MAYA, _groups),
    Scene("group-members", MAYA, _members),
    Scene("group-leads", MAYA, lambda page, portal: _group(page, portal, "/leads")),
    Scene("group-assigned", MAYA, lambda page, portal: _group(page, portal, "/assigned")),
    Scene("group-settings", MAYA, lambda page, portal: _group(page, portal, "/settings")),
    Scene("welcome-refused", None, _welcome),
    Scene("forgot-password", None, _forgot),
    Scene("own-account", MAYA, _account),
]
