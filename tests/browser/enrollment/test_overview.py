"""Test the overview of one enrollment, its history, and how it is opened."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from enrollment_portal.domain.people.people import Role
from enrollment_portal.domain.shared.calendar import day_of, now_ms, zone
from enrollment_portal.storage.shared.database import Database
from tests.browser.conftest import NewPage, Serve, checkpoint
from tests.browser.page_objects.enrollment_page import ENROLLED, MAYA, fact, history, open_overview
from tests.browser.page_objects.ledger_page import LEDGER, execute, links, open_ledger
from tests.browser.server import Server
from tests.builders import (
    DAY,
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
)

HOUR, MINUTE = DAY // 24, DAY // 24 // 60
ENDED = ENROLLED + 10 * DAY


def today() -> int:
    """Return the organization's day of now."""
    return day_of(now_ms(), zone("Europe/Stockholm"))


@pytest.fixture(scope="module")
def portal(serve: Serve, empty_database: Database) -> Server:
    """A portal where Maya is the Super Admin and Ingrid teaches nothing yet."""
    make_organization(empty_database)
    make_account(empty_database, name=MAYA)
    make_account(empty_database, Role.INSTRUCTOR, name="Ingrid Solberg")
    return serve(checkpoint(empty_database))


@pytest.fixture
def page(portal: Server, new_page: NewPage) -> Page:
    """Maya's browser."""
    return new_page(portal, 1)


def make_event(portal: Server, enrollment: int, changes: dict[str, Any], **values: Any) -> None:
    """Write a row of an enrollment's history."""
    execute(
        portal,
        "INSERT INTO enrollment_event (seq, enrollment_id, version, at, actor_name, source, kind,"
        " changes, reason) VALUES (:seq, :id, :version, :at, :who, :source, :kind, :changes,"
        " :reason)",
        **{
            "seq": None,
            "id": enrollment,
            "version": 2,
            "at": ENDED,
            "who": MAYA,
            "source": "person",
            "kind": "changed",
            "changes": json.dumps(changes),
            "reason": "",
            **values,
        },
    )


def test_every_fact_is_on_the_overview(portal: Server, page: Page) -> None:
    learner = make_learner(
        portal.database, "Şebnem İnce", "sebnem@northwind.example", department="Werkstatt"
    )
    enrollment = make_enrollment(
        portal.database,
        learner,
        make_course(portal.database, "Fire Safety"),
        enrolled_at=ENROLLED,
        progress=40,
        lessons_done=4,
        deadline_day=today() + 30,
        last_visit_at=now_ms() - 3 * HOUR,
        grade="B+",
        feedback="Line one.\nLine two.",
        internal_note="Watch <b>him</b>.",
        origin="path",
    )
    open_overview(page, enrollment)
    expect(page.get_by_role("heading", level=1)).to_have_text("Şebnem İnce · Fire Safety")
    assert ", ".join(page.locator("main dt").all_inner_texts()) == (
        "Learner, Department, Course, Status, Progress, Lessons, Enrolled, Deadline, Pace,"
        " Projected finish, Last Visit, Grade, Instructor Feedback, Internal Note, Origin"
    )
    for label, words in (
        ("Learner", "ŞİŞebnem İncesebnem@northwind.example"),
        ("Department", "Werkstatt"),
        ("Course", "Fire Safety"),
        ("Status", "Active"),
        ("Progress", "40%"),
        ("Lessons", "4 of 10"),
        ("Enrolled", "1 Mar 2026, 11:00 CET"),
        ("Grade", "B+"),
        ("Instructor Feedback", "Line one. Line two."),
        ("Internal Note", "Watch <b>him</b>.Only admins and instructors see this."),
        ("Origin", "Enrolled with a learning path"),
    ):
        expect(fact(page, label)).to_have_text(words)
    expect(fact(page, "Progress").get_by_role("progressbar")).to_have_attribute("value", "40")
    expect(page.get_by_text("Nothing is recorded yet.")).to_be_visible()


def test_the_last_visit_is_shown_relatively_and_exactly(portal: Server, page: Page) -> None:
    for ago, words in (
        (30 * 1000, "just now"),
        (5 * MINUTE + 5000, "5 minutes ago"),
        (HOUR + MINUTE, "1 hour ago"),
        (19 * DAY + MINUTE, "19 days ago"),
        (61 * DAY, "2 months ago"),
    ):
        enrollment = make_enrollment(
            portal.database, enrolled_at=ENROLLED, last_visit_at=now_ms() - ago
        )
        open_overview(page, enrollment)
        expect(fact(page, "Last Visit")).to_have_text(
            re.compile(rf"^{words}\d{{1,2}} [A-Z][a-z]{{2}} 20\d\d, \d\d:\d\d CES?T$")
        )
    exact = make_enrollment(portal.database, enrolled_at=ENROLLED, last_visit_at=ENDED)
    open_overview(page, exact)
    expect(fact(page, "Last Visit")).to_contain_text("11 Mar 2026, 11:00 CET")
    expect(fact(page, "Last Visit").get_by_role("time")).to_have_attribute(
        "datetime", "2026-03-11T10:00:00Z"
    )


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-3, r"\d+ \w+ 20\d\d, 3 days overdue"),
        (-1, r"\d+ \w+ 20\d\d, 1 day overdue"),
        (5, r"\d+ \w+ 202\d, in 5 days"),
        (30, r"\d+ \w+ 202\d"),
        (None, "none"),
    ],
)
def test_a_deadline_shows_how_long_ago_or_ahead_it_is(
    portal: Server, page: Page, days: int | None, words: str
) -> None:
    day = None if days is None else today() + days
    open_overview(page, make_enrollment(portal.database, enrolled_at=ENROLLED, deadline_day=day))
    expect(fact(page, "Deadline")).to_have_text(re.compile(f"^{words}$"))


@pytest.mark.parametrize(
    ("status", "label", "name", "when"),
    [
        (1, "Completed", "Completed on", "11 Mar 2026"),
        (2, "Cancelled", "Cancelled", "11 Mar 2026, 11:00 CET"),
    ],
)
def test_an_ended_enrollment_shows_its_end(
    portal: Server, page: Page, status: int, label: str, name: str, when: str
) -> None:
    ended = {"completed_at" if status == 1 else "cancelled_at": ENDED}
    enrollment = make_enrollment(
        portal.database, status=status, enrolled_at=ENROLLED, deadline_day=20_520, **ended
    )
    open_overview(page, enrollment)
    expect(fact(page, "Status")).to_have_text(label)
    expect(fact(page, name)).to_have_text(when)
    expect(fact(page, "Deadline")).to_have_text("8 Mar 2026")


def test_an_override_is_shown_beside_the_tracked_value(portal: Server, page: Page) -> None:
    enrollment = make_enrollment(
        portal.database,
        status=1,
        tracked_status=0,
        progress=40,
        enrolled_at=ENROLLED,
        completed_at=ENDED,
        override_seq=900,
    )
    make_event(portal, enrollment, {"status": [0, 1]}, reason="offline exam", seq=900)
    open_overview(page, enrollment)
    expect(fact(page, "Status").locator("p")).to_have_text(
        re.compile(
            "Tracked progress 40%. Marked as completed by Maya Lindqvist "
            r"on \d+ \w+ \d{4}. "
            "Reason: offline exam"
        )
    )
    assert "Tracked progress 40%" in str(fact(page, "Status").text_content())


def test_the_history_shows_person_values_time_and_reason_newest_first(
    portal: Server, page: Page
) -> None:
    enrollment = make_enrollment(portal.database, enrolled_at=ENROLLED, version=4)
    make_event(portal, enrollment, {}, version=1, at=ENROLLED, who="", source="demo", kind="began")
    make_event(portal, enrollment, {"status": [0, 1]}, version=2, who="", source="tracking")
    make_event(portal, enrollment, {"status": [1, 0]}, version=3, at=ENDED + HOUR)
    make_event(
        portal,
        enrollment,
        {"deadline": [None, 20_575], "grade": ["B", None]},
        version=4,
        at=now_ms() - 2 * DAY - HOUR,
        who="Dana Whitfield",
        reason="moved with the team",
    )
    open_overview(page, enrollment)
    expect(history(page)).to_have_text(
        [
            re.compile(
                r"^DWDana Whitfield\d\d:\d\dDeadline from none to 2 May 2026Grade from B to none"
                "“moved with the team”"
            ),
            re.compile(r"^MLMaya Lindqvist12:00Status from Completed to Activeby hand"),
            re.compile(r"^Tracking11:00Status from Active to Completedfrom the learner’s"),
            re.compile(r"^System · The learner started the course11:00"),
        ]
    )
    card = page.get_by_role("heading", name="History").locator("..")
    expect(card.get_by_role("heading", name="11 Mar 2026")).to_be_visible()
    expect(card.get_by_role("heading", name="1 Mar 2026", exact=True)).to_be_visible()


def test_absent_invalid_and_forbidden_ids_look_the_same(portal: Server, new_page: NewPage) -> None:
    forbidden = make_enrollment(portal.database, enrolled_at=ENROLLED)
    page = new_page(portal, 2)
    seen = set()
    for enrollment in (forbidden, 999_999_999, "abc", "1e3", "-1", "0", "9" * 30, "٣", "1'"):
        for suffix in ("", "/manage"):
            page.goto(f"{LEDGER}/{enrollment}{suffix}")
            expect(page.get_by_role("heading", name="Not found")).to_be_visible()
            seen.add(page.locator("main").inner_text())
    assert seen == {
        "Not found\n\nThere is nothing here, or you may not see it.\n\nBack to Enrollments"
    }


def test_a_row_opens_by_click_by_enter_and_by_middle_click(portal: Server, page: Page) -> None:
    learner = make_learner(portal.database, "Oona Opener")
    enrollment = make_enrollment(portal.database, learner, enrolled_at=ENROLLED)
    address = f"{portal.url}{LEDGER}/{enrollment}?q=oona"
    open_ledger(page, "?q=oona")
    page.get_by_role("row", name="Oona Opener").click(position={"x": 700, "y": 20})
    expect(page).to_have_url(address)
    expect(fact(page, "Learner")).to_contain_text("Oona Opener")

    page.go_back()
    links(page).first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(address)
    expect(fact(page, "Learner")).to_contain_text("Oona Opener")

    page.go_back()
    with page.context.expect_page() as opened:
        links(page).first.click(button="middle")
    expect(opened.value).to_have_url(address)
    expect(fact(opened.value, "Learner")).to_contain_text("Oona Opener")
    expect(page).to_have_url(f"{portal.url}{LEDGER}?q=oona")
