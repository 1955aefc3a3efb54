"""Test the search: any part of a name or an email, in any script, while typing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from enrollment_portal.domain.ledger.messages import ENROLLMENTS
from enrollment_portal.domain.shared.wording import page_of
from enrollment_portal.storage.shared.database import Database
from tests.browser.conftest import NewPage, Serve, checkpoint
from tests.browser.page_objects.ledger_page import (
    LEDGER,
    links,
    open_ledger,
    position,
    search_box,
    tab,
)
from tests.browser.server import Server
from tests.builders import make_account, make_course, make_enrollment, make_learner

NAMES = {
    "İbrahim Şahin": "ibrahim.sahin@north.example",
    "Jörg Großmann": "jg@north.example",
    "Élodie Dupré": "elodie@north.example",
    "Олена Кравчук": "olena@north.example",
    "李小龍": "li@north.example",
    "Siobhán O'Brien": "siobhan@north.example",
    "100% Real": "percent@north.example",
    "Under_Score": "under@north.example",
    'Ann "Quoted" Bell': "quoted@north.example",
    "Anna Lindqvist": "anna.lindqvist@north.example",
    "Annabel Marsh": "annabel@north.example",
    "Mariana Costa": "mc@north.example",
}


@pytest.fixture(scope="module")
def portal(serve: Serve, empty_database: Database) -> Server:
    """A portal with one enrollment for each of the names, and 20 of noise."""
    make_account(empty_database, name="Maya Lindqvist")
    course = make_course(empty_database, "Rope Access")
    for number, (name, email) in enumerate(NAMES.items()):
        learner = make_learner(empty_database, name, email)
        make_enrollment(empty_database, learner, course, status=number % 3)
    for _ in range(20):
        make_enrollment(empty_database, course_id=course)
    return serve(checkpoint(empty_database), PORTAL_DEMO="off")


def expect_found(page: Page, *wanted: str) -> None:
    """Wait until exactly these learners are on the page, newest first."""
    order = [name for name in reversed(NAMES) if name in wanted]
    expect(links(page)).to_have_text(order)
    expect(position(page)).to_have_text(page_of(ENROLLMENTS, 1, len(order), len(order)))


def test_a_search_finds_exactly_the_matching_people(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal, 1)
    open_ledger(page)
    for typed, *found in (
        ("ibrahim", "İbrahim Şahin"),
        ("JORG", "Jörg Großmann"),
        ("IBRAHİM şahin", "İbrahim Şahin"),
        ("grossmann", "Jörg Großmann"),
        ("dupre elo", "Élodie Dupré"),
        ("кравч", "Олена Кравчук"),
        ("小龍", "李小龍"),
        ("o'brien", "Siobhán O'Brien"),
        ("00%", "100% Real"),
        ("r_s", "Under_Score"),
        ('"quoted"', 'Ann "Quoted" Bell'),
        ("lindqvist ann", "Anna Lindqvist"),
        ("an", 'Ann "Quoted" Bell', "Anna Lindqvist", "Annabel Marsh"),
        ("elodie@north", "Élodie Dupré"),
    ):
        search_box(page).fill(typed)
        expect_found(page, *found)


def test_wildcards_are_literal_and_short_words_are_prefixes(
    portal: Server, new_page: NewPage
) -> None:
    page = new_page(portal, 1)
    open_ledger(page)
    for typed in ("0%", "_s", "%%%", "___", "'; --"):
        search_box(page).fill("anna")
        expect_found(page, "Anna Lindqvist", "Annabel Marsh")
        search_box(page).fill(typed)
        expect(page.get_by_role("heading", name="No enrollments match")).to_be_visible()
    search_box(page).fill("be")
    expect_found(page, 'Ann "Quoted" Bell')


def test_tabs_count_the_results_of_the_search(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal, 1)
    open_ledger(page)
    search_box(page).fill("north.example")
    expect(tab(page, "All")).to_have_text("All12")
    for name in ("Active", "Completed", "Cancelled"):
        expect(tab(page, name)).to_have_text(f"{name}4")
    tab(page, "Completed").click()
    expect(position(page)).to_have_text("1–4 of 4 enrollments")
    expect(search_box(page)).to_have_value("north.example")


def test_the_last_keystroke_decides_the_results(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal, 1)
    open_ledger(page)
    box = search_box(page)
    box.press_sequentially("annabel", delay=40)
    box.press("ControlOrMeta+a")
    box.press_sequentially("mariana", delay=140)
    box.press("ControlOrMeta+a")
    box.press_sequentially("siob", delay=15)
    expect_found(page, "Siobhán O'Brien")
    page.wait_for_url("**q=siob")
    # No earlier answer arrives late: another event is answered after all of them.
    tab(page, "All").click()
    expect_found(page, "Siobhán O'Brien")
    expect(box).to_have_value("siob")


def test_without_a_match_clearing_is_offered(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal, 1)
    open_ledger(page)
    search_box(page).fill("zzz <b>nobody</b>")
    expect(page.get_by_role("heading", name="No enrollments match")).to_be_visible()
    expect(page.locator("#ledger")).to_contain_text("zzz <b>nobody</b>")
    expect(tab(page, "All")).to_have_text("All0")
    page.get_by_role("button", name="Clear search").click()
    expect(position(page)).to_have_text("1–32 of 32 enrollments")
    expect(search_box(page)).to_have_value("")
    expect(page).not_to_have_url(re.compile("q="))


def test_emptying_the_field_shows_everything_again(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal, 1)
    open_ledger(page, "?q=anna")
    expect(position(page)).to_have_text("1–2 of 2 enrollments")
    search_box(page).fill("")
    expect(position(page)).to_have_text("1–32 of 32 enrollments")


def test_a_search_is_one_step_back(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal, 1)
    open_ledger(page)
    search_box(page).press_sequentially("annabel", delay=140)
    expect_found(page, "Annabel Marsh")
    page.wait_for_url("**?q=annabel")
    page.go_back()
    expect(position(page)).to_have_text("1–32 of 32 enrollments")
    expect(search_box(page)).to_have_value("")
    page.go_forward()
    expect_found(page, "Annabel Marsh")
    expect(search_box(page)).to_have_value("annabel")


def test_text_typed_before_the_page_is_ready_is_searched(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal, 1)
    held: list[Route] = []
    scripts = re.compile(r"/assets/.*\.js$")
    page.route(scripts, lambda route: held.append(route))
    page.goto(LEDGER, wait_until="commit")
    search_box(page).press_sequentially("dupre")
    assert held, "the page is not alive yet"
    page.route(scripts, lambda route: route.continue_())
    for route in held:
        route.continue_()
    expect_found(page, "Élodie Dupré")
    expect(search_box(page)).to_have_value("dupre")
    expect(search_box(page)).to_be_focused()


def test_the_search_finds_courses_too_and_says_what_matched(
    portal: Server, new_page: NewPage
) -> None:
    database = portal.database
    fire, art = (make_course(database, title) for title in ("Fire Safety", "Art"))
    for name, course in (("Safet Yılmaz", art), ("Ana Berg", fire), ("Bo Art", art)):
        make_enrollment(database, make_learner(database, name), course)
    page = new_page(portal, 1)
    open_ledger(page)
    box = page.get_by_role("searchbox", name="Search learner or course", exact=True)
    expect(box).to_have_attribute("placeholder", "Search learner or course")
    box.fill("safet")
    expect(tab(page, "All")).to_have_text("All2")
    expect(page).to_have_url(re.compile(r"\?q=safet$"))
    found = (("Ana Berg", "course"), ("Safet Yılmaz", "learner"))
    for name, part in found:
        link = page.get_by_role("link", name=name)
        expect(link).to_have_accessible_description(f"Search matches the {part}")
    ranges = "[...CSS.highlights.get('search-match')].map((range) => range.toString()).sort()"
    assert page.evaluate(ranges) == ["Safet", "Safet"]
    box.fill("art")
    expect(page.get_by_role("link", name="Bo Art")).to_have_accessible_description(
        "Search matches the learner and the course"
    )
    box.fill("")
    expect(tab(page, "All")).to_have_text(f"All{len(NAMES) + 20 + 3}")
    expect(page.locator("a.row-link[aria-description]")).to_have_count(0)
