"""Test the messages after a save of values that were set already, or that was saved before."""

from __future__ import annotations

from typing import Any

from tests.integration.office import DANA, Office, Tab, act, open_tab
from tests.security.pipeline import Pipeline

LOST = "k3y"
STORED = "Changes saved. They were stored before the page was reloaded."


def sent(tab: Tab, **typed: str) -> dict[str, Any]:
    """Return a form as its page sends it, with a key."""
    return {**tab.shows["form"], **typed, "filled": tab.shows["form_key"], "save_key": LOST}


class TestAlreadySet:
    def test_names_who_set_the_value_and_offers_no_undo(self, office: Office) -> None:
        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            office.save(grade="A")
            await tab.save(grade="A")
            assert tab.shows["message"] == f"{DANA} already set this value."
            assert tab.shows["conflicts"] == []
            assert tab.shows["offer"]["seq"] == 0
            assert (tab.shows["is_dirty"], tab.shows["form"]["grade"]) == (False, "A")

        act(work)
        assert office.stored() == ("A", "Well done.", "Watch him.", 2)

    def test_offers_no_undo_of_a_change_from_another_tab(self, office: Office) -> None:
        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            other = await open_tab(office, running, "t2")
            await other.save(grade="A")
            await tab.save(grade="A")
            assert tab.shows["message"] == "You already set this value in another tab."
            assert tab.shows["offer"]["seq"] == 0

        act(work)

    def test_other_fields_are_saved_and_can_be_undone(self, office: Office) -> None:
        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            office.save(grade="A", deadline="2026-09-01")
            await tab.save(grade="A", note="Mine.")
            assert tab.shows["message"] == (
                f"Saved together with {DANA}'s change of Deadline. {DANA} already set Grade."
            )
            assert tab.shows["offer"]["seq"] != 0
            await tab.call("undo", seq=tab.shows["offer"]["seq"], key="u")

        act(work)
        assert office.stored() == ("A", "Well done.", "Watch him.", 4)

    def test_two_fields_are_named(self, office: Office) -> None:
        async def work(running: Pipeline) -> None:
            tab = await open_tab(office, running)
            office.save(grade="A", feedback="F.")
            await tab.save(grade="A", feedback="F.", note="Mine.")
            assert tab.shows["message"] == (
                f"Changes saved. {DANA} already set Grade and Instructor Feedback."
            )

        act(work)


class TestSavedBeforeTheAnswer:
    """The server ends between a save and its answer; the reloaded page sends it again."""

    def test_the_message_says_saved(self, office: Office) -> None:
        async def work(running: Pipeline) -> None:
            old = await open_tab(office, running)
            form = sent(old, grade="A", reason="Why.")
            await old.call("save", form=form)
            new = await open_tab(office, running, "t2")
            await new.call("save", form=form)
            assert (new.shows["message"], new.shows["refusal"]) == (STORED, "")
            assert new.shows["offer"]["beside"] == STORED
            assert new.shows["is_dirty"] is False
            await new.call("restore_draft", texts={"note": "Late."}, base_version=1)
            await new.save(note="Late.")

        act(work)
        assert office.stored() == ("A", "Well done.", "Late.", 3)

    def test_the_message_says_saved_despite_later_changes(self, office: Office) -> None:
        async def work(running: Pipeline) -> None:
            old = await open_tab(office, running)
            form = sent(old, grade="A")
            await old.call("save", form=form)
            office.save(grade="C")
            new = await open_tab(office, running, "t2")
            await new.call("save", form=form)
            assert new.shows["message"] == STORED
            assert new.shows["form"]["grade"] == "C"
            assert new.shows["offer"]["seq"] == 0, "it is not the newest change"

        act(work)
        assert office.stored()[0] == "C"

    def test_text_typed_since_is_not_reported_as_saved(self, office: Office) -> None:
        async def work(running: Pipeline) -> None:
            old = await open_tab(office, running)
            await old.call("save", form=sent(old, grade="A"))
            form = {**sent(old, grade="A", note="More."), "filled": f"{office.id}.1.1"}
            new = await open_tab(office, running, "t2")
            await new.call("save", form=form)
            assert new.shows["message"] == ""
            assert "Not saved yet" in new.shows["refusal"]
            assert new.shows["form"]["note"] == "More."

        act(work)
        assert office.stored() == ("A", "Well done.", "Watch him.", 2)

    def test_somebody_elses_save_is_not_reported(self, office: Office) -> None:
        async def work(running: Pipeline) -> None:
            old = await open_tab(office, running, session=office.dana)
            form = sent(old, grade="A")
            await old.call("save", form=form)
            new = await open_tab(office, running, "t2")
            await new.call("save", form={**form, "note": "Mine."})
            assert "Not saved yet" in new.shows["refusal"]

        act(work)
