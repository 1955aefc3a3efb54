"""Test undo: beside the confirmation, and from the timeline."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.services.enrollment.enrollments import read_enrollment, save_enrollment
from enrollment_portal.storage.shared.database import Database
from tests.browser.conftest import Serve, checkpoint
from tests.browser.page_objects.enrollment_page import (
    BUILT,
    MAYA,
    field,
    history,
    press_save,
    recorded,
    save,
    stored,
)
from tests.browser.server import Server
from tests.builders import make_account, make_organization

SAM = Actor(2, "Sam Okafor", "sam@northwind.example", Role.SUPER_ADMIN)


@pytest.fixture(scope="module")
def portal(serve: Serve, empty_database: Database) -> Server:
    """A portal of two Super Admins, Maya and Sam."""
    make_organization(empty_database)
    make_account(empty_database, name=MAYA)
    make_account(empty_database, name=SAM.name)
    return serve(checkpoint(empty_database))


def said(page: Page, words: str) -> None:
    """Wait until the page shows a message."""
    expect(page.get_by_role("status").filter(has_text=words).first).to_be_visible()


def test_a_save_is_undone_beside_its_confirmation_and_redone(
    portal: Server, page: Page, enrollment: int
) -> None:
    field(page, "Grade").fill("A")
    save(page)
    page.get_by_role("button", name="Undo", exact=True).click()
    said(page, "Grade is B again.")
    assert stored(portal, enrollment)[:-1] == BUILT[:-1]
    expect(field(page, "Grade")).to_have_value("B")
    page.get_by_role("button", name="Redo", exact=True).click()
    said(page, "Grade is A again.")
    assert stored(portal, enrollment)[2] == "A"


def test_a_double_click_saves_once(portal: Server, page: Page, enrollment: int) -> None:
    field(page, "Grade").fill("A")
    page.get_by_role("button", name="Save Changes").dblclick()
    said(page, "Changes saved.")
    assert len(recorded(portal, enrollment)) == 1


def test_the_timeline_names_later_changes_and_restores_a_value(
    portal: Server, page: Page, enrollment: int
) -> None:
    field(page, "Grade").fill("A")
    press_save(page)
    said(page, "Changes saved.")
    version = read_enrollment(portal.database, SAM, enrollment).facts.version
    save_enrollment(portal.database, SAM, enrollment, version=version, typed={"grade": "C"})
    page.reload()
    expect(history(page)).to_have_count(2)
    change = history(page).nth(1)
    change.get_by_role("button", name=re.compile("^Undo change of Grade by Maya")).click()
    expect(change.get_by_role("alert")).to_contain_text("Grade was changed again by Sam Okafor")
    change.get_by_role("button", name=re.compile("^Restore Grade A from")).click()
    said(page, "Grade is A.")
    assert stored(portal, enrollment)[2] == "A"
