"""A word of 200 letters without a break widens no page of a phone, and is not cut off."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.calendar import now_ms
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from enrollment_portal.services.requests.extensions import request_extension
from enrollment_portal.storage.shared.database import Database
from tests.browser.conftest import NewPage, Serve, checkpoint
from tests.browser.page_objects.ledger_page import execute, visit
from tests.browser.server import Server
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_group,
    make_learner,
    make_lessons,
    make_organization,
    make_path,
)

WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3
WORD = WORD[:200]
LETTERS = "w" * 200
_TOO_WIDE = """() => {
    const root = document.scrollingElement;
    if (root.scrollWidth <= innerWidth) return [];
    const isWide = part => part.getBoundingClientRect().right > innerWidth + 1;
    const parts = [...document.querySelectorAll('body *')]
        .filter(part => isWide(part) && ![...part.children].some(isWide))
        .map(part => part.outerHTML.slice(0, 200));
    return parts.length ? parts : ['a text that flows out of its element'];
}"""

_CUT_OFF = (Path(__file__).parents[1] / "accessibility/narrow.js").read_text()


@dataclass(frozen=True)
class World:
    """A portal in which every text is one long word, and its accounts."""

    portal: Server
    admin: int
    instructor: int
    lead: int
    learner: int
    pages: dict[str, tuple[str, ...]]


@pytest.fixture(scope="module")
def world(serve: Serve, empty_database: Database) -> World:
    """A portal in which every text is one long word."""
    database = empty_database
    make_organization(database, name=WORD)
    email = f"{LETTERS[:60]}@{'.'.join([LETTERS[:60]] * 2)}.example"
    learner = make_learner(database, WORD, email, department=WORD, job_title=WORD)
    course = make_course(database, WORD, n_lessons=2, description=WORD, grading_scheme="free")
    lessons = make_lessons(database, course, 2)
    path = make_path(database, WORD, (course,), description=WORD)
    admin = make_account(database, name=WORD, email=f"a{email}")
    instructor = make_account(
        database, Role.INSTRUCTOR, name=WORD, email=f"i{email}", teaches=(course,)
    )
    lead = make_account(database, Role.GROUP_LEAD, name=WORD, email=f"l{email}")
    own = make_account(database, Role.LEARNER, name=WORD, email=email, learner_id=learner)
    group = make_group(
        database,
        WORD,
        members=(learner,),
        leads=(lead,),
        courses=(course, path),
        description=WORD,
    )
    at = now_ms()
    make_enrollment(database, learner, path, enrolled_at=at)
    enrollment = make_enrollment(database, learner, course, enrolled_at=at, deadline_day=30_000)
    maya = Actor(admin, WORD, email, Role.SUPER_ADMIN)
    typed = {"grade": LETTERS[:32], "feedback": WORD, "note": WORD}
    save_enrollment(database, maya, enrollment, version=1, typed=typed, reason=WORD)
    request_extension(
        database,
        Actor(own, WORD, email, Role.LEARNER, learner_id=learner),
        enrollment,
        "2090-05-04",
        WORD,
    )
    portal = serve(checkpoint(database), PORTAL_DEMO="off")
    execute(portal, "UPDATE lesson SET title = :word, content = :word", word=WORD)
    ledger, learning, people = (
        "/admin/learning/enrollments",
        "/admin/learning",
        "/admin/people",
    )
    details = (f"{ledger}/{enrollment}", f"{ledger}/{enrollment}/manage")
    return World(
        portal,
        admin,
        instructor,
        lead,
        own,
        {
            "admin": (
                ledger,
                f"{ledger}?kind=path",
                *details,
                f"{ledger}/enroll",
                *(f"{learning}/courses{end}" for end in ("", "/new")),
                *(f"{learning}/courses/{course}{end}" for end in ("", "/lessons", "/settings")),
                f"{learning}/paths",
                *(f"{learning}/paths/{path}{end}" for end in ("", "/courses", "/settings")),
                f"{people}/users",
                *(
                    f"{people}/users/{learner}{end}"
                    for end in ("", "/enrollments", "/paths", "/history")
                ),
                f"{people}/groups",
                *(
                    f"{people}/groups/{group}{end}"
                    for end in ("", "/leads", "/assigned", "/settings")
                ),
                "/admin",
                "/admin/configuration/admins",
                "/admin/configuration/access",
                f"/teach/courses/{course}",
            ),
            "instructor": ("/teach", f"/teach/courses/{course}", ledger, *details),
            "lead": (ledger, details[0]),
            "own": (
                "/learn",
                "/learn/catalog",
                f"/learn/courses/{course}",
                f"/learn/courses/{path}",
                f"/learn/courses/{course}/lessons/{lessons[0]}",
            ),
        },
    )


def _check(page: Page, address: str) -> list[str]:
    visit(page, address)
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    expect(page.locator("main .bone")).to_have_count(0)
    faults = page.evaluate(_TOO_WIDE) + page.evaluate(_CUT_OFF)["faults"]
    return [f"{address}: {part}" for part in faults]


@pytest.mark.parametrize("who", ["admin", "instructor", "lead", "own"])
def test_no_page_is_wider_than_a_phone(world: World, new_page: NewPage, who: str) -> None:
    account = world.learner if who == "own" else getattr(world, who)
    page = new_page(world.portal, account, viewport={"width": 390, "height": 844})
    wide = [part for address in world.pages[who] for part in _check(page, address)]
    assert not wide, "\n".join(wide)


def test_long_words_of_a_search_a_choice_and_a_conflict_fit(
    world: World, new_page: NewPage
) -> None:
    page = new_page(world.portal, world.admin, viewport={"width": 390, "height": 844})
    visit(page, "/admin/learning/enrollments/enroll")
    for label in ("Find people by name or email", "Find a course or learning path"):
        page.get_by_role("combobox", name=label).fill(WORD[:20])
        listbox = page.get_by_role("listbox", name=label)
        expect(listbox).to_be_visible()
        assert page.evaluate(_TOO_WIDE) == []
        listbox.get_by_role("option").first.click()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", level=3).first).to_be_visible()
    assert page.evaluate(_TOO_WIDE) == []
    visit(page, f"/admin/learning/enrollments?q={LETTERS}")
    expect(page.get_by_role("heading", name="No enrollments match")).to_be_visible()
    assert page.evaluate(_TOO_WIDE) == []
