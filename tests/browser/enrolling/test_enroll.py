"""Test enrolling many people: choosing, preview, and carrying out exactly the preview."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPage, Serve
from tests.browser.page_objects.ledger_page import execute, open_ledger, query
from tests.browser.page_objects.picking import choose, outcome
from tests.browser.scenes.all_scenes import DANA, INGRID
from tests.browser.server import Server
from tests.builders import make_course

ENROLL = "/admin/learning/enrollments/enroll"


@pytest.fixture
def portal(serve: Serve, demo_file) -> Iterator[Server]:
    """A portal of the demo company for one test alone."""
    portal: Server = serve(demo_file)
    yield portal
    portal.close()


def test_people_a_group_and_emails_are_enrolled_as_shown(portal: Server, new_page: NewPage) -> None:
    title = "Keeping Bees on the Roof"
    make_course(portal.database, title)
    page = new_page(portal, DANA)
    open_ledger(page)
    page.get_by_role("link", name="Enroll learners").click()
    choose(page, "Find people by name or email", "aarav", "Aarav Menon")
    page.get_by_text("Paste a list of emails").click()
    page.get_by_role("textbox", name="Emails").fill(
        "Ingrid <ingrid.solberg@northwind.example>\neve@nowhere.example"
    )
    page.get_by_role("button", name="Add them").click()
    chosen = page.get_by_role("list", name="Chosen people")
    expect(chosen.get_by_role("listitem")).to_have_count(2)
    expect(page.get_by_role("alert").filter(has_text="eve@nowhere.example")).to_be_visible()
    expect(page.get_by_role("textbox", name="Emails")).to_have_value("eve@nowhere.example")
    choose(page, "Find a course or learning path", title, title)

    page.get_by_role("button", name="Preview").click()
    expect(outcome(page, "Will be enrolled").get_by_role("listitem")).to_have_count(2)
    before = query(portal, "SELECT count(*) AS n FROM enrollment")[0].n
    page.get_by_role("button", name="Create 2 enrollments").click()
    expect(
        page.get_by_role("status").filter(has_text=f"2 people enrolled in {title}.")
    ).to_be_visible()
    assert query(portal, "SELECT count(*) AS n FROM enrollment")[0].n == before + 2
    batches = query(portal, "SELECT DISTINCT batch FROM enrollment_event WHERE batch IS NOT NULL")
    assert len(batches) == 1

    choose(page, "Find people by name or email", "aarav", "Aarav Menon")
    choose(page, "Find a course or learning path", title, title)
    page.get_by_role("button", name="Preview").click()
    expect(outcome(page, "Enrolled already")).to_contain_text("Aarav Menon")
    expect(page.get_by_role("button", name="Create")).to_have_count(0)


def test_people_are_enrolled_as_completed(portal: Server, new_page: NewPage) -> None:
    title = "Keeping Ducks on the Roof"
    course = make_course(portal.database, title, n_lessons=2, grading_scheme="letters")
    page = new_page(portal, DANA)
    page.goto(ENROLL)
    choose(page, "Find people by name or email", "aarav", "Aarav Menon")
    choose(page, "Find a course or learning path", title, title)
    page.get_by_label("Completed on").fill("2026-05-03")
    page.get_by_label("Grade (optional)").fill("F")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("alert").filter(has_text="F does not pass")).to_be_visible()
    page.get_by_label("Grade (optional)").fill("A")
    page.get_by_role("button", name="Preview").click()
    expect(outcome(page, "Will be enrolled")).to_contain_text(
        "As completed on 3 May 2026, grade A."
    )
    page.get_by_role("button", name="Create 1 enrollment").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    sql = f"SELECT status, grade FROM enrollment WHERE course_id = {course}"
    assert [tuple(row) for row in query(portal, sql)] == [(1, "A")]


def test_a_whole_batch_is_undone_beside_its_confirmation(portal: Server, new_page: NewPage) -> None:
    title = "Keeping Goats on the Roof"
    course = make_course(portal.database, title)
    page = new_page(portal, DANA)
    page.goto(ENROLL)
    for typed, name in (("aarav", "Aarav Menon"), ("ingrid solberg", "Ingrid Solberg")):
        choose(page, "Find people by name or email", typed, name)
    choose(page, "Find a course or learning path", title, title)
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Create 2 enrollments").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    sql = f"SELECT status FROM enrollment WHERE course_id = {course}"
    expect(page.get_by_role("status").filter(has_text="2 enrollments")).to_be_visible()
    assert [row.status for row in query(portal, sql)] == [2, 2]
    page.get_by_role("button", name="Redo").click()
    redone = page.get_by_role("status").filter(has_text="Redone for 2 enrollments.")
    expect(redone).to_be_visible()
    assert [row.status for row in query(portal, sql)] == [0, 0]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").filter(has_text="Undone for 2")).to_be_visible()
    assert [row.status for row in query(portal, sql)] == [2, 2]


def test_a_changed_preview_is_shown_again(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal, DANA)
    page.goto(ENROLL)
    course = query(
        portal,
        "SELECT id, title FROM course c WHERE state = 'published' AND kind = 'course' AND NOT"
        " EXISTS (SELECT 1 FROM enrollment e WHERE e.course_id = c.id AND e.learner_id = 1)",
    )[0]
    choose(page, "Find people by name or email", "aarav", "Aarav Menon")
    choose(page, "Find a course or learning path", course.title, course.title)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("button", name="Create 1 enrollment")).to_be_visible()
    execute(portal, "UPDATE course SET state = 'archived' WHERE id = :id", id=course.id)
    page.get_by_role("button", name="Create 1 enrollment").click()
    expect(page.get_by_role("alert").filter(has_text="Something has changed")).to_be_visible()
    expect(outcome(page, "Cannot be enrolled")).to_contain_text("archived")


def test_without_a_choice_the_missing_fields_are_named(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal, DANA)
    page.goto(ENROLL)
    expect(page.get_by_text("Dana Ruiz")).to_be_visible()
    page.get_by_label("Deadline").fill("2001-01-01")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("alert").filter(has_text="This day has passed")).to_be_visible()
    page.get_by_label("Deadline").fill("")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("alert").filter(has_text="at least one person")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="at least one course")).to_be_visible()


def test_an_instructor_cannot_enroll(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal, INGRID)
    open_ledger(page)
    expect(page.get_by_role("link", name="Enroll learners")).to_have_count(0)
    page.goto(ENROLL)
    expect(page.get_by_role("heading", name="You may not open this page")).to_be_visible()


def test_people_are_chosen_with_the_keyboard_alone(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, DANA)
    page.goto(ENROLL)
    field = page.get_by_role("combobox", name="Find people by name or email")
    options = page.get_by_role("option")
    chosen = page.get_by_role("list", name="Chosen people").get_by_role("listitem")
    field.press_sequentially("aarav menon")
    expect(options).to_have_count(1)
    field.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_have_value("aarav menon")
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    id_ = options.first.get_attribute("id")
    expect(field).to_have_attribute("aria-activedescendant", str(id_))
    field.press("Enter")
    expect(chosen).to_have_count(1)
    expect(field).to_have_value("")
    expect(field).to_be_focused()
    # Typed at once, before what was chosen is answered; the last one from the first.
    page.keyboard.type("menon")
    expect(options.first).to_be_visible()
    last = options.last.locator("span").nth(1).text_content()
    field.press("ArrowUp")
    field.press("Enter")
    expect(chosen.last).to_contain_text(str(last))
    expect(field).to_be_focused()
    field.press("Escape")
    expect(options).to_have_count(0)
