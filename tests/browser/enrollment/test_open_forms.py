"""Test two browsers on the same form: each shows the other's saves at once and loses no text."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewPage
from tests.browser.page_objects.enrollment_page import (
    DANA,
    DEADLINE_DAY,
    confirmation,
    fact,
    field,
    history,
    open_manage,
    open_overview,
    press_save,
    save,
    stored,
)
from tests.browser.server import Server


@pytest.fixture
def mine(portal: Server, new_page: NewPage, enrollment: int) -> Page:
    """Maya's browser, with the form open."""
    page = new_page(portal, 1)
    open_manage(page, enrollment)
    return page


@pytest.fixture
def theirs(portal: Server, new_page: NewPage, enrollment: int) -> Page:
    """Dana's browser, with the form open."""
    page = new_page(portal, 2)
    open_manage(page, enrollment)
    return page


def remote_changes_notice(page: Page) -> Locator:
    """Return the form's notice of remote changes."""
    return page.get_by_role("status").filter(has_text="changed")


def merge_remote_changes(page: Page) -> None:
    """Load remote changes into the form."""
    page.get_by_role("button", name="Load their changes").click()
    expect(page.get_by_role("button", name="Load their changes")).to_have_count(0)


def change(page: Page, label: str, value: str) -> None:
    """Save one field."""
    field(page, label).fill(value)
    save(page)


def test_a_clean_form_follows_remote_changes(mine: Page, theirs: Page) -> None:
    field(mine, "Internal Note").focus()
    change(theirs, "Grade", "A")
    expect(field(mine, "Grade")).to_have_value("A")
    expect(history(mine).first).to_contain_text(DANA)
    expect(remote_changes_notice(mine)).to_have_text(f"{DANA} changed Grade just now.")
    expect(mine.get_by_role("button", name="Load their changes")).to_have_count(0)
    expect(field(mine, "Internal Note")).to_be_focused()
    change(theirs, "Internal Note", "Seen by Dana.")
    expect(field(mine, "Internal Note")).to_have_value("Seen by Dana.")
    expect(field(mine, "Internal Note")).to_be_focused()


def test_typed_text_is_kept_and_remote_changes_can_be_loaded(
    portal: Server, mine: Page, theirs: Page, enrollment: int
) -> None:
    field(mine, "Instructor Feedback").fill("Mine.")
    change(theirs, "Deadline", "2026-09-01")
    expect(remote_changes_notice(mine)).to_contain_text(f"{DANA} changed Deadline just now.")
    expect(field(mine, "Instructor Feedback")).to_have_value("Mine.")
    expect(field(mine, "Deadline")).not_to_have_value("2026-09-01")
    field(mine, "Instructor Feedback").press_sequentially(" More.")
    merge_remote_changes(mine)
    expect(field(mine, "Deadline")).to_have_value("2026-09-01")
    expect(field(mine, "Instructor Feedback")).to_have_value("Mine. More.")
    save(mine)
    assert stored(portal, enrollment)[3:] == ("Mine. More.", "Watch him.", 3)


def test_saving_without_loading_names_the_merged_changes(
    portal: Server, mine: Page, theirs: Page, enrollment: int
) -> None:
    field(mine, "Instructor Feedback").fill("Mine.")
    change(theirs, "Deadline", "2026-09-01")
    expect(remote_changes_notice(mine)).to_contain_text("changed Deadline")
    press_save(mine)
    expect(confirmation(mine)).to_have_text(f"Saved together with {DANA}'s change of Deadline.")
    expect(field(mine, "Deadline")).to_have_value("2026-09-01")
    assert stored(portal, enrollment)[3:] == ("Mine.", "Watch him.", 3)


def test_a_remote_change_of_the_same_field_is_shown_as_a_conflict_at_once(
    portal: Server, mine: Page, theirs: Page, enrollment: int
) -> None:
    field(mine, "Grade").fill("C")
    field(mine, "Internal Note").fill("Mine.")
    change(theirs, "Grade", "A")
    merge_remote_changes(mine)
    conflict = mine.get_by_role("region", name="Conflict")
    expect(conflict.get_by_role("group")).to_have_text(
        [f"GradeBefore: B Changed by {DANA} just now.Keep theirsAKeep mineC"]
    )
    conflict.get_by_role("radio", name="Keep theirs").check()
    conflict.get_by_role("button", name="Use these values").click()
    expect(field(mine, "Grade")).to_have_value("A")
    save(mine)
    assert stored(portal, enrollment) == (0, DEADLINE_DAY, "A", "Well done.", "Mine.", 3)


def test_the_focus_goes_to_the_merged_field(mine: Page, theirs: Page) -> None:
    field(mine, "Internal Note").fill("Mine.")
    field(theirs, "Grade").fill("A")
    field(theirs, "Instructor Feedback").fill("Theirs.")
    save(theirs)
    merge_remote_changes(mine)
    expect(field(mine, "Grade")).to_be_focused()
    expect(confirmation(mine)).to_have_text(
        "Their changes are loaded. What you typed is still in the form and not saved yet."
    )


def test_the_focus_goes_to_the_conflict_if_both_changed_a_field(mine: Page, theirs: Page) -> None:
    field(mine, "Grade").fill("B+")
    field(theirs, "Grade").fill("A")
    save(theirs)
    merge_remote_changes(mine)
    grade = mine.get_by_role("region", name="Conflict").get_by_role("group", name="Grade")
    expect(grade.get_by_role("radio", name="Keep mine")).to_be_focused()


def test_the_overview_marks_the_changed_fields(
    portal: Server, new_page: NewPage, theirs: Page, enrollment: int
) -> None:
    page = new_page(portal, 1)
    open_overview(page, enrollment)
    change(theirs, "Grade", "A")
    expect(fact(page, "Grade")).to_have_text("A")
    expect(fact(page, "Grade")).to_have_class(re.compile("flash-even"))
    change(theirs, "Grade", "A+")
    expect(fact(page, "Grade")).to_have_class(re.compile("flash-odd"))
    expect(fact(page, "Status")).not_to_have_class(re.compile("flash"))
    animation = "element => getComputedStyle(element).animationName"
    assert fact(page, "Grade").evaluate(animation) == "none"
    page.emulate_media(reduced_motion="no-preference")
    assert fact(page, "Grade").evaluate(animation) == "flash-odd"


def test_text_typed_after_pressing_save_is_kept(
    portal: Server, mine: Page, enrollment: int
) -> None:
    grade, note = field(mine, "Grade"), field(mine, "Internal Note")
    grade.fill("C")
    mine.evaluate(
        """() => {
            document.querySelector('form#manage').requestSubmit();
            for (const [name, text] of [['grade', 'C+'], ['note', 'Late.']]) {
                const field = document.getElementById(`field-${name}`);
                const {set} = Object.getOwnPropertyDescriptor(
                    Object.getPrototypeOf(field), 'value');
                set.call(field, text);
                field.dispatchEvent(new Event('input', {bubbles: true}));
            }
        }"""
    )
    expect(confirmation(mine)).to_have_text("Changes saved.")
    expect(grade).to_have_value("C+")
    expect(note).to_have_value("Late.")
    expect(mine.get_by_role("button", name="Save Changes")).to_be_enabled()
    press_save(mine)
    expect(mine.get_by_role("button", name="Save Changes")).to_be_disabled()
    expect(grade).to_have_value("C+")
    assert stored(portal, enrollment) == (0, DEADLINE_DAY, "C+", "Well done.", "Late.", 3)


def test_an_enrollment_that_is_no_longer_visible_is_removed(
    portal: Server, mine: Page, theirs: Page, enrollment: int
) -> None:
    with portal.database.write() as session:
        session.connection().exec_driver_sql("UPDATE account SET role = 'group_lead' WHERE id = 1")
    try:
        field(theirs, "Grade").fill("A")
        save(theirs)
        expect(mine.get_by_text("There is nothing here, or you may not see it.")).to_be_visible()
    finally:
        with portal.database.write() as session:
            session.connection().exec_driver_sql(
                "UPDATE account SET role = 'super_admin' WHERE id = 1"
            )
