"""Test pages and addresses: every row once, and the same rows for the same address."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPage
from tests.browser.page_objects.ledger_page import (
    IN_COURSES,
    LEDGER,
    execute,
    heading,
    links,
    open_ledger,
    position,
    query,
    search_box,
    shown_ids,
    tab,
)
from tests.browser.server import Server

MAYA, DANA = 1, 2


def test_pages_go_both_ways_and_show_their_position(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    turn = {
        n: page.get_by_role("button", name=n, exact=True)
        for n in ("First", "Previous", "Next", "Last")
    }
    first = shown_ids(page)
    expect(turn["First"]).to_be_disabled()
    expect(turn["Previous"]).to_be_disabled()
    turn["Next"].click()
    expect(position(page)).to_have_text("51–100 of 1,000 enrollments")
    second = shown_ids(page)
    turn["Next"].click()
    expect(position(page)).to_have_text("101–150 of 1,000 enrollments")
    turn["Previous"].click()
    expect(position(page)).to_have_text("51–100 of 1,000 enrollments")
    assert shown_ids(page) == second
    turn["Last"].click()
    expect(position(page)).to_have_text("951–1,000 of 1,000 enrollments")
    oldest = query(demo, f"SELECT id FROM {IN_COURSES} ORDER BY enrolled_at, id LIMIT 50")
    assert shown_ids(page) == [row.id for row in reversed(oldest)]
    expect(turn["Next"]).to_be_disabled()
    expect(turn["Last"]).to_be_disabled()
    turn["Previous"].click()
    expect(position(page)).to_have_text("901–950 of 1,000 enrollments")
    turn["First"].click()
    expect(position(page)).to_have_text("1–50 of 1,000 enrollments")
    assert shown_ids(page) == first


@pytest.mark.parametrize("start", ["", "?sort=status"])
def test_all_pages_together_show_every_row_once(
    demo: Server, new_page: NewPage, start: str
) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page, start)
    seen: list[int] = []
    for first in range(1, 1000, 50):
        words = f"{first:,}–{first + 49:,} of 1,000 enrollments"
        expect(position(page)).to_have_text(words)
        seen += shown_ids(page)
        if first < 951:
            page.get_by_role("button", name="Next").click()
    every = [row.id for row in query(demo, f"SELECT id FROM {IN_COURSES} ORDER BY id")]
    assert sorted(seen) == every


def test_the_address_shows_the_same_rows_reloaded_and_pasted(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    tab(page, "Active").click()
    page.wait_for_url("**?tab=active")
    search_box(page).fill("northwind")
    page.wait_for_url("**q=northwind")
    heading(page, "Learner").get_by_role("button").click()
    page.wait_for_url("**sort=learner")
    page.get_by_role("button", name="Next").click()
    page.wait_for_url("**at=51")
    shown, where = shown_ids(page), position(page).inner_text()

    page.reload()
    expect(position(page)).to_have_text(where)
    assert shown_ids(page) == shown

    pasted = new_page(demo, DANA)
    pasted.goto(page.url)
    expect(position(pasted)).to_have_text(where)
    assert shown_ids(pasted) == shown
    expect(tab(pasted, "Active")).to_have_attribute("aria-selected", "true")
    expect(search_box(pasted)).to_have_value("northwind")
    expect(heading(pasted, "Learner")).to_have_attribute("aria-sort", "ascending")


def test_back_and_forward_show_the_previous_rows(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    shown = {"All": shown_ids(page)}
    for name in ("Active", "Cancelled"):
        tab(page, name).click()
        expect(tab(page, name)).to_have_attribute("aria-selected", "true")
        page.wait_for_url(f"**?tab={name.lower()}")
        shown[name] = shown_ids(page)
    for step, name in (
        (page.go_back, "Active"),
        (page.go_back, "All"),
        (page.go_forward, "Active"),
        (page.go_forward, "Cancelled"),
    ):
        step()
        expect(tab(page, name)).to_have_attribute("aria-selected", "true")
        assert shown_ids(page) == shown[name]


def test_an_address_pasted_over_the_ledger_is_one_step_back(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    tab(page, "Completed").click()
    expect(page).to_have_url(re.compile(r"\?tab=completed$"))
    steps = page.evaluate("history.length")
    open_ledger(page, "?q=aarav")
    expect(page).to_have_url(re.compile(r"\?q=aarav$"))
    assert page.evaluate("history.length") == steps + 1
    page.go_back()
    expect(page).to_have_url(re.compile(r"\?tab=completed$"))
    expect(tab(page, "Completed")).to_have_attribute("aria-selected", "true")


def test_back_from_an_enrollment_returns_to_the_same_rows(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page, "?tab=completed&sort=course")
    page.get_by_role("button", name="Next").click()
    page.wait_for_url("**at=51")
    shown = shown_ids(page)
    page.locator("#ledger tbody tr").nth(4).click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    page.go_back()
    expect(tab(page, "Completed")).to_have_attribute("aria-selected", "true")
    assert shown_ids(page) == shown


@pytest.mark.parametrize(
    "nonsense",
    [
        "?tab=deleted&sort=salary&page=9&after=~~&at=-1",
        "?tab[]=active&q[]=1&sort=-",
        "?after=1e99~7&before=%00~%00&at=%F0%9F%92%A5",
        "?tab=%00&sort=%00",
        "?after=99999999999999999999~1",
        "?%%%&&&===",
    ],
)
def test_invalid_parameters_in_the_address_are_ignored(
    demo: Server, new_page: NewPage, nonsense: str
) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page, nonsense)
    expect(tab(page, "All")).to_have_attribute("aria-selected", "true")
    expect(heading(page, "Enrolled")).to_have_attribute("aria-sort", "descending")
    expect(position(page)).to_have_text("1–50 of 1,000 enrollments")


def test_the_sidebar_links_to_the_plain_ledger(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    tab(page, "Active").click()
    page.wait_for_url("**?tab=active")
    sidebar = page.get_by_role("navigation", name="Admin Portal")
    sidebar.get_by_role("link", name="Enrollments").click()
    expect(tab(page, "All")).to_have_attribute("aria-selected", "true")
    expect(position(page)).to_have_text("1–50 of 1,000 enrollments")


def test_added_and_removed_rows_are_neither_repeated_nor_skipped(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page, "?tab=active")
    first = shown_ids(page)
    sql = f"SELECT id FROM {IN_COURSES} WHERE status = 0 ORDER BY enrolled_at DESC, id DESC"
    before = [row.id for row in query(demo, sql)]
    execute(
        demo,
        "UPDATE enrollment SET status = 1, completed_at = last_visit_at, version = version + 1"
        " WHERE id = :id",
        id=first[10],
    )
    page.get_by_role("button", name="Next").click()
    expect(links(page).first).to_have_attribute(
        "href", re.compile(f"{LEDGER}/{before[50]}\\?tab=active&")
    )
    assert shown_ids(page) == before[50:100]
