"""Test conflicts of two people on one enrollment: the second save overwrites nothing unasked."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewPage
from tests.browser.page_objects.enrollment_page import (
    DANA,
    DEADLINE_DAY,
    MAYA,
    confirmation,
    field,
    history,
    open_manage,
    press_save,
    recorded,
    save,
    save_button,
    stored,
)
from tests.browser.server import Server


@pytest.fixture
def mine(portal: Server, new_page: NewPage, enrollment: int) -> Page:
    """Maya's browser, with a grade and a note typed; Dana saves a grade and feedback before her."""
    mine, theirs = new_page(portal, 1), new_page(portal, 2)
    open_manage(mine, enrollment)
    open_manage(theirs, enrollment)
    field(mine, "Grade").fill("A")
    field(mine, "Internal Note").fill("Mine.")
    field(mine, "Reason").fill("My reason")
    field(theirs, "Grade").fill("C")
    field(theirs, "Instructor Feedback").fill("Theirs.")
    field(theirs, "Reason").fill("Their reason")
    save(theirs)
    press_save(mine)
    expect(conflict(mine)).to_be_visible()
    return mine


THEIRS = (0, DEADLINE_DAY, "C", "Theirs.", "Watch him.", 2)


def conflict(page: Page) -> Locator:
    """Return the form's comparison of two saves."""
    return page.get_by_role("region", name="Conflict")


def on(page: Page, label: str) -> Locator:
    """Return the comparison of one field."""
    return conflict(page).get_by_role("group", name=label)


def choose(page: Page, label: str, choice: str) -> None:
    """Choose which value of a field to keep."""
    on(page, label).get_by_role("radio", name=choice).check()


def use_these_values(page: Page) -> None:
    """Put the chosen values into the form."""
    conflict(page).get_by_role("button", name="Use these values").click()
    expect(conflict(page)).to_have_count(0)
    words = "The values that you chose are in the form. Save to keep them."
    expect(confirmation(page).filter(has_text=words)).to_have_count(1)


def test_the_second_save_overwrites_nothing(portal: Server, mine: Page, enrollment: int) -> None:
    expect(mine.get_by_role("alert").filter(has_text="meanwhile")).to_have_text(
        "Someone else saved this enrollment meanwhile. Choose which values to keep."
    )
    assert stored(portal, enrollment) == THEIRS
    assert [who for _, who, *_ in recorded(portal, enrollment)] == [DANA]


def test_it_shows_by_field_what_was_before_theirs_and_mine_and_by_whom(mine: Page) -> None:
    expect(conflict(mine).get_by_role("heading")).to_have_text(
        f"Saved meanwhile by {DANA}, just now"
    )
    expect(conflict(mine).get_by_role("group")).to_have_text(
        [
            f"GradeBefore: B Changed by {DANA} just now.Keep theirsCKeep mineA",
            f"Instructor FeedbackBefore: Well done. Changed by {DANA} just now."
            "Keep theirsTheirs.Go back to the old valueWell done.",
            "Internal NoteBefore: Watch him.Keep theirsWatch him.Keep mineMine.",
        ]
    )
    expect(on(mine, "Grade").get_by_role("radio", name="Keep mine")).to_be_checked()
    expect(on(mine, "Instructor Feedback").get_by_role("radio", name="theirs")).to_be_checked()
    expect(on(mine, "Internal Note").get_by_role("radio", name="Keep mine")).to_be_checked()
    expect(history(mine).first).to_contain_text(DANA)


def test_keeping_theirs_leaves_nothing_to_save(portal: Server, mine: Page, enrollment: int) -> None:
    for label in ("Grade", "Instructor Feedback", "Internal Note"):
        choose(mine, label, "Keep theirs")
    use_these_values(mine)
    expect(field(mine, "Grade")).to_have_value("C")
    expect(field(mine, "Instructor Feedback")).to_have_value("Theirs.")
    expect(field(mine, "Internal Note")).to_have_value("Watch him.")
    expect(mine.get_by_role("button", name="Save Changes")).to_be_disabled()
    assert stored(portal, enrollment) == THEIRS


def test_keeping_mine_saves_it_over_theirs(portal: Server, mine: Page, enrollment: int) -> None:
    use_these_values(mine)
    expect(field(mine, "Grade")).to_have_value("A")
    save(mine)
    assert stored(portal, enrollment) == (0, DEADLINE_DAY, "A", "Theirs.", "Mine.", 3)
    assert recorded(portal, enrollment) == [
        (
            2,
            DANA,
            "person",
            "changed",
            {"grade": ["B", "C"], "feedback": ["Well done.", "Theirs."]},
            "Their reason",
        ),
        (
            3,
            MAYA,
            "person",
            "changed",
            {"grade": ["C", "A"], "note": ["Watch him.", "Mine."]},
            "My reason",
        ),
    ]


def test_some_of_mine_and_some_of_theirs(portal: Server, mine: Page, enrollment: int) -> None:
    choose(mine, "Grade", "Keep theirs")
    use_these_values(mine)
    save(mine)
    assert stored(portal, enrollment) == (0, DEADLINE_DAY, "C", "Theirs.", "Mine.", 3)
    assert recorded(portal, enrollment)[-1][4] == {"note": ["Watch him.", "Mine."]}


def test_a_field_changed_only_by_them_can_be_restored(
    portal: Server, mine: Page, enrollment: int
) -> None:
    choose(mine, "Instructor Feedback", "Go back to the old value")
    use_these_values(mine)
    expect(field(mine, "Instructor Feedback")).to_have_value("Well done.")
    save(mine)
    assert stored(portal, enrollment) == (0, DEADLINE_DAY, "A", "Well done.", "Mine.", 3)
    assert recorded(portal, enrollment)[-1][4] == {
        "grade": ["C", "A"],
        "feedback": ["Theirs.", "Well done."],
        "note": ["Watch him.", "Mine."],
    }


def test_the_same_value_from_both_is_no_conflict(
    portal: Server, new_page: NewPage, enrollment: int
) -> None:
    mine, theirs = new_page(portal, 1), new_page(portal, 2)
    open_manage(mine, enrollment)
    open_manage(theirs, enrollment)
    field(mine, "Grade").fill("A")
    field(theirs, "Grade").fill("A")
    save(theirs)
    press_save(mine)
    expect(confirmation(mine).first).to_have_text(f"{DANA} already set this value.")
    expect(conflict(mine)).to_have_count(0)
    expect(mine.get_by_role("button", name="Undo", exact=True)).to_have_count(0)
    expect(save_button(mine)).to_be_disabled()
    assert stored(portal, enrollment)[-1] == 2


def test_the_focus_goes_to_the_field_that_took_their_value(mine: Page) -> None:
    use_these_values(mine)
    expect(field(mine, "Instructor Feedback")).to_be_focused()


def test_the_focus_goes_to_save_if_no_field_changed(mine: Page) -> None:
    choose(mine, "Instructor Feedback", "Go back to the old value")
    use_these_values(mine)
    expect(save_button(mine)).to_be_focused()


def test_nothing_is_saved_before_a_choice_is_made(
    portal: Server, mine: Page, enrollment: int
) -> None:
    press_save(mine)
    expect(mine.get_by_role("alert").filter(has_text="First choose")).to_be_visible()
    expect(conflict(mine)).to_be_visible()
    assert stored(portal, enrollment) == THEIRS


def test_discarding_shows_what_they_saved(mine: Page) -> None:
    mine.get_by_role("button", name="Discard").click()
    expect(conflict(mine)).to_have_count(0)
    expect(field(mine, "Grade")).to_have_value("C")
    expect(field(mine, "Internal Note")).to_have_value("Watch him.")


def test_a_third_save_meanwhile_is_a_conflict_again(
    portal: Server, new_page: NewPage, mine: Page, enrollment: int
) -> None:
    third = new_page(portal, 2)
    open_manage(third, enrollment)
    field(third, "Grade").fill("D")
    save(third)
    use_these_values(mine)
    press_save(mine)
    expect(on(mine, "Grade")).to_have_text(
        f"GradeBefore: C Changed by {DANA} just now.Keep theirsDKeep mineA"
    )
    assert stored(portal, enrollment)[2] == "D"
    use_these_values(mine)
    save(mine)
    assert stored(portal, enrollment) == (0, DEADLINE_DAY, "A", "Theirs.", "Mine.", 4)
