"""Test the addresses of the ledger, and what it shows on each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.domain.people.people import Role
from enrollment_portal.services import runtime
from enrollment_portal.settings import settings
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.shared.views import (
    COURSES_PATH,
    ENROLL_PATH,
    LEDGER_PATH,
    PATHS_PATH,
    USERS_PATH,
)
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
    make_path,
    make_session,
)
from tests.security.pipeline import as_json, event_name, pipeline

Step = tuple[str, str, dict[str, Any]]
"""A handler of the ledger, the address it is called at, and its arguments."""


@pytest.fixture
def portal(
    make_database_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """The database of the running app: two learners in two courses and in a path of them."""
    monkeypatch.setenv("DATABASE_URL", make_database_url("sqlite"))
    settings.cache_clear()
    database = runtime.database()
    make_organization(database)
    ana, bo = make_learner(database, "Ana"), make_learner(database, "Bo")
    art, zen = make_course(database, "Art"), make_course(database, "Zen")
    path = make_path(database, "Path", (art, zen))
    for learner, course in ((ana, art), (ana, zen), (bo, art), (ana, path)):
        make_enrollment(database, learner, course)
    assert (ana, bo, art, zen, path) == (1, 2, 1, 2, 3)
    with database.write() as session:
        session.execute(
            text(
                "INSERT INTO extension_request (enrollment_id, wanted_day, reason, state,"
                " asked_at, decided_by, answer, is_seen)"
                " VALUES (2, 20797, '', 'open', 1, '', '', 0)"
            )
        )
    yield database
    database.close()
    monkeypatch.undo()
    settings.cache_clear()


def shown(portal: Database, account: int, *steps: Step) -> dict[str, Any]:
    """Return the values of the ledger's state that some events changed."""

    async def call() -> list[Any]:
        async with pipeline() as running:
            client = running.client("t1", make_session(portal, account))
            for handler, path, arguments in steps:
                await client.call(event_name(Ledger, handler), path, **arguments)
            return as_json(client.sent)

    known: dict[str, Any] = {}
    for update in asyncio.run(call()):
        for name, value in update.get("delta", {}).get(Ledger.get_full_name(), {}).items():
            known[name.split("_rx_state_")[0]] = value
    return known


def load(path: str) -> Step:
    return ("load", path, {})


def rows(state: dict[str, Any]) -> list[int]:
    return sorted(row["id"] for row in state.get("rows", []))


def test_each_address_has_its_ledger(portal: Database) -> None:
    admin = make_account(portal, Role.SUPER_ADMIN)
    for path, ids, hides, kind in (
        (LEDGER_PATH, [1, 2, 3], "", "courses"),
        (f"{LEDGER_PATH}?kind=paths", [4], "", "paths"),
        (f"{LEDGER_PATH}/?asks=1", [2], "", "courses"),
        (f"{COURSES_PATH}/1", [1, 3], "course", "courses"),
        (f"{COURSES_PATH}/1?kind=paths&course=2&learner=2", [1, 3], "course", "courses"),
        (f"{PATHS_PATH}/3", [4], "course", "courses"),
        (f"{USERS_PATH}/1/enrollments?kind=paths", [1, 2], "learner", "courses"),
        (f"{USERS_PATH}/1/paths", [4], "learner", "paths"),
    ):
        # From another address, so that everything that differs is sent.
        state = shown(portal, admin, load(f"{USERS_PATH}/2/enrollments"), load(path))
        assert rows(state) == ids, path
        assert (state["phase"], state["hides"]) == ("ready", hides)
        assert state.get("kind", "courses") == kind
        assert state.get("base", LEDGER_PATH) == path.partition("?")[0].rstrip("/")
        assert state.get("has_kinds", False) == path.startswith(LEDGER_PATH)
        is_global = path.startswith(LEDGER_PATH)
        assert state.get("address", {}).get("search", "") == (
            path.partition("?")[2] if is_global else ""
        )


@pytest.mark.parametrize("last", ["9", "0", "-1", "x", "1x", "9" * 40, "%00"])
def test_an_unknown_record_shows_nothing_of_the_previous_page(portal: Database, last: str) -> None:
    admin = make_account(portal, Role.SUPER_ADMIN)
    for path in (
        f"{COURSES_PATH}/{last}",
        f"{PATHS_PATH}/{last}",
        f"{USERS_PATH}/{last}/enrollments",
        f"{USERS_PATH}/{last}/paths",
    ):
        state = shown(
            portal,
            admin,
            load(f"{COURSES_PATH}/1?sort=learner"),
            load(path),
            ("show_tab", path, {"tab": "active"}),
            ("turn", path, {"to": "last"}),
        )
        assert rows(state) == []
        assert (state["phase"], state["span"]) == ("missing", "")


def test_other_pages_do_not_change_the_ledger(portal: Database) -> None:
    admin = make_account(portal, Role.SUPER_ADMIN)
    for path in (ENROLL_PATH, f"{LEDGER_PATH}/1", f"{COURSES_PATH}/1/settings", f"{USERS_PATH}/1"):
        state = shown(portal, admin, load(f"{COURSES_PATH}/1"), load(path))
        assert (rows(state), state["base"]) == ([1, 3], f"{COURSES_PATH}/1")


def test_kinds_and_open_requests_are_chosen(portal: Database) -> None:
    admin = make_account(portal, Role.SUPER_ADMIN)
    state = shown(portal, admin, load(LEDGER_PATH))
    assert state["has_kinds"]
    assert [row["request"] for row in state["rows"]] == ["", "Asks for 10 Dec", ""]
    only = shown(portal, admin, load(f"{LEDGER_PATH}?asks=1"))
    assert (rows(only), only["address"]["search"]) == ([2], "asks=1")
    assert only["counts"] == {"all": "1", "active": "1", "completed": "0", "cancelled": "0"}
    paths = shown(portal, admin, load(LEDGER_PATH), ("show_kind", LEDGER_PATH, {"kind": "paths"}))
    assert (rows(paths), paths["kind"]) == ([4], "paths")


def test_instructors_and_leads_have_their_own_ledger(portal: Database) -> None:
    teacher = make_account(portal, Role.INSTRUCTOR, teaches=(1,))
    lead = make_account(portal, Role.GROUP_LEAD, leads=(1,))
    everything = f"{LEDGER_PATH}?kind=paths&asks=1"
    chosen = ("show_kind", LEDGER_PATH, {"kind": "paths"})
    state = shown(portal, teacher, load(everything), chosen)
    assert (rows(state), state.get("has_kinds", False)) == ([1, 3], False)
    assert (state.get("kind", "courses"), state["address"]["search"]) == ("courses", "")
    state = shown(portal, lead, load(everything))
    assert (rows(state), state["has_kinds"], state["address"]["search"]) == (
        [4],
        True,
        "kind=paths",
    )
    for who, path in (
        (teacher, f"{COURSES_PATH}/2"),
        (teacher, f"{USERS_PATH}/1/enrollments"),
        (lead, f"{COURSES_PATH}/1"),
        (lead, f"{PATHS_PATH}/3"),
        (lead, f"{USERS_PATH}/2/enrollments"),
    ):
        state = shown(portal, who, load(path))
        assert (rows(state), state["phase"]) == ([], "missing")
    assert rows(shown(portal, lead, load(f"{USERS_PATH}/1/paths"))) == [4]
    assert rows(shown(portal, teacher, load(f"{COURSES_PATH}/1"))) == [1, 3]
