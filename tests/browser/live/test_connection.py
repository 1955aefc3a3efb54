"""A connection that is lost: the page says so, comes back by itself, and keeps what is typed."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Locator, Page, expect

from enrollment_portal.services.access.sign_in import who_is
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from tests.browser.conftest import NewPage
from tests.browser.page_objects.enrollment_page import (
    DANA,
    DEADLINE_DAY,
    confirmation,
    field,
    open_manage,
    press_save,
    stored,
)
from tests.browser.page_objects.page_tabs import page_tab
from tests.browser.server import Server
from tests.builders import make_session

BROKEN = ("WebSocket connection to", "ERR_CONNECTION_REFUSED", "ERR_INTERNET_DISCONNECTED")
BACK_MS = 40_000


@pytest.fixture
def page(portal: Server, new_page: NewPage, enrollment: int) -> Page:
    """Maya's browser, with the form open."""
    page = new_page(portal, 1, allow=BROKEN)
    open_manage(page, enrollment)
    return page


def lost(page: Page) -> Locator:
    """Return what says that the connection is lost."""
    return page.get_by_role("status").filter(has_text="Connection lost. Trying again…")


def again(page: Page) -> Locator:
    """Return what says that it is back."""
    return page.get_by_role("status").filter(has_text="Connected again. Everything is up to date.")


def wait_until_back(page: Page) -> None:
    """Wait until the page says that it is connected, and no longer says so."""
    expect(again(page)).to_be_visible(timeout=BACK_MS)
    expect(lost(page)).to_have_count(0)
    expect(again(page)).to_have_count(0)


def test_what_was_typed_outlives_the_server(portal: Server, page: Page, enrollment: int) -> None:
    field(page, "Grade").fill("C")
    expect(page.get_by_role("button", name="Save Changes")).to_be_enabled()
    field(page, "Internal Note").focus()
    portal.kill()
    expect(lost(page)).to_be_visible()
    page.keyboard.press("End")
    page.keyboard.type(" More.")
    portal.start()
    expect(again(page)).to_be_visible(timeout=BACK_MS)
    expect(field(page, "Grade")).to_have_value("C")
    expect(field(page, "Internal Note")).to_have_value("Watch him. More.")
    expect(field(page, "Internal Note")).to_be_focused()
    expect(lost(page)).to_have_count(0)
    expect(again(page)).to_have_count(0)
    press_save(page)
    expect(confirmation(page)).to_have_text("Changes saved.")
    assert stored(portal, enrollment) == (
        0,
        DEADLINE_DAY,
        "C",
        "Well done.",
        "Watch him. More.",
        2,
    )
    page.reload()
    expect(field(page, "Grade")).to_have_value("C")
    expect(page.get_by_role("button", name="Save Changes")).to_be_disabled()


def test_what_others_saved_meanwhile_is_told_and_not_overwritten(
    portal: Server, page: Page, enrollment: int
) -> None:
    field(page, "Grade").fill("C")
    portal.kill()
    expect(lost(page)).to_be_visible()
    field(page, "Internal Note").fill("Mine.")
    dana = who_is(portal.database, make_session(portal.database, 2))
    assert dana
    theirs = {"grade": "A", "feedback": "Theirs."}
    save_enrollment(portal.database, dana, enrollment, version=1, typed=theirs)
    portal.start()
    told = page.get_by_role("status").filter(has_text=f"{DANA} changed")
    expect(told).to_contain_text("Grade and Instructor Feedback", timeout=BACK_MS)
    expect(field(page, "Grade")).to_have_value("C")
    page.get_by_role("button", name="Load their changes").click()
    expect(field(page, "Instructor Feedback")).to_have_value("Theirs.")
    conflict = page.get_by_role("region", name="Conflict")
    conflict.get_by_role("button", name="Use these values").click()
    expect(conflict).to_have_count(0)
    press_save(page)
    expect(confirmation(page).filter(has_text="Changes saved.")).to_have_count(1)
    assert stored(portal, enrollment) == (0, DEADLINE_DAY, "C", "Theirs.", "Mine.", 3)


def test_discarding_keeps_nothing(portal: Server, page: Page) -> None:
    field(page, "Grade").fill("C")
    page.get_by_role("button", name="Discard").click()
    expect(field(page, "Grade")).to_have_value("B")
    portal.restart()
    wait_until_back(page)
    expect(field(page, "Grade")).to_have_value("B")
    assert page.evaluate("Object.keys(sessionStorage).filter(n => n.startsWith('draft:'))") == []


def test_being_offline_is_said_at_once(page: Page) -> None:
    page.context.set_offline(True)
    expect(lost(page)).to_be_visible()
    field(page, "Grade").fill("C")
    page.context.set_offline(False)
    wait_until_back(page)
    expect(field(page, "Grade")).to_have_value("C")
    expect(page.get_by_role("button", name="Save Changes")).to_be_enabled()


def test_after_a_sleep_the_server_has_to_answer(portal: Server, page: Page) -> None:
    process = portal._process
    assert process
    os.killpg(process.pid, signal.SIGSTOP)
    try:
        page.evaluate("() => { const now = Date.now; Date.now = () => now() + 60_000; }")
        expect(lost(page)).to_be_visible(timeout=BACK_MS)
    finally:
        os.killpg(process.pid, signal.SIGCONT)
    wait_until_back(page)


def test_loading_and_turning_to_other_pages_raises_no_alarm(
    portal: Server, new_page: NewPage, enrollment: int
) -> None:
    page = new_page(portal, 1)
    page.add_init_script(
        """window.alarms = [];
        new MutationObserver(() => {
            const text = document.body?.innerText ?? '';
            if (/Connection lost|Connected again/.test(text)) window.alarms.push(text);
        }).observe(document, {subtree: true, childList: true, characterData: true});"""
    )
    open_manage(page, enrollment)
    page_tab(page, "Overview").click()
    expect(page_tab(page, "Overview")).to_have_attribute("aria-current", "page")
    page.get_by_label("Breadcrumb").get_by_role("link", name="Enrollments").click()
    expect(page.get_by_role("heading", level=1, name="Enrollments")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", level=1, name="Enrollments")).to_be_visible()
    assert page.evaluate("window.alarms") == []


def stay(page: Page) -> None:
    """Close the window, and stay as the browser asks whether to leave."""
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    asked.value.dismiss()


def test_who_stays_after_all_goes_on_being_told(
    portal: Server, page: Page, enrollment: int
) -> None:
    field(page, "Grade").fill("C")
    expect(page.get_by_role("button", name="Save Changes")).to_be_enabled()
    stay(page)
    dana = who_is(portal.database, make_session(portal.database, 2))
    assert dana
    save_enrollment(portal.database, dana, enrollment, version=1, typed={"feedback": "Theirs."})
    told = page.get_by_role("status").filter(has_text=f"{DANA} changed")
    expect(told).to_contain_text("Instructor Feedback")
    expect(field(page, "Grade")).to_have_value("C")


def test_the_confirmation_stands_where_the_connection_breaks_after_it(
    portal: Server, page: Page
) -> None:
    field(page, "Grade").fill("C")
    press_save(page)
    expect(confirmation(page)).to_have_text("Changes saved.")
    page.context.set_offline(True)
    expect(lost(page)).to_be_visible()
    page.context.set_offline(False)
    wait_until_back(page)
    expect(confirmation(page)).to_have_text("Changes saved.")
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_visible()


def test_who_signs_out_leaves_nothing_typed_in_the_tab(page: Page) -> None:
    kept = "() => Object.keys(sessionStorage).filter((name) => name.startsWith('draft:')).length"
    field(page, "Internal Note").fill("Between admins only.")
    page.wait_for_function(kept)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login**")
    assert page.evaluate(kept) == 0


def test_a_database_file_that_goes_away_takes_no_saves_until_it_is_back(
    portal: Server, page: Page, enrollment: int
) -> None:
    path = Path(portal.database.engine.url.database or "")
    banner = page.locator("#trouble")
    expect(banner).to_have_text("")
    path.rename(path.with_name("away.db"))
    expect(banner).to_contain_text("The database file was deleted while the portal was running.")
    field(page, "Grade").fill("C")
    press_save(page)
    refused = page.get_by_role("alert").filter(has_text="This was not done.")
    expect(refused).to_be_visible()
    expect(page.get_by_text("Nothing can be saved")).to_have_count(1)
    expect(field(page, "Grade")).to_have_value("C")
    assert health(portal) == (503, {"status": "unavailable", "database": "deleted"})
    path.with_name("away.db").rename(path)
    expect(banner).to_have_text("")
    expect(refused).to_have_count(0)
    assert health(portal) == (200, {"status": "ok"})
    press_save(page)
    expect(confirmation(page)).to_have_text("Changes saved.")
    assert stored(portal, enrollment)[2] == "C"


def health(portal: Server) -> tuple[int, dict[str, str]]:
    """Ask a portal how it is."""
    try:
        with urlopen(portal.url + "/api/health", timeout=10) as answer:
            return answer.status, json.load(answer)
    except HTTPError as refusal:
        return refusal.code, json.load(refusal)
