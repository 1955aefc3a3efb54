"""Read and fill in a course's grading grid."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from enrollment_portal.domain.people.people import Role
from enrollment_portal.domain.shared.calendar import MS_PER_DAY, now_ms
from enrollment_portal.storage.shared.database import Database
from tests.browser.page_objects.ledger_page import query, visit
from tests.browser.server import Server
from tests.builders import make_account, make_course, make_enrollment, make_learner

NAMES = ("Aarav Menon", "Berit Holm", "Chloé Durand", "Dmitri Volkov", "Elif Aydın")


def make_class(database: Database, **values: Any) -> tuple[int, list[int]]:
    """Write a course graded in percent with five learners; return its id and theirs."""
    course = make_course(database, "Rope Access", grading_scheme="percent", **values)
    at = now_ms() - 30 * MS_PER_DAY
    return course, [
        make_enrollment(
            database,
            make_learner(database, name),
            course,
            enrolled_at=at,
            last_visit_at=at + MS_PER_DAY,
            progress=20 * n,
            lessons_done=2 * n,
        )
        for n, name in enumerate(NAMES, 1)
    ]


def make_instructor(database: Database, *courses: int, name: str = "Ingrid Solberg") -> int:
    """Write an instructor's account."""
    return make_account(database, Role.INSTRUCTOR, name=name, teaches=courses)


def open_grid(page: Page, course: int, show: str = "") -> None:
    """Open a course's grid, and wait until its rows are there."""
    visit(page, f"/teach/courses/{course}" + (f"?show={show}" if show else ""))
    expect(grid(page)).to_be_visible()
    if show:
        expect(page.locator(f"#tab-{show}")).to_have_attribute("aria-selected", "true")


def grid(page: Page) -> Locator:
    """Return the grid."""
    return page.get_by_role("grid")


def cell(page: Page, label: str, name: str) -> Locator:
    """Return a cell by its column and its learner: "Grade" of "Aarav Menon"."""
    column = {"Grade": 4, "Instructor Feedback": 5, "Internal Note": 6}[label]
    row = grid(page).get_by_role("row").filter(has_text=name)
    return row.locator(f":nth-child({column})").locator("xpath=self::td")


def editor(page: Page, label: str, name: str) -> Locator:
    """Return the field in which a cell is edited."""
    return page.get_by_role("textbox", name=f"{label} of {name}")


def active(page: Page) -> str:
    """Return the label of the focused element."""
    return page.evaluate("document.activeElement.getAttribute('aria-label') ?? ''")


def said(page: Page, words: str) -> None:
    """Wait until a screen reader announces something."""
    expect(page.get_by_role("status").filter(has_text=words)).to_have_count(1)


def paste(page: Page, text: str) -> None:
    """Paste a text into the focused cell."""
    page.evaluate(
        """text => {
            const clipboardData = new DataTransfer();
            clipboardData.setData('text/plain', text);
            document.activeElement.dispatchEvent(
                new ClipboardEvent('paste', {clipboardData, bubbles: true, cancelable: true}));
        }""",
        text,
    )


def stored(portal: Server, enrollment: int) -> tuple[Any, ...]:
    """Return grade, feedback, note and version as they are stored."""
    sql = "SELECT grade, feedback, internal_note, version FROM enrollment WHERE id = "
    return tuple(query(portal, f"{sql}{enrollment}")[0])
