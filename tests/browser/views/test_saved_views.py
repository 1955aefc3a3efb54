"""Test saved views in browsers: an admin saves and shares one, a group lead opens it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from enrollment_portal.domain.people.people import Role
from enrollment_portal.domain.shared.calendar import day_of, now_ms, zone
from enrollment_portal.domain.views import messages
from enrollment_portal.storage.shared.database import Database
from tests.browser.conftest import NewPage, Serve, checkpoint
from tests.browser.page_objects.filter_bar import chips, open_filters, option
from tests.browser.page_objects.ledger_page import LEDGER, links, open_ledger
from tests.browser.server import Server
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
)

TODAY = day_of(now_ms(), zone("Europe/Stockholm"))
MAYA, LEAD = 1, 2
_WATCH_SIDEBAR = """() => { window.moved = []; new PerformanceObserver(list => {
    for (const entry of list.getEntries()) window.moved.push(...entry.sources
        .filter(source => source.node?.parentElement?.closest('#sidebar'))
        .map(source => source.node.outerHTML?.slice(0, 120)));
    }).observe({ type: 'layout-shift', buffered: true }); }"""
NAME = "Everyone who is late with the first part of the long induction"


@pytest.fixture(scope="module")
def portal(serve: Serve, empty_database: Database) -> Server:
    """A portal with three overdue enrollments, one of them of a lead's group."""
    make_organization(empty_database)
    make_account(empty_database, Role.SUPER_ADMIN, name="Maya Lindqvist")
    course = make_course(empty_database, "Fire Safety")
    people = [make_learner(empty_database, f"Learner {n}") for n in range(4)]
    for n, learner in enumerate(people):
        days = -9 if n < 3 else 90
        make_enrollment(
            empty_database, learner, course, deadline_day=TODAY + days, internal_note="A note"
        )
    make_account(empty_database, Role.GROUP_LEAD, leads=(people[0], people[3]))
    return serve(checkpoint(empty_database), PORTAL_DEMO="off")


def views(page: Page) -> Locator:
    """Return the links to views in the sidebar."""
    return page.locator("#sidebar details a")


def view(page: Page, name: str) -> Locator:
    """Return the link to a view in the sidebar."""
    return views(page).filter(has_text=name)


def button(page: Page, name: str) -> Locator:
    """Return a button of the ledger."""
    return page.locator("main").get_by_role("button", name=name, exact=True)


def _switch_notes(page: Page) -> None:
    open_filters(page)
    option(page, "Has internal note").click()


def test_an_admin_saves_and_shares_a_view_that_a_lead_opens(
    portal: Server, new_page: NewPage
) -> None:
    page, lead = new_page(portal, MAYA), new_page(portal, LEAD)
    open_ledger(page)
    expect(views(page)).to_have_count(6)
    expect(view(page, "Overdue")).to_have_text("Overdue3")
    expect(button(page, messages.SAVE_VIEW)).to_have_count(0)
    open_ledger(lead)
    expect(view(lead, "Overdue")).to_have_text("Overdue1")

    # Filtered, it can be saved; a refused name stays beside its sentence.
    open_filters(page)
    option(page, "Overdue").click()
    _switch_notes(page)
    expect(chips(page)).to_have_count(3)
    button(page, messages.SAVE_VIEW).click()
    dialog = page.get_by_role("dialog", name="Save view")
    name = dialog.get_by_label(messages.NAME)
    expect(name).to_be_focused()
    name.fill("overdue")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert").filter(has_text=messages.NAME_OF_PRODUCT)).to_be_visible()
    expect(name).to_have_value("overdue")
    name.fill(NAME)
    dialog.get_by_label(messages.SHARED_WITH).select_option("leads")
    dialog.get_by_role("button", name=messages.SAVE, exact=True).click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("status").filter(has_text=messages.saved(NAME))).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?view=\d+$"))
    expect(view(page, NAME)).to_have_attribute("aria-current", "page")
    expect(page.locator("#sidebar [aria-current=page]")).to_have_count(1)
    expect(view(page, NAME)).to_have_text(f"{NAME}3")

    # It appears in the lead's sidebar by itself, without the filter that a lead does not have.
    expect(view(lead, NAME)).to_have_text(f"{NAME}1")
    view(lead, NAME).click()
    expect(links(lead)).to_have_text(["Learner 0"])
    expect(chips(lead)).to_have_count(1)
    expect(lead).to_have_url(re.compile(r"\?view=\d+$"))
    assert "note" not in lead.locator("main").inner_text().lower()
    expect(button(lead, messages.DELETE_VIEW)).to_have_count(0)

    # Its default opens the plain address; all enrollments stay reachable, and Back works.
    button(lead, messages.MAKE_DEFAULT).click()
    expect(lead.get_by_role("status").filter(has_text=messages.default_set(NAME))).to_be_visible()
    lead.add_init_script(f"({_WATCH_SIDEBAR})()")
    lead.goto(portal.url + LEDGER)
    expect(links(lead)).to_have_text(["Learner 0"])
    expect(lead).to_have_url(re.compile(r"\?view=\d+$"))
    expect(view(lead, NAME)).to_be_visible()
    assert lead.evaluate("() => moved") == []
    view(lead, messages.ALL_ENROLLMENTS).click()
    expect(links(lead)).to_have_count(2)
    expect(lead).to_have_url(re.compile(r"\?view=all$"))
    lead.go_back()
    expect(links(lead)).to_have_text(["Learner 0"])

    # Changed, it can be opened again as it was saved, or be saved.
    shown = page.locator("#shown-view")
    for _ in range(2):  # the second time, the router is at the view's address already
        _switch_notes(page)
        expect(shown).to_contain_text(messages.CHANGED)
        view(page, NAME).click()
        expect(shown).not_to_contain_text(messages.CHANGED)
        expect(page).to_have_url(re.compile(r"\?view=\d+$"))
    _switch_notes(page)
    expect(shown).to_contain_text(messages.CHANGED)
    button(page, messages.SAVE_CHANGES).click()
    expect(shown).not_to_contain_text(messages.CHANGED)
    expect(shown).to_be_focused()
    expect(page).to_have_url(re.compile(r"\?view=\d+$"))
    view(page, "Due this week").click()
    expect(view(page, "Due this week")).to_have_attribute("aria-current", "page")
    expect(links(page)).to_have_count(0)
    view(page, NAME).click()
    expect(links(page)).to_have_count(3)

    # Deleted, and restored: everywhere at once.
    button(page, messages.DELETE_VIEW).click()
    undo = button(page, messages.UNDO)
    expect(undo).to_be_focused()
    expect(view(page, NAME)).to_have_count(0)
    expect(view(lead, NAME)).to_have_count(0)
    expect(lead.get_by_role("alert").filter(has_text=messages.GONE)).to_be_visible()
    page.keyboard.press("Enter")
    expect(shown).to_be_focused()
    expect(view(lead, NAME)).to_have_count(1)
