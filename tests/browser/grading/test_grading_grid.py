"""Test the grading grid: spreadsheet keys, no lost text, no unseen overwriting."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.services.enrollment.enrollments import read_enrollment, save_enrollment
from enrollment_portal.storage.shared.database import Database
from tests.browser.conftest import NewPage, Serve, checkpoint
from tests.browser.page_objects.grading_page import (
    NAMES,
    active,
    cell,
    editor,
    grid,
    make_class,
    make_instructor,
    open_grid,
    paste,
    said,
    stored,
)
from tests.browser.server import Server
from tests.builders import make_account, make_organization

AARAV, BERIT, CHLOE, DMITRI, ELIF = NAMES
MAYA = Actor(1, "Maya Lindqvist", "maya@northwind.example", Role.SUPER_ADMIN)


@pytest.fixture(scope="module")
def portal(serve: Serve, empty_database: Database) -> Server:
    """A portal where Maya is the Super Admin; each test adds its own course."""
    make_organization(empty_database)
    make_account(empty_database, name=MAYA.name)
    return serve(checkpoint(empty_database), PORTAL_DEMO="off")


@pytest.fixture
def course(portal: Server) -> tuple[int, list[int]]:
    """A course and its five enrollments, in the order of the rows."""
    return make_class(portal.database)


@pytest.fixture
def page(portal: Server, new_page: NewPage, course: tuple[int, list[int]]) -> Page:
    """An instructor's browser on the grid of that course."""
    page = new_page(portal, make_instructor(portal.database, course[0]))
    open_grid(page, course[0])
    return page


def someone_saves(portal: Server, enrollment: int, **typed: str) -> None:
    """Save as Maya, in a browser elsewhere."""
    version = read_enrollment(portal.database, MAYA, enrollment).facts.version
    save_enrollment(portal.database, MAYA, enrollment, version=version, typed=typed)


def test_typing_down_a_column_saves_each_grade(
    portal: Server, page: Page, course: tuple[int, list[int]]
) -> None:
    cell(page, "Grade", AARAV).click()
    page.keyboard.type("85")
    page.keyboard.press("Enter")
    assert active(page) == f"Grade of {BERIT}: empty"
    page.keyboard.type("92,5 %")
    page.keyboard.press("Enter")
    page.keyboard.press("F2")
    page.keyboard.type("70")
    page.keyboard.press("Enter")
    for name, shown in ((AARAV, "85%"), (BERIT, "92.5%"), (CHLOE, "70%")):
        expect(cell(page, "Grade", name)).to_contain_text(shown)
    said(page, f"Grade of {CHLOE} saved.")
    expect(grid(page).get_by_text("Saved")).to_have_count(0)
    assert [stored(portal, id_)[0] for id_ in course[1]] == ["85%", "92.5%", "70%", None, None]
    assert active(page) == f"Grade of {DMITRI}: empty"


def test_the_grid_is_one_tab_stop_with_arrow_keys_inside(page: Page) -> None:
    cell(page, "Grade", BERIT).click()
    for key, expected in (
        ("ArrowDown", f"Grade of {CHLOE}: empty"),
        ("ArrowRight", f"Instructor Feedback of {CHLOE}: empty"),
        ("ArrowUp", f"Instructor Feedback of {BERIT}: empty"),
        ("End", f"Internal Note of {BERIT}: empty"),
        ("ArrowRight", f"Internal Note of {BERIT}: empty"),
        ("Control+ArrowDown", f"Internal Note of {ELIF}: empty"),
        ("ArrowDown", f"Internal Note of {ELIF}: empty"),
        ("ArrowLeft", f"Instructor Feedback of {ELIF}: empty"),
        ("Control+ArrowUp", f"Instructor Feedback of {AARAV}: empty"),
    ):
        page.keyboard.press(key)
        assert active(page) == expected, key
    assert grid(page).locator("[tabindex='0']").count() == 1
    page.keyboard.press("Home")
    assert page.evaluate("document.activeElement.textContent") == AARAV
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('[role=grid]')") is None


def test_tab_commits_and_moves_right_shift_tab_left(
    portal: Server, page: Page, course: tuple[int, list[int]]
) -> None:
    cell(page, "Grade", AARAV).click()
    page.keyboard.type("85")
    page.keyboard.press("Tab")
    page.keyboard.type("Well done.")
    page.keyboard.press("Enter")
    page.keyboard.type("Next: knots.")
    page.keyboard.press("Tab")
    page.keyboard.type("Ready for more.")
    page.keyboard.press("Shift+Tab")
    assert active(page).startswith(f"Instructor Feedback of {AARAV}")
    said(page, f"Internal Note of {AARAV} saved.")
    expect(cell(page, "Internal Note", AARAV)).not_to_contain_text("Saved")
    assert stored(portal, course[1][0]) == (
        "85%",
        "Well done.\nNext: knots.",
        "Ready for more.",
        4,
    )


def test_control_enter_commits_a_long_text_and_it_grows_while_typed(
    portal: Server, page: Page, course: tuple[int, list[int]]
) -> None:
    cell(page, "Instructor Feedback", AARAV).dblclick()
    field = editor(page, "Instructor Feedback", AARAV)
    before = field.bounding_box()
    page.keyboard.insert_text("Line\n" * 8)
    after = field.bounding_box()
    assert before
    assert after
    assert after["height"] > before["height"] + 80
    page.keyboard.press("Control+Enter")
    assert active(page) == f"Instructor Feedback of {BERIT}: empty"
    said(page, "saved.")
    assert stored(portal, course[1][0])[1].count("Line") == 8


def test_escape_restores_the_previous_value(
    portal: Server, page: Page, course: tuple[int, list[int]]
) -> None:
    cell(page, "Grade", AARAV).click()
    page.keyboard.type("85")
    page.keyboard.press("Escape")
    assert active(page) == f"Grade of {AARAV}: empty"
    expect(cell(page, "Grade", AARAV)).to_have_text("")
    assert stored(portal, course[1][0]) == (None, "", "", 1)


def test_delete_clears_a_cell_and_control_z_undoes_the_last_change(
    portal: Server, page: Page, course: tuple[int, list[int]]
) -> None:
    cell(page, "Grade", AARAV).click()
    page.keyboard.type("85")
    page.keyboard.press("Enter")
    page.keyboard.type("70")
    page.keyboard.press("Control+z")  # the browser's own: what is typed, and not the 85
    page.keyboard.press("Escape")
    said(page, f"Grade of {AARAV} saved.")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Delete")
    page.keyboard.press("Control+z")  # at once: it is saved first
    said(page, f"Grade of {AARAV} undone: 85%.")
    expect(cell(page, "Grade", AARAV)).to_contain_text("85%")
    assert stored(portal, course[1][0])[::3] == ("85%", 4)
    page.keyboard.type("85")  # what is stored already: nothing to undo later
    page.keyboard.press("Enter")
    said(page, f"Grade of {AARAV} saved.")
    someone_saves(portal, course[1][0], grade="60")
    page.keyboard.press("Control+z")
    said(page, f"Grade of {AARAV} not undone.")
    expect(cell(page, "Grade", AARAV)).to_contain_text("Maya Lindqvist")
    assert active(page).startswith(f"Grade of {AARAV}")
    assert stored(portal, course[1][0])[0] == "60%"
    page.keyboard.press("Control+z")
    said(page, "Nothing to undo here.")


def test_on_a_phone_grades_are_reached_without_scrolling_sideways(
    portal: Server, page: Page, course: tuple[int, list[int]]
) -> None:
    someone_saves(portal, course[1][0], deadline="2051-11-29")
    row = page.get_by_role("row").filter(has_text=AARAV)
    expect(row.get_by_role("gridcell").nth(1)).to_contain_text("Deadline: 29 Nov 2051")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(cell(page, "Grade", AARAV)).to_be_in_viewport(ratio=1)
    deadline = row.get_by_role("rowheader").get_by_text("Deadline: 29 Nov 2051")
    expect(deadline).to_be_visible()
    assert deadline.evaluate("line => line.scrollWidth <= line.clientWidth")
    cell(page, "Grade", AARAV).click()
    for key in ("ArrowLeft", "ArrowRight"):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.getBoundingClientRect().width") > 0
    assert active(page) == f"Grade of {AARAV}: empty"


def test_clicking_elsewhere_commits(
    portal: Server, page: Page, course: tuple[int, list[int]]
) -> None:
    cell(page, "Grade", AARAV).click()
    page.keyboard.type("85")
    cell(page, "Instructor Feedback", CHLOE).click()
    expect(cell(page, "Grade", AARAV)).to_contain_text("85%")
    assert active(page) == f"Instructor Feedback of {CHLOE}: empty"
    assert stored(portal, course[1][0])[0] == "85%"


def test_a_refusal_keeps_the_text_and_shows_the_reason(
    portal: Server, page: Page, course: tuple[int, list[int]]
) -> None:
    cell(page, "Grade", AARAV).click()
    page.keyboard.type("A+")
    page.keyboard.press("Enter")
    refused = cell(page, "Grade", AARAV)
    expect(refused).to_have_attribute("aria-invalid", "true")
    expect(refused).to_contain_text("A+This course is graded in percent, 0 to 100.")
    expect(refused).to_have_accessible_description("This course is graded in percent, 0 to 100.")
    said(page, f"Grade of {AARAV} not saved. This course is graded in percent, 0 to 100.")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(editor(page, "Grade", AARAV)).to_have_value("A+")
    expect(editor(page, "Grade", AARAV)).to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Control+a")
    page.keyboard.type("95")
    page.keyboard.press("Enter")
    expect(refused).to_contain_text("95%")
    expect(refused).to_have_attribute("aria-invalid", "false")
    assert stored(portal, course[1][0])[0] == "95%"


def test_escape_discards_a_refused_text(page: Page) -> None:
    cell(page, "Grade", AARAV).click()
    page.keyboard.type("A+")
    page.keyboard.press("Enter")
    expect(cell(page, "Grade", AARAV)).to_have_attribute("aria-invalid", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    expect(cell(page, "Grade", AARAV)).to_have_text("")
    expect(cell(page, "Grade", AARAV)).to_have_attribute("aria-invalid", "false")


def test_leaving_with_a_refused_text_is_asked_about(page: Page) -> None:
    cell(page, "Grade", AARAV).click()
    page.keyboard.type("A+")
    page.keyboard.press("Enter")
    expect(cell(page, "Grade", AARAV)).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Breadcrumb").get_by_role("link", name="My courses").click()
    dialog = page.get_by_role("dialog", name="Unsaved grades")
    dialog.get_by_role("button", name="Keep editing").click()
    expect(cell(page, "Grade", AARAV)).to_contain_text("A+")
    page.get_by_label("Breadcrumb").get_by_role("link", name="My courses").click()
    dialog.get_by_role("button", name="Leave without saving").click()
    expect(page.get_by_role("heading", level=1, name="My courses")).to_be_visible()


def test_text_being_typed_is_saved_before_going_back(
    portal: Server, new_page: NewPage, course: tuple[int, list[int]]
) -> None:
    page = new_page(portal, make_instructor(portal.database, course[0]))
    page.goto("/teach")
    page.get_by_role("link", name="Rope Access", exact=True).click()
    cell(page, "Instructor Feedback", AARAV).dblclick()
    page.keyboard.type("Well done.")
    page.go_back()
    expect(page.get_by_role("heading", level=1, name="My courses")).to_be_visible()
    assert stored(portal, course[1][0])[1] == "Well done."


def test_text_typed_in_a_row_that_disappears_is_saved(
    portal: Server, page: Page, course: tuple[int, list[int]]
) -> None:
    someone_saves(portal, course[1][1], status="completed")
    open_grid(page, course[0], "completed")
    page.get_by_role("tab", name="All").click()
    expect(grid(page).get_by_role("row")).to_have_count(6)
    cell(page, "Instructor Feedback", AARAV).dblclick()
    page.keyboard.type("Well done.")
    page.go_back()
    expect(grid(page).get_by_role("row")).to_have_count(2)
    page.get_by_role("tab", name="All").click()
    expect(cell(page, "Instructor Feedback", AARAV)).to_contain_text("Well done.")
    assert stored(portal, course[1][0])[1] == "Well done."


def test_leaving_with_an_unanswered_save_is_asked_about(
    portal: Server, new_page: NewPage, course: tuple[int, list[int]]
) -> None:
    page = new_page(
        portal,
        make_instructor(portal.database, course[0]),
        allow=("WebSocket", "ERR_", "websocket"),
    )
    open_grid(page, course[0])
    cell(page, "Grade", AARAV).click()
    portal.kill()
    page.keyboard.type("85")
    page.keyboard.press("Tab")
    page.keyboard.type("Well done.")
    page.get_by_label("Breadcrumb").get_by_role("link", name="My courses").click()
    dialog = page.get_by_role("dialog", name="Unsaved grades")
    dialog.get_by_role("button", name="Keep editing").click()
    portal.start()
    expect(cell(page, "Grade", AARAV)).to_contain_text("85%", timeout=30_000)
    said(page, f"Instructor Feedback of {AARAV} saved.")
    assert stored(portal, course[1][0]) == ("85%", "Well done.", "", 3)


def test_a_cell_saved_by_someone_else_is_a_conflict_to_resolve(
    portal: Server, new_page: NewPage, page: Page, course: tuple[int, list[int]]
) -> None:
    second = new_page(portal, MAYA.account_id)
    open_grid(second, course[0])
    cell(page, "Grade", AARAV).click()
    for name, grade, other in ((AARAV, "90", "60"), (BERIT, "91", "61")):
        page.keyboard.type(grade)
        expect(editor(page, "Grade", name)).to_have_value(grade)
        cell(second, "Grade", name).click()
        second.keyboard.type(other)
        second.keyboard.press("Enter")
        expect(cell(page, "Grade", name)).to_contain_text("changed this just now. Before: empty")
        page.keyboard.press("Enter")
    someone_saves(portal, course[1][0], feedback="Theirs.")
    mine, theirs = cell(page, "Grade", AARAV), cell(page, "Grade", BERIT)
    expect(mine).to_contain_text(
        "90Changed meanwhile by Maya Lindqvist, just now. Before: empty. Theirs: 60%"
    )
    expect(theirs).to_contain_text("Theirs: 61%")
    assert [stored(portal, id_)[0] for id_ in course[1][:2]] == ["60%", "61%"]
    mine.get_by_role("button", name="Keep mine").click()
    theirs.get_by_role("button", name="Keep theirs").click()
    expect(mine).to_contain_text("90%")
    expect(theirs).to_have_text("61%")
    assert [stored(portal, id_)[0] for id_ in course[1][:2]] == ["90%", "61%"]
    expect(cell(page, "Instructor Feedback", AARAV)).to_have_text("Theirs.")


def test_two_people_in_different_cells_of_one_row_both_save(
    portal: Server, page: Page, course: tuple[int, list[int]]
) -> None:
    someone_saves(portal, course[1][0], feedback="Theirs.")
    cell(page, "Grade", AARAV).click()
    page.keyboard.type("90")
    page.keyboard.press("Tab")
    expect(cell(page, "Instructor Feedback", AARAV)).to_have_text("Theirs.")
    expect(cell(page, "Grade", AARAV)).to_contain_text("90%")
    assert stored(portal, course[1][0]) == ("90%", "Theirs.", "", 3)


def test_typed_text_is_kept_while_the_server_is_unreachable(
    portal: Server, new_page: NewPage, course: tuple[int, list[int]]
) -> None:
    page = new_page(
        portal,
        make_instructor(portal.database, course[0]),
        allow=("WebSocket", "ERR_", "websocket"),
    )
    open_grid(page, course[0])
    cell(page, "Grade", AARAV).click()
    portal.kill()
    page.keyboard.type("85")
    page.keyboard.press("Enter")
    expect(cell(page, "Grade", AARAV)).to_contain_text("Not saved yet")
    page.keyboard.type("86")
    portal.start()
    expect(page.get_by_text("Connection lost")).to_have_count(0, timeout=30_000)
    expect(cell(page, "Grade", AARAV)).to_contain_text("85%", timeout=30_000)
    expect(editor(page, "Grade", BERIT)).to_have_value("86")
    editor(page, "Grade", BERIT).press("Enter")
    expect(cell(page, "Grade", BERIT)).to_contain_text("86%")
    assert [stored(portal, id_)[0] for id_ in course[1][:2]] == ["85%", "86%"]
    assert stored(portal, course[1][0])[3] == 2


class TestPasting:
    def test_a_column_is_shown_before_it_is_written(
        self, portal: Server, page: Page, course: tuple[int, list[int]]
    ) -> None:
        cell(page, "Grade", BERIT).click()
        paste(page, "85 %\r\nA\r\n\r\n70\r\n50\r\n")
        dialog = page.get_by_role("dialog", name="Paste grades")
        rows = dialog.get_by_role("row")
        expect(rows).to_have_count(5)
        expect(rows.nth(0)).to_contain_text(BERIT)
        expect(rows.nth(0)).to_contain_text("empty becomes 85%")
        expect(rows.nth(1)).to_contain_text("graded in percent")
        expect(rows.nth(2)).to_contain_text("Blank: keeps its value.")
        expect(rows.nth(4)).to_contain_text("The page ends before this row.")
        expect(dialog).to_contain_text("2 rows are refused and will not be written.")
        assert all(stored(portal, id_)[0] is None for id_ in course[1])
        dialog.get_by_role("button", name="Grade 2 learners").click()
        expect(page.get_by_text("2 learners graded.")).to_be_visible()
        expect(dialog).to_have_count(0)
        expect(cell(page, "Grade", BERIT)).to_have_text("85%")
        expect(cell(page, "Grade", ELIF)).to_have_text("70%")
        assert [stored(portal, id_)[0] for id_ in course[1]] == [None, "85%", None, None, "70%"]

    def test_control_z_undoes_a_paste_as_one_and_then_earlier_typing(
        self, portal: Server, page: Page, course: tuple[int, list[int]]
    ) -> None:
        cell(page, "Grade", AARAV).click()
        page.keyboard.type("60")
        page.keyboard.press("Enter")
        said(page, f"Grade of {AARAV} saved.")
        paste(page, "85\n70\n50\n")
        dialog = page.get_by_role("dialog", name="Paste grades")
        dialog.get_by_role("button", name="Grade 3 learners").press("Enter")
        said(page, "3 learners graded.")
        assert [stored(portal, id_)[0] for id_ in course[1][:4]] == ["60%", "85%", "70%", "50%"]
        expect(cell(page, "Grade", BERIT)).to_have_text("85%")
        assert active(page) == f"Grade of {BERIT}: 85%"
        page.keyboard.type("9")
        page.keyboard.press("Control+z")  # the browser's own, of what is typed
        expect(editor(page, "Grade", BERIT)).to_be_focused()
        page.keyboard.press("Escape")
        page.keyboard.press("Control+z")
        said(page, "Undone for 3 learners.")
        expect(cell(page, "Grade", BERIT)).to_have_text("")
        assert [stored(portal, id_)[0] for id_ in course[1][:4]] == ["60%", None, None, None]
        page.keyboard.press("Control+z")
        said(page, f"Grade of {AARAV} undone: empty.")
        assert stored(portal, course[1][0])[0] is None
        page.get_by_role("button", name="Redo").click()
        said(page, "Redone for 3 learners.")
        expect(cell(page, "Grade", DMITRI)).to_have_text("50%")
        cell(page, "Internal Note", ELIF).click()
        page.keyboard.press("Control+z")  # of what was redone, from any cell
        said(page, "Undone for 3 learners.")
        assert [stored(portal, id_)[0] for id_ in course[1]] == [None] * 5

    def test_several_columns_are_pasted_to_the_right_and_rows_can_be_left_out(
        self, portal: Server, page: Page, course: tuple[int, list[int]]
    ) -> None:
        cell(page, "Grade", AARAV).click()
        paste(page, '85\t"Two\nlines"\n70\tFine.\n')
        dialog = page.get_by_role("dialog", name="Paste grades")
        dialog.get_by_role("checkbox", name=f"Grade {BERIT}").uncheck()
        dialog.get_by_role("button", name="Grade 1 learner").click()
        expect(cell(page, "Instructor Feedback", AARAV)).to_have_text("Two\nlines")
        assert stored(portal, course[1][0]) == ("85%", "Two\nlines", "", 2)
        assert stored(portal, course[1][1]) == (None, "", "", 1)

    def test_rows_changed_meanwhile_must_be_chosen_again(
        self, portal: Server, page: Page, course: tuple[int, list[int]]
    ) -> None:
        cell(page, "Grade", AARAV).click()
        paste(page, "85\n70\n")
        dialog = page.get_by_role("dialog", name="Paste grades")
        button = dialog.get_by_role("button", name="Grade 2 learners")
        expect(button).to_be_visible()
        someone_saves(portal, course[1][1], grade="10")
        button.click()
        expect(dialog.get_by_role("alert")).to_contain_text("changed meanwhile")
        expect(dialog.get_by_role("row").nth(1)).to_contain_text("by Maya Lindqvist")
        assert [stored(portal, id_)[0] for id_ in course[1][:2]] == [None, "10%"]
        dialog.get_by_role("checkbox", name=f"Grade {BERIT}").check()
        dialog.get_by_role("button", name="Grade 2 learners").click()
        expect(cell(page, "Grade", BERIT)).to_have_text("70%")
        assert [stored(portal, id_)[0] for id_ in course[1][:2]] == ["85%", "70%"]

    def test_escape_writes_nothing(
        self, portal: Server, page: Page, course: tuple[int, list[int]]
    ) -> None:
        cell(page, "Grade", AARAV).click()
        paste(page, "85\n70\n")
        expect(page.get_by_role("dialog", name="Paste grades")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog", name="Paste grades")).to_have_count(0)
        assert all(stored(portal, id_)[0] is None for id_ in course[1])

    def test_a_single_value_is_pasted_into_the_cell(
        self, portal: Server, page: Page, course: tuple[int, list[int]]
    ) -> None:
        cell(page, "Grade", AARAV).click()
        paste(page, "85\r\n")
        expect(editor(page, "Grade", AARAV)).to_have_value("85")
        page.keyboard.press("Enter")
        expect(cell(page, "Grade", AARAV)).to_contain_text("85%")

    def test_too_many_columns_are_refused(self, page: Page) -> None:
        cell(page, "Internal Note", AARAV).click()
        paste(page, "a\tb\n")
        dialog = page.get_by_role("dialog", name="Paste grades")
        expect(dialog.get_by_role("alert")).to_contain_text("You pasted 2 columns")
        dialog.get_by_role("button", name="Cancel").click()
        expect(dialog).to_have_count(0)
