"""What a screen reader finds on a page: names, roles, headers and states, as approved.

The approved trees are in `trees`. `UPDATE_TREES=1` writes them anew: read what changed as somebody
would who does not see the page.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.views.views import PRODUCT_VIEWS
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from enrollment_portal.storage.shared.database import Database
from tests.browser.conftest import NewPage, Serve, checkpoint
from tests.browser.page_objects.enrollment_page import (
    ENROLLED,
    MAYA,
    history,
    make_full,
    open_manage,
    open_overview,
)
from tests.browser.page_objects.grading_page import open_grid
from tests.browser.page_objects.ledger_page import LEDGER, links, open_ledger, visit
from tests.browser.page_objects.picking import choose
from tests.browser.server import Server
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_lessons,
    make_organization,
)

_TREES = Path(__file__).parent / "trees"
_UPDATES = os.environ.get("UPDATE_TREES") == "1"
_DAY = 86_400_000

# What is another one each day, and what stands for it in the approved trees.
_STATES = """() => {
  const names = ["aria-current", "aria-sort", "aria-invalid", "aria-busy"];
  const valueOf = (part, name) => part.getAttribute(name) ?? "";
  return [...document.querySelectorAll(names.map((name) => `[${name}]`))]
    .filter((part) => part.checkVisibility() && !part.closest("[aria-hidden=true]"))
    .map((part) => {
      const set = names.filter((name) => !["", "false", "none"].includes(valueOf(part, name)));
      const states = set.map((name) => `${name}=${valueOf(part, name)}`).join(", ");
      return states && `- ${part.localName} "${part.textContent.trim()}" [${states}]`;
    })
    .filter(Boolean)
    .join("\\n");
}"""
"""States that the tree leaves out."""
_VOLATILE = (
    (r"\d{1,2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)( \d{4})?", "DATE"),
    (r"\b(\d{1,2}:\d{2})\b", "TIME"),
    (r"\d{4}-\d{2}-\d{2}", "ISO-DATE"),
    (r"\b(\d+|an?) (second|minute|hour|day|week|month|year)s?\b", "DURATION"),
    (r"\b(just now|moments? ago|today|yesterday)\b", "DURATION ago"),
    (r"\b(Today|Yesterday)\b", "DAY"),
)

_MAYA, _INGRID, _AARAV = 1, 2, 3
_FULL, _DONE = 1, 2


@pytest.fixture(scope="module")
def portal(serve: Serve, empty_database: Database) -> Server:
    """A portal of an admin, an instructor and two learners, with fixed names, ids and days."""
    database = empty_database
    make_organization(database)
    make_account(database, name=MAYA, email="maya@northwind.example")
    course = make_course(database, "Rope Access", grading_scheme="percent")
    other = make_course(database, "Knots and Hitches")
    for one in (course, other):
        make_lessons(database, one)
    aarav = make_learner(database, "Aarav Menon", "aarav@northwind.example")
    berit = make_learner(database, "Berit Holm", "berit@northwind.example")
    make_account(
        database,
        Role.INSTRUCTOR,
        name="Ingrid Solberg",
        email="ingrid@x.example",
        teaches=(course,),
    )
    make_account(
        database, Role.LEARNER, name="Aarav Menon", email="aarav@x.example", learner_id=aarav
    )
    assert make_full(database, learner_id=aarav, course_id=course, grade="85%") == _FULL
    done = make_enrollment(
        database,
        berit,
        course,
        enrolled_at=ENROLLED + _DAY,
        status=1,
        progress=100,
        lessons_done=10,
        completed_at=ENROLLED + 9 * _DAY,
    )
    assert done == _DONE
    make_enrollment(database, aarav, other, enrolled_at=ENROLLED + 2 * _DAY, status=2)
    maya = Actor(_MAYA, MAYA, "maya@northwind.example", Role.SUPER_ADMIN)
    save_enrollment(database, maya, _FULL, version=1, typed={"grade": "90%"}, reason="Recounted.")
    return serve(checkpoint(database))


def _ledger(page: Page) -> None:
    open_ledger(page)
    expect(links(page)).to_have_count(3)


def _details(page: Page) -> None:
    open_overview(page, _FULL)
    expect(history(page)).to_have_count(1)


def _manage(page: Page) -> None:
    open_manage(page, _FULL)
    expect(history(page)).to_have_count(1)


def _grid(page: Page) -> None:
    open_grid(page, 1)
    # Who looked at the rows before is gone.
    expect(page.get_by_role("rowheader", name="Aarav Menon")).to_contain_text("aarav@")


def _enroll(page: Page) -> None:
    visit(page, f"{LEDGER}/enroll")
    choose(page, "Find people by name or email", "aarav", "Aarav Menon")
    choose(page, "Find a course or learning path", "knots", "Knots and Hitches")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("list", name="Will be enrolled")).to_be_visible()


def _dashboard(page: Page) -> None:
    visit(page, "/learn")
    expect(page.get_by_role("heading", name="Instructor Feedback")).to_be_visible()


_PAGES: dict[str, tuple[int, Callable[[Page], None]]] = {
    "ledger": (_MAYA, _ledger),
    "details": (_MAYA, _details),
    "manage": (_MAYA, _manage),
    "grading-grid": (_INGRID, _grid),
    "enroll": (_MAYA, _enroll),
    "dashboard": (_AARAV, _dashboard),
}


@pytest.mark.parametrize("name", _PAGES)
def test_tree_of_a_page_is_the_approved_one(portal: Server, new_page: NewPage, name: str) -> None:
    account, bring = _PAGES[name]
    page = new_page(portal, account)
    bring(page)
    if account != _AARAV:  # the views in the sidebar are counted after the page
        views = page.locator("#sidebar").get_by_role("list", name="Views").get_by_role("link")
        expect(views).to_have_text([re.compile(r"\d$")] * len(PRODUCT_VIEWS))
    approved = _TREES / f"{name}.yml"
    states = page.evaluate(_STATES)
    tree = _steady(f"{page.locator('body').aria_snapshot()}\n# States:\n{states}\n")
    if _UPDATES:
        approved.write_text(tree, encoding="utf-8")
    assert tree == approved.read_text(encoding="utf-8"), (
        f"Another tree of {name}. If that is right, run this test with UPDATE_TREES=1."
    )


def _steady(tree: str) -> str:
    for pattern, stands_for in _VOLATILE:
        tree = re.sub(pattern, stands_for, tree)
    return tree
