"""Test changing deadlines in the rows of the ledger, by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.calendar import (
    day_of,
    day_to_date,
    now_ms,
    show_day,
    zone,
)
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from enrollment_portal.storage.shared.database import Database
from tests.browser.conftest import NewPage, Serve, checkpoint
from tests.browser.page_objects.ledger_page import links, open_ledger, query
from tests.browser.page_objects.rows.row_deadline import (
    date_field,
    deadline_button,
    deadline_dialog,
)
from tests.browser.server import Server
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
)

TODAY = day_of(now_ms(), zone("Europe/Stockholm"))
MAYA, DANA, LEAD = 1, 2, 3


@pytest.fixture(scope="module")
def portal(serve: Serve, empty_database: Database) -> Server:
    """A portal with two enrollments, of which one has a deadline."""
    make_organization(empty_database)
    make_account(empty_database, Role.SUPER_ADMIN, name="Maya Lindqvist")
    make_account(empty_database, Role.SUPER_ADMIN, name="Dana Ruiz")
    course = make_course(empty_database, "Fire Safety")
    learners = [make_learner(empty_database, name) for name in ("Ada Byron", "Bo Ek")]
    for learner, day in zip(learners, (TODAY + 30, None), strict=True):
        make_enrollment(empty_database, learner, course, deadline_day=day)
    make_account(empty_database, Role.GROUP_LEAD, leads=tuple(learners))
    return serve(checkpoint(empty_database), PORTAL_DEMO="off")


def days(portal: Server) -> list[int | None]:
    """Return the stored deadlines, in days from today."""
    found = query(portal, "SELECT deadline_day AS day FROM enrollment ORDER BY id")
    return [None if row.day is None else row.day - TODAY for row in found]


def test_a_deadline_is_moved_refused_undone_and_set_by_keyboard(
    portal: Server, new_page: NewPage
) -> None:
    page = new_page(portal, MAYA)
    open_ledger(page)
    ada, dialog = deadline_button(page, "Ada Byron"), deadline_dialog(page, "Ada Byron")
    ada.focus()
    page.keyboard.press("Enter")
    expect(date_field(dialog)).to_be_focused()
    expect(dialog.get_by_role("button", name="+1 week")).to_contain_text(show_day(TODAY + 37))
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(ada).to_be_focused()

    # What the rules refuse is said beside the field, which keeps what was typed.
    page.keyboard.press("Enter")
    date_field(dialog).fill("2001-01-01")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("Before the enrollment")
    expect(date_field(dialog)).to_have_value("2001-01-01")
    expect(date_field(dialog)).to_be_focused()
    assert days(portal) == [30, None]

    dialog.get_by_role("button", name="+2 weeks").press("Enter")
    expect(dialog).not_to_be_visible()
    expect(ada).to_be_focused()
    expect(ada).to_have_text(show_day(TODAY + 44))
    expect(
        page.get_by_text(f"Ada Byron: deadline set to {show_day(TODAY + 44)}.").first
    ).to_be_visible()
    page.get_by_role("button", name=messages.UNDO_DEADLINE, exact=True).press("Enter")
    expect(ada).to_have_text(show_day(TODAY + 30))
    expect(page.get_by_role("button", name=messages.REDO_DEADLINE, exact=True)).to_be_focused()
    assert days(portal) == [30, None]

    bo = deadline_button(page, "Bo Ek")
    bo.press("Enter")
    deadline_dialog(page, "Bo Ek").get_by_role("button", name="+1 week").click()
    expect(bo).to_have_text(re.compile(re.escape(show_day(TODAY + 7))))
    bo.press("Enter")
    deadline_dialog(page, "Bo Ek").get_by_role("button", name=messages.CLEAR_DEADLINE).click()
    expect(bo).to_have_text("")
    assert days(portal) == [30, None]


def test_a_newer_deadline_is_shown_and_replaced_only_when_asked_again(
    portal: Server, new_page: NewPage
) -> None:
    page = new_page(portal, MAYA)
    open_ledger(page)
    ada, dialog = deadline_button(page, "Ada Byron"), deadline_dialog(page, "Ada Byron")
    ada.click()
    date_field(dialog).fill(day_to_date(TODAY + 60).isoformat())
    row = query(portal, "SELECT id, version FROM enrollment ORDER BY id LIMIT 1")[0]
    dana = Actor(DANA, "Dana Ruiz", "", Role.SUPER_ADMIN)
    typed = {"deadline": day_to_date(TODAY + 50).isoformat()}
    save_enrollment(portal.database, dana, row.id, version=row.version, typed=typed)
    dialog.get_by_role("button", name=messages.SAVE_DEADLINE).click()
    now = messages.deadline_changed_meanwhile("Dana Ruiz", show_day(TODAY + 50))
    expect(dialog.get_by_role("alert")).to_have_text(now)
    assert days(portal)[0] == 50
    dialog.get_by_role("button", name=messages.SAVE_DEADLINE).click()
    expect(dialog).not_to_be_visible()
    expect(ada).to_have_text(show_day(TODAY + 60))
    assert days(portal)[0] == 60


def test_who_may_only_read_has_no_such_button(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal, LEAD)
    open_ledger(page)
    expect(links(page)).to_have_count(2)
    expect(deadline_button(page, "Ada Byron")).to_have_count(0)
