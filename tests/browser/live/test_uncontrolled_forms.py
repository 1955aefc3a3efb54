"""Test that text typed into uncontrolled forms is kept after a restart of the server."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from enrollment_portal.domain.people.people import Role
from enrollment_portal.storage.shared.database import Database
from tests.browser.conftest import NewPage, Serve, checkpoint
from tests.browser.page_objects.page_tabs import page_tab
from tests.browser.server import Server
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_group,
    make_learner,
    make_lessons,
    make_organization,
)

BROKEN = ("WebSocket connection to", "ERR_CONNECTION_REFUSED")
BACK_MS = 40_000


@pytest.fixture(scope="module")
def course(empty_database: Database) -> int:
    """A course with two lessons."""
    make_organization(empty_database)
    make_account(empty_database, name="Maya Lindqvist")
    course = make_course(empty_database, "Knots")
    make_lessons(empty_database, course, 2)
    return course


@pytest.fixture(scope="module")
def learner(empty_database: Database, course: int) -> int:
    """The account of somebody who takes the course."""
    person = make_learner(empty_database, "Ada Berg")
    make_enrollment(empty_database, person, course, deadline_day=70_000)
    return make_account(empty_database, Role.LEARNER, name="Ada Berg", learner_id=person)


@pytest.fixture(scope="module")
def portal(serve: Serve, empty_database: Database, learner: int) -> Server:
    """A portal with the course, an admin and the learner."""
    return serve(checkpoint(empty_database))


def nothing() -> None:
    """Do nothing while the page is disconnected."""


def restart(portal: Server, page: Page, meanwhile: Callable[[], object] = nothing) -> None:
    """Restart the server, and wait until the page is up to date again."""
    status = page.get_by_role("status")
    portal.kill()
    expect(status.filter(has_text="Connection lost")).to_be_visible()
    meanwhile()
    portal.start()
    expect(status.filter(has_text="Connected again")).to_be_visible(timeout=BACK_MS)


def rename(portal: Server, table: str, column: str, record: int) -> None:
    """Rename a course or a group as somebody else."""
    with portal.database.write() as session:
        session.connection().exec_driver_sql(
            f"UPDATE {table} SET {column} = 'Theirs', version = version + 1 WHERE id = {record}"
        )


class Sockets:
    """The sockets of a page, which the test can close."""

    def __init__(self, page: Page) -> None:
        self._open: list[WebSocketRoute] = []
        page.route_web_socket(re.compile("/_event"), self._take)

    def _take(self, socket: WebSocketRoute) -> None:
        self._open.append(socket)
        socket.connect_to_server()

    def break_off(self) -> None:
        """Close the open socket, as a change of network does; the page opens another."""
        self._open.pop().close(code=4000)


DRAWS_AT_ONCE = """(() => {
    const sockets = [];
    let isBusy = false;
    const isUpdate = ({data}) => data.startsWith("42/_event,");
    const isThere = ({data}) => /"is_hydrated_rx_state_": ?true/.test(data);
    window.WebSocket = class extends WebSocket {
        constructor(...args) {
            super(...args);
            sockets.push(this);
        }
        set onmessage(take) {
            const late = [];
            super.onmessage = (event) => {
                if (!isBusy || !isUpdate(event)) return take(event);
                late.push(event);
                if (!isThere(event)) return;
                isBusy = false;
                late.splice(0).forEach(take);
            };
        }
    };
    window.arriveAtOnce = () => {
        isBusy = true;
        sockets.at(-1).close();
    };
})()"""
"""Gives a page `arriveAtOnce()`: it loses its socket, opens another, and then takes in all that
makes it arrive again within one task, as a browser does that was busy meanwhile."""


def test_a_settings_form_is_kept_and_can_be_saved(
    portal: Server, new_page: NewPage, course: int
) -> None:
    page = new_page(portal, 1, allow=BROKEN)
    page.goto(f"/admin/learning/courses/{course}/settings")
    title = page.get_by_label("Title", exact=True)
    expect(title).to_have_value("Knots")
    page.get_by_label("Grading").select_option(label="Letters")
    title.fill("Knots and hitches")
    restart(portal, page)
    expect(title).to_have_value("Knots and hitches")
    expect(page.get_by_label("Grading").locator("option:checked")).to_have_text("Letters")
    page_tab(page, "Enrollments").click()
    question = page.get_by_role("dialog", name="Unsaved changes")
    question.get_by_role("button", name="Keep editing").click()
    page.get_by_role("button", name="Save Changes").click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    restart(portal, page)
    expect(title).to_have_value("Knots and hitches")
    page_tab(page, "Enrollments").click()
    expect(page_tab(page, "Enrollments")).to_have_attribute("aria-current", "page")


def test_discarded_text_is_not_restored(portal: Server, new_page: NewPage, course: int) -> None:
    page = new_page(portal, 1, allow=BROKEN)
    page.goto(f"/admin/learning/courses/{course}/settings")
    description = page.get_by_label("Title", exact=True)
    expect(description).not_to_have_value("")
    before = description.input_value()
    description.fill("Never mind")
    restart(portal, page)
    expect(description).to_have_value("Never mind")
    page_tab(page, "Enrollments").click()
    page.get_by_role("button", name="Leave without saving").click()
    # Until then the tabs are those of the page that is being left.
    expect(page_tab(page, "Enrollments")).to_have_attribute("aria-current", "page")
    page_tab(page, "Settings").click()
    expect(description).to_have_value(before)


@pytest.mark.parametrize("is_restarted", [True, False])
def test_remote_changes_meanwhile_conflict_and_are_not_overwritten(
    portal: Server, new_page: NewPage, is_restarted: bool
) -> None:
    course = make_course(portal.database, f"Splices {is_restarted}")

    page = new_page(portal, 1, allow=BROKEN)
    sockets = Sockets(page)
    page.goto(f"/admin/learning/courses/{course}/settings")
    title = page.get_by_label("Title", exact=True)
    title.fill("Mine")
    if is_restarted:
        restart(portal, page, lambda: rename(portal, "course", "title", course))
    else:
        rename(portal, "course", "title", course)
        sockets.break_off()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Theirs")
    expect(title).to_have_value("Mine")
    page.get_by_role("button", name="Save Changes").click()
    expect(page.get_by_role("alert").filter(has_text="meanwhile")).to_be_visible()
    expect(title).to_have_value("Mine")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(title).to_have_value("Theirs")
    title.fill("Mine after all")
    page.get_by_role("button", name="Save Changes").click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()


def test_typed_text_is_saved_after_an_own_action_outside_the_form(
    portal: Server, new_page: NewPage, course: int
) -> None:
    page = new_page(portal, 1, allow=BROKEN)
    page.goto(f"/admin/learning/courses/{course}/settings")
    description = page.get_by_label("Description")
    description.fill("Over and under")
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_role("status").filter(has_text="Archived.")).to_be_visible()
    page.get_by_role("button", name="Save Changes").click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    expect(description).to_have_value("Over and under")


def test_the_draft_of_a_lesson_is_separate(portal: Server, new_page: NewPage, course: int) -> None:
    page = new_page(portal, 1, allow=BROKEN)
    page.goto(f"/admin/learning/courses/{course}/lessons")
    title, content = page.get_by_label("Title", exact=True), page.get_by_label("Content")
    page.get_by_role("button", name="Edit Lesson 2").click()
    expect(title).to_have_value("Lesson 2")
    content.fill("The rabbit comes out of the hole")
    restart(portal, page)
    # The page has forgotten which lesson was open, and shows an empty form for a new one.
    page.get_by_role("button", name="Edit Lesson 1").click()
    expect(title).to_have_value("Lesson 1")
    expect(content).not_to_have_value("The rabbit comes out of the hole")
    page.get_by_role("button", name="Edit Lesson 2").click()
    expect(title).to_have_value("Lesson 2")
    expect(content).to_have_value("The rabbit comes out of the hole")


def test_a_lesson_stays_open_without_a_connection(portal: Server, new_page: NewPage) -> None:
    course = make_course(portal.database, "Whippings")
    make_lessons(portal.database, course, 2)
    page = new_page(portal, 1, allow=BROKEN)
    sockets = Sockets(page)
    page.goto(f"/admin/learning/courses/{course}/lessons")
    page.get_by_role("button", name="Edit Lesson 2").click()
    expect(page.get_by_label("Title", exact=True)).to_have_value("Lesson 2")
    content = page.get_by_label("Content")
    content.fill("Wind it against the lay")
    rename(portal, "course", "title", course)
    sockets.break_off()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Theirs")
    expect(page.get_by_role("heading", name="Edit lesson")).to_be_visible()
    expect(content).to_have_value("Wind it against the lay")
    page_tab(page, "Settings").click()
    question = page.get_by_role("dialog", name="Unsaved changes")
    question.get_by_role("button", name="Keep editing").click()
    page.get_by_role("button", name="Save Changes").click()
    expect(page.get_by_role("status").filter(has_text="“Lesson 2” saved.")).to_be_visible()


def test_a_lesson_is_kept_if_a_busy_browser_renders_the_reload_at_once(
    portal: Server, new_page: NewPage
) -> None:
    course = make_course(portal.database, "Lashings")
    make_lessons(portal.database, course, 2)
    page = new_page(portal, 1, allow=BROKEN)
    page.add_init_script(DRAWS_AT_ONCE)
    page.goto(f"/admin/learning/courses/{course}/lessons")
    title, content = page.get_by_label("Title", exact=True), page.get_by_label("Content")
    # With the answer to the first click the page is there, and knows of the second one.
    for lesson in ("Lesson 1", "Lesson 2"):
        page.get_by_role("button", name=f"Edit {lesson}").click()
        expect(title).to_have_value(lesson)
    content.fill("Three frapping turns")
    rename(portal, "course", "title", course)
    page.evaluate("arriveAtOnce()")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Theirs")
    expect(content).to_have_value("Three frapping turns")
    page.get_by_role("button", name="Save Changes").click()
    expect(page.get_by_role("status").filter(has_text="“Lesson 2” saved.")).to_be_visible()


def test_pasted_emails_are_kept_without_a_connection(portal: Server, new_page: NewPage) -> None:
    group = make_group(portal.database, "Riggers")
    page = new_page(portal, 1, allow=BROKEN)
    sockets = Sockets(page)
    page.goto(f"/admin/people/groups/{group}")
    page.get_by_role("button", name="Paste emails").click()
    emails = page.get_by_role("dialog").get_by_role("textbox")
    emails.fill("ada@knots.example")
    rename(portal, "people_group", "name", group)
    sockets.break_off()
    expect(page.get_by_role("heading", level=1, include_hidden=True)).to_contain_text("Theirs")
    expect(emails).to_have_value("ada@knots.example")
    page.get_by_role("dialog").get_by_role("button", name="Add people").click()
    expect(page.get_by_role("list", name="Not added or enrolled")).to_contain_text(
        "ada@knots.example"
    )


def test_a_learners_extension_request_is_kept(
    portal: Server, new_page: NewPage, course: int, learner: int
) -> None:
    page = new_page(portal, learner, allow=BROKEN)
    page.goto(f"/learn/courses/{course}")
    page.get_by_text("Ask for more time").click()
    reason = page.get_by_label("Reason")
    reason.fill("My mother is ill.")
    restart(portal, page)
    if not reason.is_visible():
        page.get_by_text("Ask for more time").click()
    expect(reason).to_have_value("My mother is ill.")
