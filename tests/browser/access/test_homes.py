"""Test each role's start page, and that a learner's shows only their own data."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from enrollment_portal.domain.people.people import Role
from enrollment_portal.storage.shared.database import Database
from tests.browser.conftest import NewPage, Serve, checkpoint
from tests.browser.page_objects.sessions import sign_in_as
from tests.browser.server import Server
from tests.browser.traffic import record_traffic
from tests.builders import make_account, make_course, make_enrollment, make_learner

CANARY, OTHERS = "canary-note-5417", "Somebody Else"
LEARNER, IDLE_LEARNER, INSTRUCTOR, IDLE_INSTRUCTOR = 1, 2, 3, 4


@pytest.fixture(scope="module")
def portal(serve: Serve, empty_database: Database) -> Server:
    """A portal with a graded learner, an instructor, and two people without courses."""
    database = empty_database
    ada, other = make_learner(database, "Ada Byström"), make_learner(database, OTHERS)
    ropes, knots = make_course(database, "Rope Access"), make_course(database, "Knots")
    make_enrollment(
        database,
        ada,
        ropes,
        status=1,
        progress=100,
        lessons_done=10,
        grade="92%",
        feedback="Strong finish.",
        internal_note=CANARY,
    )
    make_enrollment(database, ada, knots, progress=40, lessons_done=4, internal_note=CANARY)
    make_enrollment(database, other, ropes, feedback="For other eyes.", internal_note=CANARY)
    make_account(database, Role.LEARNER, name="Ada Byström", learner_id=ada)
    make_account(database, Role.LEARNER, name="Bo Newcomer")
    make_account(database, Role.INSTRUCTOR, name="Ingrid Solberg", teaches=(ropes,))
    make_account(database, Role.INSTRUCTOR, name="Elif Aydın")
    return serve(checkpoint(database), PORTAL_DEMO="off")


@pytest.mark.parametrize(
    ("role", "path", "heading"),
    [
        (Role.SUPER_ADMIN, "/admin/learning/enrollments", "Enrollments"),
        (Role.ADMIN, "/admin/learning/enrollments", "Enrollments"),
        (Role.INSTRUCTOR, "/teach", "My courses"),
        (Role.GROUP_LEAD, "/admin/learning/enrollments", "Enrollments"),
        (Role.LEARNER, "/learn", "My learning"),
    ],
)
def test_the_root_address_opens_each_roles_start_page(
    demo: Server, new_page: NewPage, role: Role, path: str, heading: str
) -> None:
    page = new_page(demo)
    sign_in_as(page, role)
    page.goto("/")
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
    assert page.url.removeprefix(demo.url) == path


def test_a_learner_sees_their_courses_and_never_a_note(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal, LEARNER)
    heard = record_traffic(page)
    page.goto("/learn")
    courses = page.locator("main li")
    expect(courses).to_have_count(2)
    expect(courses.nth(0)).to_contain_text("Knots")
    for words in ("Active", "40%", "4 of 10 lessons"):
        expect(courses.nth(0)).to_contain_text(words)
    for words in ("Rope Access", "Completed", "100%", "92%", "Strong finish."):
        expect(courses.nth(1)).to_contain_text(words)
    page.reload()
    expect(courses).to_have_count(2)
    assert any("Strong finish." in text for text in heard)
    for secret in (CANARY, OTHERS, "For other eyes."):
        assert not any(secret in text for text in heard), secret


def test_a_learner_without_courses_sees_how_to_get_them(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal, IDLE_LEARNER)
    page.goto("/learn")
    expect(page.get_by_role("heading", name="No courses yet")).to_be_visible()


def test_an_instructor_sees_the_courses_they_teach_with_counts(
    portal: Server, new_page: NewPage
) -> None:
    page = new_page(portal, INSTRUCTOR)
    page.goto("/teach")
    courses = page.locator("main tbody tr")
    expect(courses).to_have_count(1)
    expect(courses).to_contain_text("Rope Access")
    expect(courses.get_by_role("link", name="active in")).to_contain_text("1")
    expect(courses.get_by_role("link", name="completed in")).to_contain_text("1")
    page.get_by_role("link", name="Open their enrollments").click()
    expect(page.get_by_role("tab", name="All")).to_have_text("All2")


def test_an_instructor_without_courses_sees_how_to_get_them(
    portal: Server, new_page: NewPage
) -> None:
    page = new_page(portal, IDLE_INSTRUCTOR)
    page.goto("/teach")
    expect(page.get_by_role("heading", name="You teach no courses yet")).to_be_visible()
