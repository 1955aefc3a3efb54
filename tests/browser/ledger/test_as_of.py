"""Test the ledger on a past day: chosen, marked, read-only, with its own address."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from enrollment_portal.domain.shared.calendar import (
    day_of,
    day_start,
    day_to_date,
    now_ms,
    show_day,
    zone,
)
from tests.browser.conftest import NewPage
from tests.browser.page_objects.enrollment_page import field, open_manage, save
from tests.browser.page_objects.ledger_page import (
    IN_COURSES,
    LEDGER,
    heading,
    open_ledger,
    position,
    query,
    search_box,
    shown_ids,
    tab,
)
from tests.browser.page_objects.page_tabs import page_tab
from tests.browser.server import Server

MAYA, DANA = 1, 2
ZONE = zone("Europe/Stockholm")
DAY = day_of(now_ms(), ZONE) - 120
ON = day_to_date(DAY).isoformat()
WORDS = show_day(DAY)
END = day_start(DAY + 1, ZONE) - 1
HELD = (
    f"FROM enrollment_span s JOIN {IN_COURSES} ON e.id = s.enrollment_id"
    " WHERE s.from_at <= :end AND s.until_at > :end"
)


def day_field(page: Page) -> Locator:
    return page.get_by_label("As of")


def banner(page: Page) -> Locator:
    return page.get_by_role("status", name="Day")


def expect_past(page: Page) -> None:
    expect(banner(page)).to_contain_text(
        f"The ledger as of {WORDS}: who was enrolled by the end of that day"
    )
    expect(day_field(page)).to_have_value(ON)


def expect_now(page: Page) -> None:
    expect(banner(page)).to_have_text("")
    expect(day_field(page)).to_have_value("")


def newest(portal: Server) -> list[int]:
    found = query(
        portal,
        f"SELECT e.id {HELD} ORDER BY e.enrolled_at DESC, e.id DESC LIMIT 50",
        end=END,
    )
    return [row.id for row in found]


def total(portal: Server, statuses: str = "0, 1, 2") -> str:
    sql = f"SELECT count(*) AS n {HELD} AND s.status IN ({statuses})"
    return f"{query(portal, sql, end=END)[0].n:,}"


def test_a_past_day_is_chosen_marked_and_left(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    expect_now(page)
    expect(page.get_by_role("link", name="Enroll learners")).to_be_visible()
    yesterday = day_to_date(day_of(now_ms(), ZONE) - 1).isoformat()
    expect(day_field(page)).to_have_attribute("max", yesterday)
    expect(day_field(page)).to_have_attribute("min", re.compile(r"^20\d\d-\d\d-\d\d$"))
    now = shown_ids(page)
    day_field(page).fill(ON)
    expect_past(page)
    expect(page).to_have_url(re.compile(rf"\?on={ON}$"))
    assert shown_ids(page) == newest(demo)
    assert shown_ids(page) != now
    expect(tab(page, "All")).to_have_text(f"All{total(demo)}")
    expect(tab(page, "Completed")).to_have_text(f"Completed{total(demo, '1')}")
    expect(page.get_by_text(f"As of {WORDS}", exact=True)).to_be_visible()
    expect(page.get_by_role("table", name=f"Enrollments as of {WORDS}")).to_be_visible()
    expect(page.get_by_role("link", name="Enroll learners")).to_have_count(0)
    expect(page.get_by_role("button", name="extension request")).to_have_count(0)
    page.get_by_role("button", name="Back to today").click()
    expect_now(page)
    expect(page).to_have_url(re.compile(rf"{LEDGER}$"))
    assert shown_ids(page) == now
    expect(page.get_by_role("link", name="Enroll learners")).to_be_visible()


def test_tabs_search_sort_and_pages_stay_on_the_day(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, DANA)
    open_ledger(page, f"?on={ON}")
    expect_past(page)
    tab(page, "Completed").click()
    expect(page).to_have_url(re.compile(rf"on={ON}&tab=completed"))
    heading(page, "Deadline").get_by_role("button").click()
    expect(heading(page, "Deadline")).to_have_attribute("aria-sort", "ascending")
    expect(position(page)).to_have_text(f"1–50 of {total(demo, '1')} enrollments")
    page.get_by_role("button", name="Next").click()
    expect(position(page)).to_have_text(f"51–100 of {total(demo, '1')} enrollments")
    expect(page.locator("#ledger tbody tr").first).to_contain_text("Completed")
    expect_past(page)
    search_box(page).fill("an")
    expect(page).to_have_url(re.compile(rf"on={ON}&tab=completed&q=an"))
    expect_past(page)


def test_back_forward_reload_and_a_pasted_address(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    day_field(page).fill(ON)
    expect_past(page)
    page.go_back()
    expect_now(page)
    page.go_forward()
    expect_past(page)
    page.reload()
    expect_past(page)
    other = new_page(demo, DANA)
    other.goto(f"{LEDGER}?on={ON}")
    expect_past(other)
    assert shown_ids(other) == newest(demo)


@pytest.mark.parametrize(
    "nonsense", ["2026-02-30", "yesterday", "2999-01-01", "%27%3B--", "1969-12-31"]
)
def test_an_invalid_past_day_is_now(demo: Server, new_page: NewPage, nonsense: str) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page, f"?on={nonsense}")
    expect_now(page)
    expect(tab(page, "All")).to_have_text("All1,000")


def test_a_day_before_the_first_enrollment_has_a_message(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page, "?on=2001-05-09")
    expect(
        page.get_by_role("heading", name="Nobody was enrolled yet on 9 May 2001")
    ).to_be_visible()
    expect(tab(page, "All")).to_have_text("All0")


def test_a_row_opens_the_enrollment_and_back_returns_to_the_day(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page, f"?on={ON}")
    expect_past(page)
    page.locator("#ledger tbody a.row-link").first.click()
    expect(page).to_have_url(re.compile(rf"{LEDGER}/\d+\?on={ON}$"))
    expect(page_tab(page, "Overview")).to_be_visible()
    expect(page.get_by_role("note")).to_have_text(
        re.compile(
            r"^You are looking at today’s record\. On \d+ \w+ \d{4} it was: (Active|Comp|Canc)"
        )
    )
    page.go_back()
    expect_past(page)


def test_on_a_phone_it_fits_and_is_marked(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA, viewport={"width": 390, "height": 844})
    open_ledger(page, f"?on={ON}")
    expect_past(page)
    expect(page.get_by_role("button", name="Back to today")).to_be_in_viewport()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390


def test_later_saves_change_no_row_of_the_past(demo: Server, new_page: NewPage) -> None:
    page, other, now = new_page(demo, MAYA), new_page(demo, DANA), new_page(demo, MAYA)
    open_ledger(page)
    day_field(page).fill(ON)
    expect_past(page)
    rows = page.locator("#ledger tbody tr")
    active = rows.filter(has_text="Active").first
    id_ = (
        (active.locator("a.row-link").get_attribute("href") or "")
        .partition("?")[0]
        .rpartition("/")[2]
    )
    before = rows.all_inner_texts()
    learner = active.locator("a.row-link").inner_text()
    open_ledger(now, "?" + urlencode({"q": learner}))
    open_manage(other, int(id_))
    wanted = day_to_date(DAY) + timedelta(days=500)
    field(other, "Deadline").fill(wanted.isoformat())
    save(other)
    # The current ledger has received it.
    told = now.locator("#ledger tbody tr").filter(has=now.locator(f"a[href*='/{id_}?']"))
    expect(told).to_contain_text(f"{wanted:%b} {wanted.year}")
    assert rows.all_inner_texts() == before
    expect_past(page)


def test_instructors_and_leads_have_their_own_past_ledger(demo: Server, new_page: NewPage) -> None:
    for role, scope in (
        (
            "instructor",
            "e.course_id IN (SELECT course_id FROM course_teacher WHERE account_id = :who)",
        ),
        (
            "group_lead",
            "e.learner_id IN (SELECT learner_id FROM learner_lead WHERE account_id = :who)",
        ),
    ):
        who = query(demo, f"SELECT min(id) AS id FROM account WHERE role = '{role}'")[0].id
        n = query(demo, f"SELECT count(*) AS n {HELD} AND {scope}", end=END, who=who)[0].n
        page = new_page(demo, who)
        open_ledger(page, f"?on={ON}")
        expect_past(page)
        expect(tab(page, "All")).to_have_text(f"All{n:,}")
        expect(day_field(page)).to_have_attribute("min", "")
