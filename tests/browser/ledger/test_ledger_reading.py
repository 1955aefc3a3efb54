"""Test the ledger's table: its values, order, and how a row opens."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from enrollment_portal.domain.enrollment.fields import Status
from enrollment_portal.domain.shared.calendar import day_of, now_ms, show_day, show_deadline, zone
from tests.browser.conftest import NewPage
from tests.browser.page_objects.ledger_page import (
    IN_COURSES,
    LEDGER,
    heading,
    links,
    open_ledger,
    position,
    query,
    shown_ids,
    tab,
)
from tests.browser.server import Server

MAYA = 1
STOCKHOLM = zone("Europe/Stockholm")
# What each column holds, as SQL over an enrollment, its learner and its course.
COLUMNS = {
    "Learner": "l.sort_name",
    "Course": "c.sort_title",
    "Status": "e.status",
    "Progress": "e.progress",
    "Enrolled": "e.enrolled_at",
    "Deadline": "e.deadline_day",
}
JOINED = f"{IN_COURSES} JOIN learner l ON l.id = e.learner_id JOIN course c ON c.id = e.course_id"


def test_the_newest_enrollments_are_first_with_all_their_facts(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    expect(page.get_by_role("columnheader")).to_have_text(["", *COLUMNS, "Panel"])
    expect(heading(page, "Enrolled")).to_have_attribute("aria-sort", "descending")
    expect(position(page)).to_have_text("1–50 of 1,000 enrollments")
    rows = query(
        demo,
        "SELECT e.id, l.name, l.email, c.title, e.status, e.progress, e.enrolled_at, e.deadline_day"
        f" FROM {JOINED} ORDER BY e.enrolled_at DESC, e.id DESC LIMIT 50",
    )
    assert shown_ids(page) == [row.id for row in rows]
    today = day_of(now_ms(), STOCKHOLM)
    shown = page.locator("#ledger tbody tr").all_inner_texts()
    for row, words in zip(rows, shown, strict=True):
        status = Status(row.status)
        deadline = show_deadline(row.deadline_day, today, is_active=status is Status.ACTIVE)
        for fact in (
            row.name,
            row.email,
            row.title,
            status.label,
            f"{row.progress}%",
            show_day(day_of(row.enrolled_at, STOCKHOLM)),
            deadline.date,
            deadline.left,
        ):
            assert fact in words, (fact, words)


def test_progress_has_an_accessible_name_and_an_exact_value(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    first = query(
        demo, f"SELECT progress FROM {IN_COURSES} ORDER BY enrolled_at DESC, id DESC LIMIT 1"
    )
    bar = page.get_by_role("progressbar", name="Progress").first
    expect(bar).to_have_attribute("value", str(first[0].progress))
    expect(bar).to_have_attribute("max", "100")


def test_every_tab_has_an_exact_count(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    counts = {
        row.status: row.n
        for row in query(demo, f"SELECT status, COUNT(*) AS n FROM {IN_COURSES} GROUP BY status")
    }
    expect(page.get_by_role("tablist", name="Status").get_by_role("tab")).to_have_text(
        [
            f"All{sum(counts.values()):,}",
            *(f"{status.label}{counts[status]:,}" for status in Status),
        ]
    )
    for status in Status:
        tab(page, status.label).click()
        expect(tab(page, status.label)).to_have_attribute("aria-selected", "true")
        n = counts[status]
        expect(position(page)).to_have_text(f"1–{min(n, 50)} of {n:,} enrollments")
        expect(page.locator("#ledger tbody tr").filter(has_text=status.label)).to_have_count(
            min(n, 50)
        )


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_sorts_both_ways(demo: Server, new_page: NewPage, column: str) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page, "" if column != "Enrolled" else "?sort=learner")
    values = {
        row.id: row.value
        for row in query(demo, f"SELECT e.id, {COLUMNS[column]} AS value FROM {JOINED}")
    }
    given = sorted(v for v in values.values() if v is not None)
    seen: set[str] = set()
    for _ in range(2):
        before = heading(page, column).get_attribute("aria-sort")
        heading(page, column).get_by_role("button").click()
        expect(heading(page, column)).not_to_have_attribute("aria-sort", before or "")
        direction = heading(page, column).get_attribute("aria-sort") or ""
        seen.add(direction)
        shown = [values[id_] for id_ in shown_ids(page)]
        known = [value for value in shown if value is not None]
        assert len(shown) == 50
        assert known == sorted(known, reverse=direction == "descending")
        if known:
            assert known[0] == (given[-1] if direction == "descending" else given[0])
    assert seen == {"ascending", "descending"}
    for other in set(COLUMNS) - {column}:
        expect(heading(page, other)).to_have_attribute("aria-sort", "none")


def test_a_missing_deadline_is_blank_and_overdue_is_text(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page, "?tab=active&sort=deadline")
    expect(page.locator("#ledger tbody tr").first.locator(".deadline")).to_have_text(
        re.compile(r"^\d+ [A-Z][a-z]{2} 20\d\d\s+\d+ days? overdue"), use_inner_text=True
    )
    open_ledger(page, "?q=Aarav+Menon")
    blank = query(
        demo,
        f"SELECT COUNT(*) AS n FROM {IN_COURSES} WHERE learner_id = 1 AND deadline_day IS NULL",
    )
    assert blank[0].n > 0
    cells = page.locator("#ledger tbody .deadline").all_inner_texts()
    assert cells.count("") == blank[0].n


def test_a_row_opens_by_click_anywhere_on_it(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    opened = shown_ids(page)[3]
    page.locator("#ledger tbody tr").nth(3).locator("td").nth(3).click(force=True)
    page.wait_for_url(f"**{LEDGER}/{opened}")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


def test_a_row_opens_by_enter(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    opened = shown_ids(page)[0]
    links(page).first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{LEDGER}/{opened}")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


def test_a_middle_click_opens_a_row_in_another_tab(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    opened = shown_ids(page)[2]
    with page.context.expect_page() as other:
        page.locator("#ledger tbody tr").nth(2).locator("td").nth(1).click(
            button="middle", force=True
        )
    expect(other.value.get_by_role("heading", name="Overview")).to_be_visible()
    assert other.value.url.rstrip("/").endswith(f"{LEDGER}/{opened}")
    assert page.url == demo.url + LEDGER + "/" * page.url.endswith("/")


def test_enrollment_days_are_those_of_the_viewers_zone(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA, timezone_id="Pacific/Kiritimati")
    open_ledger(page)
    newest = query(
        demo, f"SELECT enrolled_at FROM {IN_COURSES} ORDER BY enrolled_at DESC, id DESC LIMIT 50"
    )
    kiritimati = zone("Pacific/Kiritimati")
    expect(page.locator("#ledger tbody time")).to_have_text(
        [show_day(day_of(row.enrolled_at, kiritimati)) for row in newest]
    )


@pytest.mark.parametrize("width", [1440, 390])
def test_a_deadline_with_its_date_does_not_make_a_row_higher(
    demo: Server, new_page: NewPage, width: int
) -> None:
    page = new_page(demo, MAYA, viewport={"width": width, "height": 900})
    open_ledger(page, "?tab=active&sort=deadline")
    rows = page.locator("#ledger tbody tr")
    expect(rows).to_have_count(50)
    # A long name takes two lines on a phone: rows are compared with those of as many lines.
    heights = rows.evaluate_all(
        "rows => rows.map(row => [row.querySelector('a').offsetHeight, row.offsetHeight])"
    )
    if width > 400:  # on a phone it has lines of its own, as many as it needs
        assert len({tuple(pair) for pair in heights}) == len({name for name, _ in heights}), heights
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_viewer_in_another_zone_sees_a_deadlines_time_zone(
    demo: Server, new_page: NewPage
) -> None:
    note = "Deadlines end at 23:59 Stockholm time."
    page = new_page(demo, MAYA, timezone_id="Asia/Tokyo")
    open_ledger(page)
    expect(page.get_by_text(note)).to_be_visible()
    page = new_page(demo, MAYA)
    open_ledger(page)
    expect(page.get_by_text(note)).to_have_count(0)
