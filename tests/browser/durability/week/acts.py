"""The actions of the five people of the week, in the browser."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.durability.week.company import ADA, ADMIN, BO, CLEO, CLIMBER, KNOTS, NOTE, Week
from tests.browser.page_objects.enrollment_page import (
    confirmation,
    fact,
    field,
    open_manage,
    open_overview,
)
from tests.browser.page_objects.enrollment_page import save as save_manage
from tests.browser.page_objects.grading_page import cell, open_grid, paste, said
from tests.browser.page_objects.group_page import add_person, open_group
from tests.browser.page_objects.learn_page import (
    mark_done,
    open_dashboard,
    request_extension,
    start,
)
from tests.browser.page_objects.ledger_page import LEDGER, open_ledger, query, visit
from tests.browser.page_objects.picking import choose, outcome


def newest(week: Week, name: str, title: str) -> int:
    """Return the id of someone's newest enrollment in a course or path."""
    learner, course = week.company.learners[name], week.company.courses[title]
    sql = "SELECT MAX(id) AS id FROM enrollment WHERE learner_id = :learner AND course_id = :course"
    return query(week.portal, sql, learner=learner, course=course)[0].id


def open_course(week: Week, name: str, title: str) -> Page:
    """Open a course's page as a learner."""
    page = week.pages[name]
    visit(page, f"/learn/courses/{week.company.courses[title]}")
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    return page


def learner_starts_course(week: Week, name: str, title: str) -> None:
    """Start a course from the catalog."""
    start(week.pages[name], title)
    expect(week.pages[name].get_by_role("link", name="Start", exact=True)).to_be_visible()


def learner_takes_lesson(week: Week, name: str, title: str, number: int) -> None:
    """Take the next lesson of a course."""
    page = open_course(week, name, title)
    page.get_by_role("link", name=re.compile("^(Start|Continue)$")).click()
    expect(page.get_by_role("heading", level=1, name=f"Lesson {number}")).to_be_visible()
    mark_done(page)


def admin_enrolls_in_path(week: Week) -> None:
    """Enroll Ada and Bo in the path, after the preview."""
    page = week.pages["admin"]
    open_ledger(page)
    page.get_by_role("link", name="Enroll learners").click()
    for name in (ADA, BO):
        choose(page, "Find people by name or email", name.split()[0], name)
    choose(page, "Find a course or learning path", CLIMBER, CLIMBER)
    page.get_by_role("button", name="Preview").click()
    will = outcome(page, "Will be enrolled")
    expect(will.get_by_role("listitem")).to_have_count(2)
    for name in (ADA, BO):
        expect(will).to_contain_text(f"{name} · {CLIMBER}")
    page.get_by_role("button", name="Create 2 enrollments").click()
    done = page.get_by_role("status").filter(has_text=f"2 people enrolled in {CLIMBER}.")
    expect(done).to_be_visible()


def admin_assigns_course(week: Week, title: str) -> None:
    """Assign a course to the group."""
    page = week.pages["admin"]
    open_group(page, week.company.group, "/assigned")
    choose(page, "Find a course or learning path", title)
    expect(page.get_by_role("list", name="Assigned")).to_contain_text(title)


def admin_adds_member(week: Week, name: str) -> None:
    """Add somebody to the group."""
    page = week.pages["admin"]
    open_group(page, week.company.group)
    add_person(page, name)
    joined = page.get_by_role("status").filter(has_text=f"{name} joined the group.")
    expect(joined).to_be_visible()


def admin_removes_member(week: Week, name: str) -> None:
    """Remove somebody from the group."""
    page = week.pages["admin"]
    open_group(page, week.company.group)
    page.get_by_role("button", name=f"Remove {name}").click()
    expect(page.get_by_role("main")).to_contain_text(f"{name} left the group")


def step_says(week: Week, name: str, title: str, words: str) -> None:
    """Check a step of the path on the learner's dashboard."""
    page = week.pages[name]
    open_dashboard(page)
    path = page.locator("section section").filter(
        has=page.get_by_role("heading", name=CLIMBER, exact=True)
    )
    step = path.get_by_role("listitem").filter(has=page.get_by_role("link", name=title))
    expect(step).to_contain_text(words)


def own_card(page: Page, title: str) -> Locator:
    """Return the card of a course on the dashboard; the steps of paths name courses as well."""
    link = page.get_by_role("link", name=title, exact=True)
    return page.locator("main ul > li").filter(has=link)


def instructor_sees_awaiting(week: Week, title: str, count: str) -> None:
    """Check on the first page how many await their grade."""
    page = week.pages["instructor"]
    page.goto("/teach")
    row = page.get_by_role("row").filter(has_text=title)
    expect(row.get_by_role("cell").first).to_have_text(
        re.compile(rf"^{count}\b"), use_inner_text=True
    )


def _type(page: Page, label: str, name: str, words: str) -> None:
    cell(page, label, name).click()
    page.keyboard.type(words)
    page.keyboard.press("Tab")  # in texts, Enter starts a line
    said(page, f"{label} of {name} saved.")


def instructor_grades(week: Week) -> None:
    """Grade Ada by typing, with feedback and a note; grade Bo and Cleo by pasting."""
    page = week.pages["instructor"]
    open_grid(page, week.company.courses[KNOTS])
    _type(page, "Grade", ADA, "85")
    _type(page, "Instructor Feedback", ADA, "Neat knots.")
    _type(page, "Internal Note", ADA, NOTE)
    cell(page, "Grade", BO).click()
    paste(page, "92\n70\n")
    dialog = page.get_by_role("dialog", name="Paste grades")
    expect(dialog.get_by_role("row").nth(0)).to_contain_text("becomes 92%")
    expect(dialog.get_by_role("row").nth(1)).to_contain_text(CLEO)
    dialog.get_by_role("button", name="Grade 2 learners").click()
    expect(cell(page, "Grade", CLEO)).to_have_text("70%")


def learner_reads_feedback(week: Week, name: str, title: str) -> None:
    """See grade and new feedback, and mark it as read."""
    page = week.pages[name]
    open_dashboard(page)
    own = own_card(page, title)
    for words in ("Completed", "Grade 85%", "Neat knots."):
        expect(own).to_contain_text(words)
    expect(own.get_by_text("New", exact=True)).to_be_visible()
    own.get_by_role("button", name="Mark as read").click()
    expect(own.get_by_text("New", exact=True)).to_have_count(0)


def learner_requests_extension(week: Week, name: str, title: str) -> None:
    """Request an extension."""
    page = open_course(week, name, title)
    request_extension(page, "2090-05-04", "Parental leave")
    expect(page.get_by_text("Not answered yet")).to_be_visible()


def admin_grants_extension(week: Week, name: str, title: str) -> None:
    """See the request in the ledger, and grant it with one click."""
    page, enrollment = week.pages["admin"], newest(week, name, title)
    open_ledger(page)
    row = page.get_by_role("row").filter(has=page.locator(f"a[href$='/{enrollment}']"))
    expect(row).to_contain_text("4 May 2090")
    open_overview(page, enrollment)
    request = page.get_by_role("region", name="Extension request")
    request.get_by_role("button", name="Grant").click()
    expect(request).to_have_count(0)
    expect(fact(page, "Deadline")).to_contain_text("4 May 2090")


def learner_sees_grant(week: Week, name: str) -> None:
    """Check that the extension was granted, and by whom."""
    page = week.pages[name]
    open_dashboard(page)
    expect(page.get_by_text(f"until 4 May 2090, was granted by {ADMIN}")).to_be_visible()


def learner_cancels_and_starts_again(week: Week, name: str, title: str) -> None:
    """Cancel an enrollment with a reason, and start the course again."""
    page = open_course(week, name, title)
    page.get_by_text("Cancel this enrollment").click()
    page.get_by_label("Why do you cancel?").fill("No time")
    page.get_by_role("button", name="Cancel enrollment").click()
    page.get_by_role("button", name="Start again").click()
    expect(page.get_by_role("link", name="Start", exact=True)).to_be_visible()


def admin_sets_status(week: Week, name: str, title: str, status: str, reason: str) -> None:
    """Override a status, with a reason."""
    page = week.pages["admin"]
    open_manage(page, newest(week, name, title))
    field(page, "Status").select_option(status)
    field(page, "Reason").fill(reason)
    save_manage(page)


def admin_reverts(week: Week, name: str, title: str) -> None:
    """Revert the status to the tracked one."""
    page = week.pages["admin"]
    open_manage(page, newest(week, name, title))
    page.get_by_role("button", name="Revert to tracked").click()
    expect(confirmation(page).first).to_have_text("Reverted to tracked.")


def lead_sees_team(week: Week) -> None:
    """Check that only the led people are shown, read-only."""
    page = week.pages["lead"]
    open_ledger(page)
    learners: Locator = page.locator("#ledger tbody a.row-link")
    expect(learners.first).to_be_visible()
    assert {name.split("\n")[0] for name in learners.all_inner_texts()} == {ADA, BO}
    expect(page.get_by_role("link", name="Enroll learners")).to_have_count(0)
    enrollment = newest(week, ADA, KNOTS)
    open_overview(page, enrollment)
    expect(page.get_by_text("Internal Note")).to_have_count(0)
    page.goto(f"{LEDGER}/{enrollment}/manage")
    expect(field(page, "Grade")).to_have_value("85%")
    expect(
        page.locator("#manage :enabled:is(input:not([type=hidden]), select, textarea)")
    ).to_have_count(0)
    expect(page.get_by_role("button", name="Save Changes")).to_have_count(0)
    expect(page.get_by_text("Internal Note")).to_have_count(0)
