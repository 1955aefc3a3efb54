"""Test overriding an enrollment: each field is stored, and the change is recorded."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.page_objects.enrollment_page import (
    BUILT,
    DEADLINE_DAY,
    ENROLLED_DAY,
    MAYA,
    confirmation,
    expect_filled,
    fact,
    field,
    history,
    open_manage,
    press_save,
    recorded,
    refusal,
    save,
    save_button,
    stored,
)
from tests.browser.page_objects.ledger_page import query
from tests.browser.server import Server
from tests.builders import (
    make_course,
    make_enrollment,
    make_learner,
)


@pytest.mark.parametrize(
    ("label", "typed", "name", "before", "after", "shown"),
    [
        ("Deadline", "2026-06-01", "deadline", DEADLINE_DAY, 20_605, "2 May 2026 to 1 Jun 2026"),
        ("Grade", " A ", "grade", "B", "A", "B to A"),
        (
            "Instructor Feedback",
            "Ärligt: bra.\nNästa!",
            "feedback",
            "Well done.",
            "Ärligt: bra.\nNästa!",
            "Well done. to Ärligt: bra. Nästa!",
        ),
        (
            "Internal Note",
            "Fine now.",
            "note",
            "Watch him.",
            "Fine now.",
            "Watch him. to Fine now.",
        ),
    ],
)
def test_a_field_is_stored_with_person_values_and_reason(
    portal: Server,
    page: Page,
    enrollment: int,
    label: str,
    typed: str,
    name: str,
    before: object,
    after: object,
    shown: str,
) -> None:
    field(page, label).fill(typed)
    field(page, "Reason").fill("Talked on the phone")
    save(page)
    row = dict(zip(("status", "deadline", "grade", "feedback", "note"), BUILT, strict=False))
    assert stored(portal, enrollment) == (*(row | {name: after}).values(), 2)
    assert recorded(portal, enrollment) == [
        (2, MAYA, "person", "changed", {name: [before, after]}, "Talked on the phone")
    ]
    newest = history(page).first
    expect(newest).to_contain_text(MAYA)
    expect(newest).to_contain_text(f"{label} from {shown}“Talked on the phone”")
    expect(newest.get_by_role("button", name=f"Undo change of {label} by {MAYA}")).to_be_visible()
    expect(field(page, "Reason")).to_have_value("")


def test_an_overridden_completion_keeps_the_tracked_progress(
    portal: Server, page: Page, enrollment: int
) -> None:
    expect(page.get_by_text("Tracked: Active at 40%.")).to_be_visible()
    field(page, "Status").select_option("Completed")
    field(page, "Reason").fill("offline exam")
    save(page)
    expect(fact(page, "Status")).to_have_text(
        re.compile(
            f"CompletedTracked progress 40%. Marked as completed by {MAYA} "
            r"on \d+ \w+ \d{4}. "
            "Reason: offline exam"
        )
    )
    expect(fact(page, "Progress")).to_contain_text("40%")
    row = query(
        portal,
        "SELECT e.status, e.tracked_status, e.progress, e.completed_at = h.at,"
        " e.override_seq = h.seq FROM enrollment e JOIN enrollment_event h"
        f" ON h.enrollment_id = e.id WHERE e.id = {enrollment}",
    )
    assert [tuple(r) for r in row] == [(1, 0, 40, 1, 1)]


def test_the_completion_date_is_today_by_default_and_may_be_corrected(
    page: Page, enrollment: int
) -> None:
    completed_on = field(page, "Completed on")
    expect(completed_on).to_have_count(0)
    field(page, "Status").select_option("Completed")
    expect(completed_on).to_have_value(re.compile(r"^20\d\d-\d\d-\d\d$"))
    completed_on.fill("2026-05-03")
    save(page)
    expect(fact(page, "Completed on")).to_have_text("3 May 2026")
    expect(history(page).first).to_contain_text("Completed on from none to 3 May 2026")
    completed_on.fill("2000-01-01")
    press_save(page)
    expect(page.get_by_text("Before the enrollment on")).to_be_visible()
    expect(completed_on).to_have_value("2000-01-01")


def test_a_status_changes_to_active_and_then_to_the_other(
    portal: Server, page: Page, enrollment: int
) -> None:
    for wanted in ("Cancelled", "Active", "Completed", "Active"):
        is_completed = "Completed" in fact(page, "Status").inner_text()
        field(page, "Status").select_option(wanted)
        if is_completed:
            press_save(page)
            page.get_by_role("dialog").get_by_role("button", name="Reopen").click()
        else:
            save(page)
        expect(fact(page, "Status")).to_contain_text(wanted)
    assert [changes["status"] for *_, changes, _ in recorded(portal, enrollment)] == [
        [0, 2],
        [2, 0],
        [0, 1],
        [1, 0],
    ]
    row = query(
        portal,
        "SELECT status, completed_at, cancelled_at, override_seq FROM enrollment"
        f" WHERE id = {enrollment}",
    )
    assert tuple(row[0]) == (0, None, None, None)


def test_a_completed_course_is_reopened_or_retaken(
    portal: Server, page: Page, enrollment: int
) -> None:
    field(page, "Status").select_option("Completed")
    save(page)
    field(page, "Status").select_option("Active")
    press_save(page)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Reopen it, or start a new one?")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    expect(field(page, "Status")).to_have_value("active")
    press_save(page)
    dialog.get_by_role("button", name="Start a new one").click()
    expect(page.locator("h1")).to_contain_text("2nd time")
    second = query(portal, "SELECT max(id) FROM enrollment")[0][0]
    expect_filled(page, second)
    found = query(
        portal, f"SELECT status, progress FROM enrollment WHERE id IN ({enrollment}, {second})"
    )
    assert sorted(map(tuple, found)) == [(0, 0), (1, 40)]
    expect(history(page).first).to_contain_text("Taken again")
    page.get_by_role("link", name="1st time: Completed").first.click()
    expect(page.locator("h1")).not_to_contain_text("time")
    expect(fact(page, "Status")).to_contain_text("Completed")


def test_a_status_that_cannot_be_chosen_is_not_offered(
    portal: Server, page: Page, new_page: NewPage, enrollment: int
) -> None:
    options = field(page, "Status").locator("option")
    expect(options).to_have_text(["Active", "Completed", "Cancelled"])
    field(page, "Status").select_option("Completed")
    save(page)
    expect(options).to_have_text(["Active", "Completed"])
    expect(field(page, "Status")).to_have_value("completed")
    field(page, "Status").select_option("Active")
    press_save(page)
    page.get_by_role("dialog").get_by_role("button", name="Reopen").click()
    expect(confirmation(page)).to_have_text("Changes saved.")
    expect(options).to_have_text(["Active", "Completed", "Cancelled"])
    # What was chosen is kept when the status changes under it, and it is said what it needs.
    field(page, "Status").select_option("Cancelled")
    other = new_page(portal, 2)
    open_manage(other, enrollment)
    field(other, "Status").select_option("Completed")
    save(other)
    expect(refusal(page, "Status")).to_have_text(
        "The status is now Completed. Completed can only go back to Active."
        " Save that first, then choose Cancelled."
    )
    expect(field(page, "Status")).to_have_value("cancelled")
    expect(options).to_have_text(["Active", "Completed", "Cancelled"])


def test_a_learner_has_one_active_enrollment_in_a_course(portal: Server, new_page: NewPage) -> None:
    learner, course = make_learner(portal.database), make_course(portal.database)
    make_enrollment(portal.database, learner, course)
    former = make_enrollment(portal.database, learner, course, status=2)
    page = new_page(portal, 1)
    open_manage(page, former)
    expect(field(page, "Status").locator("option")).to_have_text(["Cancelled"])
    expect(page.get_by_text("the learner is active in this course through another")).to_be_visible()
    assert stored(portal, former)[0] == 2
    assert recorded(portal, former) == []


def test_the_deadline_can_be_removed_and_set_again(
    portal: Server, page: Page, enrollment: int
) -> None:
    remove = page.get_by_role("button", name="Remove deadline")
    remove.click()
    expect(field(page, "Deadline")).to_have_value("")
    expect(remove).to_be_disabled()
    save(page)
    assert stored(portal, enrollment)[1] is None
    expect(fact(page, "Deadline")).to_have_text("none")
    field(page, "Deadline").fill("2026-03-01")
    save(page)
    assert stored(portal, enrollment)[1] == ENROLLED_DAY
    assert [changes["deadline"] for *_, changes, _ in recorded(portal, enrollment)] == [
        [DEADLINE_DAY, None],
        [None, ENROLLED_DAY],
    ]


@pytest.mark.parametrize("label", ["Grade", "Instructor Feedback"])
def test_ctrl_enter_saves_from_any_field(
    portal: Server, page: Page, enrollment: int, label: str
) -> None:
    field(page, label).fill("A")
    expect(save_button(page)).to_be_enabled()
    field(page, label).press("Control+Enter")
    expect(confirmation(page)).to_have_text("Changes saved.")
    assert "A" in stored(portal, enrollment)
