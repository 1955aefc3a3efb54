"""Test undoing and redoing a paste in the grading grid, several times."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from enrollment_portal.domain.shared.messages import FAILED_UNKNOWN
from enrollment_portal.state.enrolling.enroll import Enroll
from enrollment_portal.state.grading import grading
from enrollment_portal.state.grading.grading import Grading
from enrollment_portal.state.grading.grading_views import GRID_PATH
from enrollment_portal.state.grading.pasting import Pasting
from enrollment_portal.state.history import batch_undo
from enrollment_portal.state.people.people_search import EnrollPeople, LearnablePicker
from tests.builders import make_learner
from tests.integration.office import DANA, Office, act
from tests.security.pipeline import Pipeline, as_json, event_name

Caller = Callable[..., Awaitable[dict[str, Any]]]


def test_pasted_grades_are_undone_redone_and_undone(office: Office) -> None:
    shows: dict[str, Any] = {}

    async def work(running: Pipeline) -> None:
        client = running.client("t1", office.maya)
        path = f"{GRID_PATH}/{office.course}"

        async def call(state: type, handler: str, **payload: Any) -> None:
            for update in as_json(await client.call(event_name(state, handler), path, **payload)):
                for name, value in update["delta"].get(Pasting.get_full_name(), {}).items():
                    shows[name.removesuffix("_rx_state_")] = value

        await client.open()
        await call(Grading, "load")
        await call(Pasting, "paste", enrollment=office.id, field="grade", clipboard="A")
        await call(Pasting, "apply")
        assert (shows["done"], shows["offer_label"]) == ("1 learner graded.", "Undo")
        for done, label, grade in (
            ("Undone for 1 learner.", "Redo", "B"),
            ("Redone for 1 learner.", "Undo", "A"),
            ("Undone for 1 learner.", "Redo", "B"),
        ):
            before = shows["offer"]
            await call(Pasting, "undo")
            assert (shows["done"], shows["offer_label"]) == (done, label)
            assert shows["offer"] not in ("", before)
            assert office.stored()[0] == grade
        office.save(grade="C")
        await call(Pasting, "undo")
        assert (shows["done"], shows["offer"]) == ("", "")
        assert f"Grade was changed again by {DANA}" in shows["not_undone"]

    act(work)
    assert office.stored()[0] == "C"


def test_pasted_batches_are_undone_by_key_newest_first(office: Office) -> None:
    async def work(running: Pipeline) -> None:
        call = await open_page(running, office, Pasting, f"{GRID_PATH}/{office.course}")
        shows = await paste(call, office)
        (first,) = shows["undoable"]
        await call(Pasting, "paste", enrollment=office.id, field="grade", clipboard="C\t")
        await call(Pasting, "cancel")
        assert shows["undoable"] == [first], "a preview that is given up changes nothing"
        await call(Pasting, "paste", enrollment=office.id, field="grade", clipboard="C")
        await call(Pasting, "apply")
        assert shows["undoable"][0] == first
        second = shows["undoable"][1]
        for batch, left, grade in (
            (second, [first], "A"),
            (second, [first], "A"),
            (first, [], "B"),
        ):
            await call(Pasting, "undo_pasted", batch=batch)
            assert (shows["done"], shows["offer_label"]) == ("Undone for 1 learner.", "Redo")
            assert (shows["undoable"], office.stored()[0]) == (left, grade)
        await call(Pasting, "undo")
        assert shows["done"] == "Redone for 1 learner."
        (redone,) = shows["undoable"]
        office.save(grade="D")
        await call(Pasting, "undo_pasted", batch=redone)
        assert shows["done"] == ""
        assert f"Grade was changed again by {DANA}" in shows["not_undone"]
        assert shows["undoable"] == []

    act(work)
    assert office.stored()[0] == "D"


def boom(*_args: object, **_named: object) -> None:
    """Fail as a database does that cannot be reached."""
    raise RuntimeError("provoked")


async def open_page(running: Pipeline, office: Office, state: type, path: str) -> Caller:
    """Return a function that sends events of a page and returns all updates so far."""
    client = running.client("t1", office.maya)
    await client.open()
    shows: dict[str, Any] = {}

    async def call(whose: type, handler: str, **payload: Any) -> dict[str, Any]:
        for update in as_json(await client.call(event_name(whose, handler), path, **payload)):
            update_of_state = update["delta"].get(state.get_full_name(), {})  # type: ignore[attr-defined]
            shows.update(
                {name.removesuffix("_rx_state_"): value for name, value in update_of_state.items()}
            )
        return shows

    return call


async def paste(call: Caller, office: Office) -> dict[str, Any]:
    """Paste a grade into the grid and confirm it."""
    await call(Grading, "load")
    await call(Pasting, "paste", enrollment=office.id, field="grade", clipboard="A")
    return await call(Pasting, "apply")


class TestAFailure:
    def test_a_failed_undo_can_be_repeated(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def work(running: Pipeline) -> None:
            path = f"{GRID_PATH}/{office.course}"
            call = await open_page(running, office, Pasting, path)
            shows = await paste(call, office)
            offer = shows["offer"]
            with monkeypatch.context() as broken:
                broken.setattr(batch_undo, "undo_batch", boom)
                await call(Pasting, "undo")
            assert (shows["done"], shows["not_undone"]) == ("1 learner graded.", FAILED_UNKNOWN)
            assert shows["offer"] == offer
            await call(Pasting, "undo")
            assert (shows["done"], shows["not_undone"]) == ("Undone for 1 learner.", "")

        act(work)
        assert office.stored()[0] == "B"

    def test_a_failed_undo_of_enrolling_can_be_repeated(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        person = make_learner(office.database, "Ada")

        async def work(running: Pipeline) -> None:
            call = await open_page(running, office, Enroll, "/admin/enroll")
            await call(Enroll, "load")
            await call(EnrollPeople, "search", typed="Ada")
            await call(Enroll, "add", kind="people", chosen_id=person)
            await call(LearnablePicker, "search", typed="Rope")
            await call(Enroll, "add", kind="courses", chosen_id=office.course)
            await call(Enroll, "show")
            shows = await call(Enroll, "enroll")
            offer, done = shows["offer"], "1 person enrolled in Rope Access."
            with monkeypatch.context() as broken:
                broken.setattr(batch_undo, "undo_batch", boom)
                await call(Enroll, "undo")
            assert (shows["message"], shows["refusal"]) == (done, FAILED_UNKNOWN)
            assert shows["offer"] == offer
            await call(Enroll, "undo")
            assert (shows["message"], shows["refusal"]) == ("Undone for 1 enrollment.", "")

        act(work)

    def test_saved_grades_are_reported_if_the_grid_cannot_be_read(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def work(running: Pipeline) -> None:
            path = f"{GRID_PATH}/{office.course}"
            call = await open_page(running, office, Pasting, path)
            await call(Grading, "load")
            await call(Pasting, "paste", enrollment=office.id, field="grade", clipboard="A")
            monkeypatch.setattr(grading, "read_grid", boom)
            shows = await call(Pasting, "apply")
            assert (shows["done"], shows["offer_label"]) == ("1 learner graded.", "Undo")
            assert shows.get("refusal", "") == shows.get("not_undone", "") == ""

        act(work)
        assert office.stored()[0] == "A"
