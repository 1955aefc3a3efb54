"""Test the instructor's courses with their counts, and a course's grid with tabs, search, pages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from enrollment_portal.domain.people.people import Role
from enrollment_portal.domain.shared.calendar import MS_PER_DAY, now_ms
from enrollment_portal.storage.shared.database import Database
from tests.browser.conftest import NewPage, Serve, checkpoint
from tests.browser.page_objects.grading_page import (
    NAMES,
    cell,
    grid,
    make_class,
    make_instructor,
    open_grid,
    stored,
)
from tests.browser.page_objects.sessions import open_session
from tests.browser.server import Server
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
)

AARAV, BERIT, CHLOE, DMITRI, ELIF = NAMES
INGRID, MAYA, OTTO, LEARNER, LEAD = 1, 2, 3, 4, 5


@pytest.fixture(scope="module")
def portal(serve: Serve, empty_database: Database) -> Server:
    """A portal with a course of five and one of a hundred and twenty, and people of each role."""
    database = empty_database
    make_organization(database)
    course, ids = make_class(database, requires_grade=1)
    large = make_course(database, "Knots", grading_scheme="points", grading_points=20)
    for n in range(120):
        at = now_ms() - MS_PER_DAY
        learner = make_learner(database, f"Learner {n:03}")
        make_enrollment(database, learner, large, enrolled_at=at, last_visit_at=at)
    learner = make_learner(database, "Finn Completed")
    make_enrollment(database, learner, course, status=1, progress=100, grade="90%")
    make_instructor(database, course, large)
    make_account(database, Role.SUPER_ADMIN, name="Maya Lindqvist")
    make_instructor(database, make_course(database), name="Otto Berg")
    make_account(database, Role.LEARNER, learner_id=learner)
    make_account(database, Role.GROUP_LEAD, leads=(learner,))
    with database.write() as session:
        session.connection().exec_driver_sql(
            f"UPDATE enrollment SET deadline_day = enrolled_at / 86400000 + 2 WHERE id = {ids[1]}"
        )
    return serve(checkpoint(database), PORTAL_DEMO="off")


COURSE, LARGE = 1, 2


@pytest.fixture
def page(portal: Server, new_page: NewPage) -> Page:
    """Ingrid's browser."""
    return new_page(portal, INGRID)


def names(page: Page) -> list[str]:
    """Return the learners of the grid's rows."""
    expect(grid(page)).to_be_visible()
    return grid(page).get_by_role("rowheader").get_by_role("link").all_inner_texts()


def tab(page: Page, label: str) -> Locator:
    """Return a tab over the grid."""
    return page.get_by_role("tab", name=label)


def test_each_count_opens_the_grid_with_those_rows(page: Page) -> None:
    page.goto("/teach")
    row = page.get_by_role("row").filter(has_text="Rope Access")
    expect(row.get_by_role("cell")).to_contain_text(["1", "1", "4", "5", "1"])
    for label, shown in (
        ("awaiting grade", [ELIF]),
        ("overdue", [BERIT]),
        ("stuck", [AARAV, BERIT, CHLOE, DMITRI]),
        ("completed", ["Finn Completed"]),
    ):
        row.get_by_role("link", name=label).click()
        expect(tab(page, label)).to_have_attribute("aria-selected", "true")
        expect(grid(page).get_by_role("rowheader")).to_have_count(len(shown))
        assert names(page) == shown
        page.go_back()
    row.get_by_role("link", name="Rope Access", exact=True).click()
    expect(tab(page, "All")).to_have_attribute("aria-selected", "true")
    expect(grid(page).get_by_role("rowheader")).to_have_count(6)
    assert names(page) == [*NAMES, "Finn Completed"]


def test_tabs_have_counts_and_are_in_the_address(page: Page, portal: Server) -> None:
    open_grid(page, COURSE)
    tab(page, "Stuck").click()
    expect(grid(page).get_by_role("rowheader")).to_have_count(4)
    assert page.url.removeprefix(portal.url) == f"/teach/courses/{COURSE}?show=stuck"
    page.reload()
    assert names(page) == [AARAV, BERIT, CHLOE, DMITRI]
    page.go_back()
    expect(grid(page).get_by_role("rowheader")).to_have_count(6)


def test_the_search_is_within_the_course(page: Page) -> None:
    open_grid(page, COURSE)
    page.get_by_role("searchbox").last.fill("chlo")
    expect(grid(page).get_by_role("rowheader")).to_have_count(1)
    assert names(page) == [CHLOE]
    expect(tab(page, "All")).to_have_text("All1")
    expect(tab(page, "Overdue")).to_have_text("Overdue0")
    page.get_by_role("searchbox").last.fill("learner 001")
    expect(page.get_by_role("heading", name="No learners match")).to_be_visible()
    page.get_by_role("button", name="Clear search").click()
    expect(grid(page).get_by_role("rowheader")).to_have_count(6)


def test_the_grid_has_pages_of_fifty(page: Page) -> None:
    open_grid(page, LARGE)
    expect(page.get_by_text("Points: 0 to 20 points.")).to_be_visible()
    expect(page.get_by_role("navigation", name="Pages")).to_contain_text("1–50 of 120")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("navigation", name="Pages")).to_contain_text("51–100 of 120")
    assert names(page)[0] == "Learner 050"
    cell(page, "Grade", "Learner 051").click()
    page.keyboard.type("17")
    page.keyboard.press("Enter")
    expect(cell(page, "Grade", "Learner 051")).to_contain_text("17/20")
    page.get_by_role("button", name="Last").click()
    expect(grid(page).get_by_role("rowheader")).to_have_count(20)
    page.get_by_role("button", name="Previous").click()
    expect(cell(page, "Grade", "Learner 051")).to_have_text("17/20")


def test_a_grade_lowers_the_count_of_those_awaiting_one(page: Page, portal: Server) -> None:
    course, ids = make_class(portal.database, requires_grade=1)
    page.context.clear_cookies()
    open_session(page.context, portal, make_instructor(portal.database, course))
    open_grid(page, course, "awaiting")
    expect(tab(page, "Awaiting grade")).to_have_text("Awaiting grade1")
    cell(page, "Grade", ELIF).click()
    page.keyboard.type("88")
    page.keyboard.press("Enter")
    expect(tab(page, "Awaiting grade")).to_have_text("Awaiting grade0")
    expect(grid(page).get_by_role("row").filter(has_text=ELIF)).to_contain_text("88%")
    assert stored(portal, ids[4])[0] == "88%"


def test_a_learning_admin_may_open_it(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal, MAYA)
    open_grid(page, COURSE)
    assert len(names(page)) == 6


def test_another_instructors_course_is_not_found(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal, OTTO)
    page.goto(f"/teach/courses/{COURSE}")
    expect(page.get_by_role("heading", name="Not found")).to_be_visible()
    expect(page.get_by_text("Rope Access")).to_have_count(0)


@pytest.mark.parametrize("account", [LEARNER, LEAD])
@pytest.mark.parametrize("path", ["/teach", f"/teach/courses/{COURSE}"])
def test_other_roles_are_refused(
    portal: Server, new_page: NewPage, account: int, path: str
) -> None:
    page = new_page(portal, account)
    page.goto(path)
    expect(page.get_by_role("heading", name="You may not open this page")).to_be_visible()
    expect(page.get_by_text("Rope Access")).to_have_count(0)
