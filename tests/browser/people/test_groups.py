"""Test groups: members are enrolled in assigned courses; removed people are named."""

from __future__ import annotations

from playwright.sync_api import expect

from enrollment_portal.state.shared.views import GROUPS_PATH
from tests.browser.conftest import NewPage
from tests.browser.page_objects.group_page import add_person, open_group
from tests.browser.page_objects.page_tabs import page_tab
from tests.browser.page_objects.picking import choose
from tests.browser.server import Server
from tests.builders import make_cancelled_by_hand, make_course, make_group, make_learner

MAYA = 1
_PASTE = """(selector) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", "a@b.example\\n".repeat(80_000));
  const options = { clipboardData, bubbles: true, cancelable: true };
  const goes = document.querySelector(selector).dispatchEvent(new ClipboardEvent("paste", options));
  return goes ? "taken" : "refused";
}"""
# A browser takes long to draw so much text.
_SEND = """() => {
  const field = document.getElementById("pasted-emails");
  Object.defineProperty(field, "value", { get: () => "a".repeat(1_000_000), configurable: true });
  field.form.requestSubmit();
  delete field.value;
}"""


def test_a_new_group_with_a_course_enrolls_added_people(demo: Server, new_page: NewPage) -> None:
    page = new_page(demo, MAYA)
    make_course(demo.database, "Zebra Handling")
    learner = make_learner(demo.database, "Gil Grouped", "gil@northwind.example")
    page.goto(f"{GROUPS_PATH}/new")
    page.get_by_label("Name").fill("Zoo Team")
    page.get_by_role("button", name="Create group").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Zoo Team")
    group = int(page.url.rsplit("/", 1)[1])
    open_group(page, group, "/assigned")
    choose(page, "Find a course or learning path", "zebra", "Zebra Handling")
    expect(page.get_by_role("list", name="Assigned")).to_contain_text("Zebra Handling")
    open_group(page, group)
    add_person(page, "Gil Grouped")
    status = page.get_by_role("status").filter(has_text="Gil Grouped joined the group.")
    expect(status).to_contain_text("1 enrollment created.")
    expect(page.locator("tbody")).to_contain_text("gil@northwind.example")
    with demo.database.read() as session:
        found = (
            session.connection()
            .exec_driver_sql(f"SELECT origin FROM enrollment WHERE learner_id = {learner}")
            .scalars()
        )
        assert list(found) == ["group"]


def test_enrollments_by_assigning_are_undone_and_redone_beside_the_confirmation(
    demo: Server, new_page: NewPage
) -> None:
    page = new_page(demo, MAYA)
    course = make_course(demo.database, "Otter Keeping")
    people = tuple(make_learner(demo.database, f"Otter {n}") for n in range(2))
    group = make_group(demo.database, "River Team", members=people)

    def statuses() -> list[int]:
        with demo.database.read() as session:
            sql = f"SELECT status FROM enrollment WHERE course_id = {course}"
            return list(session.connection().exec_driver_sql(sql).scalars())

    page.goto(f"{GROUPS_PATH}/{group}/assigned")
    choose(page, "Find a course or learning path", "otter", "Otter Keeping")
    page.get_by_role("button", name="Undo enrolling").click()
    said = page.get_by_role("status").filter(has_text="for 2 enrollments. The group itself stays")
    expect(said).to_contain_text("Undone")
    assert statuses() == [2, 2]
    expect(page.get_by_role("list", name="Assigned")).to_contain_text("Otter Keeping")
    page.get_by_role("button", name="Redo enrolling").click()
    expect(said).to_contain_text("Redone")
    assert statuses() == [0, 0]
    # Another tab of the group speaks of something else.
    page_tab(page, "Members").click()
    expect(page.locator("tbody")).to_contain_text("Otter 0")
    expect(page.get_by_role("button", name="Undo enrolling")).to_have_count(0)


def test_people_removed_by_an_admin_are_named_with_person_and_date(
    demo: Server, new_page: NewPage
) -> None:
    course = make_course(demo.database, "Yak Care")
    learner = make_learner(demo.database, "Rae Removed", "rae@northwind.example")
    make_cancelled_by_hand(demo.database, learner, course)
    group = make_group(demo.database, "Yak Team", courses=(course,))
    page = new_page(demo, MAYA)
    open_group(page, group)
    add_person(page, "Rae Removed")
    expect(page.get_by_role("list", name="Not added or enrolled")).to_contain_text(
        "Removed by Dana Ruiz on 21 Sep 2026"
    )


def test_pasted_emails_are_added_and_unknown_ones_are_named(
    demo: Server, new_page: NewPage
) -> None:
    make_learner(demo.database, "Pia Pasted", "pia@northwind.example")
    group = make_group(demo.database, "Pasted Team")
    page = new_page(demo, MAYA)
    open_group(page, group)
    page.get_by_role("button", name="Paste emails").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("pia@northwind.example\nwho@x.example")
    page.get_by_role("dialog").get_by_role("button", name="Add people").click()
    expect(page.locator("tbody")).to_contain_text("Pia Pasted")
    expect(page.get_by_role("list", name="Not added or enrolled")).to_contain_text("who@x.example")
    page.get_by_role("button", name="Remove Pia Pasted").click()
    expect(page.get_by_role("main")).to_contain_text("Pia Pasted left the group")


def test_too_long_text_is_refused_before_it_is_sent(demo: Server, new_page: NewPage) -> None:
    group = make_group(demo.database, "Long Team")
    page = new_page(demo, MAYA)
    open_group(page, group)
    page.get_by_role("button", name="Paste emails").click()
    dialog = page.get_by_role("dialog")
    too_long = dialog.get_by_text("This is too long to send at once.")
    assert page.evaluate(_PASTE, "#pasted-emails") == "refused"
    expect(too_long).to_be_in_viewport()
    dialog.get_by_role("textbox").fill("who@x.example")
    expect(too_long).to_have_count(0)
    page.evaluate(_SEND)
    expect(too_long).to_be_visible()
    dialog.get_by_role("textbox").fill("who@x.example")
    dialog.get_by_role("button", name="Add people").click()
    expect(page.get_by_role("list", name="Not added or enrolled")).to_contain_text("who@x.example")


def test_settings_are_saved(demo: Server, new_page: NewPage) -> None:
    group = make_group(demo.database, "Old Name")
    page = new_page(demo, MAYA)
    open_group(page, group, "/settings")
    page.get_by_label("Name").fill("")
    page.get_by_role("button", name="Save Changes").click()
    expect(page.locator("#hint-name")).to_contain_text("Fill this in.")
    page.get_by_label("Name").fill("New Name")
    page.get_by_role("button", name="Save Changes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("New Name")


def test_a_group_lead_can_open_neither_users_nor_groups(demo: Server, new_page: NewPage) -> None:
    lead = 5
    page = new_page(demo, lead)
    for path in (GROUPS_PATH, f"{GROUPS_PATH}/1", "/admin/people/users", "/admin/people/users/1"):
        page.goto(path)
        expect(page.get_by_role("heading", name="You may not open this page")).to_be_visible()
