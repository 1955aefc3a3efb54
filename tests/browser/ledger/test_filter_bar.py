"""Test the filter bar as an admin uses it: by mouse, by keyboard, and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.people.people import Role
from enrollment_portal.domain.shared.calendar import day_of, now_ms, zone
from enrollment_portal.state.ledger.filtering import LedgerFilters
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.ledger.shown_filters import ShownFilters
from enrollment_portal.storage.shared.database import Database
from tests.browser.conftest import NewPage, Serve, checkpoint
from tests.browser.page_objects.filter_bar import (
    chips,
    filter_button,
    menu,
    open_filters,
    option,
    remove_button,
)
from tests.browser.page_objects.ledger_page import LEDGER, links, open_ledger
from tests.browser.server import Server
from tests.browser.sockets import answers_to, event_at
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
    make_session,
)

TODAY = day_of(now_ms(), zone("Europe/Stockholm"))
LEAD = 2
FIRE, DATA = "Fire Safety and Evacuation", "Data Protection"


@pytest.fixture(scope="module")
def portal(serve: Serve, empty_database: Database) -> Server:
    """A portal with overdue and other enrollments in two courses."""
    make_organization(empty_database)
    make_account(empty_database, Role.SUPER_ADMIN, name="Maya Lindqvist")
    for title, days in ((FIRE, -9), (FIRE, 40), (DATA, -9)):
        learner = make_learner(empty_database, f"{title.split()[0]} {days}")
        make_enrollment(
            empty_database,
            learner,
            _course(empty_database, title),
            deadline_day=TODAY + days,
            internal_note="A note",
        )
        if title == DATA:
            make_account(empty_database, Role.GROUP_LEAD, leads=(learner,))
    return serve(checkpoint(empty_database), PORTAL_DEMO="off")


_courses: dict[str, int] = {}


def _course(database: Database, title: str) -> int:
    if title not in _courses:
        _courses[title] = make_course(database, title)
    return _courses[title]


def expect_filters(page: Page, *texts: str) -> None:
    """Wait until exactly these filters are set, in their order."""
    expect(chips(page).get_by_role("button", name="Remove filter: ")).to_have_count(len(texts))
    for at, text in enumerate(texts):
        expect(
            chips(page).nth(at).get_by_role("button", name=f"Remove filter: {text}")
        ).to_be_visible()


def test_an_admin_finds_who_is_overdue_in_one_course_by_mouse_and_by_keyboard(
    portal: Server, new_page: NewPage
) -> None:
    page = new_page(portal, 1)
    open_ledger(page)
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda f: sent.append(str(f))))
    page.reload()
    expect(links(page)).to_have_count(3)

    # By mouse, in three acts; marking values sends nothing.
    open_filters(page)
    option(page, "Overdue").click()
    expect_filters(page, "Overdue")
    expect(links(page)).to_have_text(["Data -9", "Fire -9"])
    expect(filter_button(page)).to_be_focused()
    expect(filter_button(page)).to_have_accessible_name("Filter 1 filter is set")
    open_filters(page, "Course")
    expect(option(page, FIRE)).to_contain_text("2")
    sent.clear()
    for name in (FIRE, DATA, DATA):
        option(page, name).click()
    assert [frame for frame in sent if "event" in frame] == []
    menu(page).get_by_role("button", name="Apply").click()
    expect_filters(page, f"Course: {FIRE}", "Overdue")
    expect(page).to_have_url(re.compile(r"\?courses=\d+&is=overdue$"))
    expect(links(page)).to_have_text(["Fire -9"])
    # Each act is one step back, and a pasted address shows the same.
    page.go_back()
    expect_filters(page, "Overdue")
    page.go_forward()
    expect_filters(page, f"Course: {FIRE}", "Overdue")
    page.reload()
    expect_filters(page, f"Course: {FIRE}", "Overdue")

    # Removing moves the focus to the next filter, and from the last one to the button.
    remove_button(page, f"Course: {FIRE}").click()
    expect_filters(page, "Overdue")
    expect(remove_button(page, "Overdue")).to_be_focused()
    page.keyboard.press("Enter")
    expect(chips(page)).to_have_count(0)
    expect(filter_button(page)).to_be_focused()

    # The same by keyboard.
    page.keyboard.press("Enter")
    expect(menu(page).get_by_role("combobox")).to_be_focused()
    page.keyboard.type("over")
    page.keyboard.press("Enter")
    expect_filters(page, "Overdue")
    expect(filter_button(page)).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("course")
    page.keyboard.press("Enter")
    expect(option(page, FIRE)).to_be_visible()
    page.keyboard.type("fire")
    for key in ("Enter", "Tab", "Enter"):
        page.keyboard.press(key)
    expect_filters(page, f"Course: {FIRE}", "Overdue")
    # Escape closes an editor, changes nothing, and returns the focus to the chip it is of.
    chip = chips(page).get_by_role("button", name=f"Edit filter: Course: {FIRE}")
    chip.focus()
    page.keyboard.press("Enter")
    expect(option(page, FIRE)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(menu(page)).not_to_be_visible()
    expect(chip).to_be_focused()
    expect_filters(page, f"Course: {FIRE}", "Overdue")

    # A range that is none keeps what was typed; no row is left by another: filters are cleared.
    open_filters(page, "Progress")
    form = menu(page).get_by_role("form", name=messages.PROGRESS_BETWEEN)
    form.get_by_label("From (%)").fill("101")
    form.get_by_role("button", name="Apply").click()
    expect(form.get_by_role("alert").first).to_have_text(messages.PERCENT_RANGE)
    expect(form.get_by_label("From (%)")).to_be_focused()
    expect(form.get_by_label("From (%)")).to_have_value("101")
    form.get_by_label("From (%)").fill("99")
    page.keyboard.press("Enter")
    expect_filters(page, f"Course: {FIRE}", "Progress: 99% or more", "Overdue")
    expect(page.get_by_role("status").filter(has_text="Filter Progress: 99%")).to_have_count(1)
    expect(page.get_by_text(messages.FILTERS_HIDE_ALL)).to_be_visible()
    page.locator("#ledger").get_by_role("button", name=messages.CLEAR_FILTERS).click()
    expect(chips(page)).to_have_count(0)
    expect(links(page)).to_have_count(3)
    expect(filter_button(page)).to_be_focused()


def test_on_a_phone_the_filters_are_a_sheet_and_the_chips_one_line(
    portal: Server, new_page: NewPage
) -> None:
    page = new_page(portal, 1, viewport={"width": 390, "height": 844}, has_touch=True)
    open_ledger(page, "?is=overdue,by_hand&progress=20..80&deadline=0d..7d")
    heights = chips(page).evaluate_all("chips => new Set(chips.map(c => c.offsetTop)).size")
    assert heights == 1
    filter_button(page).tap()
    sheet = menu(page).bounding_box()
    assert sheet
    assert (sheet["x"], round(sheet["y"] + sheet["height"])) == (0, 844)
    assert sheet["width"] >= 375  # without the place of a scrollbar
    # A keyboard on the screen would cover half of it.
    expect(menu(page).get_by_role("heading", name=messages.FILTER_BY)).to_be_focused()
    option(page, "No deadline").tap()
    expect_filters(
        page,
        "Progress: 20% to 80%",
        "Deadline: next 7 days",
        "Overdue",
        "No deadline",
        "Set by hand",
    )
    filter_button(page).tap()
    menu(page).get_by_role("button", name=messages.CLOSE).tap()
    expect(menu(page)).not_to_be_visible()
    expect(filter_button(page)).to_be_focused()


def test_a_lead_who_asks_the_raw_socket_for_notes_is_told_nothing(portal: Server) -> None:
    session = make_session(portal.database, LEAD)
    asked = f"{LEDGER}?is=note,overdue&department=x"
    events = (
        event_at(asked, Ledger, "load"),
        event_at(asked, LedgerFilters, "switch", name="note", on=True),
        event_at(asked, LedgerFilters, "apply", name="is", text="note"),
        event_at(asked, LedgerFilters, "list_values", name="note", typed=""),
        event_at(asked, LedgerFilters, "remove", name="department"),
    )
    answers, received = answers_to(portal, session, events)
    shown = {
        **answers[ShownFilters.get_full_name()],
        **answers[Ledger.get_full_name()],
    }
    assert [chip["text"] for chip in shown["chips"]] == ["Overdue"]
    assert [row["name"] for row in shown["rows"]] == ["Data -9"]
    assert "note" not in str(shown["menu"])
    assert messages.FILTER_LABELS["note"] not in received
