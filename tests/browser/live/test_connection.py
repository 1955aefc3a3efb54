"""Test a lost connection: the page shows it, reconnects by itself, and keeps typed text."""

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
from tests.browser.page_objects.sessions import sign_out
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
    """Return the notice of a lost connection."""
    return page.get_by_role("status").filter(has_text="Connection lost. Trying again…")


def reconnected(page: Page) -> Locator:
    """Return the notice that the connection is back."""
    return page.get_by_role("status").filter(has_text="Connected again. Everything is up to date.")


def wait_until_back(page: Page) -> None:
    """Wait until the page has shown that it is connected again."""
    expect(reconnected(page)).to_be_visible(timeout=BACK_MS)
    expect(lost(page)).to_have_count(0)
    expect(reconnected(page)).to_have_count(0)


def test_typed_text_is_kept_after_a_restart_of_the_server(
    portal: Server, page: Page, enrollment: int
) -> None:
    field(page, "Grade").fill("C")
    expect(page.get_by_role("button", name="Save Changes")).to_be_enabled()
    field(page, "Internal Note").focus()
    portal.kill()
    expect(lost(page)).to_be_visible()
    page.keyboard.press("End")
    page.keyboard.type(" More.")
    portal.start()
    expect(reconnected(page)).to_be_visible(timeout=BACK_MS)
    expect(field(page, "Grade")).to_have_value("C")
    expect(field(page, "Internal Note")).to_have_value("Watch him. More.")
    expect(field(page, "Internal Note")).to_be_focused()
    expect(lost(page)).to_have_count(0)
    expect(reconnected(page)).to_have_count(0)
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


def test_remote_changes_meanwhile_are_shown_and_not_overwritten(
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


def test_discarded_text_is_not_restored(portal: Server, page: Page) -> None:
    field(page, "Grade").fill("C")
    page.get_by_role("button", name="Discard").click()
    expect(field(page, "Grade")).to_have_value("B")
    portal.restart()
    wait_until_back(page)
    expect(field(page, "Grade")).to_have_value("B")
    assert page.evaluate("Object.keys(sessionStorage).filter(n => n.startsWith('draft:'))") == []


def test_being_offline_is_shown_at_once(page: Page) -> None:
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


def test_loading_and_changing_pages_shows_no_lost_connection(
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


def test_a_page_kept_open_still_receives_changes(
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


def test_the_confirmation_is_kept_when_the_connection_is_lost(portal: Server, page: Page) -> None:
    field(page, "Grade").fill("C")
    press_save(page)
    expect(confirmation(page)).to_have_text("Changes saved.")
    page.context.set_offline(True)
    expect(lost(page)).to_be_visible()
    page.context.set_offline(False)
    wait_until_back(page)
    expect(confirmation(page)).to_have_text("Changes saved.")
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_visible()


def test_signing_out_deletes_drafts_in_the_tab(page: Page) -> None:
    kept = "() => Object.keys(sessionStorage).filter((name) => name.startsWith('draft:')).length"
    field(page, "Internal Note").fill("Between admins only.")
    page.wait_for_function(kept)
    page.on("dialog", lambda dialog: dialog.accept())
    sign_out(page)
    page.wait_for_url("**/login**")
    assert page.evaluate(kept) == 0


def test_a_deleted_database_file_accepts_no_saves_until_it_is_restored(
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
    """Return the answer of a portal's health check."""
    try:
        with urlopen(portal.url + "/api/health", timeout=10) as answer:
            return answer.status, json.load(answer)
    except HTTPError as refusal:
        return refusal.code, json.load(refusal)
