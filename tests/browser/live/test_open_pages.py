"""Test that open grids and learners' pages show what others save."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from enrollment_portal.domain.people.people import Role
from enrollment_portal.domain.shared.calendar import MS_PER_DAY, now_ms
from enrollment_portal.services.access.sign_in import who_is
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from enrollment_portal.storage.shared.database import Database
from tests.browser.conftest import NewPage, Serve, checkpoint
from tests.browser.page_objects.grading_page import (
    cell,
    editor,
    make_class,
    make_instructor,
    open_grid,
    said,
    stored,
)
from tests.browser.page_objects.ledger_page import query
from tests.browser.server import Server
from tests.builders import make_account, make_organization, make_session

AARAV, BERIT = "Aarav Menon", "Berit Holm"
DANA = "Dana Ruiz"


@pytest.fixture(scope="module")
def portal(serve: Serve, empty_database: Database) -> Server:
    """A portal with Dana, who may change everything."""
    make_organization(empty_database)
    make_account(empty_database, name=DANA)
    return serve(checkpoint(empty_database))


@pytest.fixture
def course(portal: Server) -> tuple[int, list[int]]:
    """A course with five learners."""
    return make_class(portal.database)


@pytest.fixture
def page(portal: Server, new_page: NewPage, course: tuple[int, list[int]]) -> Page:
    """The instructor's browser, on the course's grid."""
    page = new_page(portal, make_instructor(portal.database, course[0]))
    open_grid(page, course[0])
    return page


@pytest.fixture
def learner(portal: Server, new_page: NewPage, course: tuple[int, list[int]]) -> Page:
    """The browser of Aarav, who takes the course."""
    [(learner,)] = query(portal, f"SELECT learner_id FROM enrollment WHERE id = {course[1][0]}")
    return new_page(portal, make_account(portal.database, Role.LEARNER, learner_id=learner))


def dana_saves(portal: Server, enrollment: int, **typed: str) -> None:
    """Save fields as Dana, from another process than the server's."""
    actor = who_is(portal.database, make_session(portal.database, 1))
    assert actor
    [(version,)] = query(portal, f"SELECT version FROM enrollment WHERE id = {enrollment}")
    save_enrollment(portal.database, actor, enrollment, version=version, typed=typed)


def start_typing(page: Page, label: str, name: str, typed: str) -> Locator:
    """Start to type into a cell."""
    cell(page, label, name).click()
    page.keyboard.type(typed)
    expect(editor(page, label, name)).to_have_value(typed)
    return cell(page, label, name)


class TestTheGrid:
    def test_a_cell_changed_by_others_is_updated_in_place(
        self, portal: Server, page: Page, course: tuple[int, list[int]]
    ) -> None:
        dana_saves(portal, course[1][1], grade="60")
        grade = cell(page, "Grade", BERIT)
        expect(grade).to_have_text("60%")
        expect(grade).to_have_class(re.compile("flash-even"))
        expect(cell(page, "Instructor Feedback", BERIT)).not_to_have_class(re.compile("flash"))

    def test_typed_text_is_kept_and_the_cell_shows_the_remote_value(
        self, portal: Server, page: Page, course: tuple[int, list[int]]
    ) -> None:
        grade = start_typing(page, "Grade", AARAV, "90")
        dana_saves(portal, course[1][0], grade="60")
        expect(grade).to_contain_text(f"{DANA} changed this just now. Before: empty. Theirs: 60%")
        said(page, f"Grade of {AARAV} changed by {DANA} just now to 60%. What you type is kept.")
        expect(editor(page, "Grade", AARAV)).to_be_focused()
        page.keyboard.type(".5")
        expect(editor(page, "Grade", AARAV)).to_have_value("90.5")
        grade.get_by_role("button", name="Keep mine").click()
        expect(editor(page, "Grade", AARAV)).to_be_focused()
        expect(grade).not_to_contain_text("changed this")
        page.keyboard.press("Enter")
        expect(grade).to_contain_text("90.5%")
        assert stored(portal, course[1][0])[0] == "90.5%"

    def test_the_remote_value_can_be_chosen_while_typing(
        self, portal: Server, page: Page, course: tuple[int, list[int]]
    ) -> None:
        grade = start_typing(page, "Grade", AARAV, "90")
        dana_saves(portal, course[1][0], grade="60")
        grade.get_by_role("button", name="Keep theirs").click()
        expect(editor(page, "Grade", AARAV)).to_have_count(0)
        expect(grade).to_have_text("60%")
        assert stored(portal, course[1][0])[3] == 2

    def test_leaving_a_conflicting_cell_asks_for_a_choice(
        self, portal: Server, page: Page, course: tuple[int, list[int]]
    ) -> None:
        grade = start_typing(page, "Grade", AARAV, "90")
        dana_saves(portal, course[1][0], grade="60")
        expect(grade).to_contain_text("changed this")
        page.keyboard.press("Enter")
        expect(grade).to_contain_text(
            f"90Changed meanwhile by {DANA}, just now. Before: empty. Theirs: 60%"
        )
        assert stored(portal, course[1][0])[0] == "60%"
        grade.get_by_role("button", name="Keep mine").click()
        expect(grade).to_contain_text("90%")
        assert stored(portal, course[1][0])[0] == "90%"

    def test_a_row_that_left_the_tab_stays_while_it_is_shown(
        self, portal: Server, page: Page, course: tuple[int, list[int]]
    ) -> None:
        with portal.database.write() as session:
            session.connection().exec_driver_sql(
                "UPDATE enrollment SET deadline_day = ? WHERE course_id = ?",
                (now_ms() // MS_PER_DAY - 5, course[0]),
            )
        open_grid(page, course[0], "overdue")
        dana_saves(portal, course[1][0], status="completed")
        row = page.get_by_role("row").filter(has_text=AARAV)
        expect(row).to_contain_text("Completed")
        expect(page.get_by_role("row")).to_have_count(6)
        expect(page.get_by_role("tab", name="Overdue")).to_contain_text("4")


class TestTheLearner:
    def test_new_feedback_and_a_grade_are_shown_on_the_dashboard(
        self, portal: Server, learner: Page, course: tuple[int, list[int]]
    ) -> None:
        learner.goto("/learn")
        expect(learner.get_by_role("heading", name="Rope Access")).to_be_visible()
        dana_saves(portal, course[1][0], feedback="Clean knots.")
        news = learner.get_by_role("status").filter(has_text="New feedback on Rope Access.")
        expect(news).to_be_visible()
        expect(learner.get_by_text("Clean knots.")).to_be_visible()
        dana_saves(portal, course[1][0], grade="85", deadline="2199-05-01")
        expect(learner.get_by_role("status").filter(has_text="Your grade")).to_contain_text(
            "Your grade in Rope Access is 85%. The deadline of Rope Access is now 1 May 2199."
        )
        learner.get_by_role("button", name="Dismiss").click()
        expect(learner.get_by_text("Your grade in Rope Access")).to_have_count(0)

    def test_a_courses_page_is_refreshed_and_keeps_typed_text(
        self, portal: Server, learner: Page, course: tuple[int, list[int]]
    ) -> None:
        dana_saves(portal, course[1][0], deadline="2199-05-01")
        learner.goto(f"/learn/courses/{course[0]}")
        learner.get_by_text("Ask for more time").click()
        learner.get_by_label("Reason").fill("I was ill.")
        dana_saves(portal, course[1][0], feedback="Clean knots.")
        expect(
            learner.get_by_role("status").filter(has_text="New feedback on Rope Access.")
        ).to_be_visible()
        expect(learner.get_by_text("Clean knots.")).to_be_visible()
        expect(learner.get_by_label("Reason")).to_have_value("I was ill.")


def wait_until_forgotten(portal: Server) -> None:
    """Wait until the server has deleted the state of its open pages."""
    until = time.monotonic() + 30
    for is_there in (True, False):
        while any(portal.states.glob("*.pkl")) is not is_there:
            assert time.monotonic() < until, "States are neither written nor forgotten"
            time.sleep(0.05)


class TestAPageWithoutEvents:
    """Reflex deletes the state of a tab after an hour without events; here after a second."""

    def test_is_refreshed_and_keeps_what_it_showed(
        self, serve: Serve, portal: Server, new_page: NewPage
    ) -> None:
        course, (aarav, *_) = make_class(portal.database)
        own = serve(checkpoint(portal.database), REFLEX_REDIS_TOKEN_EXPIRATION="1")
        page = new_page(own, 1)
        open_grid(page, course)
        page.get_by_role("tab", name="Stuck").click()
        expect(page).to_have_url(re.compile("show=stuck"))
        wait_until_forgotten(own)
        dana_saves(own, aarav, grade="60")
        expect(cell(page, "Grade", AARAV)).to_have_text("60%")
        expect(page).to_have_url(re.compile("show=stuck"))
        expect(page.get_by_role("tab", name="Stuck")).to_have_attribute("aria-selected", "true")
        wait_until_forgotten(own)
        dana_saves(own, aarav, grade="70")
        expect(cell(page, "Grade", AARAV)).to_have_text("70%")
        cell(page, "Grade", BERIT).click()
        page.keyboard.type("80")
        page.keyboard.press("Enter")
        expect(cell(page, "Grade", BERIT)).to_contain_text("80%")
