"""Test that the export has the rows shown, for now and for a past day."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

from enrollment_portal.domain.shared.calendar import day_of, day_to_date, now_ms, zone
from tests.browser.conftest import NewPage
from tests.browser.page_objects.ledger_page import (
    LEDGER,
    execute,
    heading,
    open_ledger,
    position,
    query,
    search_box,
    shown_ids,
    tab,
)
from tests.browser.server import Server
from tests.excel import rows_of

MAYA, INGRID, KWAME = 1, 4, 5
ON = day_to_date(day_of(now_ms(), zone("Europe/Stockholm")) - 120)
NONE = "nobody is called this"


def export_link(page: Page) -> Locator:
    return page.get_by_role("link", name=re.compile(r"^Export [\d,]+ rows?( as of .*)?$"))


def export(page: Page) -> tuple[str, list[dict[str, str]]]:
    """Press Export for all columns, and return the file's name and its rows."""
    page.get_by_label("Format of exported files").select_option("comma-all")
    with page.expect_download() as download:
        export_link(page).click()
    path = Path(download.value.path())
    with path.open(encoding="utf-8-sig", newline="") as file:
        return download.value.suggested_filename, list(csv.DictReader(file, strict=True))


def ids(rows: list[dict[str, str]]) -> list[int]:
    return [int(row["Enrollment id"]) for row in rows]


def all_shown(page: Page) -> list[int]:
    """Read all pages and return the enrollments in their order."""
    shown = shown_ids(page)
    following = page.get_by_role("button", name="Next")
    while following.is_enabled():
        before = position(page).inner_text()
        following.click()
        expect(position(page)).not_to_have_text(before)
        shown += shown_ids(page)
    return shown


def test_the_file_has_the_tab_search_and_order(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page)
    tab(page, "Completed").click()
    heading(page, "Course").get_by_role("button").click()
    search_box(page).fill("a")
    expect(page).to_have_url(re.compile(r"\?tab=completed&q=a&sort=course$"))
    n = tab(page, "Completed").inner_text().split("\n")[-1]
    expect(export_link(page)).to_have_attribute("title", f"Export {n} rows")
    name, rows = export(page)
    assert re.fullmatch(r"enrollments-\d{4}-\d\d-\d\d-\d{4}\.csv", name)
    assert len(rows) > 50
    assert {row["Status"] for row in rows} == {"Completed"}
    assert re.fullmatch(r"[\d-]{10} \d\d:\d\d", rows[0]["Enrolled (Europe/Stockholm)"])
    # It was not left, and the file starts at the first page whichever is open.
    assert ids(rows) == all_shown(page)
    assert ids(export(page)[1]) == ids(rows)


def test_the_file_has_the_past_day(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page, f"?on={ON.isoformat()}&tab=active&sort=deadline")
    expect(page.get_by_role("status", name="Day")).to_contain_text("Read-only.")
    words = f"{ON.day} {ON:%b %Y}"
    expect(export_link(page)).to_have_attribute("title", re.compile(rf" rows as of {words}$"))
    name, rows = export(page)
    assert name == f"enrollments-{ON.isoformat()}.csv"
    assert ids(rows) == all_shown(page)
    assert {row[f"Status on {ON.isoformat()}"] for row in rows} == {"Active"}
    enrolled = [row["Enrolled (Europe/Stockholm)"][:10] for row in rows]
    assert max(map(date.fromisoformat, enrolled)) <= ON


def test_the_format_is_remembered(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page, "?tab=cancelled")
    chosen = page.get_by_label("Format of exported files")
    expect(chosen).to_have_value("comma")
    chosen.select_option("Excel (.xlsx); all columns")
    page.reload()
    expect(chosen).to_have_value("excel-all")
    with page.expect_download() as download:
        export_link(page).click()
    assert download.value.suggested_filename.endswith(".xlsx")
    [_, *rows] = rows_of(Path(download.value.path()).read_bytes())
    assert [row[-1] for row in rows] == all_shown(page)


def test_a_course_has_its_own_file(demo: Server, new_page: NewPage) -> None:
    sql = "SELECT c.id, c.title FROM course c JOIN enrollment e ON e.course_id = c.id LIMIT 1"
    course = query(demo, sql)[0]
    page = new_page(demo, MAYA)
    page.goto(f"/admin/learning/courses/{course.id}")
    expect(tab(page, "All")).to_have_text(re.compile(r"^All[\d,]+$"))
    name, rows = export(page)
    assert name.startswith("enrollments-")
    assert {row["Course"] for row in rows} == {course.title}
    assert ids(rows) == all_shown(page)


def test_other_roles_export_the_rows_they_see(demo: Server, new_page: NewPage) -> None:
    for account in (INGRID, KWAME):
        page = new_page(demo, account)
        open_ledger(page)
        _, rows = export(page)
        assert f"{len(rows):,}" == tab(page, "All").inner_text().split("\n")[-1]
        assert ids(rows) == all_shown(page)


def test_without_rows_there_is_no_export_button(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    open_ledger(page, f"?q={NONE}")
    expect(page.get_by_role("heading", name="No enrollments match")).to_be_visible()
    expect(export_link(page)).to_have_count(0)
    page.get_by_role("button", name="Clear search").click()
    expect(export_link(page)).to_be_visible()


def test_the_export_is_usable_by_keyboard_on_a_phone(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA, viewport={"width": 390, "height": 844})
    open_ledger(page)
    box = export_link(page).bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 24
    export_link(page).focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".csv")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_after_signing_out_there_is_no_file(demo: Server, new_page: NewPage) -> None:
    # A plain answer has no icon, which the browser looks for elsewhere.
    page = new_page(demo, MAYA, allow=("401", "404"))
    open_ledger(page)
    address = urlsplit(str(export_link(page).get_attribute("href")))
    assert (address.path, parse_qs(address.query)) == ("/api/enrollments/export", {})
    execute(demo, f"DELETE FROM sign_in_session WHERE account_id = {MAYA}")
    answer = page.goto(address.path)
    assert answer
    assert answer.status == 401
    expect(page.locator("body")).to_have_text("Your session has ended. Sign in again.")
    page.goto(LEDGER)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
