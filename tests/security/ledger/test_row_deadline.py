"""Test changing a deadline in its row with raw events: refusals, conflicts, and undoing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from enrollment_portal.domain.ledger import messages
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.ledger.row_deadline import RowDeadline
from tests.security.pipeline import Client, as_json, event_name, pipeline
from tests.security.world import World, running_world

DAY, ANOTHER, THIRD = "2150-01-31", "2150-03-05", "2150-06-01"


@pytest.fixture(scope="module")
def built(migrated_sqlite_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running_world(migrated_sqlite_file, tmp_path_factory.mktemp("deadlines")) as world:
        yield world


@pytest.fixture
def world(built: World) -> World:
    built.restore()
    return built


def stored(world: World) -> tuple[str, int]:
    """Return the deadline as a date, "" for none, and the version."""
    sql = "SELECT date(deadline_day * 86400, 'unixepoch') AS day, version FROM enrollment"
    with world.database.read() as session:
        row = session.connection().execute(
            text(f"{sql} WHERE id = :id"), {"id": world.own.enrollment}
        )
        found = row.one()
    return found.day or "", found.version


async def act(client: Client, handler: str, **payload: Any) -> dict[str, Any]:
    """Send an event on the row; return what it changed in the row's state."""
    updates = await client.call(event_name(RowDeadline, handler), **payload)
    told: dict[str, Any] = {}
    for update in as_json(updates):
        for state, changed in update["delta"].items():
            if state.endswith("row_deadline"):
                told |= {name.removesuffix("_rx_state_"): value for name, value in changed.items()}
    return told


def run(world: World, *acts: tuple[str, dict[str, Any]], role: str = "learning") -> list[dict]:
    """Send events on the row of the own side's enrollment, after its ledger was loaded."""

    async def send() -> list[dict]:
        async with pipeline() as running:
            client = running.client("t1", world.sessions[role])
            await client.call(event_name(Ledger, "load"))
            row = {"enrollment_id": world.own.enrollment}
            return [
                await act(client, name, **(row | more if "key" in more else more))
                for name, more in acts
            ]

    return asyncio.run(send())


def test_a_deadline_is_set_undone_and_set_again(world: World) -> None:
    before, version = stored(world)
    saved, undone, redone = run(
        world,
        ("save", {"version": version, "typed": f" {DAY} ", "key": "k1"}),
        ("undo", {}),
        ("undo", {}),
    )
    assert saved["saved"] == 1
    assert "deadline set to 31 Jan 2150." in saved["message"]
    assert undone["message"].endswith("undone.")
    assert undone["offers_redo"] is True
    assert redone["message"].endswith("made again.")
    assert stored(world) == (DAY, version + 3)
    assert before != DAY


def test_a_step_moves_the_deadline_of_the_row_and_clamps_to_the_month(world: World) -> None:
    _, version = stored(world)
    run(
        world,
        ("save", {"version": version, "typed": DAY, "key": "k1"}),
        (
            "move",
            {"version": version + 1, "day": DAY, "step": "month", "key": "k2"},
        ),
    )
    assert stored(world) == ("2150-02-28", version + 2)


def test_clearing_removes_the_deadline(world: World) -> None:
    _, version = stored(world)
    run(world, ("save", {"version": version, "typed": DAY, "key": "k1"}))
    (cleared,) = run(world, ("save", {"version": version + 1, "typed": "", "key": "k2"}))
    assert cleared["message"].endswith("deadline removed.")
    assert stored(world)[0] == ""


def test_a_deadline_that_somebody_set_meanwhile_is_shown_and_not_overwritten(world: World) -> None:
    _, version = stored(world)
    save_enrollment(
        world.database,
        world.actor("super admin"),
        world.own.enrollment,
        version=version,
        typed={"deadline": ANOTHER},
    )
    refused, again = run(
        world,
        ("save", {"version": version, "typed": DAY, "key": "k1"}),
        ("save", {"version": version + 1, "typed": THIRD, "key": "k2"}),
    )
    assert "5 Mar 2150" in refused["error"]
    assert refused["version"] == version + 1
    assert "saved" not in refused
    assert "1 Jun 2150" in again["message"]
    assert stored(world) == (THIRD, version + 2)


def test_changes_of_other_fields_meanwhile_are_kept(world: World) -> None:
    _, version = stored(world)
    save_enrollment(
        world.database,
        world.actor("super admin"),
        world.own.enrollment,
        version=version,
        typed={"note": "Meanwhile"},
    )
    (saved,) = run(world, ("save", {"version": version, "typed": DAY, "key": "k1"}))
    assert saved["saved"] == 1
    assert stored(world) == (DAY, version + 2)


@pytest.mark.parametrize("typed", ["2001-01-01", "tomorrow", "9999-12-31", "2150-02-30"])
def test_what_the_rules_refuse_is_said_and_changes_nothing(world: World, typed: str) -> None:
    before = stored(world)
    (refused,) = run(world, ("save", {"version": before[1], "typed": typed, "key": "k1"}))
    assert refused["error"]
    assert refused["answered"] == 1
    assert stored(world) == before


@pytest.mark.parametrize("step", ["year", "", None, 3, ["week"]])
def test_an_unknown_step_changes_nothing(world: World, step: object) -> None:
    before = stored(world)
    run(world, ("move", {"version": before[1], "day": DAY, "step": step, "key": "k1"}))
    assert stored(world) == before


def test_the_same_submit_twice_is_saved_once(world: World) -> None:
    _, version = stored(world)
    once = ("save", {"version": version, "typed": DAY, "key": "k1"})
    run(world, once, once)
    assert stored(world) == (DAY, version + 1)


def test_the_steps_show_their_dates(world: World) -> None:
    (shown,) = run(world, ("show_steps", {"day": DAY}))
    assert shown["steps"] == {
        "week": "7 Feb 2150",
        "two_weeks": "14 Feb 2150",
        "month": "28 Feb 2150",
    }
    assert shown["steps"].keys() == messages.DEADLINE_STEPS.keys()
