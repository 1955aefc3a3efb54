"""Test the Manage form: refusals, character counts, and when it offers to save."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from enrollment_portal.domain.shared.calendar import show_day
from tests.browser.conftest import NewPage
from tests.browser.page_objects.enrollment_page import (
    BUILT,
    ENROLLED_DAY,
    expect_filled,
    fact,
    field,
    make_full,
    open_manage,
    open_overview,
    press_save,
    recorded,
    refusal,
    save,
    save_button,
    stored,
)
from tests.browser.page_objects.ledger_page import execute, open_ledger, position, search_box
from tests.browser.page_objects.page_tabs import page_tab
from tests.browser.page_objects.sessions import sign_out
from tests.browser.server import Server
from tests.browser.slow_server import SlowServer
from tests.browser.sockets import manage_path
from tests.builders import make_learner


@pytest.mark.parametrize(
    ("label", "typed", "words"),
    [
        (
            "Deadline",
            "2026-02-28",
            f"Before the enrollment on {show_day(ENROLLED_DAY)}. "
            "Choose a later day, or remove the deadline.",
        ),
        ("Grade", "x" * 33, "A grade has at most 32 characters; this has 33."),
        ("Instructor Feedback", "x" * 4_001, "At most 4,000 characters; this has 4,001."),
        ("Internal Note", "x" * 4_001, "At most 4,000 characters; this has 4,001."),
        ("Reason", "x" * 501, "At most 500 characters; this has 501."),
    ],
)
def test_a_refusal_is_shown_beside_its_field_and_keeps_typed_text(
    portal: Server, page: Page, enrollment: int, label: str, typed: str, words: str
) -> None:
    other = "Grade" if label != "Grade" else "Instructor Feedback"
    field(page, other).fill("Kept")
    field(page, label).fill(typed)
    press_save(page)
    expect(refusal(page, label)).to_have_text(words)
    expect(field(page, label)).to_have_attribute("aria-invalid", "true")
    expect(field(page, label)).to_have_value(typed)
    expect(field(page, other)).to_have_value("Kept")
    expect(page.get_by_role("alert").filter(has_text="Some fields")).to_be_visible()
    assert stored(portal, enrollment) == BUILT
    assert recorded(portal, enrollment) == []
    field(page, label).fill("")
    expect(refusal(page, label)).to_have_count(0)
    expect(field(page, label)).to_have_attribute("aria-invalid", "false")


def test_a_lone_surrogate_is_replaced_and_everything_else_is_saved(
    portal: Server, page: Page, enrollment: int
) -> None:
    field(page, "Instructor Feedback").evaluate(
        """(area) => {
          const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set;
          set.call(area, "Good \\ud83d work");
          area.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
    )
    save(page)
    assert stored(portal, enrollment)[3] == "Good � work"
    open_manage(page, enrollment)
    expect(field(page, "Instructor Feedback")).to_have_value("Good � work")


def test_the_form_shows_the_grading_scheme(portal: Server, page: Page, enrollment: int) -> None:
    execute(
        portal,
        "UPDATE course SET grading_scheme = 'percent' WHERE id ="
        " (SELECT course_id FROM enrollment WHERE id = :id)",
        id=enrollment,
    )
    page.reload()
    expect(page.get_by_text("0 to 100%. At most 32 characters.")).to_be_visible()
    field(page, "Grade").fill("101")
    press_save(page)
    expect(refusal(page, "Grade")).to_have_text("This course is graded in percent, 0 to 100.")
    expect(field(page, "Grade")).to_have_value("101")
    assert stored(portal, enrollment) == BUILT
    field(page, "Grade").fill("85,50 %")
    save(page)
    expect(field(page, "Grade")).to_have_value("85.5%")
    assert stored(portal, enrollment)[2] == "85.5%"


def test_saving_is_offered_only_with_unsaved_changes(page: Page) -> None:
    discard = page.get_by_role("button", name="Discard")
    expect(save_button(page)).to_be_disabled()
    expect(discard).to_be_disabled()
    field(page, "Reason").fill("A reason alone changes nothing")
    expect(save_button(page)).to_be_disabled()
    for label, typed, before in (
        ("Grade", "C", "B"),
        ("Instructor Feedback", "Well done. Really.", "Well done."),
        ("Status", "completed", "active"),
        ("Deadline", "2026-12-24", "2026-05-02"),
    ):
        control = field(page, label)
        change = control.select_option if label == "Status" else control.fill
        change(typed)
        expect(save_button(page)).to_be_enabled()
        change(before)
        expect(save_button(page)).to_be_disabled()
    field(page, "Grade").fill("C")
    save(page)
    expect(save_button(page)).to_be_disabled()


def test_discarding_restores_the_stored_values(portal: Server, page: Page, enrollment: int) -> None:
    field(page, "Grade").fill("C")
    field(page, "Internal Note").fill("x" * 4_001)
    page.get_by_role("button", name="Remove deadline").click()
    press_save(page)
    expect(refusal(page, "Internal Note")).to_be_visible()
    page.get_by_role("button", name="Discard").click()
    expect(field(page, "Grade")).to_have_value("B")
    expect(field(page, "Internal Note")).to_have_value("Watch him.")
    expect(field(page, "Deadline")).to_have_value("2026-05-02")
    expect(refusal(page, "Internal Note")).to_have_count(0)
    expect(save_button(page)).to_be_disabled()
    assert stored(portal, enrollment) == BUILT


def test_characters_are_counted_while_typing(page: Page) -> None:
    hint = page.locator("#hint-feedback")
    expect(hint).to_have_text("10 of 4,000. The learner sees this on their dashboard.")
    field(page, "Instructor Feedback").fill("You passed. Bring your badge!")
    expect(hint).to_contain_text("29 of 4,000")
    field(page, "Internal Note").press_sequentially("!!")
    expect(page.locator("#hint-note")).to_contain_text("12 of 4,000")


def test_text_typed_before_the_answer_is_kept(
    portal: Server, new_page: NewPage, enrollment: int
) -> None:
    page = new_page(portal, 1)
    server = SlowServer(page)
    open_overview(page, enrollment)
    server.hold()
    page_tab(page, "Manage").click()
    field(page, "Grade").fill("A")
    server.release()
    expect(save_button(page)).to_be_enabled()
    expect(field(page, "Grade")).to_have_value("A")
    save(page)
    assert stored(portal, enrollment)[2] == "A"


def test_a_late_answer_restores_no_draft_after_signing_out(
    portal: Server, new_page: NewPage, enrollment: int
) -> None:
    page = new_page(portal, 1)
    server = SlowServer(page)
    open_manage(page, enrollment)
    server.hold()
    field(page, "Internal Note").fill("Between admins only.")
    kept = "Object.keys(sessionStorage).filter((name) => name.startsWith('draft:')).length"
    assert page.evaluate(kept) == 1
    # The form is sent, and the portal is not left yet.
    page.evaluate("window.addEventListener('submit', (event) => event.preventDefault())")
    sign_out(page)
    server.release()
    expect(save_button(page)).to_be_enabled()
    assert page.evaluate(kept) == 0


def test_another_enrollment_is_never_shown_while_one_loads(
    portal: Server, new_page: NewPage
) -> None:
    make_full(portal.database, learner_id=make_learner(portal.database, "First Person"))
    make_full(portal.database, learner_id=make_learner(portal.database, "Second Person"))
    page = new_page(portal, 1)
    server = SlowServer(page)
    open_ledger(page, "?q=person")
    page.get_by_role("link", name="First Person").click()
    expect(fact(page, "Learner")).to_contain_text("First Person")
    page.go_back()
    search_box(page).fill("second")
    expect(position(page)).to_have_text("1–1 of 1 enrollment")
    server.hold()
    page.get_by_role("link", name="Second Person").click()
    expect(page.get_by_role("status", name="Loading")).to_be_visible()
    expect(page.get_by_text("First Person")).to_have_count(0)
    server.release()
    expect(fact(page, "Learner")).to_contain_text("Second Person")


def test_text_typed_while_another_enrollment_loads_is_not_put_into_it(
    portal: Server, new_page: NewPage, enrollment: int
) -> None:
    other = make_full(portal.database, grade="C")
    page = new_page(portal, 1)
    server = SlowServer(page)
    open_manage(page, enrollment)
    # The page keeps the open enrollment until the other one has loaded.
    server.hold_after(f'"{enrollment}.')
    page.goto(manage_path(other))
    expect_filled(page, enrollment)
    field(page, "Grade").fill("A")
    field(page, "Internal Note").focus()
    server.release()
    expect_filled(page, other)
    expect(field(page, "Grade")).to_have_value("C")
    expect(save_button(page)).to_be_disabled()
    field(page, "Internal Note").fill("Watch her.")
    save(page)
    assert stored(portal, enrollment) == BUILT
    assert stored(portal, other)[2:5] == ("C", "Well done.", "Watch her.")
