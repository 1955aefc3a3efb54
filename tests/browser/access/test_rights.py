"""Test what each role may see and change, and that a removed right applies to open pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, WebSocket, expect
from sqlalchemy import text

from enrollment_portal.domain.people.people import Role, Section
from enrollment_portal.storage.shared.database import Database
from tests.browser.conftest import NewPage, Serve, checkpoint
from tests.browser.page_objects.enrollment_page import (
    DEADLINE_DAY,
    fact,
    field,
    history,
    make_full,
    open_manage,
    open_overview,
    recorded,
    save,
    save_button,
    stored,
)
from tests.browser.page_objects.ledger_page import (
    LEDGER,
    click_unless_gone,
    execute,
    links,
    open_ledger,
    shown_ids,
    tab,
    visit,
)
from tests.browser.page_objects.page_tabs import page_tab
from tests.browser.server import Server
from tests.builders import make_account, make_course, make_learner, make_organization
from tests.tampering import unguarded

CANARY = "canary-271828"
LEARNER = "Şebnem İnce"
SUPER, ADMIN, BILLING, INSTRUCTOR, LEAD, PUPIL, OTHER_INSTRUCTOR, PEOPLE = range(1, 9)
TAUGHT, OTHER = 1, 2
"""Two enrollments: one in the instructor's course, of the lead's learner; one of neither."""
NOT_FOUND = "There is nothing here, or you may not see it."


@pytest.fixture(scope="module")
def portal(serve: Serve, empty_database: Database) -> Server:
    """A portal with one person of each role around two enrollments."""
    database = empty_database
    make_organization(database)
    learner, course = make_learner(database, LEARNER), make_course(database, "Fire Safety")
    make_full(database, learner_id=learner, course_id=course, internal_note=CANARY)
    make_full(database, course_id=make_course(database, "First Aid"), internal_note=CANARY)
    make_account(database, name="Maya Lindqvist")
    make_account(database, Role.ADMIN, sections=Section.LEARNING, name="Dana Whitfield")
    make_account(database, Role.ADMIN, sections=Section.BILLING, name="Tom Okafor")
    make_account(database, Role.INSTRUCTOR, teaches=(course,), name="Ingrid Solberg")
    make_account(database, Role.GROUP_LEAD, leads=(learner,), name="Kwame Mensah")
    make_account(database, Role.LEARNER, learner_id=learner, name=LEARNER)
    make_account(database, Role.INSTRUCTOR, teaches=(2,), name="Bruno Lima")
    make_account(database, Role.ADMIN, sections=Section.PEOPLE, name="Priya Nair")
    return serve(checkpoint(database))


@pytest.fixture(autouse=True)
def _as_built(portal: Server) -> Iterator[None]:
    """Put the enrollments and the accounts back as they were built."""
    yield
    with unguarded(portal.database) as session:
        session.execute(text("DELETE FROM enrollment_event"))
    execute(
        portal,
        "UPDATE enrollment SET status = 0, grade = 'B', feedback = 'Well done.', version = 1,"
        f" internal_note = '{CANARY}', override_seq = NULL, completed_at = NULL",
    )
    execute(portal, f"UPDATE account SET sections = 1, is_suspended = 0 WHERE id = {ADMIN}")
    execute(portal, f"INSERT OR IGNORE INTO course_teacher VALUES ({INSTRUCTOR}, 1)")


def listen(page: Page) -> list[str]:
    """Return a list that collects everything sent to a page."""
    received: list[str] = []

    def read(request: Request) -> None:
        response = request.response()
        if response and request.resource_type in ("document", "script", "fetch", "xhr"):
            received.append(response.text())

    def take(frame: str | bytes) -> None:
        received.append(frame if isinstance(frame, str) else frame.decode())

    def open_socket(socket: WebSocket) -> None:
        socket.on("framereceived", take)

    page.on("websocket", open_socket)
    page.on("requestfinished", read)
    return received


def write_a_note(portal: Server, new_page: NewPage) -> None:
    """Change note and grade as an admin with a reason, so that history has both."""
    page = new_page(portal, SUPER)
    open_manage(page, TAUGHT)
    field(page, "Internal Note").fill(f"{CANARY} again")
    field(page, "Grade").fill("A")
    field(page, "Reason").fill(f"because of {CANARY}")
    save(page)


def test_an_instructor_grades_in_their_course_and_nothing_more(
    portal: Server, new_page: NewPage
) -> None:
    page = new_page(portal, INSTRUCTOR)
    open_manage(page, TAUGHT)
    for label in ("Status", "Deadline"):
        expect(field(page, label)).to_be_disabled()
    expect(page.get_by_role("button", name="Remove deadline")).to_be_disabled()
    field(page, "Grade").fill("A+")
    field(page, "Instructor Feedback").fill("Great.")
    field(page, "Internal Note").fill("Promote.")
    save(page)
    assert stored(portal, TAUGHT) == (0, DEADLINE_DAY, "A+", "Great.", "Promote.", 2)
    assert recorded(portal, TAUGHT)[0][1] == "Ingrid Solberg"


def test_an_instructor_does_not_find_courses_of_others(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal, INSTRUCTOR)
    received = listen(page)
    open_ledger(page)
    assert shown_ids(page) == [TAUGHT]
    expect(tab(page, "All")).to_have_text("All1")
    for suffix in ("", "/manage"):
        page.goto(f"{LEDGER}/{OTHER}{suffix}")
        expect(page.get_by_role("heading", name="Not found")).to_be_visible()
        expect(page.locator("main")).to_contain_text(NOT_FOUND)
    assert "First Aid" not in "".join(received)
    assert "Fire Safety" in "".join(received)


def test_a_group_lead_reads_without_notes_and_cannot_save(
    portal: Server, new_page: NewPage
) -> None:
    write_a_note(portal, new_page)
    page = new_page(portal, LEAD)
    received = listen(page)
    open_ledger(page)
    assert shown_ids(page) == [TAUGHT]
    links(page).first.click()
    expect(fact(page, "Grade")).to_have_text("A")
    expect(fact(page, "Internal Note")).to_have_count(0)
    expect(history(page)).to_have_count(1)
    expect(history(page).first).to_contain_text("Grade from B to A")
    page_tab(page, "Manage").click()
    expect(page.get_by_text("You have read-only access.")).to_be_visible()
    for label in ("Status", "Deadline", "Grade", "Instructor Feedback", "Reason"):
        expect(field(page, label)).to_be_disabled()
    expect(field(page, "Internal Note")).to_have_count(0)
    expect(save_button(page)).to_have_count(0)
    assert LEARNER in "".join(received)
    assert "<!DOCTYPE html>" in "".join(received)
    assert CANARY not in "".join(received)


def test_a_learner_sees_grade_and_feedback_but_no_note(portal: Server, new_page: NewPage) -> None:
    write_a_note(portal, new_page)
    page = new_page(portal, PUPIL)
    received = listen(page)
    page.goto("/learn")
    course = page.get_by_role("listitem").filter(has_text="Fire Safety")
    for words in ("Grade A", "Instructor Feedback", "Well done.", "40%", "4 of 10 lessons"):
        expect(course).to_contain_text(words)
    for path in (LEDGER, f"{LEDGER}/{TAUGHT}", f"{LEDGER}/{TAUGHT}/manage"):
        page.goto(path)
        expect(page.get_by_role("heading", name="You may not open this page")).to_be_visible()
    assert "Well done." in "".join(received)
    assert CANARY not in "".join(received)


@pytest.mark.parametrize(
    ("account", "sees", "paths"),
    [
        (PUPIL, "Well done.", ("/learn/catalog", "/learn/courses/1")),
        (OTHER_INSTRUCTOR, "First Aid", ("/teach/courses/1", "/teach")),
        (LEAD, LEARNER, ("/teach/courses/1", "/admin/people/users/1", LEDGER)),
        (PEOPLE, LEARNER, ("/admin/people/users/1/enrollments", "/admin/people/users/1/history")),
    ],
)
def test_no_other_page_contains_a_note(
    portal: Server, new_page: NewPage, account: int, sees: str, paths: tuple[str, ...]
) -> None:
    write_a_note(portal, new_page)
    page = new_page(portal, account)
    received = listen(page)
    for path in paths:
        visit(page, path)
        expect(page.locator("main h1")).to_be_visible()
    expect(page.locator("main")).to_contain_text(sees)
    assert CANARY not in "".join(received)


@pytest.mark.parametrize("account", [SUPER, INSTRUCTOR, LEAD])
def test_no_exported_file_contains_a_note(portal: Server, new_page: NewPage, account: int) -> None:
    write_a_note(portal, new_page)
    page = new_page(portal, account)
    open_ledger(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()
    told = Path(download.value.path()).read_text(encoding="utf-8")
    assert LEARNER in told
    assert CANARY not in told


def test_an_admin_without_learning_receives_nothing_of_the_ledger(
    portal: Server, new_page: NewPage
) -> None:
    page = new_page(portal, BILLING)
    received = listen(page)
    for path in (LEDGER, f"{LEDGER}/{TAUGHT}", f"{LEDGER}/{TAUGHT}/manage"):
        page.goto(path)
        expect(page.get_by_role("heading", name="You may not open this page")).to_be_visible()
    sent = "".join(received)
    assert "Tom Okafor" in sent
    assert not [w for w in (LEARNER, "elsewhere.example", "Fire Safety", CANARY) if w in sent]


def test_a_section_that_is_switched_off_stops_the_next_save(
    portal: Server, new_page: NewPage
) -> None:
    page = new_page(portal, ADMIN)
    open_manage(page, TAUGHT)
    field(page, "Grade").fill("A")
    expect(save_button(page)).to_be_enabled()
    execute(portal, f"UPDATE account SET sections = 8 WHERE id = {ADMIN}")
    refusal = page.get_by_role("heading", name="You may not open this page")
    click_unless_gone(save_button(page), refusal)
    expect(refusal).to_be_visible()
    expect(page.get_by_text(LEARNER)).to_have_count(0)
    assert stored(portal, TAUGHT)[2] == "B"


@pytest.mark.parametrize(
    "end",
    [
        f"DELETE FROM sign_in_session WHERE account_id = {ADMIN}",
        f"UPDATE account SET is_suspended = 1 WHERE id = {ADMIN}",
    ],
    ids=["session deleted", "account suspended"],
)
def test_a_session_that_ends_stops_the_next_save(
    portal: Server, new_page: NewPage, end: str
) -> None:
    page = new_page(portal, ADMIN)
    page.on("dialog", lambda dialog: dialog.accept())
    open_manage(page, TAUGHT)
    field(page, "Grade").fill("A")
    expect(save_button(page)).to_be_enabled()
    execute(portal, end)
    sign_in = page.get_by_role("heading", name="Sign in")
    click_unless_gone(save_button(page), sign_in)
    expect(sign_in).to_be_visible()
    assert stored(portal, TAUGHT)[2] == "B"


def test_a_course_no_longer_taught_is_gone_on_the_next_click(
    portal: Server, new_page: NewPage
) -> None:
    page = new_page(portal, INSTRUCTOR)
    open_overview(page, TAUGHT)
    execute(portal, f"DELETE FROM course_teacher WHERE account_id = {INSTRUCTOR}")
    refusal = page.get_by_role("heading", name="Not found")
    click_unless_gone(page_tab(page, "Manage"), refusal)
    expect(refusal).to_be_visible()
    expect(page.get_by_text(LEARNER)).to_have_count(0)
