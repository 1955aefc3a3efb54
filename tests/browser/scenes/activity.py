"""Scenes of the history of all enrollments."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from enrollment_portal.domain.activity import messages
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from enrollment_portal.state.shared.views import ACTIVITY_PATH
from tests.browser.page_objects.ledger_page import visit
from tests.browser.scenes.all_scenes import KWAME, LONG_NAME, MAYA, Scene
from tests.browser.server import Server
from tests.builders import make_enrollment, make_learner


def _changes(page: Page, _portal: Server) -> None:
    visit(page, f"{ACTIVITY_PATH}?field=grade&course=987654321")
    expect(page.get_by_role("listitem").filter(has_text=messages.COURSE_GONE)).to_be_visible()
    page.get_by_role("button", name=messages.CLEAR_ALL).click()
    page.get_by_label(messages.FIELD).select_option("grade")
    expect(page.locator("main a.row-link").first).to_be_visible()


def _long(page: Page, portal: Server) -> None:
    """Show the changes of somebody with a long name, with a long text among them."""
    learner = make_learner(portal.database, f"{LONG_NAME} history")
    enrollment = make_enrollment(portal.database, learner)
    typed = {"feedback": "A-very-long-word-without-a-break-" * 8}
    reason = "Because-of-another-very-long-word-" * 5
    maya = Actor(MAYA, LONG_NAME, "", Role.SUPER_ADMIN)
    save_enrollment(portal.database, maya, enrollment, version=1, typed=typed, reason=reason)
    visit(page, f"{ACTIVITY_PATH}?learner={learner}&when=this_month")
    expect(page.locator("main a.row-link").first).to_be_visible()


def _as_lead(page: Page, _portal: Server) -> None:
    visit(page, ACTIVITY_PATH)
    expect(page.locator("main a.row-link").first).to_be_visible()


def _none(page: Page, _portal: Server) -> None:
    visit(page, ACTIVITY_PATH)
    expect(page.get_by_role("heading", name=messages.LIST_TEXTS.none)).to_be_visible()


SCENES: list[Scene] = [
    Scene("activity", MAYA, _changes),
    Scene("activity-long", MAYA, _long),
    Scene("activity-lead", KWAME, _as_lead),
    Scene("activity-none", MAYA, _none, "bare"),
]
