"""Test the history of all enrollments as an admin reads it: filter, follow, undo, live, export."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from enrollment_portal.domain.activity import messages
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.calendar import MS_PER_DAY, now_ms
from enrollment_portal.services.enrollment.enrollments import read_enrollment, save_enrollment
from enrollment_portal.state.shared.views import ACTIVITY_PATH
from tests.browser.conftest import NewPage
from tests.browser.page_objects.enrollment_page import DANA, MAYA
from tests.browser.page_objects.ledger_page import LEDGER, query, visit
from tests.browser.page_objects.picking import choose
from tests.browser.server import Server
from tests.builders import make_course, make_enrollment, make_learner
from tests.integration.activity.office import write_change

PEOPLE = {MAYA: Actor(1, MAYA, "", Role.SUPER_ADMIN), DANA: Actor(2, DANA, "", Role.SUPER_ADMIN)}


def change(portal: Server, enrollment: int, who: str, **typed: str) -> None:
    """Change fields of an enrollment as somebody."""
    actor = PEOPLE[who]
    version = read_enrollment(portal.database, actor, enrollment).facts.version
    save_enrollment(portal.database, actor, enrollment, version=version, typed=typed)


def rows(page: Page) -> Locator:
    """Return the rows of changes."""
    return page.get_by_role("table", name=messages.CHANGES).locator("tbody tr")


@pytest.fixture
def enrollments(portal: Server) -> list[int]:
    """Two enrollments, whose grades and deadlines were changed last week and today."""
    database, a_week_ago = portal.database, now_ms() - 7 * MS_PER_DAY
    course = make_course(database, "Fire Safety")
    made = [
        make_enrollment(database, make_learner(database, name), course, grade="A")
        for name in ("Ada Byström", "Aarav Menon")
    ]
    changes = {"grade": [None, "A"]}
    write_change(database, made[0], changes, at=a_week_ago, actor_id=2, actor_name=DANA)
    changes = {"deadline": [None, 60_000]}
    write_change(database, made[1], changes, at=a_week_ago, actor_id=1, actor_name=MAYA)
    change(portal, made[1], MAYA, grade="C")
    return made


def test_who_changed_grades_last_week_takes_three_clicks(
    portal: Server, new_page: NewPage, enrollments: list[int]
) -> None:
    page = new_page(portal, 1)
    visit(page, LEDGER)
    page.get_by_role("navigation", name="Admin Portal").get_by_role("link", name="Activity").click()
    expect(rows(page)).to_have_count(3)
    page.get_by_label(messages.FIELD).select_option("grade")
    expect(rows(page)).to_have_count(2)
    page.get_by_label(messages.WHEN).select_option("Last week")
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text(re.compile(f"Ada Byström.*Grade from none to A.*{DANA}"))
    expect(page).to_have_url(re.compile(r"\?field=grade&when=last_week$"))
    with page.expect_download() as download:
        page.get_by_role("link", name=messages.EXPORT).click()
    file = download.value.path().read_text("utf-8-sig").splitlines()
    assert len(file) == 2
    assert '"Ada Byström"' in file[1]

    # Back and forward, and a person and a learner as filters.
    page.go_back()
    expect(rows(page)).to_have_count(2)
    rows(page).first.get_by_role("button", name=re.compile(MAYA)).click()
    expect(rows(page)).to_have_count(1)
    page.get_by_role("button", name=messages.CLEAR_ALL).click()
    expect(rows(page)).to_have_count(3)
    choose(page, messages.FILTER, "byst", "Ada Byström")
    expect(rows(page)).to_have_count(1)
    chips = page.get_by_role("list", name=messages.SET_FILTERS)
    expect(chips).to_contain_text("Learner: Ada Byström")
    chips.get_by_role("button").click()
    expect(rows(page)).to_have_count(3)


def test_new_changes_are_offered_and_one_is_undone_in_place_and_followed(
    portal: Server, new_page: NewPage, enrollments: list[int]
) -> None:
    page = new_page(portal, 1)
    visit(page, f"{ACTIVITY_PATH}?course={query(portal, 'SELECT max(id) AS id FROM course')[0].id}")
    expect(rows(page)).to_have_count(3)
    change(portal, enrollments[0], DANA, grade="B", note="Asked by phone")
    page.get_by_role("button", name="1 new change").click()
    expect(rows(page)).to_have_count(4)
    expect(rows(page).first).to_contain_text("Grade from A to B")
    rows(page).first.get_by_role("button", name=re.compile("^Undo the change of Grade")).click()
    expect(page.get_by_role("status").filter(has_text="Grade is A again.")).to_be_visible()
    expect(rows(page)).to_have_count(5)
    expect(rows(page).nth(1)).to_contain_text(f"Undone by {MAYA}")
    stored = query(portal, f"SELECT grade FROM enrollment WHERE id = {enrollments[0]}")
    assert stored[0].grade == "A"

    rows(page).nth(3).get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(rf"{LEDGER}/{enrollments[1]}#change-\d+$"))
    named = page.locator("[data-named]")
    expect(named).to_contain_text("Deadline")
    expect(named).to_be_in_viewport()
