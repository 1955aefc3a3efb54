"""Read and fill in the details page of one enrollment."""

from __future__ import annotations

import json
import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from enrollment_portal.storage.shared.database import Database
from tests.browser.page_objects.ledger_page import LEDGER, query, visit
from tests.browser.page_objects.page_tabs import page_tab
from tests.browser.server import Server
from tests.builders import make_enrollment

COLUMNS = "status, deadline_day, grade, feedback, internal_note, version"

ENROLLED = 1_772_359_200_000
"""1 March 2026, 11:00 in Stockholm."""
ENROLLED_DAY, DEADLINE_DAY = 20_513, 20_575
MAYA = "Maya Lindqvist"
DANA = "Dana Ruiz"
BUILT = (0, DEADLINE_DAY, "B", "Well done.", "Watch him.", 1)
"""What `stored` says of an enrollment that `make_full` built and nobody has changed."""


def make_full(database: Database, **values: Any) -> int:
    """Write an active enrollment with something in every field, and return its id."""
    return make_enrollment(
        database,
        **{
            "enrolled_at": ENROLLED,
            "progress": 40,
            "lessons_done": 4,
            "deadline_day": DEADLINE_DAY,
            "grade": "B",
            "feedback": "Well done.",
            "internal_note": "Watch him.",
            **values,
        },
    )


def open_overview(page: Page, enrollment: int) -> None:
    """Open an enrollment's overview, and wait until it is loaded."""
    visit(page, f"{LEDGER}/{enrollment}")
    expect(page_tab(page, "Overview")).to_be_visible()


def open_manage(page: Page, enrollment: int) -> None:
    """Open an enrollment's form, and wait until it is filled."""
    visit(page, f"{LEDGER}/{enrollment}/manage")
    expect_filled(page, enrollment)


def expect_filled(page: Page, enrollment: int) -> None:
    """Wait until the form has the stored values of an enrollment."""
    filled = page.locator("form#manage input[name=filled]")
    expect(filled).to_have_value(re.compile(rf"^{enrollment}\."))


def field(page: Page, label: str) -> Locator:
    """Return a field of the form by its label."""
    form = page.locator("form#manage")
    return form.get_by_label(label, exact=label != "Reason")


def refusal(page: Page, label: str) -> Locator:
    """Return the refusal beside a field."""
    hint = field(page, label).get_attribute("aria-describedby")
    return page.locator(f"#{hint}").get_by_role("alert")


def save_button(page: Page) -> Locator:
    """Return the button that saves."""
    return page.get_by_role("button", name="Save Changes")


def press_save(page: Page) -> None:
    """Press the button that saves."""
    save_button(page).click()


def save(page: Page) -> None:
    """Save what was typed, and wait for the confirmation."""
    press_save(page)
    expect(confirmation(page)).to_have_text("Changes saved.")


def confirmation(page: Page) -> Locator:
    """Return the announcement after a save."""
    return (
        page.get_by_role("status")
        .filter(has_text=re.compile("."))
        .and_(
            page.locator(":not(.sr-only)")  # not the announcement of who else is here
        )
    )


def fact(page: Page, label: str) -> Locator:
    """Return the value beside a label in the list of facts."""
    terms = page.locator("main dt")
    return terms.filter(has_text=re.compile(f"^{label}$")).locator("+ dd")


def history(page: Page) -> Locator:
    """Return the entries of the history, newest first."""
    section = page.get_by_role("heading", name="History").locator("..")
    return section.locator("ol > li")


def stored(portal: Server, enrollment: int) -> tuple[Any, ...]:
    """Return status, deadline, grade, feedback, note and version as they are stored."""
    return tuple(query(portal, f"SELECT {COLUMNS} FROM enrollment WHERE id = {enrollment}")[0])


def recorded(portal: Server, enrollment: int) -> list[tuple[Any, ...]]:
    """Return who changed what, and why, as it is stored, oldest first."""
    rows = query(
        portal,
        "SELECT version, actor_name, source, kind, changes, reason FROM enrollment_event"
        f" WHERE enrollment_id = {enrollment} ORDER BY seq",
    )
    return [(*row[:4], json.loads(row[4]), row[5]) for row in rows]
