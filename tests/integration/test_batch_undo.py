"""What was pasted into a grid is taken back beside its confirmation, done again, and taken back."""

from __future__ import annotations

from typing import Any

from enrollment_portal.state.grading import Grading
from enrollment_portal.state.grading_views import GRID_PATH
from enrollment_portal.state.pasting import Pasting
from tests.integration.office import DANA, Office, act
from tests.security.pipeline import Pipeline, as_json, event_name


def test_pasted_grades_are_undone_redone_and_undone(office: Office) -> None:
    shows: dict[str, Any] = {}

    async def work(running: Pipeline) -> None:
        client = running.client("t1", office.maya)
        path = f"{GRID_PATH}/{office.course}"

        async def call(state: type, handler: str, **payload: Any) -> None:
            for update in as_json(await client.call(event_name(state, handler), path, **payload)):
                for name, value in update["delta"].get(Pasting.get_full_name(), {}).items():
                    shows[name.removesuffix("_rx_state_")] = value

        await client.call("reflex___state____state.hydrate", "/nowhere")
        await call(Grading, "arrive")
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
