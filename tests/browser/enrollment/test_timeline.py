"""Test an enrollment's timeline: filters by field and person, and older changes below."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.services.enrollment.enrollments import read_enrollment, save_enrollment
from enrollment_portal.services.history.timeline import PAGE_SIZE
from tests.browser.conftest import NewPage
from tests.browser.page_objects.enrollment_page import (
    DANA,
    MAYA,
    field,
    history,
    open_manage,
    open_overview,
    save,
)
from tests.browser.server import Server

N_OLDER = 7
A_MINUTE_MS = 60_000
PEOPLE = {
    name: Actor(id_, name, f"{id_}@northwind.example", Role.SUPER_ADMIN)
    for id_, name in ((1, MAYA), (2, DANA))
}


def change(portal: Server, enrollment: int, who: str, **typed: str) -> None:
    """Change fields of an enrollment as somebody, on top of the stored version."""
    actor, database = PEOPLE[who], portal.database
    version = read_enrollment(database, actor, enrollment).facts.version
    save_enrollment(database, actor, enrollment, version=version, typed=typed)


def choose_filter(page: Page, what: str, to: str) -> None:
    """Show only the changes of a "Field", or by a "Person"."""
    filters = page.get_by_role("group", name="Filter the history")
    filters.get_by_label(what).select_option(to)


def whose(page: Page) -> list[str]:
    """Return the persons of the shown changes, newest first."""
    expect(history(page).first).to_be_visible()
    names = history(page).locator("span.font-medium").all_inner_texts()
    return [name for name in names if name in PEOPLE]


def undo(page: Page) -> Locator:
    """Return the offer to undo the last save."""
    return page.get_by_role("button", name="Undo", exact=True)


def test_it_is_filtered_by_field_and_by_person(
    portal: Server, new_page: NewPage, enrollment: int
) -> None:
    change(portal, enrollment, MAYA, grade="A")
    change(portal, enrollment, DANA, grade="C", feedback="Better.")
    change(portal, enrollment, DANA, deadline="2026-09-01")
    page = new_page(portal, 1)
    open_overview(page, enrollment)
    expect(history(page)).to_have_count(3)
    choose_filter(page, "Field", "Grade")
    expect(history(page)).to_have_count(2)
    assert whose(page) == [DANA, MAYA]
    choose_filter(page, "Person", MAYA)
    expect(history(page)).to_have_count(1)
    assert whose(page) == [MAYA]
    choose_filter(page, "Field", "Deadline")
    expect(page.get_by_text("No changes match.")).to_be_visible()
    choose_filter(page, "Person", "All people")
    expect(history(page)).to_have_count(1)
    assert whose(page) == [DANA]
    choose_filter(page, "Field", "All changes")
    expect(history(page)).to_have_count(3)


def test_new_changes_are_added_only_if_they_match_the_filter(
    portal: Server, new_page: NewPage, enrollment: int
) -> None:
    change(portal, enrollment, MAYA, grade="A")
    change(portal, enrollment, DANA, feedback="Better.")
    page = new_page(portal, 1)
    open_overview(page, enrollment)
    choose_filter(page, "Person", MAYA)
    expect(history(page)).to_have_count(1)
    change(portal, enrollment, DANA, grade="C")
    change(portal, enrollment, MAYA, note="Seen.")
    expect(history(page)).to_have_count(2)
    assert whose(page) == [MAYA, MAYA]


def test_older_changes_are_added_below_until_there_are_none(
    portal: Server, new_page: NewPage, enrollment: int
) -> None:
    for n in range(PAGE_SIZE + N_OLDER):
        change(portal, enrollment, MAYA, note=f"Note {n}")
    page = new_page(portal, 1)
    open_overview(page, enrollment)
    expect(history(page)).to_have_count(PAGE_SIZE)
    older = page.get_by_role("button", name="Show older")
    older.click()
    expect(history(page)).to_have_count(PAGE_SIZE + N_OLDER)
    expect(older).to_have_count(0)
    expect(history(page).first).to_contain_text(f"Note {PAGE_SIZE + N_OLDER - 1}")
    expect(history(page).last).to_contain_text("Note 0")
    # Of one day there is one heading, whichever page its changes came with.
    days = page.get_by_role("heading", name=re.compile("^(Today|Yesterday)$")).all_inner_texts()
    assert len(days) == len(set(days)) > 0


def test_the_offer_to_undo_disappears_after_a_minute(
    portal: Server, new_page: NewPage, enrollment: int
) -> None:
    page = new_page(portal, 1)
    page.clock.install()
    open_manage(page, enrollment)
    field(page, "Grade").fill("A")
    save(page)
    expect(undo(page)).to_be_visible()
    page.clock.fast_forward(A_MINUTE_MS - 20_000)
    expect(undo(page)).to_be_visible()
    page.clock.fast_forward(20_000)
    expect(undo(page)).to_have_count(0)
    assert page.get_by_role("status").filter(has_text="Changes saved.").count() == 1


def test_the_offer_to_undo_stays_while_it_has_the_focus(
    portal: Server, new_page: NewPage, enrollment: int
) -> None:
    page = new_page(portal, 1)
    page.clock.install()
    open_manage(page, enrollment)
    field(page, "Grade").fill("A")
    save(page)
    undo(page).focus()
    page.clock.fast_forward(2 * A_MINUTE_MS)
    expect(undo(page)).to_be_focused()
    field(page, "Grade").focus()
    page.clock.fast_forward(2_000)
    expect(undo(page)).to_have_count(0)
