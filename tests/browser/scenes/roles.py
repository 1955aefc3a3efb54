"""Scenes of pages as other roles see them, of new records, and of what opens over a page."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from enrollment_portal.state.shared.views import (
    COURSES_PATH,
    GROUPS_PATH,
    PACE_PATH,
    PATHS_PATH,
    USERS_PATH,
)
from tests.browser.page_objects.ledger_page import LEDGER, links, open_ledger, query, visit
from tests.browser.scenes.all_scenes import INGRID, KWAME, MAYA, Scene
from tests.browser.server import Server
from tests.builders import make_course, make_group, make_learner, make_lessons


def _ledger(page: Page, _portal: Server) -> None:
    open_ledger(page)
    expect(links(page).first).to_be_visible()


def _overview(page: Page, portal: Server) -> None:
    _ledger(page, portal)
    links(page).first.click()
    expect(page.get_by_role("heading", name="History")).to_be_visible()


def _manage_taught(page: Page, portal: Server) -> None:
    sql = "SELECT max(course_id) AS id FROM course_teacher WHERE account_id = :account"
    course = query(portal, sql, account=INGRID)[0].id
    found = query(portal, "SELECT min(id) AS id FROM enrollment WHERE course_id = :id", id=course)
    visit(page, f"{LEDGER}/{found[0].id}/manage")
    expect(page.get_by_label("Grade", exact=True)).to_be_visible()


def _new(path: str, label: str) -> Callable[[Page, Server], None]:
    def bring(page: Page, _portal: Server) -> None:
        visit(page, f"{path}/new")
        expect(page.get_by_label(label, exact=True)).to_be_visible()

    return bring


def _path(part: str) -> Callable[[Page, Server], None]:
    def bring(page: Page, portal: Server) -> None:
        path = query(portal, "SELECT min(id) AS id FROM course WHERE kind = 'path'")[0].id
        visit(page, f"{PATHS_PATH}/{path}{part}")

    return bring


def _searching(page: Page, _portal: Server) -> None:
    visit(page, f"{LEDGER}/enroll")
    page.get_by_role("combobox", name="Find people by name or email").fill("a")
    expect(page.get_by_role("option")).to_have_count(8)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_be_visible()


def _removing(page: Page, portal: Server) -> None:
    course = make_course(portal.database, "With a lesson too many")
    make_lessons(portal.database, course, 3)
    visit(page, f"{COURSES_PATH}/{course}/lessons")
    page.get_by_role("button", name="Remove Lesson 2").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def _pasting(page: Page, portal: Server) -> None:
    visit(page, f"{GROUPS_PATH}/{make_group(portal.database, 'Pasted')}")
    page.get_by_role("button", name="Paste emails").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def _joined(page: Page, portal: Server) -> None:
    group = make_group(portal.database, "Joined")
    make_learner(portal.database, "Jo Joined", "jo@joined.example")
    visit(page, f"{GROUPS_PATH}/{group}")
    people = page.get_by_role("combobox", name="Find people to add")
    people.fill("jo@joined")
    page.get_by_role("option").first.click()
    expect(page.get_by_text("Jo Joined joined the group.").locator("visible=true")).to_be_visible()


def _suspending(page: Page, _portal: Server) -> None:
    visit(page, f"{USERS_PATH}/2")
    page.get_by_role("button", name="Suspend", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()


def _pace(page: Page, _portal: Server) -> None:
    visit(page, PACE_PATH)


SCENES: list[Scene] = [
    Scene("lead-ledger", KWAME, _ledger),
    Scene("lead-overview", KWAME, _overview),
    Scene("instructor-ledger", INGRID, _ledger),
    Scene("instructor-overview", INGRID, _overview),
    Scene("instructor-manage", INGRID, _manage_taught),
    Scene("course-new", MAYA, _new(COURSES_PATH, "Title")),
    Scene("path-new", MAYA, _new(PATHS_PATH, "Title")),
    Scene("group-new", MAYA, _new(GROUPS_PATH, "Name")),
    Scene("path-ledger", MAYA, _path("")),
    Scene("path-settings", MAYA, _path("/settings")),
    Scene("enroll-searching", MAYA, _searching),
    Scene("lesson-removing", MAYA, _removing),
    Scene("group-pasting", MAYA, _pasting),
    Scene("group-joined", MAYA, _joined),
    Scene("user-suspending", MAYA, _suspending),
    Scene("pace", MAYA, _pace),
]
