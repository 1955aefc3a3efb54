"""Scenes of the pages of courses and learning paths."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.page_objects.ledger_page import query, visit
from tests.browser.page_objects.page_tabs import page_tab
from tests.browser.scenes.all_scenes import Scene
from tests.browser.server import Server

DANA = 1


def _first(portal: Server, kind: str) -> int:
    return query(portal, f"SELECT min(id) AS id FROM course WHERE kind = '{kind}'")[0].id


def _list(page: Page, _portal: Server) -> None:
    page.goto("/admin/learning/courses")
    expect(page.get_by_role("table", name="Courses").get_by_role("link").first).to_be_visible()


def _nothing_found(page: Page, _portal: Server) -> None:
    page.goto("/admin/learning/courses?q=qqqq")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()


def _refused(page: Page, _portal: Server) -> None:
    page.goto("/admin/learning/courses/new")
    page.get_by_label("Default deadline").fill("soon")
    page.get_by_role("button", name="Create course").click()
    expect(page.get_by_text("Fill this in.")).to_be_visible()


def _course(page: Page, portal: Server) -> None:
    visit(page, f"/admin/learning/courses/{_first(portal, 'course')}")
    expect(page_tab(page, "Lessons")).to_be_visible()
    expect(page.get_by_role("table")).to_be_visible()


def _lessons(page: Page, portal: Server) -> None:
    page.goto(f"/admin/learning/courses/{_first(portal, 'course')}/lessons")
    expect(page.get_by_role("list", name="Lessons")).to_be_visible()


def _settings(page: Page, portal: Server) -> None:
    page.goto(f"/admin/learning/courses/{_first(portal, 'course')}/settings")
    expect(page.get_by_label("Title")).not_to_have_value("")


def _missing(page: Page, _portal: Server) -> None:
    page.goto("/admin/learning/courses/987654321/settings")
    expect(page.get_by_role("heading", name="Not found")).to_be_visible()


def _paths(page: Page, _portal: Server) -> None:
    page.goto("/admin/learning/paths")
    expect(page.get_by_role("table").get_by_role("link").first).to_be_visible()


def _path(page: Page, portal: Server) -> None:
    page.goto(f"/admin/learning/paths/{_first(portal, 'path')}/courses")
    expect(page.get_by_role("list", name="Courses")).to_be_visible()


SCENES: list[Scene] = [
    Scene("courses", DANA, _list),
    Scene("courses-nothing", DANA, _nothing_found),
    Scene("course-refused", DANA, _refused),
    Scene("course-ledger", DANA, _course),
    Scene("course-lessons", DANA, _lessons),
    Scene("course-settings", DANA, _settings),
    Scene("course-missing", DANA, _missing),
    Scene("paths", DANA, _paths),
    Scene("path-courses", DANA, _path),
]
