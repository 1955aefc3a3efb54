"""Test learning: from the catalog to a completed course, and extension requests."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from enrollment_portal.domain.people.people import Role
from enrollment_portal.storage.shared.database import Database
from tests.browser.conftest import NewPage, Serve, checkpoint
from tests.browser.page_objects.enrollment_page import (
    confirmation,
    fact,
    field,
    open_manage,
    open_overview,
    press_save,
    save,
)
from tests.browser.page_objects.grading_page import cell, open_grid
from tests.browser.page_objects.learn_page import (
    mark_done,
    open_dashboard,
    request_extension,
    start,
)
from tests.browser.page_objects.ledger_page import query
from tests.browser.server import Server
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_lessons,
    make_organization,
    make_path,
)

DANA, MAYA = 1, 2
KNOTS = "https://knots.example/a_(b)?c=d"


@pytest.fixture(scope="module")
def portal(serve: Serve, empty_database: Database) -> Server:
    """A portal where Dana and Maya are Super Admins; each test adds its own learner."""
    make_organization(empty_database)
    make_account(empty_database, name="Dana Ruiz")
    make_account(empty_database, name="Maya Ortiz")
    course(empty_database, "Rope Access", 3, deadline_days=30)
    course(empty_database, "Knots", 1, requires_grade=1)
    return serve(checkpoint(empty_database))


@pytest.fixture
def learner(portal: Server) -> tuple[int, int]:
    """A learner: the ids of their person and their account."""
    learner = make_learner(portal.database, "Ada Byström")
    account = make_account(portal.database, Role.LEARNER, name="Ada Byström", learner_id=learner)
    return learner, account


def course(database: Database, title: str, count: int, **values: int) -> int:
    """Write a course with lessons."""
    course = make_course(database, title, n_lessons=count, **values)
    make_lessons(database, course, count)
    return course


def newest(portal: Server, learner: int) -> int:
    """Return the learner's newest enrollment."""
    sql = f"SELECT MAX(id) AS id FROM enrollment WHERE learner_id = {learner}"
    return query(portal, sql)[0].id


def card(page: Page, title: str) -> Locator:
    """Return the card of a course on the dashboard."""
    return page.get_by_role("listitem").filter(has=page.get_by_role("link", name=title))


def expect_link(place: Locator) -> None:
    """Expect the address in a text to be a link that opens in a new tab."""
    link = place.get_by_role("link", name=KNOTS)
    expect(link).to_have_attribute("href", KNOTS)
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", re.compile("noopener"))


def test_from_the_catalog_to_a_completed_course(
    portal: Server, new_page: NewPage, learner: tuple[int, int]
) -> None:
    page = new_page(portal, learner[1])
    start(page, "Rope Access")
    page.get_by_role("link", name="Start", exact=True).click()
    for number in (1, 2, 3):
        expect(page.get_by_role("heading", level=1, name=f"Lesson {number}")).to_be_visible()
        mark_done(page)
        if number < 3:
            page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("You have completed the course!")).to_be_visible()
    open_dashboard(page)
    expect(card(page, "Rope Access")).to_contain_text("Completed")
    expect(card(page, "Rope Access")).to_contain_text("100%")
    expect(card(page, "Rope Access")).to_contain_text("3 of 3 lessons")


def test_going_back_opens_the_next_lesson(
    portal: Server, new_page: NewPage, learner: tuple[int, int]
) -> None:
    page = new_page(portal, learner[1])
    start(page, "Rope Access")
    page.get_by_role("link", name="Start", exact=True).click()
    mark_done(page)
    open_dashboard(page)
    expect(card(page, "Rope Access")).to_contain_text("33%")
    card(page, "Rope Access").get_by_role("link", name="Rope Access").click()
    page.get_by_role("link", name="Continue").click()
    expect(page.get_by_role("heading", level=1, name="Lesson 2")).to_be_visible()


def test_a_course_awaits_its_grade_and_is_completed_by_it(
    portal: Server, new_page: NewPage, learner: tuple[int, int]
) -> None:
    page = new_page(portal, learner[1])
    start(page, "Knots")
    page.get_by_role("link", name="Start", exact=True).click()
    mark_done(page)
    open_dashboard(page)
    expect(card(page, "Knots")).to_contain_text("Awaiting grade")
    admin = new_page(portal, DANA)
    open_manage(admin, newest(portal, learner[0]))
    field(admin, "Grade").fill("A")
    field(admin, "Instructor Feedback").fill(f"Neat <b>knots</b>, as on {KNOTS}.")
    save(admin)
    expect(fact(admin, "Status")).to_have_text("Completed")
    open_overview(admin, newest(portal, learner[0]))
    expect_link(fact(admin, "Instructor Feedback"))
    open_dashboard(page)
    expect(card(page, "Knots")).to_contain_text("Grade A")
    expect(card(page, "Knots")).to_contain_text(f"Neat <b>knots</b>, as on {KNOTS}.")
    expect_link(card(page, "Knots"))
    expect(card(page, "Knots").get_by_text("New", exact=True)).to_be_visible()
    card(page, "Knots").get_by_role("button", name="Mark as read").click()
    expect(card(page, "Knots").get_by_text("New", exact=True)).to_have_count(0)
    page.reload()
    expect(card(page, "Knots")).to_contain_text("Neat")
    expect(card(page, "Knots").get_by_text("New", exact=True)).to_have_count(0)


def test_cancelling_requires_a_reason_and_a_new_start_has_no_progress(
    portal: Server, new_page: NewPage, learner: tuple[int, int]
) -> None:
    page = new_page(portal, learner[1])
    start(page, "Rope Access")
    page.get_by_text("Cancel this enrollment").click()
    page.get_by_role("button", name="Cancel enrollment").click()
    expect(page.get_by_text("Fill this in.")).to_be_visible()
    page.get_by_label("Why do you cancel?").fill("No time")
    page.get_by_role("button", name="Cancel enrollment").click()
    expect(page.get_by_role("button", name="Start again")).to_be_visible()
    first = newest(portal, learner[0])
    page.get_by_role("button", name="Start again").click()
    expect(page.get_by_role("link", name="Start", exact=True)).to_be_visible()
    assert newest(portal, learner[0]) != first
    open_dashboard(page)
    expect(card(page, "Rope Access")).to_have_count(2)


def test_an_extension_is_requested_granted_and_shown(
    portal: Server, new_page: NewPage, learner: tuple[int, int]
) -> None:
    page = new_page(portal, learner[1])
    start(page, "Rope Access")
    request_extension(page, "2020-01-01", "Parental leave")
    expect(page.get_by_text("Choose a day after today.")).to_be_visible()
    expect(page.locator("form#request").get_by_label("Reason")).to_have_value("Parental leave")
    page.get_by_label("Until").fill("2090-05-04")
    page.get_by_role("button", name="Send request").click()
    expect(page.get_by_text("Not answered yet")).to_be_visible()
    admin = new_page(portal, DANA)
    open_overview(admin, newest(portal, learner[0]))
    request = admin.get_by_role("region", name="Extension request")
    expect(request).to_contain_text("until 4 May 2090")
    expect(request).to_contain_text("Parental leave")
    request.get_by_label("Message").fill("Enjoy it!")
    request.get_by_label("New deadline").fill("2020-01-01")
    request.get_by_role("button", name="Grant").click()
    expect(request.get_by_text("Choose a day after today.")).to_be_visible()
    expect(request.get_by_label("Message")).to_have_value("Enjoy it!")
    request.get_by_label("New deadline").fill("2090-05-06")
    request.get_by_role("button", name="Grant").click()
    expect(request).to_have_count(0)
    expect(fact(admin, "Deadline")).to_contain_text("6 May 2090")
    admin.get_by_role("button", name="Undo", exact=True).click()
    expect(request).to_contain_text("until 4 May 2090")
    expect(fact(admin, "Deadline")).not_to_contain_text("2090")
    request.get_by_label("Message").fill("Enjoy it!")
    request.get_by_role("button", name="Grant").click()
    expect(fact(admin, "Deadline")).to_contain_text("4 May 2090")
    open_dashboard(page)
    expect(page.get_by_text("until 4 May 2090, was granted by Dana Ruiz")).to_be_visible()
    expect(page.get_by_text("Enjoy it!")).to_be_visible()
    page.get_by_role("button", name="Dismiss").click()
    expect(page.get_by_text("was granted by")).to_have_count(0)


def test_an_open_ledger_counts_new_and_withdrawn_requests(
    portal: Server, new_page: NewPage, learner: tuple[int, int]
) -> None:
    admin = new_page(portal, DANA)
    admin.goto("/admin/learning/enrollments")
    button = admin.get_by_role("button", name=re.compile("extension request"))
    expect(admin.get_by_role("table")).to_be_visible()
    open_now = "SELECT COUNT(*) AS n FROM extension_request WHERE state = 'open'"
    before = query(portal, open_now)[0].n
    page = new_page(portal, learner[1])
    start(page, "Rope Access")
    request_extension(page, "2090-05-04", "Holiday")
    n = before + 1
    expect(button).to_have_accessible_name(f"{n} extension request{'s' * (n != 1)}")
    page.get_by_role("button", name="Withdraw request").click()
    expect(page.get_by_text("Your request is withdrawn.")).to_be_visible()
    expect(page.get_by_text("Ask for more time")).to_be_visible()
    expect(button).to_have_accessible_name(re.compile(f"^{before} extension request"))


def test_a_declined_request_shows_its_answer(
    portal: Server, new_page: NewPage, learner: tuple[int, int]
) -> None:
    page = new_page(portal, learner[1])
    start(page, "Rope Access")
    request_extension(page, "2090-05-04", "Holiday")
    expect(page.get_by_text("Not answered yet")).to_be_visible()
    admin = new_page(portal, DANA)
    open_manage(admin, newest(portal, learner[0]))
    admin.get_by_text("Decline…").click()
    admin.get_by_label("Answer").fill("The exam is fixed.")
    admin.get_by_role("button", name="Decline request").click()
    expect(confirmation(admin).first).to_have_text("Declined.")
    open_dashboard(page)
    expect(page.get_by_text("The exam is fixed.")).to_be_visible()


def test_an_override_is_reverted_to_what_is_tracked(
    portal: Server, new_page: NewPage, learner: tuple[int, int]
) -> None:
    enrollment = make_enrollment(portal.database, learner[0])
    admin = new_page(portal, DANA)
    open_manage(admin, enrollment)
    expect(admin.get_by_role("button", name="Revert to tracked")).to_have_count(0)
    field(admin, "Status").select_option("Completed")
    save(admin)
    admin.get_by_role("button", name="Revert to tracked").click()
    expect(confirmation(admin).first).to_have_text("Reverted to tracked.")
    expect(field(admin, "Status")).to_have_value("active")
    expect(admin.get_by_role("button", name="Revert to tracked")).to_have_count(0)
    expect(fact(admin, "Status")).to_have_text("Active")


def test_saves_of_two_admins_in_different_fields_are_merged(
    portal: Server, new_page: NewPage, learner: tuple[int, int]
) -> None:
    enrollment = make_enrollment(portal.database, learner[0])
    first, second = new_page(portal, DANA), new_page(portal, MAYA)
    for page in (first, second):
        open_manage(page, enrollment)
    field(second, "Grade").fill("A")
    field(first, "Deadline").fill("2090-01-01")
    save(first)
    press_save(second)
    expect(confirmation(second).first).to_have_text(
        "Saved together with Dana Ruiz's change of Deadline."
    )
    expect(field(second, "Deadline")).to_have_value("2090-01-01")


def test_a_path_shows_its_steps_and_keeps_the_next_one_locked(
    portal: Server, new_page: NewPage, learner: tuple[int, int]
) -> None:
    database = portal.database
    first, second = course(database, "Basics", 1), course(database, "Advanced", 1)
    path = make_path(database, "Climber", (first, second), needs_previous=1, n_lessons=2)
    make_enrollment(database, learner[0], path)
    make_enrollment(database, learner[0], first)
    page = new_page(portal, learner[1])
    open_dashboard(page)
    expect(page.get_by_text(re.compile("Locked · Opens when you complete Basics"))).to_be_visible()
    page.get_by_role("link", name="Advanced").click()
    expect(page.get_by_text("It opens when you complete Basics.")).to_be_visible()
    expect(page.get_by_role("button", name="Start course")).to_have_count(0)
    page.goto(f"/learn/courses/{first}")
    page.get_by_role("link", name="Start", exact=True).click()
    mark_done(page)
    page.goto(f"/learn/courses/{second}")
    page.get_by_role("button", name="Start course").click()
    expect(page.get_by_role("link", name="Start", exact=True)).to_be_visible()


def test_others_courses_and_drafts_are_not_found(
    portal: Server, new_page: NewPage, learner: tuple[int, int]
) -> None:
    draft = make_course(portal.database, "Draft", state="draft")
    page = new_page(portal, learner[1])
    for path in (f"/learn/courses/{draft}", "/learn/courses/x", "/learn/courses/1/lessons/1"):
        page.goto(path)
        expect(page.get_by_role("heading", name="Not found")).to_be_visible()


def test_clearing_a_grade_ends_the_completion_and_locks_the_next_course_live(
    portal: Server, new_page: NewPage, learner: tuple[int, int]
) -> None:
    database = portal.database
    essay = course(database, "Essay", 1, requires_grade=1)
    seminar = course(database, "Seminar", 1)
    path = make_path(database, "Scholar", (essay, seminar), needs_previous=1, n_lessons=2)
    make_enrollment(database, learner[0], path, progress=50, lessons_done=1)
    make_enrollment(database, learner[0], essay, progress=100, lessons_done=1)
    make_enrollment(database, learner[0], seminar, origin="path")
    teacher = make_account(database, Role.INSTRUCTOR, name="Ingrid Solberg", teaches=(essay,))
    page, grader = new_page(portal, learner[1]), new_page(portal, teacher)
    step, whole = card(page, "Essay").first, card(page, "Essay").last
    open_dashboard(page)
    locked = page.get_by_text(re.compile("Locked · Opens when you complete Essay"))
    expect(locked).to_be_visible()
    expect(whole).to_contain_text("Awaiting grade")

    open_grid(grader, essay)
    grade = cell(grader, "Grade", "Ada Byström")
    grade.click()
    grader.keyboard.type("A")
    grader.keyboard.press("Enter")
    expect(grade).to_have_text("A")
    expect(whole).to_contain_text("Completed")
    expect(step).to_contain_text("Done")
    expect(locked).to_have_count(0)

    grader.keyboard.press("Delete")
    expect(grade).not_to_have_text("A")
    expect(whole).to_contain_text("Awaiting grade")
    expect(locked).to_be_visible()
    [row] = query(portal, f"SELECT status FROM enrollment WHERE course_id = {essay}")
    assert row.status == 0
