"""Every page in every relevant state, for accessibility checks and pictures."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from playwright.sync_api import Page, expect

from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.services.enrollment.enrollments import read_enrollment, save_enrollment
from tests.browser.page_objects.filter_bar import open_filters
from tests.browser.page_objects.ledger_page import LEDGER, links, open_ledger, query, search_box
from tests.browser.page_objects.page_tabs import page_tab
from tests.browser.page_objects.sessions import sign_in_with_password
from tests.browser.server import Server
from tests.builders import make_account, make_course, make_enrollment, make_learner

MAYA, DANA, TOM, INGRID, KWAME, AARAV = range(1, 7)
LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff-Montgomery Featherstonehaugh"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Scene:
    """A page in a state: its viewer, its portal, and how to reach it."""

    name: str
    account: int | None
    bring: Callable[[Page, Server], None]
    portal: str = "demo"
    """`demo`: the demo company; `bare`: an admin and nothing else; `few`: three rows."""


def _busiest(portal: Server) -> int:
    """Return Aarav's enrollment with a note, a deadline and history."""
    sql = "SELECT id FROM enrollment WHERE learner_id = 1 AND internal_note <> '' LIMIT 1"
    return query(portal, sql)[0].id


def _sign_in(page: Page, _portal: Server) -> None:
    page.goto("/login")
    expect(page.locator("#sign-in-message ~ form, main p").first).to_have_text("Northwind Academy")


def _sign_in_error(page: Page, portal: Server) -> None:
    page.goto("/login")
    portal_forgets_failures(portal)
    sign_in_with_password(page, "nobody@northwind.example", "wrong")
    expect(page.get_by_role("alert")).to_contain_text("do not match")


def portal_forgets_failures(portal: Server) -> None:
    """Delete failed attempts, which would throttle the next one."""
    with portal.database.write() as session:
        session.connection().exec_driver_sql("DELETE FROM sign_in_failure")


def _ledger(page: Page, _portal: Server) -> None:
    open_ledger(page)
    expect(links(page).first).to_be_visible()


def _past(page: Page, _portal: Server) -> None:
    day = datetime.now(UTC).date() - timedelta(days=120)
    open_ledger(page, f"?on={day.isoformat()}")
    expect(page.get_by_role("status", name="Day")).to_contain_text("Read-only.")
    expect(links(page).first).to_be_visible()


def _drawer(page: Page, portal: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    _ledger(page, portal)
    page.get_by_role("button", name="Menu").click()


def _empty(page: Page, _portal: Server) -> None:
    open_ledger(page)
    expect(page.get_by_role("heading", name="No enrollments yet")).to_be_visible()


def _no_match(page: Page, _portal: Server) -> None:
    open_ledger(page)
    search_box(page).fill("nobody is called this")
    expect(page.get_by_role("heading", name="No enrollments match")).to_be_visible()


def _filters(page: Page, portal: Server) -> None:
    """Open the menu of filters where several are set; one is by a person who is gone."""
    department = quote(LONG_NAME)
    open_ledger(
        page,
        "?is=overdue,by_hand,retake&progress=20..80&deadline=0d..7d&courses=1,2,3&manager=999999"
        f"&department={department}",
    )
    open_filters(page)


def _filter_values(page: Page, _portal: Server) -> None:
    open_ledger(page)
    open_filters(page, "Course")
    page.get_by_role("dialog").get_by_role("option").nth(1).click()


def _filter_range_refused(page: Page, _portal: Server) -> None:
    open_ledger(page)
    open_filters(page, "Deadline")
    dates = page.get_by_role("form", name="Between two dates")
    dates.get_by_label("From").fill("2026-05-05")
    dates.get_by_label("To").fill("2026-05-01")
    dates.get_by_role("button", name="Apply").click()
    expect(dates.get_by_role("alert")).to_contain_text("before the first date")


def _overview(page: Page, portal: Server) -> None:
    page.goto(f"{LEDGER}/{_busiest(portal)}")
    expect(page.get_by_role("heading", name="History")).to_be_visible()


def _overview_long(page: Page, portal: Server) -> None:
    page.goto(f"{LEDGER}/{query(portal, 'SELECT MAX(id) AS id FROM enrollment')[0].id}")
    expect(page.get_by_role("heading", name="History")).to_be_visible()


def _overview_of_path(page: Page, portal: Server) -> None:
    """Show a learning path that is the first row of a past day's ledger."""
    day = datetime.now(UTC).date() - timedelta(days=30)
    open_ledger(page, f"?kind=paths&on={day.isoformat()}")
    links(page).first.click()
    expect(page.get_by_role("note")).to_contain_text("You are looking at today’s record.")
    expect(page.get_by_role("heading", name="Courses")).to_be_visible()


def _manage(page: Page, portal: Server) -> None:
    page.goto(f"{LEDGER}/{_busiest(portal)}/manage")
    expect(page.get_by_label("Grade")).to_be_enabled()


def _manage_errors(page: Page, portal: Server) -> None:
    _manage(page, portal)
    page.get_by_label("Deadline", exact=True).fill("2001-01-01")
    page.get_by_label("Grade").fill("x" * 40)
    page.get_by_role("button", name="Save Changes").click()
    expect(
        page.locator("form [role=alert]").filter(has_text="Before the enrollment")
    ).to_be_visible()


def _manage_conflict(page: Page, portal: Server) -> None:
    _manage(page, portal)
    page.get_by_label("Grade").fill("B+")
    page.get_by_label("Instructor Feedback").fill("Clear and complete.")
    expect(page.get_by_role("button", name="Save Changes")).to_be_enabled()
    dana = Actor(DANA, "Dana Ruiz", "", Role.SUPER_ADMIN)
    facts = read_enrollment(portal.database, dana, _busiest(portal)).facts
    typed = {"feedback": f"Revisit lesson {next(_numbers)} before the exam."}
    save_enrollment(portal.database, dana, facts.id, version=facts.version, typed=typed)
    page.get_by_role("button", name="Save Changes").click()
    expect(page.get_by_role("heading", name="Saved meanwhile by")).to_be_visible()


def _unsaved(page: Page, portal: Server) -> None:
    _manage(page, portal)
    page.get_by_label("Grade").fill("B+")
    expect(page.get_by_role("button", name="Save Changes")).to_be_enabled()
    page_tab(page, "Overview").click()
    expect(page.get_by_role("dialog", name="Unsaved changes")).to_be_visible()


def _home(heading: str) -> Callable[[Page, Server], None]:
    def bring(page: Page, _portal: Server) -> None:
        page.goto("/")
        expect(page.get_by_role("heading", name=heading).first).to_be_visible()
        expect(page.get_by_role("status", name="Loading")).to_have_count(0)

    return bring


def _missing(page: Page, _portal: Server) -> None:
    page.goto(f"{LEDGER}/987654321")
    expect(page.get_by_role("heading", name="Not found")).to_be_visible()


def _nowhere(page: Page, _portal: Server) -> None:
    page.goto("/no/such/page")
    expect(page.get_by_role("heading", name="Not found")).to_be_visible()


def _refused(page: Page, _portal: Server) -> None:
    page.goto(LEDGER)
    expect(page.get_by_role("heading", name="You may not open this page")).to_be_visible()


SCENES = (
    Scene("sign-in", None, _sign_in),
    Scene("sign-in-error", None, _sign_in_error),
    Scene("ledger", MAYA, _ledger),
    Scene("ledger-past", MAYA, _past),
    Scene("ledger-drawer", MAYA, _drawer),
    Scene("ledger-filters", MAYA, _filters),
    Scene("ledger-filter-values", MAYA, _filter_values),
    Scene("ledger-filter-refused", MAYA, _filter_range_refused),
    Scene("ledger-no-match", MAYA, _no_match),
    Scene("ledger-empty", MAYA, _empty, "bare"),
    Scene("ledger-three-rows", MAYA, _ledger, "few"),
    Scene("overview", MAYA, _overview),
    Scene("overview-long-name", MAYA, _overview_long, "few"),
    Scene("overview-of-path", MAYA, _overview_of_path),
    Scene("manage", MAYA, _manage),
    Scene("manage-errors", MAYA, _manage_errors),
    Scene("manage-conflict", MAYA, _manage_conflict),
    Scene("manage-unsaved", MAYA, _unsaved),
    Scene("learn", AARAV, _home("My learning")),
    Scene("teach", INGRID, _home("My courses")),
    Scene("admin-home", TOM, _home("Admin Portal")),
    Scene("not-found-enrollment", MAYA, _missing),
    Scene("not-found-address", MAYA, _nowhere),
    Scene("refused", TOM, _refused),
)


def arrange_few(portal: Server) -> None:
    """Write an admin and three enrollments, one of someone with a very long name."""
    database = portal.database
    make_account(database, name=LONG_NAME[:60])
    long_course = make_course(database, "An Introduction to Everything That Might Ever Matter " * 2)
    learner = make_learner(
        database, LONG_NAME[:60], f"{LONG_NAME[:40].lower()}@subsidiary.northwind.example"
    )
    make_enrollment(database, make_learner(database, "李小龍", "li@north.example"), long_course)
    make_enrollment(database, make_learner(database, "Ma", ""), long_course, status=2)
    make_enrollment(
        database,
        learner,
        long_course,
        status=1,
        progress=100,
        grade="Pass with the very best honours",
        feedback="A-very-long-word-without-a-break-" * 8,
        internal_note="Line one\nLine two",
    )
