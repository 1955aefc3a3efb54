"""Test the handlers of the ledger's filter bar: what they set, refuse, announce and list."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.domain.ledger import messages
from enrollment_portal.domain.ledger.filters import NOT_OF_PAST_DAYS, Filters, Flag
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery
from enrollment_portal.domain.people.people import Role
from enrollment_portal.live.ledger_counts import LedgerCounts
from enrollment_portal.services import runtime
from enrollment_portal.settings import settings
from enrollment_portal.state.ledger.filtering import LedgerFilters
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.ledger.shown_filters import ShownFilters
from enrollment_portal.state.ledger.shown_needs import ShownNeeds
from enrollment_portal.state.shared.views import COURSES_PATH, LEDGER_PATH, USERS_PATH
from enrollment_portal.storage.ledger.filtering import rows as reading
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_group,
    make_learner,
    make_organization,
    make_path,
    make_session,
)
from tests.security.pipeline import Client, as_json, event_name, pipeline

SECRET = "Foreign"


class Portal:
    """Two learners in two courses, of which a lead and an instructor see one each."""

    def __init__(self, database: Database) -> None:
        self.database = database
        make_organization(database)
        self.ana = make_learner(database, "Ana", department="Sales")
        self.bo = make_learner(database, f"{SECRET} Bo", department=f"{SECRET} department")
        self.art = make_course(database, "Art")
        self.zen = make_course(database, f"{SECRET} course")
        self.path = make_path(database, f"{SECRET} path", (self.art, self.zen))
        for learner, course in (
            (self.ana, self.art),
            (self.bo, self.art),
            (self.bo, self.zen),
            (self.bo, self.path),
        ):
            make_enrollment(database, learner, course, internal_note="n")
        self.admin = make_account(database, Role.SUPER_ADMIN)
        self.lead = make_account(database, Role.GROUP_LEAD)
        make_group(database, "Board", members=(self.ana,), leads=(self.lead,))
        self.foreign_group = make_group(database, f"{SECRET} group", members=(self.ana, self.bo))
        self.teacher = make_account(database, Role.INSTRUCTOR, teaches=(self.art,))

    def run(self, account: int, path: str, *steps: tuple[str, dict[str, Any]]) -> dict[str, Any]:
        """Open a page, call handlers, and return the last value of each var they sent."""
        shown, _ = self.tell(account, path, *steps)
        return shown

    def tell(
        self, account: int, path: str, *steps: tuple[str, dict[str, Any]]
    ) -> tuple[dict[str, Any], str]:
        """Do the same, and return all that was received as text, too."""

        async def call() -> Client:
            async with pipeline() as running:
                client = running.client("t1", make_session(self.database, account))
                await client.call(event_name(Ledger, "load"), path)
                for handler, arguments in steps:
                    await client.call(event_name(LedgerFilters, handler), path, **arguments)
                return client

        client = asyncio.run(call())
        known: dict[str, Any] = {}
        for update in as_json(client.sent):
            for state in (Ledger, ShownFilters, ShownNeeds):
                for name, value in update.get("delta", {}).get(state.get_full_name(), {}).items():
                    known[name.split("_rx_state_")[0]] = value
        return known, client.received()


@pytest.fixture(scope="module")
def portal(migrated_sqlite_file: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The database of the running app, which the tests only read."""
    file = tmp_path_factory.mktemp("filters") / "portal.db"
    file.write_bytes(migrated_sqlite_file.read_bytes())
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", f"sqlite:///{file}")
        settings.cache_clear()
        database = runtime.database()
        yield Portal(database)
        database.close()
    settings.cache_clear()


def apply(name: str, text: object) -> tuple[str, dict[str, Any]]:
    return "apply", {"name": name, "text": text}


def typed(name: str, **form: object) -> tuple[str, dict[str, Any]]:
    return "apply_typed", {"form": {"name": name, **form}}


def switch(name: str, on: object = True) -> tuple[str, dict[str, Any]]:
    return "switch", {"name": name, "on": on}


def chips(shown: dict[str, Any]) -> list[str]:
    return [chip["text"] for chip in shown.get("chips", [])]


def test_where_counting_takes_longer_the_rows_come_first(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[LedgerQuery] = []
    monkeypatch.setattr(LedgerCounts, "count", lambda _, view: asked.append(view.query))
    exact = portal.run(portal.admin, f"{LEDGER_PATH}?is=stuck")
    assert (exact["span"], asked) == ("1–3 of 3 enrollments", [])
    monkeypatch.setattr(reading, "SORT_ROWS", -1)
    shown = portal.run(portal.admin, LEDGER_PATH, switch("stuck"))
    assert [row["id"] for row in shown["rows"]] == [row["id"] for row in exact["rows"]]
    assert (set(shown["counts"].values()), shown["span"]) == ({""}, ""), "no number is shown"
    assert (shown["position"], shown["announces_span"]) == (1, True)
    assert shown["announcement"] == "Filter Stuck."
    assert [query.filters for query in asked] == [Filters(flags=(Flag.STUCK,))]
    # Nothing to count: that is known at once.
    shown = portal.run(portal.admin, f"{LEDGER_PATH}?is=overdue")
    assert shown["span"] == "No enrollments match"
    # The last page is found by counting.
    shown = portal.run(portal.admin, f"{LEDGER_PATH}?is=stuck&page=last")
    assert (shown["counts"]["all"], shown["span"]) == ("3", "1–3 of 3 enrollments")


def need(name: object) -> tuple[str, dict[str, Any]]:
    return "show_need", {"name": name}


def test_what_needs_attention_is_counted_and_each_is_a_filter_in_one_act(portal: Portal) -> None:
    address = f"{LEDGER_PATH}?q=ana&is=retake&tab=completed&sort=progress"
    shown = portal.run(portal.admin, address)
    assert shown["needs"] == {"overdue": 0, "stuck": 3, "awaiting_grade": 0, "asks": 0}
    assert shown.get("applied", "") == ""
    shown = portal.run(portal.admin, address, need("stuck"))
    assert (shown["address"]["search"], shown["address"]["pushes"]) == (
        "is=stuck&sort=progress",
        True,
    )
    assert (shown["applied"], shown["searched"], shown["counts"]["all"]) == ("stuck", "", "3")
    assert shown["announcement"] == "Filter Stuck. 1–3 of 3 enrollments"
    shown = portal.run(portal.admin, f"{LEDGER_PATH}?is=stuck&q=ana", need("stuck"))
    assert (shown["address"]["search"], shown["applied"]) == ("q=ana", "")
    shown = portal.run(portal.admin, f"{LEDGER_PATH}?kind=paths", need("asks"))
    assert (shown["address"]["search"], shown["applied"]) == ("kind=paths&asks=1", "asks")


def test_each_person_is_told_of_what_needs_their_own_attention(portal: Portal) -> None:
    for account, stuck in ((portal.lead, 1), (portal.teacher, 2)):
        shown = portal.run(account, LEDGER_PATH, need("asks"), need("note"), need(None))
        assert shown["needs"] == {"overdue": 0, "stuck": stuck, "awaiting_grade": 0}
        assert (shown["address"]["search"], shown.get("applied", "")) == ("", "")
    for path in (f"{COURSES_PATH}/{portal.art}", f"{LEDGER_PATH}?on=2026-01-02"):
        shown = portal.run(portal.admin, path, need("note"))
        assert (shown.get("needs", {}), shown.get("needs_at", 0)) == ({}, 0)
    shown = portal.run(portal.admin, f"{COURSES_PATH}/{portal.art}", need("stuck"))
    assert shown["address"]["search"] == "", "there the strip is not shown"


def test_filters_are_set_edited_and_removed_and_each_act_is_a_step_in_the_address(
    portal: Portal,
) -> None:
    steps = [
        apply("courses", f"{portal.art},{portal.zen}"),
        switch("overdue"),
        typed("progress", first="20", last=""),
        typed("enrolled", relation="last", number="30"),
        typed("deadline", first="2026-01-02", last="2026-02-03"),
        switch("asks"),
    ]
    shown = portal.run(portal.admin, LEDGER_PATH, *steps)
    assert chips(shown) == [
        f"Course: Art or {SECRET} course",
        "Progress: 20% or more",
        "Enrolled: last 30 days",
        "Deadline: 2 Jan 2026 to 3 Feb 2026",
        "Overdue",
        "Open request",
    ]
    url = shown["address"]["search"]
    assert shown["address"]["pushes"] is True
    assert "courses=1%2C2" in url
    assert "enrolled=-30d..0d" in url
    assert shown["announcement"].startswith("Filter Open request. ")
    reopened = portal.run(portal.admin, f"{LEDGER_PATH}?{url}")
    assert chips(reopened) == chips(shown)
    edited = portal.run(
        portal.admin,
        f"{LEDGER_PATH}?{url}",
        apply("courses", str(portal.art)),
        ("remove", {"name": "overdue"}),
        ("remove", {"name": "asks"}),
        apply("deadline", "this_week"),
        apply("progress", ""),
    )
    assert chips(edited) == ["Course: Art", "Enrolled: last 30 days", "Deadline: this week"]
    assert edited["announcement"].startswith("Filter Progress removed. ")
    cleared = portal.run(portal.admin, f"{LEDGER_PATH}?{url}", ("clear", {}))
    assert chips(cleared) == []
    assert cleared["address"]["search"] == ""
    assert cleared["announcement"].startswith("Filters cleared. ")


@pytest.mark.parametrize(
    ("step", "errors"),
    [
        (typed("progress", first="101"), {"first": messages.PERCENT_RANGE}),
        (typed("progress", first="9", last="8"), {"last": messages.LAST_BELOW_FIRST}),
        (
            typed("deadline", first="2026-02-02", last="2026-02-01"),
            {"last": messages.LAST_BEFORE_FIRST},
        ),
        (typed("deadline", first="", last=""), {"first": messages.ONE_DATE_NEEDED}),
    ],
)
def test_a_bad_range_is_refused_next_to_its_field_and_changes_nothing(
    portal: Portal, step: tuple[str, dict[str, Any]], errors: dict[str, str]
) -> None:
    shown = portal.run(portal.admin, f"{LEDGER_PATH}?is=overdue", step)
    assert shown["errors"] == errors
    assert shown["answered"] == 1
    assert chips(shown) == ["Overdue"]
    assert shown["address"]["pushes"] is False
    corrected = portal.run(portal.admin, LEDGER_PATH, step, typed("progress", first="1"))
    assert corrected["errors"] == {}


def test_each_filter_narrows_the_rows_and_the_page_says_how_many_are_left(portal: Portal) -> None:
    for step, rows in (
        (apply("courses", str(portal.zen)), [3]),
        (apply("group", str(portal.foreign_group)), [1, 2, 3]),
        (apply("department", "Sales"), [1]),
        (apply("path", str(portal.path)), [1, 2, 3]),
        (switch("note"), [1, 2, 3]),
        (switch("retake"), []),
    ):
        shown = portal.run(portal.admin, LEDGER_PATH, step)
        assert sorted(row["id"] for row in shown["rows"]) == rows, step
        text = f"1–{len(rows)} of {len(rows)} enrollment" if rows else "No enrollments match"
        assert shown["span"].startswith(text)
        assert shown["announcement"].endswith(shown["span"])


def test_a_renamed_or_deleted_record_is_so_on_its_chip_when_the_page_is_refreshed(
    portal: Portal,
) -> None:
    course = make_course(portal.database, "Draft")

    async def call() -> list[Any]:
        async with pipeline() as running:
            client = running.client("t1", make_session(portal.database, portal.admin))
            await client.call(event_name(Ledger, "load"), f"{LEDGER_PATH}?courses={course}")
            found = []
            for sql in (
                "UPDATE course SET title = 'Final' WHERE id = :id",
                "DELETE FROM course WHERE id = :id",
            ):
                with portal.database.write() as session:
                    session.execute(text(sql), {"id": course})
                found.append(as_json(await client.call(event_name(Ledger, "refresh"))))
            return found

    renamed, deleted = asyncio.run(call())
    assert "Course: Final" in str(renamed)
    assert messages.GONE["courses"] in str(deleted)


def test_what_is_not_understood_or_not_offered_changes_nothing(portal: Portal) -> None:
    nonsense = (None, 5, True, [], {}, "x" * 9000, "a\ud800", "\x00", "-1")
    for value in nonsense:
        shown = portal.run(
            portal.admin,
            f"{LEDGER_PATH}?is=overdue",
            apply("courses", value),
            apply(value, "1"),  # type: ignore[arg-type]
            apply("overdue", "1"),
            apply("is", "note"),
            switch("overdue", value if value is not True else 1),
            switch("courses"),
            switch(value),  # type: ignore[arg-type]
            typed("courses", first="1"),
            ("apply_typed", {"form": value}),
            ("remove", {"name": value}),
        )
        assert chips(shown) == ["Overdue"], value
        assert shown.get("errors", {}) == {}
        assert shown["phase"] == "ready"


def test_a_deleted_record_is_named_so_and_its_filter_can_be_removed(portal: Portal) -> None:
    address = f"{LEDGER_PATH}?courses=999&group=999&is=overdue"
    shown = portal.run(portal.admin, address)
    assert chips(shown)[:2] == [
        "Course: Course that no longer exists",
        "Group: Group that no longer exists",
    ]
    assert [chip["is_gone"] for chip in shown["chips"]] == [True, True, False]
    assert shown["chips"][0]["values"] == [
        {"value": "999", "name": "Course that no longer exists", "count": ""}
    ]
    without = portal.run(portal.admin, address, ("remove", {"name": "group"}))
    assert chips(without) == ["Course: Course that no longer exists", "Overdue"]


def test_pages_of_a_record_are_without_the_filters_that_they_imply(portal: Portal) -> None:
    def names(path: str) -> set[str]:
        return {item["name"] for item in portal.run(portal.admin, path)["menu"]}

    everything = names(LEDGER_PATH)
    of_course = names(f"{COURSES_PATH}/{portal.art}")
    of_user = names(f"{USERS_PATH}/{portal.ana}/enrollments")
    assert everything - of_course == {"courses", "path", "instructor"}
    assert everything - of_user == {"group", "department", "manager"}
    page = f"{COURSES_PATH}/{portal.art}"
    listed = portal.run(portal.admin, page, ("list_values", {"name": "department", "typed": "sal"}))
    assert listed["values"] == [{"value": "Sales", "name": "Sales", "count": "1"}]
    shown = portal.run(portal.admin, page, switch("retake"), apply("courses", "1"))
    assert chips(shown) == ["Retake"]
    assert shown["address"]["search"] == "is=retake"


def test_a_past_day_refuses_the_filters_that_are_not_known_of_it(portal: Portal) -> None:
    page = f"{LEDGER_PATH}?on=2026-01-31"
    shown = portal.run(portal.admin, page, switch("note"), apply("origin", "self"))
    assert chips(shown) == []
    refused = {item["name"]: item["refusal"] for item in shown["menu"] if item["refusal"]}
    assert refused == dict.fromkeys([*NOT_OF_PAST_DAYS, "asks"], messages.NOT_OF_PAST_DAYS)
    assert chips(portal.run(portal.admin, page, switch("overdue"))) == ["Overdue"]


def everything(name: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the events by which a client lists, sets and removes a filter."""
    return [
        *(("list_values", {"name": name, "typed": typed}) for typed in ("", "f")),
        *(apply(name, text) for text in ("1", "2", "3", "Elsewhere")),
        switch(name),
        ("remove", {"name": name}),
        ("clear", {}),
    ]


@pytest.mark.parametrize("who", ["lead", "teacher"])
def test_values_chips_and_menu_reveal_nothing_outside_the_scope(portal: Portal, who: str) -> None:
    names = ("courses", "path", "group", "department", "instructor", "manager", "asks", "note")
    ids = f"courses=2&path=3&group={portal.foreign_group}&manager=2&instructor=2"
    steps = [step for name in names for step in everything(name)]
    shown, received = portal.tell(getattr(portal, who), f"{LEDGER_PATH}?{ids}", *steps)
    # The instructor sees both learners of the course: their names, and departments.
    known = (f"{SECRET} Bo", f"{SECRET} department") if who == "teacher" else ()
    for name in known:
        received = received.replace(name, "")
    assert SECRET not in received
    menu = {item["name"] for item in shown["menu"]}
    assert not menu & {"instructor", "asks"}
    assert ("note" in menu) == (who == "teacher")


def test_a_lead_cannot_filter_by_notes_nor_learn_that_this_is_possible(portal: Portal) -> None:
    address = f"{LEDGER_PATH}?is=note,overdue"
    shown, received = portal.tell(portal.lead, address, switch("note"), ("remove", {"name": "x"}))
    assert chips(shown) == ["Overdue"]
    assert "note" not in shown["address"]["search"]
    assert "note" not in str(shown["menu"])
    assert messages.FILTER_LABELS["note"] not in received
    of_teacher, _ = portal.tell(portal.teacher, address)
    assert chips(of_teacher) == ["Overdue", messages.FILTER_LABELS["note"]]


def test_whoever_loses_a_right_loses_its_filters_with_the_next_act(portal: Portal) -> None:
    account = make_account(portal.database, Role.SUPER_ADMIN)

    async def call() -> list[dict[str, Any]]:
        async with pipeline() as running:
            client = running.client("t1", make_session(portal.database, account))
            await client.call(event_name(Ledger, "load"), f"{LEDGER_PATH}?is=note,overdue")
            told = []
            for role in (Role.GROUP_LEAD, Role.LEARNER):
                with portal.database.write() as session:
                    session.execute(
                        text("UPDATE account SET role = :role WHERE id = :id"),
                        {"role": role.value, "id": account},
                    )
                updates = as_json(await client.call(event_name(LedgerFilters, "clear")))
                deltas = [
                    update["delta"].get(ShownFilters.get_full_name(), {}) for update in updates
                ]
                told.append({n.split("_rx_")[0]: v for d in deltas for n, v in d.items()})
            return told

    as_lead, as_learner = asyncio.run(call())
    assert as_lead["chips"] == []
    assert "note" not in str(as_lead["menu"])
    assert (as_learner["menu"], as_learner["chips"]) == ([], [])
