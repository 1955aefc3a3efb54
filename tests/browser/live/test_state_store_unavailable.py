"""Test that open pages and signing in report an unavailable state store."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from enrollment_portal.domain.shared.messages import UNREACHABLE
from enrollment_portal.storage.shared.database import Database
from tests import redis_server
from tests.browser.conftest import NewPage, Serve, checkpoint
from tests.browser.page_objects.ledger_page import open_ledger, tab
from tests.browser.page_objects.sessions import sign_in_with_password
from tests.builders import make_account, make_organization
from tests.signing_in import PASSWORD, PASSWORD_HASH

EMAIL = "ada@northwind.example"
_SEEN_MS = 60_000
"""The server waits for an answer of the store before it gives a page up."""


def test_pages_and_signing_in_report_an_unavailable_state_store(
    serve: Serve, empty_database: Database, new_page: NewPage, tmp_path: Path
) -> None:
    make_organization(empty_database)
    ada = make_account(empty_database, email=EMAIL, password_hash=PASSWORD_HASH)
    allowed = ("WebSocket", "connection closed", "503")
    with redis_server.running(tmp_path) as url:
        portal = serve(checkpoint(empty_database), REFLEX_REDIS_URL=url)
        ledger = new_page(portal, ada, allow=allowed)
        open_ledger(ledger)
        sign_in = new_page(portal, allow=allowed)
        sign_in.goto("/login")
        expect(sign_in.get_by_text("Northwind Academy")).to_be_visible()

    tab(ledger, "Active").click()
    expect(ledger.get_by_text("Connection lost. Trying again")).to_be_visible(timeout=_SEEN_MS)
    sign_in.reload()
    alert = sign_in.get_by_role("alert")
    expect(alert).to_contain_text("The portal does not answer right now.", timeout=_SEEN_MS)
    sign_in_with_password(sign_in, EMAIL, PASSWORD)
    expect(sign_in.get_by_role("alert")).to_have_text(UNREACHABLE)
    expect(sign_in.get_by_role("link", name="Try again")).to_be_visible()
    tries = [line for line in portal.log.read_text().splitlines() if "A socket from" in line]
    assert 0 < len(tries) <= 20, "pages try again slowly, and the log stays short"
