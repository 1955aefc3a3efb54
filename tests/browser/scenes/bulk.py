"""Scenes of changing many enrollments: the selection, the dialog, reports, and the register."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.bulk.actions import read_action
from enrollment_portal.domain.bulk.selection import select_ids
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.services.bulk.jobs import start
from enrollment_portal.services.bulk.previewing import preview
from enrollment_portal.services.bulk.worker import Worker
from enrollment_portal.state.shared.views import ACTIVITY_PATH, BATCHES_PATH
from tests.browser.page_objects.bulk_changes import (
    apply_button,
    bar,
    dialog,
    jobs,
    open_changes,
    page_box,
    show_preview,
)
from tests.browser.page_objects.ledger_page import links, open_ledger, query, visit
from tests.browser.scenes.all_scenes import LONG_NAME, MAYA, Scene
from tests.browser.server import Server
from tests.builders import make_course, make_enrollment, make_learner

_MAYA = Actor(MAYA, "Maya Lindqvist", "", Role.SUPER_ADMIN)


def _selected(page: Page, _portal: Server) -> None:
    """Select two pages, and all that match."""
    open_ledger(page, "?is=overdue&tab=active")
    expect(links(page).first).to_be_visible()
    page_box(page).check()
    expect(bar(page)).to_contain_text("selected in Active, Overdue")


def _refused(page: Page, portal: Server) -> None:
    _selected(page, portal)
    open_changes(page, "Set feedback")
    dialog(page).get_by_label(messages.FEEDBACK, exact=True).fill("Well done, {nickname}!")
    dialog(page).get_by_role("button", name=messages.PREVIEW).click()
    expect(dialog(page).get_by_text("Nothing fills in {nickname}.")).to_be_visible()


def _preview(page: Page, portal: Server) -> None:
    """Preview an action that is refused for some, so for one with a long name."""
    course = make_course(portal.database, f"{LONG_NAME} course")
    for name, day in ((LONG_NAME, None), ("Sam Short", 20_500)):
        learner = make_learner(portal.database, f"{name} scene")
        make_enrollment(portal.database, learner, course, deadline_day=day)
    open_ledger(page, "?q=scene")
    expect(links(page)).to_have_count(2)
    page_box(page).check()
    open_changes(page)
    show_preview(page)
    expect(dialog(page).get_by_text(messages.NO_DEADLINE).first).to_be_visible()


def _report(page: Page, portal: Server) -> None:
    _selected(page, portal)
    open_changes(page, "Add to internal note")
    dialog(page).get_by_label(messages.NOTE).fill("Reminded by phone.")
    show_preview(page)
    apply_button(page).click()
    expect(jobs(page)).to_contain_text("Done: ")


def _batch(page: Page, portal: Server) -> None:
    """Show a batch of which a row was skipped."""
    ids = [row.id for row in query(portal, "SELECT id FROM enrollment ORDER BY id LIMIT 3")]
    action = read_action("note", {"text": f"{LONG_NAME} asked for it"})
    made = preview(portal.database, _MAYA, select_ids(ids), action, "A reason for all of them")
    start(portal.database, _MAYA, made.id, made.fingerprint)
    Worker(portal.database).carry_out_next()
    visit(page, f"{ACTIVITY_PATH}/{made.id}")
    expect(page.get_by_role("heading", name=made.title, level=1)).to_be_visible()


def _batches(page: Page, portal: Server) -> None:
    _batch(page, portal)
    visit(page, BATCHES_PATH)
    expect(page.locator("main a.row-link").first).to_be_visible()


def _no_batches(page: Page, _portal: Server) -> None:
    visit(page, BATCHES_PATH)
    expect(page.get_by_role("heading", name=messages.BATCH_TEXTS.none)).to_be_visible()


SCENES: list[Scene] = [
    Scene("bulk-selected", MAYA, _selected),
    Scene("bulk-refused", MAYA, _refused),
    Scene("bulk-preview", MAYA, _preview),
    Scene("bulk-report", MAYA, _report),
    Scene("activity-batches", MAYA, _batches),
    Scene("activity-batch", MAYA, _batch),
    Scene("activity-no-batches", MAYA, _no_batches, "bare"),
]
