"""Test the end of a session: its warning, postponing it, and the explanation afterwards."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from sqlalchemy import text

from enrollment_portal.domain.shared.calendar import now_ms
from tests.browser.axe import violations
from tests.browser.conftest import NewPage
from tests.browser.page_objects.ledger_page import open_ledger, query
from tests.browser.server import Server

MAYA = 1
_HOUR = 3_600_000


def _end_in(demo: Server, ms: int) -> None:
    with demo.database.write() as session:
        session.execute(text("UPDATE sign_in_session SET expires_at = :at"), {"at": now_ms() + ms})


def _expect_postponed(page: Page, demo: Server) -> None:
    """Wait until the session lasts for its full time again."""
    for _ in range(150):
        left = query(demo, "SELECT max(expires_at) FROM sign_in_session")[0][0] - now_ms()
        if left > 11 * _HOUR:
            return
        # The page must go on meanwhile, and nothing in it shows when the answer is stored.
        page.wait_for_timeout(100)
    raise AssertionError("The session was not put off.")


def test_the_end_of_a_session_is_announced_postponed_and_explained(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    page.clock.install()
    open_ledger(page)
    _end_in(demo, _HOUR)
    # Opening a page puts it off.
    page.clock.run_for(20_000)
    _expect_postponed(page, demo)

    _end_in(demo, 60_000)
    page.clock.fast_forward(12 * _HOUR - 90_000)
    page.clock.run_for(20_000)
    warning = page.get_by_role("dialog", name="You will be signed out soon")
    stay = warning.get_by_role("button", name="Stay signed in")
    expect(stay).to_be_focused()
    assert violations(page, "warning") == []
    page.keyboard.press("Enter")
    expect(warning).to_be_hidden()
    _expect_postponed(page, demo)

    _end_in(demo, -1)
    page.clock.fast_forward(12 * _HOUR)
    page.clock.run_for(20_000)
    expect(page.get_by_role("alert").locator("p")).to_have_text(
        "Your session has ended. Sign in again."
    )
    expect(page.get_by_role("alert").locator("p")).to_be_focused()
    assert "next=" in page.url
