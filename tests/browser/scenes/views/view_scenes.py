"""Scenes of saved views: the bar of a view that was changed, the dialog, and a deleted view."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from enrollment_portal.domain.ledger.filters import Filters, Flag
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.views import messages
from enrollment_portal.services.views.views import read_views, save_view
from tests.browser.page_objects.ledger_page import links, open_ledger
from tests.browser.scenes.all_scenes import LONG_NAME, MAYA, Scene
from tests.browser.server import Server

_MAYA = Actor(MAYA, "Maya Lindqvist", "", Role.SUPER_ADMIN)
_NAME = f"{LONG_NAME} late"


def _key(portal: Server) -> str:
    """Return a view with a long name that is shared; it is saved once."""
    for view in read_views(portal.database, _MAYA).saved:
        if view.name == _NAME:
            return view.key
    query = LedgerQuery(filters=Filters(flags=(Flag.OVERDUE,)))
    return save_view(portal.database, _MAYA, query, {"name": _NAME, "audience": "leads"}).key


def _changed(page: Page, portal: Server) -> None:
    """Show a view whose filters were changed."""
    open_ledger(page, f"?view={_key(portal)}&is=overdue&tab=active&sort=deadline")
    expect(page.locator("#shown-view")).to_contain_text(messages.CHANGED)
    expect(links(page).first).to_be_visible()


def _refused(page: Page, _portal: Server) -> None:
    open_ledger(page, "?tab=active")
    page.locator("#save-view").click()
    dialog = page.get_by_role("dialog", name=messages.NEW_HEADING)
    dialog.get_by_label(messages.NAME).fill("Overdue")
    dialog.get_by_role("button", name=messages.SAVE, exact=True).click()
    expect(dialog.get_by_text(messages.NAME_OF_PRODUCT)).to_be_visible()


def _deleted(page: Page, portal: Server) -> None:
    open_ledger(page, f"?view={_key(portal)}")
    page.get_by_role("button", name=messages.DELETE_VIEW, exact=True).click()
    expect(page.locator("#undo-view")).to_be_visible()


SCENES = [
    Scene("view-changed", MAYA, _changed),
    Scene("view-refused", MAYA, _refused),
    Scene("view-deleted", MAYA, _deleted),
]
