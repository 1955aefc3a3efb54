"""Test where the focus is after each action by keyboard."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.services.enrollment.enrollments import read_enrollment, save_enrollment
from enrollment_portal.services.learning.learning import start_course
from enrollment_portal.state.shared.views import COURSES_PATH, GROUPS_PATH, USERS_PATH
from tests.browser.accessibility.announcements import announced, record
from tests.browser.conftest import NewPage
from tests.browser.page_objects.enrollment_page import make_full, open_manage
from tests.browser.page_objects.grading_page import (
    cell,
    editor,
    make_class,
    make_instructor,
    open_grid,
)
from tests.browser.page_objects.ledger_page import (
    IN_COURSES,
    LEDGER,
    heading,
    links,
    open_ledger,
    query,
    search_box,
    visit,
)
from tests.browser.page_objects.page_tabs import page_tab
from tests.browser.page_objects.sessions import sign_in_with_password
from tests.browser.server import Server
from tests.browser.slow_server import SlowServer
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_group,
    make_learner,
    make_lessons,
)

MAYA, INGRID, KWAME, AARAV = 1, 4, 5, 6


def _press(element: Locator, key: str = "Enter") -> None:
    element.focus()
    element.press(key)


def _focused(page: Page) -> Any:
    return page.locator(":focus")


def _handled(page: Page, handler: str) -> list[str]:
    """Return the events for a handler that the page sends from its next load on, as they come."""
    sent: list[str] = []

    def note(frame: str | bytes) -> None:
        if f'{handler}"' in str(frame):
            sent.append(str(frame))

    page.on("websocket", lambda socket: socket.on("framesent", note))
    return sent


def test_page_opened_by_a_link_has_the_focus_on_its_heading(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    expect(page.locator("body")).to_be_focused()
    _press(page.get_by_role("navigation", name="Admin Portal").get_by_role("link", name="Courses"))
    title = page.get_by_role("heading", level=1, name="Courses")
    expect(title).to_be_focused()
    expect(page.locator("a.row-link").first).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator("a.row-link").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert page.title().startswith(_focused(page).inner_text())


def test_field_entered_while_its_page_loads_keeps_the_focus(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    server = SlowServer(page)
    visit(page, COURSES_PATH)
    row = page.locator("a.row-link").first
    name = row.inner_text()
    server.hold()
    _press(row)
    expect(page.get_by_role("navigation", name="Sections")).to_be_visible()
    search_box(page).focus()  # as assistive technology does, without a key
    server.release()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.locator("#content")).to_have_attribute("aria-busy", "false")
    expect(page).to_have_title(f"{name} · Course")
    expect(search_box(page)).to_be_focused()


def test_tab_of_a_record_keeps_the_focus_and_back_returns_to_the_row(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    row = links(page).nth(3)
    href = row.get_attribute("href")
    _press(row)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    _press(page_tab(page, "Manage"))
    expect(page_tab(page, "Manage")).to_be_focused()
    expect(page_tab(page, "Manage")).to_have_attribute("aria-current", "page")
    page.keyboard.press("ArrowLeft")
    expect(page_tab(page, "Manage")).to_be_focused()
    page.go_back()
    page.go_back()
    expect(page.locator(f"a.row-link[href='{href}']")).to_be_focused()


@pytest.mark.parametrize(
    ("label", "handler"), [("Save Changes", "saving.save"), ("Discard", "editing.leave")]
)
def test_button_of_a_form_that_was_saved_or_discarded_keeps_the_focus_and_does_nothing_more(
    demo: Server, new_page: NewPage, label: str, handler: str
) -> None:
    page = new_page(demo, MAYA)
    sent = _handled(page, handler)
    id_ = query(demo, "SELECT id FROM enrollment WHERE status = 0 LIMIT 1")[0].id
    visit(page, f"{LEDGER}/{id_}/manage")
    feedback = page.get_by_label("Instructor Feedback", exact=True)
    button = page.get_by_role("button", name=label)
    feedback.fill(f"Done: {label}.")
    expect(button).to_be_enabled()
    _press(button)
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_be_focused()
    for key in ("Enter", "Space"):
        page.keyboard.press(key)
    # A field's Enter presses Save Changes.
    _press(page.get_by_label("Grade", exact=True))
    feedback.fill(f"Again: {label}.")
    expect(button).to_be_enabled()
    assert len(sent) == 1, sent


def test_pager_at_its_end_keeps_the_focus_and_turns_no_further(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    sent = _handled(page, "ledger.turn")
    open_ledger(page)
    turn = {
        name: page.get_by_role("button", name=name, exact=True)
        for name in ("First", "Previous", "Next", "Last")
    }
    for name in ("Last", "First"):
        _press(turn[name])
        expect(turn[name]).to_have_attribute("aria-disabled", "true")
        expect(turn[name]).to_be_focused()
        for key in ("Enter", "Space"):
            page.keyboard.press(key)
    for name in ("Next", "Previous"):
        _press(turn[name])
        expect(turn["Previous"]).to_have_attribute(
            "aria-disabled", "false" if name == "Next" else "true"
        )
        expect(turn[name]).to_be_focused()
        expect(heading(page, "Learner")).to_be_in_viewport()
        expect(turn[name]).to_be_in_viewport()
    assert len(sent) == 4, sent


def test_cleared_search_has_the_focus_in_its_field(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    search_box(page).fill("zzzqq")
    clear = page.get_by_role("button", name="Clear search")
    _press(clear.last)
    expect(clear).to_have_count(0)
    expect(search_box(page)).to_be_focused()


def test_past_ledger_left_by_its_button_has_the_focus_in_the_date(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page, "?on=2026-10-01")
    _press(page.get_by_role("button", name="Back to today"))
    expect(page.get_by_role("button", name="Back to today")).to_be_hidden()
    expect(page.locator("#as-of")).to_be_focused()


def test_started_course_and_lesson_marked_as_done_have_the_focus_on_the_way_on(
    demo: Server, new_page: NewPage
) -> None:
    course = make_course(demo.database, "Done by Keys")
    make_lessons(demo.database, course, 2)
    page = new_page(demo, AARAV)
    visit(page, "/learn/catalog?q=done+by+keys")
    _press(page.get_by_role("link", name="Done by Keys"))
    expect(page.get_by_role("heading", level=1, name="Done by Keys")).to_be_focused()
    _press(page.get_by_role("button", name="Start course"))
    expect(page.get_by_role("link", name="Start", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    done = page.get_by_role("button", name="Mark as done")
    for lesson, way_on in (("Lesson 1", "Next"), ("Lesson 2", "Back to the course")):
        expect(page.get_by_role("heading", level=1, name=lesson)).to_be_focused()
        _press(done)
        expect(done).to_have_count(0)
        expect(page.get_by_role("link", name=way_on)).to_be_focused()
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Done by Keys")).to_be_focused()
    # The same from the catalog: the button leads to the course.
    other = make_course(demo.database, "Begun by Keys")
    make_lessons(demo.database, other, 1)
    visit(page, "/learn/catalog?q=begun+by+keys")
    _press(page.get_by_role("button", name="Start course Begun by Keys"))
    expect(page.get_by_role("heading", level=1, name="Begun by Keys")).to_be_focused()


def test_learner_reads_feedback_asks_for_time_and_cancels_by_keys(
    demo: Server, new_page: NewPage
) -> None:
    learner = make_learner(demo.database, "Lea Keyed", "lea.keyed@northwind.example")
    account = make_account(demo.database, Role.LEARNER, learner_id=learner, name="Lea Keyed")
    course = make_course(demo.database, "Asked by Keys")
    make_lessons(demo.database, course, 1)
    new = {"feedback": "Neat work.", "feedback_is_new": 1, "deadline_day": 20_000}
    make_enrollment(demo.database, learner, course, **new)
    page = new_page(demo, account)
    visit(page, "/learn")
    _press(page.get_by_role("button", name="Mark as read the feedback on Asked by Keys"))
    expect(page.get_by_role("heading", name="Instructor Feedback")).to_be_focused()
    _press(page.get_by_role("link", name="Asked by Keys", exact=True))
    expect(page.get_by_role("heading", level=1, name="Asked by Keys")).to_be_focused()
    ask, cancel = (page.locator("summary", has_text=t) for t in ("Ask for more", "Cancel this"))
    _press(ask)
    page.keyboard.press("Tab")
    expect(page.get_by_label("Until")).to_be_focused()
    page.get_by_label("Until").fill("2091-01-01")
    page.locator("form#request").get_by_label("Reason").fill("Leave")
    _press(page.get_by_role("button", name="Send request"))
    expect(cancel).to_be_focused()
    _press(page.get_by_role("button", name="Withdraw"))
    expect(ask).to_be_focused()
    _press(cancel)
    page.locator("form#cancel textarea").fill("Another time")
    _press(page.get_by_role("button", name="Cancel enrollment"))
    expect(page.get_by_role("button", name="Cancel enrollment")).to_have_count(0)
    expect(page.get_by_role("heading", name="Your enrollment")).to_be_focused()


def test_conflict_has_the_focus_on_its_first_choice(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    id_ = query(demo, "SELECT max(id) FROM enrollment WHERE status = 0")[0][0]
    visit(page, f"{LEDGER}/{id_}/manage")
    page.get_by_label("Instructor Feedback", exact=True).fill("Mine.")
    dana = Actor(2, "Dana Ruiz", "", Role.SUPER_ADMIN)
    version = read_enrollment(demo.database, dana, id_).facts.version
    save_enrollment(demo.database, dana, id_, version=version, typed={"feedback": "Theirs."})
    page.keyboard.press("Control+s")
    expect(page.locator("[data-choice-of] input:checked").first).to_be_focused()


def test_refused_sign_in_has_the_focus_on_the_message(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo)
    page.goto("/login")
    sign_in_with_password(page, "nobody@northwind.example", "wrong")
    expect(page.get_by_role("alert").locator("p")).to_be_focused()


def test_requests_button_keeps_its_name(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    button = page.get_by_role("button", name="extension request")
    name = button.inner_text()
    for pressed in ("true", "false"):
        _press(button)
        expect(button).to_have_attribute("aria-pressed", pressed)
        expect(button).to_be_focused()
        expect(button).to_have_text(name, use_inner_text=True)


def _pick(page: Page, label: str, typed: str) -> Locator:
    """Search and choose the first result with keys alone; return the field."""
    field = page.get_by_role("combobox", name=label)
    field.focus()
    page.keyboard.type(typed)
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("listbox", name=label).get_by_role("option").first).to_contain_text(
        re.compile(typed, re.IGNORECASE)
    )
    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", re.compile("-0$"))
    page.keyboard.press("Enter")
    expect(field).to_have_attribute("aria-expanded", "false")
    return field


def test_save_by_key_keeps_the_focus_in_its_field(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_manage(page, make_full(demo.database))
    grade = page.get_by_label("Grade", exact=True)
    grade.fill("A")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("button", name="Save Changes")).to_be_disabled()
    expect(grade).to_be_focused()
    deadline = page.get_by_role("button", name="Remove deadline")
    _press(deadline)
    expect(page.get_by_label("Deadline", exact=True)).to_have_value("")
    expect(deadline).to_be_focused()


def test_granted_and_declined_requests_leave_the_focus_on_the_overview(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    sql = "SELECT enrollment_id FROM extension_request WHERE state = 'open' ORDER BY id LIMIT 2"
    granted, declined = (row[0] for row in query(demo, sql))
    visit(page, f"{LEDGER}/{granted}")
    _press(page.get_by_role("button", name="Grant"))
    expect(page.get_by_role("heading", name="Overview")).to_be_focused()
    visit(page, f"{LEDGER}/{declined}")
    _press(page.get_by_text("Decline…"))
    _press(page.get_by_role("button", name="Decline request"))
    expect(page.get_by_role("heading", name="Overview")).to_be_focused()


def test_undo_in_history_has_the_focus_on_the_link_to_its_entry(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    id_ = make_full(demo.database)
    dana = Actor(2, "Dana Ruiz", "", Role.SUPER_ADMIN)
    save_enrollment(demo.database, dana, id_, version=1, typed={"grade": "A"})
    visit(page, f"{LEDGER}/{id_}")
    undo = page.get_by_role("button", name=re.compile("^Undo change of Grade by Dana"))
    _press(undo)
    expect(undo).to_have_count(0)
    expect(page.get_by_role("link", name="Undone by Maya Lindqvist")).to_be_focused()


def test_chips_are_added_and_removed_by_keys(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    visit(page, f"{LEDGER}/enroll")
    people = "Find people by name or email"
    for name in ("Aarav Menon", "Ingrid Solberg"):
        expect(_pick(page, people, name)).to_be_focused()
        expect(page.get_by_role("list", name="Chosen people")).to_contain_text(name)
    _press(page.get_by_role("button", name="Remove Aarav Menon"))
    expect(page.get_by_role("button", name="Remove Ingrid Solberg")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name=people)).to_be_focused()


def test_new_enrollments_are_shown_from_the_first_row(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    course = make_course(demo.database, "Newest Course")
    make_lessons(demo.database, course, 1)
    aarav = Actor(AARAV, "Aarav Menon", "", Role.LEARNER, learner_id=1)
    start_course(demo.database, aarav, course)
    button = page.get_by_role("button", name="new enrollment")
    _press(button)
    expect(button).to_have_count(0)
    expect(links(page).first).to_be_focused()


def test_members_and_leads_are_added_and_removed_by_keys(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    group = make_group(demo.database, "Keyed Team")
    visit(page, f"{GROUPS_PATH}/{group}")
    expect(_pick(page, "Find people to add", "Aarav Menon")).to_be_focused()
    remove = page.get_by_role("button", name="Remove Aarav Menon")
    _press(remove)
    expect(remove).to_have_count(0)
    expect(page.get_by_role("heading", name="No members")).to_be_focused()
    opener = page.get_by_role("button", name="Paste emails")
    _press(opener)
    expect(page.get_by_label("Emails, from a spreadsheet or a mail")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()
    _press(page_tab(page, "Leads"))
    expect(page_tab(page, "Leads")).to_be_focused()
    expect(_pick(page, "Find someone to lead", "Kwame Mensah")).to_be_focused()


def test_lessons_are_moved_edited_and_removed_by_keys(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    course = make_course(demo.database, "Keyed Course")
    make_lessons(demo.database, course, 3)
    visit(page, f"{COURSES_PATH}/{course}/lessons")
    rows = page.get_by_role("list", name="Lessons").get_by_role("listitem")
    down = page.get_by_role("button", name="Move down: Lesson 1")
    for place in (1, 2):
        _press(down)
        expect(rows.nth(place)).to_contain_text("Lesson 1")
        expect(down).to_be_focused()
    expect(down).to_have_attribute("aria-disabled", "true")
    _press(page.get_by_role("button", name="Edit Lesson 1"))
    expect(page.get_by_role("heading", name="Edit lesson")).to_be_focused()
    page.get_by_label("Title").fill("First")
    page.keyboard.press("Control+s")
    expect(rows.nth(2)).to_contain_text("First")
    expect(page.get_by_label("Title")).to_be_focused()
    remove = page.get_by_role("button", name="Remove Lesson 3")
    _press(remove)
    expect(page.get_by_role("dialog").get_by_role("button", name="Keep")).to_be_focused()
    page.keyboard.press("Escape")
    expect(remove).to_be_focused()
    page.keyboard.press("Enter")
    _press(page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True))
    expect(remove).to_have_count(0)
    expect(page.get_by_role("button", name="Move up: First")).to_be_focused()


def test_course_is_published_archived_and_a_draft_again_by_keys(
    demo: Server, new_page: NewPage
) -> None:
    course = make_course(demo.database, "Published by Keys")
    make_lessons(demo.database, course, 1)
    page = new_page(demo, MAYA)
    visit(page, f"{COURSES_PATH}/{course}/settings")
    for pressed, then in (
        ("Back to draft", "Publish"),
        ("Publish", "Back to draft"),
        ("Archive", "Back to draft"),
    ):
        _press(page.get_by_role("button", name=pressed, exact=True))
        expect(page.get_by_role("button", name=pressed, exact=True)).to_have_count(0)
        expect(page.get_by_role("button", name=then, exact=True)).to_be_focused()


def test_enrolling_is_carried_out_undone_and_redone_by_keys(
    demo: Server, new_page: NewPage
) -> None:
    make_learner(demo.database, "Enno Keyed", "enno.keyed@northwind.example")
    make_lessons(demo.database, make_course(demo.database, "Undone by Keys"), 1)
    page = new_page(demo, MAYA)
    visit(page, f"{LEDGER}/enroll")
    _pick(page, "Find people by name or email", "Enno Keyed")
    _pick(page, "Find a course or learning path", "Undone by Keys")
    preview = page.get_by_role("button", name="Preview")
    _press(preview)
    create = page.get_by_role("button", name="Create 1 enrollment")
    expect(create).to_be_visible()
    expect(preview).to_be_focused()
    _press(create)
    expect(page.get_by_role("heading", level=1, name="Enroll learners")).to_be_focused()
    _press(page.get_by_role("button", name="Undo"))
    expect(page.get_by_role("button", name="Redo")).to_be_focused()


def test_completed_enrollment_is_reopened_and_an_overridden_one_reverted_by_keys(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    open_manage(page, query(demo, f"SELECT max(id) FROM {IN_COURSES} WHERE status = 1")[0][0])
    status = page.get_by_label("Status", exact=True)
    save, dialog = page.get_by_role("button", name="Save Changes"), page.get_by_role("dialog")
    status.select_option("active")
    expect(save).to_be_enabled()
    _press(save)
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(save).to_be_focused()
    page.keyboard.press("Enter")
    _press(dialog.get_by_role("button", name="Reopen"))
    expect(dialog).to_have_count(0)
    expect(save).to_be_focused()
    cancelled, dana = make_full(demo.database), Actor(2, "Dana Ruiz", "", Role.SUPER_ADMIN)
    save_enrollment(demo.database, dana, cancelled, version=1, typed={"status": "cancelled"})
    open_manage(page, cancelled)
    _press(page.get_by_role("button", name="Revert to tracked"))
    expect(page.get_by_role("button", name="Revert to tracked")).to_have_count(0)
    expect(status).to_be_focused()


def test_admins_are_added_changed_and_removed_by_keys(demo: Server, new_page: NewPage) -> None:
    learner = make_learner(demo.database, "Ivar Keyed", "ivar@northwind.example")
    make_account(demo.database, Role.LEARNER, learner_id=learner, name="Ivar Keyed")
    page = new_page(demo, MAYA)
    visit(page, "/admin/configuration/admins")
    switch = page.get_by_role("switch", name="Billing for Dana Ruiz")
    _press(page.get_by_role("switch", name="Billing for Tom Becker"), "Space")
    expect(page.get_by_role("switch", name="Billing for Tom Becker")).to_be_focused()
    expect(switch).to_be_visible()
    opener = page.get_by_role("button", name="Add admin")
    _press(opener)
    dialog = page.get_by_role("dialog", name="Add an admin")
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("ivar keyed")
    expect(dialog.get_by_role("button", name="Ivar Keyed")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(opener).to_be_focused()
    roles = ("Make Super Admin Ivar Keyed", "Make admin Ivar Keyed")
    for role, other in (roles, reversed(roles)):
        _press(page.get_by_role("button", name=role))
        expect(page.get_by_role("button", name=other)).to_be_focused()
    _press(page.get_by_role("button", name="Remove Ivar Keyed"))
    _press(page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True))
    expect(page.get_by_role("button", name="Remove Ivar Keyed")).to_have_count(0)
    expect(page.get_by_role("switch", name="Learning for Tom Becker")).to_be_focused()


def test_access_is_suspended_and_reinstated_by_keys(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    visit(page, f"{USERS_PATH}/2")
    suspend = page.get_by_role("button", name="Suspend", exact=True)
    _press(suspend.first)
    expect(page.get_by_role("dialog").get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(suspend.first).to_be_focused()
    page.keyboard.press("Enter")
    _press(page.get_by_role("dialog").get_by_role("button", name="Suspend", exact=True))
    expect(page.get_by_role("button", name="Reinstate")).to_be_focused()
    page.keyboard.press("Enter")
    expect(suspend.first).to_be_focused()


def test_somebody_is_invited_by_keys(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    visit(page, USERS_PATH)
    opener = page.get_by_role("link", name="Invite user")
    _press(opener)
    expect(page.get_by_role("heading", level=1, name="Invite user")).to_be_focused()
    name, email = (page.get_by_label(label, exact=True) for label in ("Name", "Email"))
    expect(name).to_be_visible()
    page.keyboard.press("Tab")
    expect(name).to_be_focused()
    page.keyboard.press("Enter")
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_be_focused()
    page.keyboard.type("Kim Keyed")
    page.keyboard.press("Tab")
    expect(email).to_be_focused()
    page.keyboard.type("kim.keyed@northwind.example")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Invitation link")).to_have_value(re.compile("token="))
    expect(email).to_have_value("")
    expect(email).to_be_focused()
    page.go_back()
    expect(opener).to_be_focused()


def test_user_is_enrolled_by_keys_in_a_dialog(demo: Server, new_page: NewPage) -> None:
    learner = make_learner(demo.database, "Eve Keyed", "eve.keyed@northwind.example")
    make_lessons(demo.database, make_course(demo.database, "Enrolled by Keys"), 1)
    page = new_page(demo, MAYA)
    visit(page, f"{USERS_PATH}/{learner}")
    opener = page.get_by_role("button", name="+ Enroll in Course")
    dialog = page.get_by_role("dialog", name="Enroll Eve Keyed")
    search = "Find a course or learning path"
    field = dialog.get_by_role("combobox", name=search)
    _press(opener)
    expect(field).to_be_focused()
    page.keyboard.type("enrolled by keys")
    expect(dialog.get_by_role("option")).to_have_count(1)
    # The first closes the list, the second empties the field, the third closes the dialog.
    page.keyboard.press("Escape")
    expect(dialog.get_by_role("option")).to_have_count(0)
    expect(field).to_have_value("enrolled by keys")
    page.keyboard.press("Escape")
    expect(field).to_have_value("")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    expect(_pick(page, search, "Enrolled by Keys")).to_be_focused()
    enroll = dialog.get_by_role("button", name="Enroll", exact=True)
    expect(enroll).to_be_enabled()
    _press(enroll)
    expect(page.get_by_role("status").filter(has_text="Enrolled in 1 course")).to_be_visible()
    expect(opener).to_be_focused()


def test_grid_shows_where_the_focus_is(demo: Server, new_page: NewPage) -> None:
    course, _ = make_class(demo.database)
    page = new_page(demo, make_instructor(demo.database, course, name="Inga Keyed"))
    open_grid(page, course)
    first = cell(page, "Grade", "Aarav Menon")
    first.focus()
    page.keyboard.press("ArrowDown")
    below = cell(page, "Grade", "Berit Holm")
    expect(below).to_be_focused()
    expect(below).to_have_css("outline-style", "solid")
    page.keyboard.press("Enter")
    expect(editor(page, "Grade", "Berit Holm")).to_be_focused()
    page.keyboard.press("Escape")
    expect(below).to_be_focused()
    page.keyboard.type("70")
    page.keyboard.press("Tab")
    beside = cell(page, "Instructor Feedback", "Berit Holm")
    expect(beside).to_be_focused()
    expect(beside).to_have_css("outline-style", "solid")
    page.keyboard.press("ArrowLeft")
    expect(below).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="First", exact=True)).to_be_focused()


def test_drawer_gives_the_focus_back_to_its_button(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA, viewport={"width": 800, "height": 900})
    open_ledger(page)
    opener = page.get_by_role("button", name="Menu")
    _press(opener)
    expect(page.locator("#sidebar").get_by_role("link").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


_ROW, _CARD = "a.row-link", "main h3 a"


@pytest.mark.parametrize(
    ("account", "address", "link", "entry"),
    [
        (MAYA, COURSES_PATH, _ROW, "Course"),
        (MAYA, "/admin/learning/paths", _ROW, "Learning path"),
        (MAYA, LEDGER, _ROW, "Enrollment"),
        (MAYA, USERS_PATH, _ROW, "User"),
        (MAYA, GROUPS_PATH, _ROW, "Group"),
        (INGRID, "/teach", _ROW, "Grading"),
        (INGRID, LEDGER, _ROW, "Enrollment"),
        (KWAME, LEDGER, _ROW, "Enrollment"),
        (AARAV, "/learn", _CARD, "Course"),
        (AARAV, "/learn/catalog", _ROW, "Course"),
    ],
)
def test_record_opened_from_its_list_is_named_by_title_and_heading(
    demo: Server, new_page: NewPage, account: int, address: str, link: str, entry: str
) -> None:
    page = record(new_page(demo, account))
    visit(page, address)
    opener = page.locator(link).first
    name = opener.inner_text()
    _press(opener)
    title = page.get_by_role("heading", level=1)
    expect(title).to_be_focused()
    expect(title).to_contain_text(name)
    expect(page).to_have_title(re.compile(rf"^{re.escape(name)}.* · {entry}$"))
    # The focus reads it out; nothing else does.
    assert announced(page) == []
    page.go_back()
    expect(opener).to_be_focused()


def test_breadcrumb_to_a_list_without_the_row_has_the_focus_on_its_heading(
    demo: Server, new_page: NewPage
) -> None:
    learner = make_learner(demo.database, "Zz Last of All", "zz.last@northwind.example")
    page = new_page(demo, MAYA)
    visit(page, f"{USERS_PATH}/{learner}")
    _press(page.get_by_label("Breadcrumb").get_by_role("link", name="Users"))
    expect(page.get_by_role("heading", level=1, name="Users")).to_be_focused()
    expect(page.locator("a.row-link").first).to_be_visible()
    expect(page.get_by_role("link", name="Zz Last of All")).to_have_count(0)


def test_next_lesson_and_the_way_back_move_the_focus(demo: Server, new_page: NewPage) -> None:
    course = make_course(demo.database, "Reading by Keys")
    make_lessons(demo.database, course, 2)
    page = new_page(demo, AARAV)
    visit(page, f"/learn/courses/{course}")
    _press(page.get_by_role("button", name="Start course"))
    _press(page.get_by_role("link", name="Lesson 1"))
    expect(page.get_by_role("heading", level=1, name="Lesson 1")).to_be_focused()
    _press(page.get_by_role("link", name="Next"))
    expect(page.get_by_role("heading", level=1, name="Lesson 2")).to_be_focused()
    expect(page).to_have_title("Lesson 2 · Reading by Keys · Lesson")
    page.go_back()
    expect(page.get_by_role("heading", level=1, name="Lesson 1")).to_be_focused()
    lesson = page.url.removeprefix(demo.url)
    page.go_back()
    expect(_focused(page)).to_have_attribute("href", lesson)
