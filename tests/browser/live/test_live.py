"""Test open pages of two people: each shows the other's changes in place, without a reload."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import insert

from enrollment_portal.domain.enrolling.new_enrollment import CreateEnrollment, create_enrollment
from enrollment_portal.domain.enrollment.commands import Context
from enrollment_portal.domain.enrollment.fields import Origin
from enrollment_portal.domain.people.people import Role, Section
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.services.grading.grading import grade_cell
from enrollment_portal.storage.access.accounts import find_account
from enrollment_portal.storage.enrolling.new_enrollments import write_new_enrollments
from enrollment_portal.storage.history.history import Author, Signature
from enrollment_portal.storage.shared.database import Database
from enrollment_portal.storage.shared.tables import CourseTeacher, GroupLead
from tests.browser.conftest import NewPage, Serve, checkpoint
from tests.browser.page_objects.enrollment_page import field, open_manage, open_overview, save
from tests.browser.page_objects.ledger_page import (
    links,
    open_ledger,
    query,
    search_box,
    shown_ids,
    tab,
    visit,
)
from tests.browser.page_objects.page_tabs import page_tab
from tests.browser.server import Server
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
)

DANA, ADMIN, SAM, LEAD = 1, 2, 3, 4
CANARY = "canary-live-271828"


@pytest.fixture(scope="module")
def portal(serve: Serve, empty_database: Database) -> Server:
    """Two courses, of which Sam teaches the first, and somebody who leads one learner."""
    database = empty_database
    make_organization(database)
    make_account(database, name="Dana Ruiz")
    make_account(database, Role.ADMIN, name="Noor Haddad", sections=Section.LEARNING)
    taught, other = make_course(database, "Rope Access"), make_course(database, "Knots")
    make_account(database, Role.INSTRUCTOR, name="Sam Okafor", teaches=(taught,))
    led = make_learner(database, "Led Learner")
    make_account(database, Role.GROUP_LEAD, name="Lea Lead", leads=(led,))
    make_enrollment(database, led, other)
    for number in range(1, 9):
        make_enrollment(database, make_learner(database, f"Rope {number}"), taught)
        make_enrollment(database, make_learner(database, f"Knot {number}"), other)
    return serve(checkpoint(database))


def row(page: Page, name: str) -> Locator:
    """Return the row of a learner."""
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))


def enrollment_of(portal: Server, name: str) -> int:
    """Return a learner's only enrollment."""
    sql = "SELECT e.id FROM enrollment e JOIN learner l ON l.id = e.learner_id WHERE l.name = :name"
    return query(portal, sql, name=name)[0].id


def change(page: Page, portal: Server, name: str, **fields: str) -> None:
    """Save fields of a learner's enrollment on its page."""
    open_manage(page, enrollment_of(portal, name))
    for label, value in fields.items():
        box = field(page, label.replace("_", " "))
        if label == "Status":
            box.select_option(value)
        else:
            box.fill(value)
    save(page)


def enroll_someone(portal: Server, names: list[str], course: int) -> None:
    """Enroll new people from another process, as an import or a second server would."""
    people = [make_learner(portal.database, name) for name in names]
    context = Context(now_ms())
    begun = [
        create_enrollment(CreateEnrollment(person, course, Origin.ADMIN, None), context)
        for person in people
    ]
    with portal.database.write() as session:
        write_new_enrollments(session, begun, Signature(Author("person", DANA, "Dana Ruiz")))


def frames(page: Page) -> list[str]:
    """Return a list that collects everything the page's sockets receive."""
    heard: list[str] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda frame: heard.append(str(frame))),
    )
    return heard


def test_a_row_changes_in_place_and_the_counts_follow(portal: Server, new_page: NewPage) -> None:
    theirs, mine = new_page(portal, ADMIN), new_page(portal, DANA)
    open_ledger(theirs, "?tab=active")
    before = shown_ids(theirs)
    links(theirs).nth(2).focus()
    active, completed = (
        int(tab(theirs, "Active").inner_text().split()[-1]),
        tab(theirs, "Completed"),
    )
    done = int(completed.inner_text().split()[-1])
    change(mine, portal, "Rope 3", Status="completed")
    expect(row(theirs, "Rope 3")).to_contain_text("Completed")
    expect(row(theirs, "Rope 3")).to_contain_text("no longer in this tab")
    expect(tab(theirs, "Active")).to_have_text(re.compile(rf"^Active{active - 1}$"))
    expect(completed).to_have_text(re.compile(rf"^Completed{done + 1}$"))
    assert shown_ids(theirs) == before, "no row moves"
    expect(links(theirs).nth(2)).to_be_focused()
    tab(theirs, "Completed").click()
    expect(row(theirs, "Rope 3")).to_be_visible()
    expect(row(theirs, "Rope 3")).not_to_contain_text("no longer")
    tab(theirs, "Active").click()
    expect(row(theirs, "Rope 3")).to_have_count(0)


def test_a_changed_row_flashes_but_not_under_reduced_motion(
    portal: Server, new_page: NewPage
) -> None:
    moving = new_page(portal, ADMIN, reduced_motion="no-preference")
    still, mine = new_page(portal, ADMIN), new_page(portal, DANA)
    for page in (moving, still):
        open_ledger(page)
    change(mine, portal, "Rope 4", Deadline="2031-05-06")
    for page, name in ((moving, re.compile("flash-(even|odd)")), (still, re.compile("^none$"))):
        expect(row(page, "Rope 4")).to_contain_text("6 May 2031")
        expect(row(page, "Rope 4")).to_have_css("animation-name", name)
    first = row(moving, "Rope 4").evaluate("row => getComputedStyle(row).animationName")
    change(mine, portal, "Rope 4", Deadline="2031-05-07")
    expect(row(moving, "Rope 4")).to_contain_text("7 May 2031")
    again = row(moving, "Rope 4").evaluate("row => getComputedStyle(row).animationName")
    assert again != first, "it lights up anew"


def test_new_enrollments_are_announced_above_the_table(portal: Server, new_page: NewPage) -> None:
    page, searching = new_page(portal, ADMIN), new_page(portal, ADMIN)
    open_ledger(page)
    open_ledger(searching, "?q=newcomer+a")
    before = shown_ids(page)
    course = query(portal, "SELECT id FROM course WHERE title = 'Knots'")[0].id
    enroll_someone(portal, ["Newcomer Anna", "Newcomer Bo", "Newcomer Cy"], course)
    waiting = page.get_by_role("button", name="3 new enrollments")
    expect(waiting).to_be_visible()
    expect(searching.get_by_role("button", name="1 new enrollment")).to_be_visible()
    assert shown_ids(page) == before
    waiting.click()
    expect(row(page, "Newcomer Cy")).to_be_visible()
    expect(waiting).to_have_count(0)
    assert len(shown_ids(page)) == len(before) + 3
    tab(page, "Completed").click()
    enroll_someone(portal, ["Newcomer Di"], course)
    expect(tab(page, "Active")).to_have_text(re.compile(r"Active\d+"))
    expect(page.get_by_role("button", name="new enrollment")).to_have_count(0)
    tab(page, "Active").click()
    expect(row(page, "Newcomer Di")).to_be_visible()


def test_each_role_receives_only_what_it_may_see(portal: Server, new_page: NewPage) -> None:
    mine = new_page(portal, DANA)
    pages = {who: new_page(portal, who) for who in (ADMIN, SAM, LEAD)}
    heard = {who: frames(page) for who, page in pages.items()}
    for page in pages.values():
        open_ledger(page)
    change(mine, portal, "Knot 5", Deadline="2032-01-05", Internal_Note=CANARY)
    expect(row(pages[ADMIN], "Knot 5")).to_contain_text("5 Jan 2032")
    change(mine, portal, "Led Learner", Deadline="2032-01-06", Internal_Note=CANARY)
    expect(row(pages[LEAD], "Led Learner")).to_contain_text("6 Jan 2032")
    change(mine, portal, "Rope 5", Deadline="2032-01-07", Internal_Note=CANARY)
    expect(row(pages[SAM], "Rope 5")).to_contain_text("7 Jan 2032")
    told = {who: "\n".join(texts) for who, texts in heard.items()}
    assert "5 Jan 2032" not in told[SAM] + told[LEAD]
    assert "6 Jan 2032" not in told[SAM]
    assert "7 Jan 2032" not in told[LEAD]
    assert CANARY not in "".join(told.values()), "a ledger holds no notes at all"


def test_after_losing_a_right_nothing_more_is_received(portal: Server, new_page: NewPage) -> None:
    victim, boss, mine = new_page(portal, ADMIN), new_page(portal, DANA), new_page(portal, DANA)
    heard, watching = frames(victim), new_page(portal, DANA)
    open_ledger(victim)
    open_ledger(watching)
    boss.goto("/admin/configuration/admins")
    learning = boss.get_by_label("Learning for Noor Haddad").locator("visible=true")
    expect(learning).to_be_checked()
    learning.click()
    try:
        expect(links(victim)).to_have_count(0)
        heard.clear()
        change(mine, portal, "Rope 6", Deadline="2033-01-07")
        expect(row(watching, "Rope 6")).to_contain_text("7 Jan 2033")
        assert "7 Jan 2033" not in "\n".join(heard)
    finally:
        learning.click()
    expect(learning).to_be_checked()
    open_ledger(victim)
    expect(row(victim, "Rope 6")).to_contain_text("7 Jan 2033")


def test_losing_a_course_or_group_closes_its_open_pages(portal: Server, new_page: NewPage) -> None:
    sam, lea, boss = (new_page(portal, who) for who in (SAM, LEAD, DANA))
    heard = frames(sam)
    course = query(portal, "SELECT id FROM course WHERE title = 'Rope Access'")[0].id
    group = query(portal, "SELECT id FROM people_group")[0].id
    sam.goto(f"/teach/courses/{course}")
    expect(sam.get_by_role("grid")).to_be_visible()
    open_overview(lea, enrollment_of(portal, "Led Learner"))
    boss.goto(f"/admin/learning/courses/{course}/settings")
    boss.get_by_role("button", name="Remove Sam Okafor").click()
    expect(sam.get_by_role("heading", name="Not found")).to_be_visible()
    heard.clear()
    open_overview(boss, enrollment_of(portal, "Rope 2"))
    boss.goto(f"/admin/people/groups/{group}/leads")
    boss.get_by_role("button", name="Remove Lea Lead").click()
    expect(lea.get_by_role("heading", name="Not found")).to_be_visible()
    assert "Dana Ruiz" not in "\n".join(heard)
    with portal.database.write() as session:
        session.execute(insert(CourseTeacher).values(account_id=SAM, course_id=course))
        session.execute(insert(GroupLead).values(account_id=LEAD, group_id=group))


def test_more_changes_than_are_kept_still_reach_the_page(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal, ADMIN)
    open_ledger(page)
    search_box(page).fill("rope")
    expect(links(page)).to_have_count(8)
    with portal.database.read() as session:
        dana = find_account(session, DANA)
    assert dana
    course = query(portal, "SELECT id FROM course WHERE title = 'Knots'")[0].id
    enroll_someone(portal, [f"Crowd {number}" for number in range(120)], course)
    change(new_page(portal, DANA), portal, "Rope 7", Status="cancelled")
    expect(row(page, "Rope 7")).to_contain_text("Cancelled")
    for number in range(120):
        key = enrollment_of(portal, f"Crowd {number}")
        grade_cell(portal.database, dana, key, "feedback", f"Hello {number}", 1)
    change(new_page(portal, DANA), portal, "Rope 8", Status="cancelled")
    expect(row(page, "Rope 8")).to_contain_text("Cancelled")
    expect(row(page, "Rope 7")).to_contain_text("Cancelled")
    expect(tab(page, "Cancelled")).to_have_text("Cancelled2")


def test_rows_that_enter_a_tab_are_announced_above_the_table(
    portal: Server, new_page: NewPage
) -> None:
    page = new_page(portal, ADMIN)
    open_ledger(page, "?tab=cancelled&q=knot+2")
    expect(page.get_by_role("heading", name="No enrollments match")).to_be_visible()
    theirs = new_page(portal, DANA)
    change(theirs, portal, "Knot 2", Status="cancelled")
    waiting = page.get_by_role("button", name="1 more", exact=True)
    waiting.click()
    expect(row(page, "Knot 2")).to_be_visible()
    expect(waiting).to_have_count(0)
    # It leaves the tab, where its row stays, and returns: it is there already.
    change(theirs, portal, "Knot 2", Status="active")
    expect(row(page, "Knot 2")).to_contain_text("no longer in this tab")
    change(theirs, portal, "Knot 2", Status="cancelled")
    expect(row(page, "Knot 2")).not_to_contain_text("no longer in this tab")
    expect(waiting).to_have_count(0)


def test_announced_rows_stay_announced_after_a_refresh(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal, ADMIN)
    open_ledger(page)
    with portal.database.read() as session:
        dana = find_account(session, DANA)
    assert dana
    course = query(portal, "SELECT id FROM course WHERE title = 'Knots'")[0].id
    enroll_someone(portal, ["Late Lina"], course)
    expect(page.get_by_role("button", name="1 new enrollment")).to_be_visible()
    shown = query(
        portal,
        "SELECT id, version FROM enrollment ORDER BY enrolled_at DESC, id DESC LIMIT 80 OFFSET 1",
    )
    # The first are on the page; so many more changes push them out of what is kept.
    for enrollment in shown:
        saved = grade_cell(
            portal.database, dana, enrollment.id, "feedback", "Once more", enrollment.version
        )
        assert saved.version > enrollment.version
    change(new_page(portal, DANA), portal, "Rope 1", Deadline="2034-02-03")
    open_other = new_page(portal, ADMIN)
    open_ledger(open_other, "?q=rope+1")
    expect(row(open_other, "Rope 1")).to_contain_text("3 Feb 2034")
    expect(page.get_by_role("button", name="1 new enrollment")).to_be_visible()


def test_other_viewers_and_editors_are_shown(portal: Server, new_page: NewPage) -> None:
    mine, theirs = new_page(portal, DANA), new_page(portal, ADMIN)
    enrollment = enrollment_of(portal, "Knot 8")
    open_manage(mine, enrollment)
    here = mine.get_by_role("group", name="Also here")
    expect(here).to_be_empty()
    open_overview(theirs, enrollment)
    expect(here).to_have_text("NHNoor Haddad is here")
    expect(mine.get_by_role("status").filter(has_text="Noor Haddad is here")).to_be_attached()
    expect(theirs.get_by_role("group", name="Also here")).to_have_text("DRDana Ruiz is here")
    page_tab(theirs, "Manage").click()
    field(theirs, "Grade").fill("C")
    expect(here).to_have_text("NHNoor Haddad is editing")
    save(theirs)
    expect(here).to_have_text("NHNoor Haddad is here")
    open_manage(theirs, enrollment_of(portal, "Knot 7"))
    expect(here).to_be_empty()
    open_overview(theirs, enrollment)
    expect(here).to_have_text("NHNoor Haddad is here")
    theirs.context.close()
    expect(here).to_be_empty()


def test_a_grid_shows_who_is_in_which_row(portal: Server, new_page: NewPage) -> None:
    mine, theirs = new_page(portal, SAM), new_page(portal, ADMIN)
    course = query(portal, "SELECT id FROM course WHERE title = 'Rope Access'")[0].id
    mine.goto(f"/teach/courses/{course}")
    rope = mine.get_by_role("row").filter(has=mine.get_by_role("link", name="Rope 2", exact=True))
    expect(rope).to_be_visible()
    open_manage(theirs, enrollment_of(portal, "Rope 2"))
    expect(rope).to_contain_text("Noor Haddad is here")
    field(theirs, "Grade").fill("A")
    expect(rope).to_contain_text("Noor Haddad is editing")
    here = theirs.get_by_role("group", name="Also here")
    expect(here).to_be_empty()
    rope.get_by_role("gridcell").last.click()
    expect(here).to_have_text("SOSam Okafor is here")
    mine.keyboard.press("Enter")
    expect(here).to_have_text("SOSam Okafor is editing")
    mine.keyboard.press("Escape")
    expect(here).to_have_text("SOSam Okafor is here")
    mine.goto("/teach")
    expect(here).to_be_empty()


def test_a_renamed_person_and_course_are_renamed_on_a_leads_open_ledger(
    portal: Server, new_page: NewPage
) -> None:
    lea, boss = new_page(portal, LEAD), new_page(portal, DANA)
    learner = query(portal, "SELECT id FROM learner WHERE name = 'Led Learner'")[0].id
    course = query(portal, "SELECT id FROM course WHERE title = 'Knots'")[0].id
    open_ledger(lea)
    expect(row(lea, "Led Learner")).to_contain_text("Knots")
    visit(boss, f"/admin/people/users/{learner}")
    boss.get_by_label("Name", exact=True).fill("Renamed Learner")
    boss.get_by_role("button", name="Save changes").click()
    expect(boss.get_by_role("status").filter(has_text="Changes saved.")).to_be_visible()
    expect(row(lea, "Renamed Learner")).to_contain_text("Knots")
    expect(row(lea, "Led Learner")).to_have_count(0)
    visit(boss, f"/admin/learning/courses/{course}/settings")
    boss.get_by_label("Title").fill("Knots and Bends")
    boss.get_by_role("button", name="Save").click()
    expect(row(lea, "Renamed Learner")).to_contain_text("Knots and Bends")
    # The notice of the action stays on its page, which is refreshed, too.
    expect(boss.get_by_role("heading", name="Knots and Bends")).to_be_visible()
    expect(boss.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
