"""Test the strip of what needs attention: live for two people at once, a filter in one click."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.calendar import MS_PER_DAY, day_of, day_to_date, now_ms, zone
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from enrollment_portal.storage.shared.database import Database
from tests.browser.conftest import NewPage, Serve, checkpoint
from tests.browser.page_objects.ledger_page import LEDGER, links, open_ledger, tab
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
)

TODAY = day_of(now_ms(), zone("Europe/Stockholm"))
MAYA = Actor(1, "Maya Lindqvist", "", Role.SUPER_ADMIN)


def _strip(page: Page) -> Locator:
    return page.get_by_role("group", name=messages.NEEDS_ATTENTION)


def _need(page: Page, name: str) -> Locator:
    return _strip(page).get_by_role("button", name=name, exact=True)


def _top(page: Page) -> float:
    box = page.locator("#ledger").bounding_box()
    assert box
    return box["y"]


def test_the_strip_follows_what_others_do_and_filters_in_one_click(
    serve: Serve, empty_database: Database, new_page: NewPage
) -> None:
    make_organization(empty_database)
    make_account(empty_database, Role.SUPER_ADMIN, name=MAYA.name)
    course = make_course(empty_database, "Fire Safety and Evacuation", n_lessons=4)
    ana, bo, *others = (make_learner(empty_database, name) for name in ("Ana", "Bo", "Cy", "Di"))
    make_account(empty_database, Role.GROUP_LEAD, leads=(ana,))
    now = now_ms()
    late = [
        make_enrollment(
            empty_database,
            learner,
            course,
            enrolled_at=now - 30 * MS_PER_DAY,
            progress_at=now,
            deadline_day=TODAY - 9,
        )
        for learner in (ana, bo)
    ]
    for learner in others:
        make_enrollment(empty_database, learner, course, enrolled_at=now, progress_at=now)
    portal = serve(checkpoint(empty_database), PORTAL_DEMO="off")
    admin, lead = new_page(portal, 1), new_page(portal, 2)
    for page in (admin, lead):
        open_ledger(page)
    expect(_need(admin, "2 overdue enrollments")).to_be_visible()
    expect(_need(admin, "0 extension requests")).to_be_visible()
    expect(_need(lead, "1 overdue enrollment")).to_be_visible()
    expect(_strip(lead).get_by_role("button")).to_have_count(3)
    top = _top(admin)

    _need(admin, "2 overdue enrollments").click()
    expect(admin).to_have_url(re.compile(rf"{LEDGER}\?is=overdue$"))
    expect(_need(admin, "2 overdue enrollments")).to_have_attribute("aria-pressed", "true")
    expect(tab(admin, "All")).to_have_text("All2")
    expect(links(admin)).to_have_count(2)

    # Somebody moves a deadline: both people see it at once, each in their own ledger.
    tomorrow = day_to_date(TODAY + 2).isoformat()
    save_enrollment(portal.database, MAYA, late[0], version=1, typed={"deadline": tomorrow})
    expect(_need(admin, "1 overdue enrollment")).to_be_visible()
    expect(_need(lead, "0 overdue enrollments")).to_be_visible()
    expect(tab(admin, "All")).to_have_text("All1")
    assert _top(lead) == top, "without anything to attend to, nothing moves"

    # By keyboard, the same button takes the filter away again.
    _need(admin, "1 overdue enrollment").focus()
    admin.keyboard.press("Enter")
    expect(_need(admin, "1 overdue enrollment")).to_have_attribute("aria-pressed", "false")
    expect(_need(admin, "1 overdue enrollment")).to_be_focused()
    expect(admin).to_have_url(re.compile(rf"{LEDGER}$"))
    expect(tab(admin, "All")).to_have_text("All4")
    admin.go_back()
    expect(_need(admin, "1 overdue enrollment")).to_have_attribute("aria-pressed", "true")

    # On a narrow screen it is one line that scrolls by itself; of past days nothing is counted.
    admin.set_viewport_size({"width": 390, "height": 844})
    is_wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not admin.evaluate(is_wide)
    admin.locator("#as-of").fill(day_to_date(TODAY - 3).isoformat())
    expect(_strip(admin).get_by_role("button")).to_have_count(0)
