"""Test leaving the Manage form: unsaved changes are asked about, saved ones are shown."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from enrollment_portal.storage.shared.database import Database
from tests.browser.conftest import NewPage, Serve, checkpoint
from tests.browser.page_objects.enrollment_page import (
    BUILT,
    field,
    make_full,
    save,
    save_button,
    stored,
)
from tests.browser.page_objects.ledger_page import (
    LEDGER,
    links,
    open_ledger,
    position,
    search_box,
    shown_ids,
    tab,
)
from tests.browser.page_objects.page_tabs import page_tab
from tests.browser.server import Server
from tests.builders import make_account, make_learner, make_organization

N_FOUND = 120
TYPED = "Retake in May"


@pytest.fixture(scope="module")
def portal(serve: Serve, empty_database: Database) -> Server:
    """A portal with a ledger of several pages, where half of the learners are called Anna."""
    make_organization(empty_database)
    make_account(empty_database, name="Maya Lindqvist")
    for number in range(N_FOUND):
        make_full(empty_database, learner_id=make_learner(empty_database, f"Anna {number:03}"))
        make_full(empty_database)
    return serve(checkpoint(empty_database))


@pytest.fixture
def enrollment(portal: Server) -> int:
    """An enrollment that nobody has changed."""
    return make_full(portal.database)


@pytest.fixture
def page(portal: Server, new_page: NewPage, enrollment: int) -> Page:
    """Maya's browser, on the form opened from the ledger, with unsaved text."""
    page = new_page(portal, 1)
    open_ledger(page)
    links(page).first.click()
    page_tab(page, "Manage").click()
    expect(field(page, "Grade")).to_have_value("B")
    field(page, "Grade").click()
    page.keyboard.press("Control+a")
    page.keyboard.type(TYPED)
    expect(save_button(page)).to_be_enabled()
    page.add_init_script("window.isNewDocument = true")
    return page


def question(page: Page) -> Locator:
    """Return the dialog that asks before changes are lost."""
    return page.get_by_role("dialog", name="Unsaved changes")


def follow_a_link(page: Page) -> None:
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link").click()


def go_back(page: Page) -> None:
    page.go_back()


def read_the_overview(page: Page) -> None:
    page_tab(page, "Overview").click()


WAYS: list[Callable[[Page], None]] = [follow_a_link, go_back, read_the_overview]


@pytest.mark.parametrize("leave", WAYS)
def test_choosing_to_keep_editing_keeps_typed_text(
    portal: Server, page: Page, enrollment: int, leave: Callable[[Page], None]
) -> None:
    leave(page)
    expect(question(page)).to_be_visible()
    keep = question(page).get_by_role("button", name="Keep editing")
    expect(keep).to_be_focused()
    keep.click()
    expect(question(page)).not_to_be_visible()
    expect(field(page, "Grade")).to_have_value(TYPED)
    assert page.url.endswith("/manage")
    leave(page)
    expect(question(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(question(page)).not_to_be_visible()
    save(page)
    assert stored(portal, enrollment)[2] == TYPED


@pytest.mark.parametrize("leave", WAYS)
def test_leaving_without_saving_discards_typed_text(
    portal: Server, page: Page, enrollment: int, leave: Callable[[Page], None]
) -> None:
    leave(page)
    question(page).get_by_role("button", name="Leave without saving").click()
    expect(page).not_to_have_url(re.compile("manage"))
    expect(field(page, "Grade")).to_have_count(0)
    assert stored(portal, enrollment) == BUILT
    page.goto(f"{LEDGER}/{enrollment}/manage")
    expect(field(page, "Grade")).to_have_value("B")
    expect(save_button(page)).to_be_disabled()


def test_nothing_is_asked_without_changes(page: Page) -> None:
    field(page, "Grade").fill("B")
    expect(save_button(page)).to_be_disabled()
    follow_a_link(page)
    expect(page.get_by_role("heading", level=1, name="Enrollments")).to_be_visible()
    expect(question(page)).to_have_count(0)


def test_closing_the_window_asks(portal: Server, page: Page, enrollment: int) -> None:
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    expect(field(page, "Grade")).to_have_value(TYPED)
    save(page)
    assert stored(portal, enrollment)[2] == TYPED


def test_typed_text_is_restored_after_a_reload(portal: Server, page: Page, enrollment: int) -> None:
    asked: list[str] = []

    def accept(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", accept)
    page.reload()
    assert asked == ["beforeunload"]
    assert page.evaluate("window.isNewDocument")
    expect(field(page, "Grade")).to_have_value(TYPED)
    expect(save_button(page)).to_be_enabled()
    save(page)
    assert stored(portal, enrollment)[2] == TYPED
    page.reload()
    assert asked == ["beforeunload"]


def through_back(page: Page) -> None:
    page.go_back()
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    expect(page_tab(page, "Overview")).to_have_attribute("aria-current", "page")
    page.go_back()


WAYS_BACK: list[Callable[[Page], None]] = [follow_a_link, through_back]


@pytest.mark.parametrize("go_to_the_ledger", WAYS_BACK)
def test_the_ledger_is_at_the_same_place_and_shows_the_save(
    portal: Server, new_page: NewPage, go_to_the_ledger: Callable[[Page], None]
) -> None:
    page = new_page(portal, 1)
    open_ledger(page)
    tab(page, "Active").click()
    search_box(page).fill("anna")
    expect(position(page)).to_have_text(f"1–50 of {N_FOUND} enrollments")
    page.get_by_role("button", name="Next").click()
    expect(position(page)).to_have_text(f"51–100 of {N_FOUND} enrollments")
    ids, url = shown_ids(page), page.url
    row = links(page).nth(40)
    row.scroll_into_view_if_needed()
    scrolled = page.evaluate("window.scrollY")
    assert scrolled > 300
    row.click()
    expect(page_tab(page, "Overview")).to_be_visible()
    page_tab(page, "Manage").click()
    year = 2027 + WAYS_BACK.index(go_to_the_ledger)
    field(page, "Deadline").fill(f"{year}-08-15")
    save(page)

    go_to_the_ledger(page)
    expect(position(page)).to_have_text(f"51–100 of {N_FOUND} enrollments")
    expect(page).to_have_url(url)
    expect(tab(page, "Active")).to_have_attribute("aria-selected", "true")
    expect(search_box(page)).to_have_value("anna")
    expect(page.get_by_role("row").nth(41)).to_contain_text(f"15 Aug {year}")
    assert shown_ids(page) == ids
    expect(links(page).nth(40)).to_be_in_viewport()
    assert page.evaluate("window.scrollY") == pytest.approx(scrolled, abs=1)


def test_a_row_that_left_the_tab_is_gone_on_return(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal, 1)
    open_ledger(page, "?tab=active&q=noise")
    before = shown_ids(page)
    count = int(tab(page, "Active").inner_text().removeprefix("Active"))
    links(page).nth(3).click()
    page_tab(page, "Manage").click()
    field(page, "Status").select_option("Cancelled")
    save(page)
    follow_a_link(page)
    expect(tab(page, "Active")).to_have_text(f"Active{count - 1}")
    expect(tab(page, "Cancelled")).to_have_text("Cancelled1")
    assert before[3] not in shown_ids(page)
    assert shown_ids(page)[:3] == before[:3]
