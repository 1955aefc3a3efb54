"""Scenes of Admins, Access, Enroll, and further states of the ledger."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from enrollment_portal.domain.people.people import Role, Section
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.state.shared.views import (
    ACCESS_PATH,
    ADMINS_PATH,
    COURSES_PATH,
    GROUPS_PATH,
    ORGANIZATION_PATH,
    PACE_PATH,
    PATHS_PATH,
    USERS_PATH,
)
from tests.browser.page_objects.ledger_page import LEDGER, execute, links, open_ledger, query
from tests.browser.page_objects.picking import choose
from tests.browser.scenes.all_scenes import LONG_NAME, MAYA, Scene
from tests.browser.server import Server
from tests.builders import (
    DAY,
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_lessons,
)

ENROLL = f"{LEDGER}/enroll"


def _admins(page: Page, portal: Server) -> Locator:
    if not query(portal, "SELECT 1 FROM account WHERE name = :name", name=LONG_NAME[:60]):
        make_account(portal.database, Role.ADMIN, name=LONG_NAME[:60], sections=Section.PEOPLE)
    page.goto(ADMINS_PATH)
    row = page.get_by_role("row").filter(has_text="Maya Lindqvist")
    expect(row).to_be_visible()
    return row


def _admin_added(page: Page, portal: Server) -> None:
    _admins(page, portal)
    page.get_by_role("button", name="Add admin").click()
    dialog = page.get_by_role("dialog", name="Add an admin")
    dialog.get_by_role("searchbox").fill("ingrid")
    expect(dialog.get_by_role("listitem").first).to_be_visible()


def _admin_removed(page: Page, portal: Server) -> None:
    _admins(page, portal).get_by_role("button", name="Remove Maya").click()
    expect(page.get_by_role("dialog", name="Remove this admin?")).to_be_visible()


def _admin_refused(page: Page, portal: Server) -> None:
    _admins(page, portal).get_by_role("button", name="Make admin").click()
    expect(page.get_by_role("alert").filter(has_text="last Super Admin")).to_be_visible()


def _access(page: Page, _portal: Server) -> Locator:
    page.goto(ACCESS_PATH)
    rows = page.get_by_role("table", name="Access log").locator("tbody tr")
    expect(rows.get_by_role("button").first).to_be_visible()
    return rows


def _access_of_one(page: Page, portal: Server) -> None:
    rows = _access(page, portal)
    page.get_by_role("searchbox", name="Search by person").fill("maya")
    rows.get_by_role("button", name="Maya Lindqvist").first.click()
    expect(page.get_by_role("region", name="Person").get_by_role("listitem").first).to_be_visible()


def _access_nothing(page: Page, portal: Server) -> None:
    _access(page, portal)
    page.get_by_role("searchbox", name="Search by person").fill("nobody did this")
    expect(page.get_by_role("heading", name="No actions match")).to_be_visible()


def _enroll(page: Page, _portal: Server) -> None:
    page.goto(ENROLL)
    expect(page.get_by_role("navigation", name="Admin Portal")).to_contain_text("Enrollments")
    expect(page.get_by_role("button", name="Preview")).to_be_visible()


def _enroll_refused(page: Page, portal: Server) -> None:
    _enroll(page, portal)
    page.get_by_text("Paste a list of emails").click()
    page.get_by_role("textbox", name="Emails").fill("eve@nowhere.example")
    page.get_by_role("button", name="Add them").click()
    expect(page.get_by_role("alert").filter(has_text="eve@nowhere.example")).to_be_visible()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("alert").filter(has_text="at least one person")).to_be_visible()


def _pick(page: Page, label: str, name: str) -> None:
    choose(page, label, name)


def _enroll_options(page: Page, portal: Server) -> None:
    _enroll(page, portal)
    field = page.get_by_role("combobox", name="Find a course or learning path")
    field.fill("a")
    expect(page.get_by_role("listbox")).to_be_visible()
    field.press("ArrowDown")


def _shortcuts(page: Page, portal: Server) -> None:
    _enroll(page, portal)
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def _enroll_shown(page: Page, portal: Server) -> None:
    """Show all outcomes: enrolled, already enrolled, and refused."""
    titles = ("Beekeeping on the Roof", "Withdrawn: An Introduction to Everything That Matters")
    going, gone = (make_course(portal.database, title) for title in titles)
    learner = make_learner(portal.database, "Zebedee Already-There")
    make_learner(portal.database, name := f"{LONG_NAME[:58]} {going}")
    make_enrollment(portal.database, learner, going)
    _enroll(page, portal)
    for one in ("Zebedee Already-There", name):
        _pick(page, "Find people by name or email", one)
    for title in titles:
        _pick(page, "Find a course or learning path", title)
    expect(page.get_by_role("list", name="Chosen courses").get_by_role("listitem")).to_have_count(2)
    execute(portal, "UPDATE course SET state = 'archived' WHERE id = :id", id=gone)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("list", name="Cannot be enrolled")).to_be_visible()


def _ledger_of_paths(page: Page, _portal: Server) -> None:
    open_ledger(page, "?kind=paths")
    expect(links(page).first).to_be_visible()


def _ledger_of_requests(page: Page, _portal: Server) -> None:
    open_ledger(page, "?asks=1")
    expect(links(page).first).to_be_visible()


def _paths_of_one(page: Page, portal: Server) -> None:
    sql = (
        "SELECT e.learner_id AS id FROM enrollment e JOIN course c ON c.id = e.course_id"
        " WHERE c.kind = 'path' LIMIT 1"
    )
    page.goto(f"{USERS_PATH}/{query(portal, sql)[0].id}/paths")
    expect(links(page).first).to_be_visible()


def _pace_refused(page: Page, _portal: Server) -> None:
    page.goto(PACE_PATH)
    page.get_by_label("Stuck after, in days").fill("soon")
    page.get_by_label("Pace measured over, in weeks").fill("27")
    page.get_by_role("button", name="Save Changes").click()
    expect(page.get_by_text("Enter a whole number from 1 to 365.")).to_be_visible()


def _organization_refused(page: Page, _portal: Server) -> None:
    page.goto(ORGANIZATION_PATH)
    page.get_by_label("Name", exact=True).fill("")
    page.get_by_role("button", name="Save Changes").click()
    expect(page.locator("main [aria-invalid=true]")).to_have_count(1)


def _overview_stuck(page: Page, portal: Server) -> None:
    """Show an enrollment at 5% for three weeks, with a deadline."""
    now = now_ms()
    at, course = now - 21 * DAY, make_course(portal.database, "Beekeeping for Patient People")
    make_lessons(portal.database, course, 20)
    values = {"enrolled_at": at - 40 * DAY, "progress_at": at, "progress": 5, "lessons_done": 1}
    learner = make_learner(portal.database, "Sten Stillman")
    id_ = make_enrollment(portal.database, learner, course, deadline_day=now // DAY + 160, **values)
    page.goto(f"{LEDGER}/{id_}")
    expect(page.get_by_text("5% for 3 weeks; needs")).to_be_visible()


def _list(path: str) -> Callable[[Page, Server], None]:
    """Return how to open a list page, with rows or without."""

    def bring(page: Page, _portal: Server) -> None:
        page.goto(path)
        expect(page.locator("main tbody .row-link, main h2").first).to_be_visible()

    return bring


SCENES: list[Scene] = [
    Scene("users-three-rows", MAYA, _list(USERS_PATH), "few"),
    Scene("courses-few-rows", MAYA, _list(COURSES_PATH), "few"),
    *(
        Scene(f"{name}-empty", MAYA, _list(path), "bare")
        for name, path in (
            ("groups", GROUPS_PATH),
            ("courses", COURSES_PATH),
            ("paths", PATHS_PATH),
            ("access", ACCESS_PATH),
        )
    ),
    Scene("admins", MAYA, lambda page, portal: _admins(page, portal) and None),
    Scene("admins-adding", MAYA, _admin_added),
    Scene("admins-removing", MAYA, _admin_removed),
    Scene("admins-refused", MAYA, _admin_refused),
    Scene("access", MAYA, lambda page, portal: _access(page, portal) and None),
    Scene("access-person", MAYA, _access_of_one),
    Scene("access-nothing", MAYA, _access_nothing),
    Scene("organization-refused", MAYA, _organization_refused),
    Scene("pace-refused", MAYA, _pace_refused),
    Scene("overview-stuck", MAYA, _overview_stuck),
    Scene("enroll", MAYA, _enroll),
    Scene("enroll-options", MAYA, _enroll_options),
    Scene("shortcuts", MAYA, _shortcuts),
    Scene("enroll-refused", MAYA, _enroll_refused),
    Scene("enroll-shown", MAYA, _enroll_shown),
    Scene("ledger-paths", MAYA, _ledger_of_paths),
    Scene("ledger-requests", MAYA, _ledger_of_requests),
    Scene("user-paths", MAYA, _paths_of_one),
]
