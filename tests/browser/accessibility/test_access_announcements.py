"""Test what a screen reader announces after each action: exactly this, once, in this order."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from enrollment_portal.domain.learning import messages as learning
from enrollment_portal.domain.people import messages as people
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.services.learning.learning import start_course
from enrollment_portal.state.shared.views import COURSES_PATH, GROUPS_PATH, PATHS_PATH, USERS_PATH
from tests.browser.accessibility.announcements import announced, expect_announced, record
from tests.browser.conftest import NewPage
from tests.browser.page_objects.enrollment_page import make_full, open_manage
from tests.browser.page_objects.grading_page import (
    cell,
    make_class,
    make_instructor,
    open_grid,
    paste,
)
from tests.browser.page_objects.ledger_page import (
    LEDGER,
    heading,
    open_ledger,
    query,
    search_box,
    tab,
    visit,
)
from tests.browser.page_objects.page_tabs import page_tab
from tests.browser.scenes.all_scenes import AARAV, DANA, MAYA
from tests.browser.server import Server
from tests.builders import make_course, make_group, make_learner, make_lessons, make_path

_UNDO = "Press Undo within a minute to reverse this."
_REDO = "Press Redo within a minute to reverse this."
_UNDO_ENROLLING = "Press Undo enrolling within a minute to reverse this."
_FIND_COURSE = "Find a course or learning path"


def _press(element: Locator, key: str = "Enter") -> None:
    element.press(key)


def _button(page: Page, name: str | re.Pattern[str]) -> Locator:
    return page.get_by_role("button", name=name, exact=isinstance(name, str))


def _find(page: Page, label: str, typed: str, *found: str) -> None:
    """Search with the keyboard, and choose the first result."""
    field = page.get_by_role("combobox", name=label)
    field.fill(typed)
    expect_announced(page, *found)
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", re.compile("0$"))
    field.press("Enter")


@pytest.fixture
def page(demo: Server, new_page: NewPage) -> Page:
    """Maya's browser, whose announcements are recorded."""
    return record(new_page(demo, MAYA))


def test_ledger(page: Page) -> None:
    open_ledger(page)
    _press(tab(page, "Cancelled"))
    (rows,) = announced(page, 1)
    assert re.fullmatch(r"1–\d+ of \d+ enrollments", rows)
    _press(tab(page, "All"))
    expect_announced(page, "1–50 of 1,000 enrollments")
    for button, rows in (
        ("Next", "51–100"),
        ("Last", "951–1,000"),
        ("Previous", "901–950"),
        ("First", "1–50"),
    ):
        _press(_button(page, button))
        expect_announced(page, f"{rows} of 1,000 enrollments")
    for order in ("descending", "ascending"):
        _press(heading(page, "Progress").get_by_role("button"))
        expect_announced(page, f"Sorted by Progress, {order}")
    search_box(page).fill("zzz")
    expect_announced(page, "No enrollments match")
    _press(_button(page, "Clear search").last)
    expect_announced(page, "1–50 of 1,000 enrollments")
    _press(page.get_by_role("button", name="extension request"))
    expect_announced(page, "Filter Open request. 1–8 of 8 enrollments")
    _press(page.get_by_role("button", name="extension request"))
    expect_announced(page, "Filter Open request removed. 1–50 of 1,000 enrollments")
    page.locator("#as-of").fill("2026-10-01")
    (day, rows) = announced(page, 2)
    assert day.startswith("The ledger as of 1 Oct 2026: who was enrolled by the end of that day")
    assert day.endswith("Read-only.")
    assert re.fullmatch(r"1–50 of \d+ enrollments", rows)
    _press(_button(page, "Back to today"))
    expect_announced(page, "The ledger of today. 1–50 of 1,000 enrollments")
    _press(page.get_by_role("tab", name="Learning paths"))
    expect_announced(page, "1–26 of 26 enrollments")
    assert announced(page) == []


def test_new_enrollments(demo: Server, page: Page) -> None:
    open_ledger(page)
    assert announced(page) == []
    course = make_course(demo.database, "News for the ledger")
    make_lessons(demo.database, course, 1)
    aarav = Actor(AARAV, "Aarav Menon", "", Role.LEARNER, learner_id=1)
    start_course(demo.database, aarav, course)
    expect_announced(page, "1 new enrollment")
    _press(page.get_by_role("button", name="new enrollment"))
    (rows,) = announced(page, 1)
    assert re.fullmatch(r"1–50 of 1,\d+ enrollments", rows)
    assert announced(page) == []


def test_saving_undoing_and_discarding(demo: Server, page: Page) -> None:
    enrollment = make_full(demo.database)
    open_manage(page, enrollment)
    assert announced(page) == []
    grade = page.get_by_label("Grade", exact=True)
    for key in ("button", "Control+s"):
        grade.fill(f"A by {key}")
        if key == "button":
            expect(_button(page, "Save Changes")).to_be_enabled()
            _press(_button(page, "Save Changes"))
        else:
            grade.press(key)
        expect_announced(page, "Changes saved.", _UNDO)
    _press(_button(page, "Undo"))
    expect_announced(page, "Grade is A by button again.", _REDO)
    _press(_button(page, "Redo"))
    expect_announced(page, "Grade is A by Control+s again.", _UNDO)
    grade.fill("x" * 60)
    for _again in range(2):
        grade.press("Control+s")
        heard = announced(page, 1)
        assert heard[0] == "Some fields need to be corrected."
    expect(_button(page, "Discard")).to_be_enabled()
    _press(_button(page, "Discard"))
    expect_announced(page, "Discarded. The form shows what is stored.")
    _press(page_tab(page, "Overview"))
    (title,) = announced(page, 1)
    assert title == page.title()
    assert title.endswith(" · Enrollment")
    _press(page.get_by_role("button", name=re.compile("^Undo change of Grade")).first)
    expect_announced(page, "Grade is A by button again.", _REDO)
    assert announced(page) == []


def test_requests_are_granted_and_declined(demo: Server, page: Page) -> None:
    sql = "SELECT enrollment_id FROM extension_request WHERE state = 'open' ORDER BY id LIMIT 2"
    granted, declined = (row[0] for row in query(demo, sql))
    visit(page, f"{LEDGER}/{granted}")
    _press(_button(page, "Grant"))
    expect_announced(page, "Granted. The deadline is set.", _UNDO)
    visit(page, f"{LEDGER}/{declined}")
    _press(page.get_by_text("Decline…"))
    _press(_button(page, "Decline request"))
    expect_announced(page, "Declined.")
    assert announced(page) == []


def test_group(demo: Server, page: Page) -> None:
    make_course(demo.database, "Zebra Care")
    for name in ("Gil", "Gila"):
        make_learner(demo.database, f"{name} Grouped", f"{name.lower()}@northwind.example")
    group = make_group(demo.database, "Zoo Team")
    visit(page, f"{GROUPS_PATH}/{group}/assigned")
    _find(page, _FIND_COURSE, "zebra care", "1 course or learning path found.")
    expect_announced(page, "Assigned Zebra Care.")
    _press(page_tab(page, "Members"))
    expect_announced(page, "Zoo Team · Group")
    people = page.get_by_role("combobox", name="Find people to add")
    people.fill("nobody at all")
    expect_announced(page, "Nothing is found.")
    _find(page, "Find people to add", "grouped", "2 people found.")
    expect_announced(page, "Gil Grouped joined the group. 1 enrollment created.", _UNDO_ENROLLING)
    _find(page, "Find people to add", "gila", "1 person found.")
    expect_announced(page, "Gila Grouped joined the group. 1 enrollment created.", _UNDO_ENROLLING)
    _press(_button(page, "Undo enrolling"))
    expect_announced(
        page,
        "Undone for 1 enrollment. The group itself stays as it is.",
        "Press Redo enrolling within a minute to reverse this.",
    )
    for name in ("Gil", "Gila"):
        _press(_button(page, f"Remove {name} Grouped"))
        expect_announced(page, f"{name} Grouped left the group and stays enrolled.")
    _press(_button(page, "Paste emails"))
    emails = page.get_by_label("Emails, from a spreadsheet or a mail")
    emails.fill("gil@northwind.example\nx@nowhere.example")
    _press(_button(page, "Add people"))
    expect_announced(
        page,
        "1 person joined the group.",
        "x@nowhere.example: Nobody in the directory has this email. Invite them first.",
    )
    _press(page_tab(page, "Leads"))
    expect_announced(page, "Zoo Team · Leads")
    _find(page, "Find someone to lead", "kwame", "1 person found.")
    expect_announced(page, "Kwame Mensah leads the group now.")
    _press(_button(page, "Remove Kwame Mensah"))
    expect_announced(
        page, "Kwame Mensah no longer leads the group, and no longer sees what its members learn."
    )
    _press(page_tab(page, "Settings"))
    expect_announced(page, "Zoo Team · Group settings")
    for text in ("Zebras", "Zebras and more"):
        page.get_by_label("Description").fill(text)
        page.keyboard.press("Control+s")
        expect_announced(page, "Changes saved.")
    assert announced(page) == []


def test_enrolling(demo: Server, page: Page) -> None:
    make_course(demo.database, "Bee Care")
    visit(page, f"{LEDGER}/enroll")
    people = "Find people by name or email"
    _find(page, people, "aarav menon", "1 person found.")
    expect_announced(page, "Added Aarav Menon.")
    _find(page, people, "ingrid", "1 person found.")
    expect_announced(page, "Added Ingrid Solberg.")
    _press(_button(page, "Remove Ingrid Solberg"))
    expect_announced(page, "Removed Ingrid Solberg.")
    _press(page.get_by_text("Paste a list of emails"))
    page.get_by_role("textbox", name="Emails").fill(
        "ingrid.solberg@northwind.example\neve@nowhere.example"
    )
    _press(_button(page, "Add them"))
    expect_announced(page, "1 person added.", "Nobody here has these emails: eve@nowhere.example.")
    _find(page, _FIND_COURSE, "bee care", "1 course or learning path found.")
    expect_announced(page, "Added Bee Care.")
    _press(_button(page, "Preview"))
    expect_announced(page, "Preview. Will be enrolled: 2.")
    _press(_button(page, "Create 2 enrollments"))
    expect_announced(page, "2 people enrolled in Bee Care.", _UNDO)
    _press(_button(page, "Undo"))
    expect_announced(page, "Undone for 2 enrollments.", _REDO)
    assert announced(page) == []


def test_grading(demo: Server, new_page: NewPage) -> None:
    course, _ = make_class(demo.database)
    page = record(new_page(demo, make_instructor(demo.database, course, name="Inga Announced")))
    open_grid(page, course)
    cell(page, "Grade", "Berit Holm").focus()
    page.keyboard.type("77")
    page.keyboard.press("Enter")
    expect_announced(page, "Grade of Berit Holm saved.")
    page.keyboard.press("Control+z")
    expect_announced(page, "Grade of Berit Holm undone: empty.")
    cell(page, "Grade", "Aarav Menon").focus()
    paste(page, "50\n60")
    _press(page.get_by_role("dialog").get_by_role("button", name="2 learners"))
    expect_announced(
        page, "2 learners graded.", "Press Undo or Ctrl+Z within a minute to reverse this."
    )
    _press(_button(page, "Undo"))
    expect_announced(page, "Undone for 2 learners.", _REDO)
    _press(page.get_by_role("tab", name="Overdue"))
    expect_announced(page, "No learners match")
    _press(page.get_by_role("tab", name="All"))
    expect_announced(page, "1–5 of 5 learners")
    page.get_by_role("searchbox", name="Search by learner name or email").fill("zzz")
    expect_announced(page, "No learners match")
    assert announced(page) == []


def test_lessons_and_courses_of_a_path(demo: Server, page: Page) -> None:
    course, other, third = (make_course(demo.database, f"Otter Care {n}") for n in (1, 2, 3))
    for one in (course, other, third):
        make_lessons(demo.database, one, 3)
    path = make_path(demo.database, "Otter Path", (course, other))
    visit(page, f"{COURSES_PATH}/{course}/lessons")
    _press(_button(page, "Move down: Lesson 1"))
    expect_announced(page, "“Lesson 1” is now 2 of 3.")
    _press(_button(page, "Move up: Lesson 1"))
    expect_announced(page, "“Lesson 1” is now 1 of 3.")
    for title in ("Swimming", "Diving"):
        page.get_by_label("Title").fill(title)
        _press(_button(page, "Add lesson"))
        expect_announced(page, f"“{title}” added.")
    _press(_button(page, "Remove Diving"))
    _press(page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True))
    expect_announced(page, "“Diving” removed.")
    _press(page_tab(page, "Settings"))
    expect_announced(page, "Otter Care 1 · Course settings")
    _press(_button(page, "Archive"))
    expect_announced(page, "Archived. Its enrollments stay as they are.")
    _press(_button(page, "Publish"))
    expect_announced(page, "Published. People can start it now.")
    _find(page, "Add an instructor by name or email", "ingrid", "1 instructor found.")
    expect_announced(page, "Ingrid Solberg can grade this course now.")
    _press(_button(page, "Remove Ingrid Solberg"))
    expect_announced(page, "Ingrid Solberg no longer teaches this course.")
    visit(page, f"{PATHS_PATH}/{path}/courses")
    _press(_button(page, "Move down: Otter Care 1"))
    expect_announced(page, "“Otter Care 1” is now 2 of 2.")
    _find(page, "Search published courses", "otter care 3", "1 course found.")
    expect_announced(page, "“Otter Care 3” added.")
    _press(_button(page, "Remove Otter Care 3"))
    _press(page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True))
    expect_announced(page, "“Otter Care 3” removed. Enrollments in it stay.")
    assert announced(page) == []


def test_admins_and_users(demo: Server, page: Page) -> None:
    make_course(demo.database, "Wasp Care")
    visit(page, "/admin/configuration/admins")
    _press(page.get_by_role("switch", name="Billing for Dana Ruiz"), "Space")
    (switched,) = announced(page, 1)
    assert re.fullmatch("Billing is o(n|ff) for Dana Ruiz.", switched)
    _press(_button(page, "Add admin"))
    search = page.get_by_role("dialog").get_by_role("searchbox")
    search.fill("zzz")
    expect_announced(page, "0 people found.")
    search.fill("ingrid")
    expect_announced(page, "1 person found.")
    _press(page.get_by_role("dialog").get_by_role("button", name="Admin Ingrid", exact=False).first)
    expect_announced(page, "Ingrid Solberg is now an admin. Switch on their sections.")
    _press(page.get_by_role("button", name="Make Super Admin Ingrid").first)
    expect_announced(page, "Ingrid Solberg is now a Super Admin.")
    _press(page.get_by_role("button", name="Remove Ingrid").first)
    _press(page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True))
    expect_announced(page, "Ingrid Solberg is no longer an admin.")

    visit(page, f"{USERS_PATH}/1")
    _press(_button(page, "Suspend"))
    _press(page.get_by_role("dialog").get_by_role("button", name="Suspend", exact=True))
    expect_announced(page, "Access suspended. All their sessions have ended.")
    _press(_button(page, "Reinstate"))
    expect_announced(page, "Access reinstated.")
    _find(page, "Find a manager", "kwame", "1 person found.")
    expect_announced(page, "Manager: Kwame Mensah.")
    _press(_button(page, "Remove manager"))
    expect_announced(page, "No manager chosen.")
    _press(_button(page, "+ Enroll in Course"))
    _find(page, _FIND_COURSE, "wasp care", "1 course or learning path found.")
    expect_announced(page, "Wasp Care: Will be enrolled.")
    _press(_button(page, "Remove Wasp Care"))
    expect_announced(page, "Removed Wasp Care.")
    _find(page, _FIND_COURSE, "wasp care", "1 course or learning path found.")
    expect_announced(page, "Wasp Care: Will be enrolled.")
    _press(page.get_by_role("dialog").get_by_role("button", name="Enroll", exact=True))
    expect_announced(page, "Enrolled in 1 course or learning path.")

    visit(page, f"{USERS_PATH}/new")
    page.get_by_label("Name", exact=True).fill("Nia New")
    page.get_by_label("Email").fill("nia.new@northwind.example")
    _press(_button(page, "Invite"))
    (link,) = announced(page, 1)
    assert link.startswith("Send them this link. It is shown only now.")
    assert announced(page) == []


def test_learner(demo: Server, new_page: NewPage) -> None:
    course = make_course(demo.database, "Aardvark Care", deadline_days=30)
    make_lessons(demo.database, course, 2)
    page = record(new_page(demo, AARAV))
    visit(page, "/learn")
    _press(_button(page, re.compile("^Mark.* as read.*Coaching for Managers")))
    expect_announced(page, learning.feedback_read("Coaching for Managers"))
    visit(page, "/learn/catalog")
    page.get_by_label("Search by title").fill("aardvark")
    expect_announced(page, "1–1 of 1 course")
    _press(page.get_by_role("link", name="Aardvark Care"))
    _press(_button(page, "Start course"))
    expect_announced(page, learning.STARTED)
    _press(page.get_by_role("link", name="Lesson 1"))
    _press(_button(page, "Mark as done"))
    expect_announced(page, learning.LESSON_DONE)
    _press(page.get_by_role("link", name="Next"))
    _press(_button(page, "Mark as done"))
    expect_announced(page, learning.COURSE_DONE)
    assert announced(page) == []


def test_presence_is_announced_once_in_ten_seconds(demo: Server, new_page: NewPage) -> None:
    enrollment = make_full(demo.database)
    page = record(new_page(demo, MAYA))
    page.clock.install()
    open_manage(page, enrollment)
    dana = new_page(demo, DANA)
    open_manage(dana, enrollment)
    here = page.get_by_role("group", name="Also here")
    expect(here).to_contain_text("Dana Ruiz is here")
    page.clock.run_for(1_000)
    expect_announced(page, "Dana Ruiz is here")
    dana.get_by_label("Grade", exact=True).fill("A")
    expect(here).to_contain_text("Dana Ruiz is editing")
    page.clock.run_for(1_000)
    assert announced(page) == []
    page.clock.run_for(10_000)
    expect_announced(page, "Dana Ruiz is editing")


def test_link_that_was_copied_or_could_not_be(demo: Server, new_page: NewPage) -> None:
    page = record(new_page(demo, MAYA, permissions=["clipboard-read", "clipboard-write"]))
    learner = make_learner(demo.database, "Lina Linked", "lina@northwind.example")
    visit(page, f"{USERS_PATH}/{learner}")
    _press(_button(page, "Invite as Learner"))
    link = page.get_by_role("textbox", name="Invitation link")
    expect(link).to_have_value(re.compile("/welcome#token="))
    announced(page)
    copy = _button(page, "Copy")
    # Once more: it is announced again, while the same text is still shown.
    for _ in range(2):
        _press(copy)
        expect_announced(page, people.LINK_COPIED)
        expect(page.get_by_text(people.LINK_COPIED)).to_be_visible()
        expect(copy).to_be_focused()
    assert page.evaluate("navigator.clipboard.readText()") == link.input_value()
    # As under an address without TLS.
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    _press(copy)
    expect_announced(page, people.LINK_NOT_COPIED)
    expect(page.get_by_text(people.LINK_NOT_COPIED)).to_be_visible()
    expect(link).to_be_focused()
    assert page.evaluate("getSelection().toString()") == link.input_value()
