"""Scenes of the instructor's pages."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.services.grading.grading import grade_cell
from tests.browser.page_objects.grading_page import (
    NAMES,
    cell,
    make_class,
    make_instructor,
    open_grid,
    paste,
)
from tests.browser.page_objects.ledger_page import query
from tests.browser.page_objects.sessions import open_session
from tests.browser.scenes.all_scenes import INGRID, LONG_NAME, Scene
from tests.browser.server import Server
from tests.builders import make_course, make_enrollment, make_learner

AARAV, BERIT, CHLOE, DMITRI, ELIF = NAMES


def _teach(page: Page, _portal: Server) -> None:
    page.goto("/teach")
    expect(
        page.get_by_role("table", name="Courses you teach").get_by_role("link").first
    ).to_be_visible()


def _sign_in_new(page: Page, portal: Server, *courses: int) -> None:
    open_session(page.context, portal, make_instructor(portal.database, *courses))


def _teach_nothing(page: Page, portal: Server) -> None:
    _sign_in_new(page, portal)
    page.goto("/teach")
    expect(page.get_by_role("heading", name="You teach no courses yet")).to_be_visible()


def _grid(page: Page, portal: Server) -> None:
    sql = "SELECT max(course_id) AS id FROM course_teacher WHERE account_id = "
    open_grid(page, query(portal, f"{sql}{INGRID}")[0].id)


def _class(page: Page, portal: Server) -> list[int]:
    course, ids = make_class(portal.database, requires_grade=1)
    address = f"{LONG_NAME[:40].lower()}{course}@subsidiary.north.example"
    learner = make_learner(portal.database, LONG_NAME[:60], address)
    make_enrollment(
        portal.database,
        learner,
        course,
        status=1,
        progress=100,
        grade="92.5%",
        feedback="A-very-long-word-without-a-break-" * 8,
        internal_note="Line one\nLine two\nLine three",
    )
    _sign_in_new(page, portal, course)
    open_grid(page, course)
    return ids


def _grid_refused(page: Page, portal: Server) -> None:
    _class(page, portal)
    cell(page, "Grade", AARAV).click()
    page.keyboard.type("A+")
    page.keyboard.press("Enter")
    expect(cell(page, "Grade", AARAV)).to_have_attribute("aria-invalid", "true")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("Well done. Next")


def _grid_conflict(page: Page, portal: Server) -> None:
    ids = _class(page, portal)
    dana = Actor(1, "Dana Ruiz", "", Role.SUPER_ADMIN)
    cell(page, "Grade", BERIT).click()
    page.keyboard.type("90")
    # While a cell is edited: otherwise the grid would just follow.
    grade_cell(portal.database, dana, ids[1], "grade", "60", 1)
    expect(cell(page, "Grade", BERIT)).to_contain_text("Dana Ruiz")
    page.keyboard.press("Enter")
    expect(cell(page, "Grade", BERIT)).to_contain_text("Keep theirs")


def _paste(page: Page, portal: Server) -> None:
    _class(page, portal)
    cell(page, "Grade", AARAV).click()
    paste(page, "85 %\tClear and complete.\nA\tFine\n\n70\n" + "50\n" * 4)
    expect(page.get_by_role("dialog", name="Paste grades")).to_be_visible()


def _grid_empty(page: Page, portal: Server) -> None:
    course = make_course(portal.database, "Nobody's Course Yet")
    _sign_in_new(page, portal, course)
    page.goto(f"/teach/courses/{course}")
    expect(page.get_by_role("heading", name="No learners yet")).to_be_visible()


def _grid_missing(page: Page, portal: Server) -> None:
    page.goto("/teach/courses/987654321")
    expect(page.get_by_role("heading", name="Not found")).to_be_visible()


SCENES: list[Scene] = [
    Scene("teach-courses", INGRID, _teach),
    Scene("teach-nothing", None, _teach_nothing, "few"),
    Scene("grid", INGRID, _grid),
    Scene("grid-empty", None, _grid_empty, "few"),
    Scene("grid-refused", None, _grid_refused, "few"),
    Scene("grid-conflict", None, _grid_conflict, "few"),
    Scene("grid-paste", None, _paste, "few"),
    Scene("grid-missing", INGRID, _grid_missing),
]
