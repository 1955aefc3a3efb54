"""Test changing many enrollments as an admin does it: select, preview, apply, undo, look back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from enrollment_portal.domain.bulk import messages
from enrollment_portal.domain.bulk.actions import read_action
from enrollment_portal.domain.bulk.jobs import BatchKind
from enrollment_portal.domain.bulk.selection import select_ids
from enrollment_portal.domain.learning import messages as learning
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.shared.calendar import day_of, now_ms, zone
from enrollment_portal.services.bulk.previewing import preview
from enrollment_portal.state.bulk.changing import BulkChanges
from enrollment_portal.state.bulk.jobs import BulkJobs
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.shared.views import BATCHES_PATH
from enrollment_portal.storage.history.batches import register_batch
from enrollment_portal.storage.shared.database import Database
from tests.browser.axe import violations
from tests.browser.conftest import NewPage, Serve, checkpoint
from tests.browser.page_objects.bulk_changes import (
    apply_button,
    bar,
    dialog,
    jobs,
    open_changes,
    page_box,
    row_box,
    show_preview,
)
from tests.browser.page_objects.ledger_page import (
    LEDGER,
    execute,
    links,
    open_ledger,
    query,
    tab,
    visit,
)
from tests.browser.page_objects.picking import choose
from tests.browser.server import Server
from tests.browser.sockets import answers_to, event_at
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
    make_session,
)

TODAY = day_of(now_ms(), zone("Europe/Stockholm"))
FIRE, DATA = "Fire Safety", "Data Protection"
N_FIRE, N_DATA = 14, 120
LEARNER, LEAD = 2, 3


@pytest.fixture(scope="module")
def portal(serve: Serve, empty_database: Database) -> Server:
    """A portal with some enrollments in one course, and with three pages of them in another."""
    make_organization(empty_database)
    make_account(empty_database, Role.SUPER_ADMIN, name="Maya Lindqvist")
    data, fire = make_course(empty_database, DATA), make_course(empty_database, FIRE)
    for course, n, name in ((data, N_DATA, "Data"), (fire, N_FIRE, "Fire")):
        for i in range(n):
            learner = make_learner(empty_database, f"{name} {i:03}")
            make_enrollment(empty_database, learner, course, deadline_day=TODAY + 30)
            if (name, i) == ("Fire", 0):
                make_account(empty_database, Role.LEARNER, learner_id=learner)
    make_account(empty_database, Role.GROUP_LEAD, leads=(learner,))
    for name in ("Ingrid Berg", "Tom Adler"):
        make_account(empty_database, Role.INSTRUCTOR, name=name, teaches=(fire,))
    return serve(checkpoint(empty_database), PORTAL_DEMO="off")


def deadlines(portal: Server, course: str) -> dict[int, int]:
    """Return how many enrollments of a course have which deadline, in days from today."""
    found = query(
        portal,
        "SELECT e.deadline_day - :today AS day, count(*) AS n FROM enrollment e JOIN course k "
        "ON k.id = e.course_id WHERE k.title = :course GROUP BY 1",
        today=TODAY,
        course=course,
    )
    return {row.day: row.n for row in found}


def count_frames(page: Page) -> list[str]:
    """Return a list that grows with each event that the page sends."""
    sent: list[str] = []
    page.on(
        "websocket",
        lambda socket: socket.on(
            "framesent", lambda frame: sent.append(str(frame)) if "event" in str(frame) else None
        ),
    )
    return sent


def test_twelve_people_get_a_week_more_in_six_clicks_and_one_undo(
    portal: Server, new_page: NewPage
) -> None:
    page = new_page(portal, 1)
    sent = count_frames(page)
    open_ledger(page, "?q=fire")
    expect(links(page)).to_have_count(N_FIRE)
    names = links(page).all_text_contents()
    sent.clear()

    # Five clicks; selecting sends nothing.
    row_box(page, names[1], FIRE).click()
    row_box(page, names[12], FIRE).click(modifiers=["Shift"])
    expect(bar(page)).to_contain_text("12 selected in “fire”")
    assert sent == []
    open_changes(page)
    show_preview(page)
    expect(dialog(page).get_by_role("heading", name="Move deadline by 7 days")).to_be_focused()
    expect(dialog(page).get_by_role("listitem").first).to_have_text("12 change")
    expect(dialog(page).get_by_role("row")).to_have_count(13)
    apply_button(page).click()
    expect(dialog(page)).not_to_be_visible()
    expect(jobs(page)).to_contain_text("Done: 12 enrollments changed.")
    expect(bar(page)).not_to_be_visible()
    assert deadlines(portal, FIRE) == {30: 2, 37: 12}

    # The report survives a reload, and has the undo.
    page.reload()
    expect(jobs(page)).to_contain_text("Done: 12 enrollments changed.")
    jobs(page).get_by_role("button", name=messages.UNDO_JOB).click()
    expect(dialog(page).get_by_role("heading", name="Undo: Move deadline")).to_be_focused()
    apply_button(page).click()
    expect(jobs(page).filter(has_text="Done: 12 enrollments changed.")).to_have_count(2)
    assert deadlines(portal, FIRE) == {30: 14}
    for _ in range(2):
        jobs(page).first.get_by_role("button", name=messages.DISMISS).click()
    expect(jobs(page)).to_have_count(0)


def test_rows_are_selected_by_keyboard_and_bad_input_keeps_what_was_typed(
    portal: Server, new_page: NewPage
) -> None:
    page = new_page(portal, 1)
    open_ledger(page, "?q=fire")
    names = links(page).all_text_contents()
    row_box(page, names[0], FIRE).focus()
    page.keyboard.press("Space")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(row_box(page, names[3], FIRE)).to_be_focused()
    page.keyboard.press("Shift+Space")
    expect(bar(page)).to_contain_text("4 selected")
    expect(page.get_by_role("status").filter(has_text="4 selected")).to_have_count(1)

    open_changes(page, "Set deadline")
    page.keyboard.press("Tab")
    dialog(page).get_by_label(messages.DEADLINE).press("Enter")
    expect(dialog(page).get_by_text(messages.CHOOSE_DAY)).to_be_visible()
    expect(dialog(page).get_by_label(messages.DEADLINE)).to_be_focused()
    dialog(page).get_by_label(messages.ACTION).select_option(label="Cancel")
    dialog(page).get_by_role("button", name=messages.PREVIEW).click()
    expect(dialog(page).get_by_text(messages.REASON_NEEDED)).to_be_visible()
    dialog(page).get_by_label(messages.REASON).fill("The course has moved")
    show_preview(page)
    expect(dialog(page).get_by_role("listitem").first).to_have_text("4 change")
    dialog(page).get_by_role("button", name=messages.BACK).click()
    expect(dialog(page).get_by_label(messages.REASON)).to_have_value("The course has moved")
    page.keyboard.press("Escape")
    expect(dialog(page)).not_to_be_visible()
    expect(bar(page).get_by_role("button", name=messages.CHANGE_SELECTED)).to_be_focused()
    expect(bar(page)).to_contain_text("4 selected")

    # The selection is cleared with other rows, which is said; and by Escape.
    tab(page, "Active").click()
    expect(page.get_by_text(messages.OTHER_ROWS).last).to_be_visible()
    expect(row_box(page, names[0], FIRE)).not_to_be_checked()
    row_box(page, names[0], FIRE).check()
    page.keyboard.press("Escape")
    expect(row_box(page, names[0], FIRE)).not_to_be_checked()
    expect(row_box(page, names[0], FIRE)).to_be_focused()


def test_all_matching_are_changed_over_three_pages_while_somebody_else_saves(
    portal: Server, new_page: NewPage
) -> None:
    page = new_page(portal, 1)
    open_ledger(page, "?q=data&sort=learner")
    page_box(page).check()
    expect(bar(page)).to_contain_text("50 selected")
    page.get_by_role("button", name="Next").click()
    expect(row_box(page, "Data 050", DATA)).to_be_visible()
    expect(bar(page)).to_contain_text("50 selected")
    expect(page_box(page)).not_to_be_checked()
    page_box(page).check()
    bar(page).get_by_role("button", name=f"Select all {N_DATA} matching").click()
    expect(bar(page)).to_contain_text(f"All {N_DATA} matching are selected in “data”")
    row_box(page, "Data 051", DATA).uncheck()
    expect(bar(page)).to_contain_text(f"{N_DATA - 1} selected")
    page.get_by_role("button", name="Next").click()
    expect(row_box(page, "Data 100", DATA)).to_be_checked()

    open_changes(page)
    show_preview(page)
    expect(dialog(page).get_by_role("listitem").first).to_have_text(f"{N_DATA - 1} change")
    # Meanwhile somebody saves many of the rows: what was previewed is not run.
    execute(
        portal,
        "UPDATE enrollment SET version = version + 1, deadline_day = deadline_day + 1 "
        "WHERE learner_id IN (SELECT id FROM learner WHERE name LIKE 'Data 00%')",
    )
    execute(
        portal,
        "UPDATE enrollment SET version = version + 1 "
        "WHERE learner_id IN (SELECT id FROM learner WHERE name LIKE 'Data 01%')",
    )
    apply_button(page).click()
    expect(dialog(page).get_by_role("alert").last).to_have_text(messages.STALE_PREVIEW)
    moved = dialog(page).get_by_role("region", name=messages.MOVED_ROWS)
    expect(moved.get_by_role("rowheader", name="Data 009")).to_be_visible()
    # A few more: these are skipped, and listed.
    execute(
        portal,
        "UPDATE enrollment SET version = version + 1 "
        "WHERE learner_id IN (SELECT id FROM learner WHERE name = 'Data 119')",
    )
    apply_button(page).click()
    expect(jobs(page)).to_contain_text(f"Done: {N_DATA - 2} enrollments changed, 1 skipped.")
    assert deadlines(portal, DATA) == {30: 2, 37: N_DATA - 12, 38: 10}

    jobs(page).get_by_role("link", name=messages.SHOW_DETAILS).click()
    expect(page.get_by_role("heading", name="Move deadline by 7 days", level=1)).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Data 119")).to_contain_text(
        messages.CHANGED_SINCE_PREVIEW
    )
    expect(page.get_by_text("1–50 of 118 changes")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name=messages.UNDO_JOB).first.click()
    expect(dialog(page).get_by_role("listitem").first).to_have_text("118 change")
    apply_button(page).click()
    expect(jobs(page).filter(has_text="Done: 118 enrollments changed.")).to_have_count(1)
    assert deadlines(portal, DATA) == {30: N_DATA - 10, 31: 10}
    page.get_by_role("navigation", name="Admin Portal").get_by_role("link", name="Activity").click()
    page.get_by_role("navigation", name="Activity").get_by_role("link", name="Batches").click()
    expect(page).to_have_url(re.compile(f"{BATCHES_PATH}$"))
    expect(page.get_by_role("row").nth(1)).to_contain_text("Undo: Move deadline by 7 days")
    expect(page.get_by_role("row").nth(2)).to_contain_text("Undone by Maya Lindqvist")


def test_a_lead_has_no_checkboxes_and_the_raw_socket_changes_nothing(
    portal: Server, new_page: NewPage
) -> None:
    page = new_page(portal, LEAD)
    open_ledger(page)
    expect(links(page)).to_have_count(1)
    expect(page.get_by_role("columnheader")).to_have_count(7)
    expect(page.get_by_role("checkbox")).to_have_count(0)

    before = query(portal, "SELECT * FROM enrollment ORDER BY id")
    n_jobs = query(portal, "SELECT count(*) AS n FROM bulk_job")[0].n
    found = query(portal, "SELECT batch FROM change_batch LIMIT 1")
    batch = found[0].batch if found else "none"
    id_ = query(portal, "SELECT max(id) AS id FROM enrollment")[0].id
    form = {"action": "move_deadline", "amount": "7", "unit": "days"}
    events = (
        event_at(LEDGER, Ledger, "load"),
        event_at(LEDGER, BulkJobs, "load"),
        *(
            event_at(LEDGER, BulkChanges, "preview", form=form, selected=selected)
            for selected in (
                {"scope": f"{LEDGER}?", "ids": [id_]},
                {"scope": "", "ids": [id_]},
                {"scope": f"{LEDGER}?", "all": True, "ids": []},
            )
        ),
        event_at(LEDGER, BulkChanges, "preview_undo", batch=batch),
        event_at(LEDGER, BulkChanges, "start", preview_id=batch, fingerprint="x"),
        event_at(LEDGER, BulkJobs, "cancel", job_id=batch),
        event_at(LEDGER, BulkJobs, "refresh"),
    )
    _shown, received = answers_to(portal, make_session(portal.database, LEAD), events)
    assert query(portal, "SELECT * FROM enrollment ORDER BY id") == before
    assert query(portal, "SELECT count(*) AS n FROM bulk_job")[0].n == n_jobs
    assert "Data 0" not in received


def test_a_message_is_shown_on_the_open_page_of_its_learner_until_it_is_taken_back(
    portal: Server, new_page: NewPage
) -> None:
    learner, page = new_page(portal, LEARNER), new_page(portal, 1)
    visit(learner, "/learn")
    open_ledger(page, "?q=fire")
    for name in ("Fire 000", "Fire 001"):
        row_box(page, name, FIRE).check()
    open_changes(page, messages.MESSAGE_LEARNER)
    dialog(page).get_by_label(messages.MESSAGE, exact=True).fill("Hello {name}")
    dialog(page).get_by_role("button", name=messages.PREVIEW).click()
    expect(dialog(page).get_by_text("Nothing fills in {name}.")).to_be_visible()
    text = "Hello {first name}, <i>{course}</i> waits: https://northwind.example/help"
    dialog(page).get_by_label(messages.MESSAGE, exact=True).fill(text)
    show_preview(page)
    expect(dialog(page)).to_contain_text(messages.without_account(1))
    apply_button(page).click()
    expect(jobs(page)).to_contain_text("Done: 2 messages sent.")

    section = learner.get_by_role("region", name=learning.MESSAGES)
    expect(section.get_by_role("listitem")).to_contain_text("Hello Fire, <i>Fire Safety</i> waits")
    expect(section.get_by_role("link")).to_have_attribute("href", "https://northwind.example/help")
    expect(section.get_by_text(learning.NEW, exact=True)).to_be_visible()
    expect(learner.get_by_text(learning.new_message(FIRE))).to_be_visible()
    assert violations(learner, "a message") == []
    section.get_by_role("button", name=learning.mark_message_as_read(FIRE)).click()
    expect(section.get_by_role("button", name=learning.dismiss_message(FIRE))).to_be_visible()
    expect(section.get_by_text(learning.NEW, exact=True)).to_have_count(0)

    jobs(page).get_by_role("link", name=messages.SHOW_DETAILS).click()
    undo = page.get_by_role("main").get_by_role("button", name=messages.UNDO_JOB)
    # The page shows the report itself, so it is not above it as well.
    expect(undo).to_have_count(1)
    expect(jobs(page)).to_have_count(0)
    undo.click()
    apply_button(page).click()
    expect(section).to_have_count(0)
    jobs(page).get_by_role("button", name=messages.DISMISS).click()
    visit(page, LEDGER)
    jobs(page).get_by_role("button", name=messages.DISMISS).click()
    expect(jobs(page)).to_have_count(0)


def test_rows_are_reassigned_to_an_instructor_and_given_back(
    portal: Server, new_page: NewPage
) -> None:
    page, details = new_page(portal, 1), new_page(portal, 1)
    open_ledger(page, "?q=fire")
    visit(details, links(page).first.get_attribute("href") or "")
    overview = details.get_by_role("main").get_by_role("definition")
    for name in links(page).all_text_contents()[:3]:
        row_box(page, name, FIRE).check()
    open_changes(page, messages.REASSIGN)
    dialog(page).get_by_role("button", name=messages.PREVIEW).click()
    expect(dialog(page).get_by_text(messages.CHOOSE_INSTRUCTOR)).to_be_visible()
    expect(dialog(page).get_by_label(messages.FIND_INSTRUCTOR)).to_be_focused()
    assert violations(page, "choosing an instructor") == []
    choose(dialog(page), messages.FIND_INSTRUCTOR, "Ingrid", "Ingrid Berg")
    expect(dialog(page).get_by_text("Chosen: Ingrid Berg")).to_be_visible()
    show_preview(page)
    expect(dialog(page).get_by_role("listitem").first).to_have_text("3 change")
    expect(dialog(page).get_by_role("row").nth(1)).to_contain_text("Ingrid Berg")
    apply_button(page).click()
    expect(jobs(page)).to_contain_text("Done: 3 enrollments changed.")
    expect(overview.filter(has_text="Ingrid Berg")).to_be_visible()
    assigned = "SELECT count(*) AS n FROM enrollment WHERE instructor_id IS NOT NULL"
    assert query(portal, assigned)[0].n == 3

    jobs(page).get_by_role("button", name=messages.UNDO_JOB).click()
    expect(dialog(page).get_by_role("heading", name="Undo: Reassign to Ingrid")).to_be_focused()
    apply_button(page).click()
    expect(jobs(page).filter(has_text="Done: 3 enrollments changed.")).to_have_count(2)
    expect(overview.filter(has_text="Ingrid Berg")).to_have_count(0)
    assert query(portal, assigned)[0].n == 0
    for left in (1, 0):
        jobs(page).first.get_by_role("button", name=messages.DISMISS).click()
        expect(jobs(page)).to_have_count(left)


def test_a_long_press_selects_a_row_on_a_phone(portal: Server, new_page: NewPage) -> None:
    page = new_page(
        portal, 1, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    open_ledger(page, "?q=fire&sort=learner")
    touch = page.context.new_cdp_session(page)

    def press(row: str) -> None:
        box = page.get_by_role("row").filter(has_text=row).bounding_box()
        assert box
        point = {"x": box["x"] + 120, "y": box["y"] + 20}
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})

    def end() -> None:
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    press("Fire 000")
    expect(row_box(page, "Fire 000", FIRE)).to_be_checked()
    end()
    expect(bar(page)).to_contain_text("1 selected")
    press("Fire 000")
    expect(row_box(page, "Fire 000", FIRE)).not_to_be_checked()
    end()
    # A short one opens the row.
    press("Fire 000")
    end()
    expect(page).to_have_url(re.compile(f"{LEDGER}/[0-9]+"))


def test_the_progress_of_somebody_elses_job_is_shown_live(
    portal: Server, new_page: NewPage
) -> None:
    ledger, register = new_page(portal, 1), new_page(portal, 1)
    open_ledger(ledger, "?q=fire")
    visit(register, BATCHES_PATH)
    expect(jobs(ledger)).to_have_count(0)
    # Another process carries the job out: this one only reads how far it is.
    dana = Actor(make_account(portal.database, Role.SUPER_ADMIN), "Dana", "", Role.SUPER_ADMIN)
    rows = query(
        portal,
        "SELECT e.id FROM enrollment e JOIN course k ON k.id = e.course_id WHERE title = :t",
        t=FIRE,
    )
    made = preview(
        portal.database,
        dana,
        select_ids([row.id for row in rows]),
        read_action("note", {"text": "Called."}),
    )

    def go_on(state: str, n: int) -> None:
        execute(
            portal,
            "UPDATE bulk_job SET state = :state, n_changed = :n, accepted_at = :now,"
            " lease_by = 'x', lease_until = 9000000000000 WHERE id = :id",
            state=state,
            n=n,
            now=now_ms(),
            id=made.id,
        )

    with portal.database.write() as session:
        register_batch(
            session,
            batch=made.id,
            at=now_ms(),
            kind=BatchKind.BULK.value,
            actor_id=dana.account_id,
            actor_name=dana.name,
            reason="",
            undoes=None,
            n=0,
        )
    for n in (5, 9):
        go_on("running", n)
        for page in (ledger, register):
            expect(jobs(page)).to_contain_text(messages.done_of(n, N_FIRE))
        bar_of = register.get_by_role("row").nth(1).get_by_role("progressbar")
        expect(bar_of).to_have_attribute("value", str(n * 100 // N_FIRE))
    go_on("done", N_FIRE)
    expect(jobs(ledger)).to_have_count(0)
    expect(jobs(register)).to_have_count(0)
    expect(register.get_by_role("row").nth(1)).to_contain_text("Done: 14 enrollments changed.")


_CLIPBOARD = """async () => {
  const [item] = await navigator.clipboard.read();
  const read = async (type) => (await item.getType(type)).text();
  return [await read("text/plain"), await read("text/html")];
}"""


def test_selected_rows_are_copied_by_key_and_by_button(portal: Server, new_page: NewPage) -> None:
    page = new_page(portal, 1, permissions=["clipboard-read", "clipboard-write"])
    open_ledger(page, "?q=data&sort=learner")
    row_box(page, "Data 001", DATA).check()
    page.get_by_role("button", name="Next").click()
    row_box(page, "Data 050", DATA).check()
    page.keyboard.press("Control+c")
    expect(page.get_by_text("Copied 2 rows")).to_be_visible()
    as_text, as_html = page.evaluate(_CLIPBOARD)
    cells = [line.split("\t") for line in as_text.split("\n")]
    assert cells[0][:4] == ["Learner", "Email", "Course", "Status"]
    assert [row[0] for row in cells[1:]] == ["Data 001", "Data 050"]
    assert {row[2] for row in cells[1:]} == {DATA}
    assert as_html.count("<tr>") == 3
    assert "<td>Data 050</td>" in as_html

    # A selected text is copied as ever, and so is that of a field.
    page.get_by_role("heading", level=1).select_text()
    page.keyboard.press("Control+c")
    assert page.evaluate("navigator.clipboard.readText()") == "Enrollments"
    page.evaluate("getSelection().removeAllRanges()")

    page_box(page).check()
    bar(page).get_by_role("button", name=f"Select all {N_DATA} matching").click()
    bar(page).get_by_role("button", name=messages.COPY_SELECTED).click()
    expect(page.get_by_text(f"Copied {N_DATA} rows")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").count("\n") == N_DATA
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    bar(page).get_by_role("button", name=messages.COPY_SELECTED).click()
    expect(page.get_by_text(messages.CANNOT_COPY)).to_be_visible()
