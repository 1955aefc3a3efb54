"""Test whose name a conflict shows, and that one's own other tab is named as such."""

from __future__ import annotations

from tests.integration.office import DANA, Office, act, open_tab
from tests.security.pipeline import Pipeline


def test_ones_own_other_tab_is_named(office: Office) -> None:
    async def work(running: Pipeline) -> None:
        one, other = [await open_tab(office, running, token) for token in ("t1", "t2")]
        await one.save(grade="A")
        await other.save(grade="C")
        assert other.shows["refusal"] == (
            "You saved this enrollment in another tab meanwhile. Choose which values to keep."
        )
        assert other.shows["conflict_by"].startswith("you in another tab, ")
        assert [(field, by) for field, *_, by, _ in other.conflicts] == [
            ("grade", "you in another tab")
        ]

    act(work)


def test_someone_else_is_named_even_after_ones_own_save(office: Office) -> None:
    async def work(running: Pipeline) -> None:
        one, other = [await open_tab(office, running, token) for token in ("t1", "t2")]
        await one.save(grade="A")
        office.save(grade="D")
        await other.save(grade="C")
        assert other.shows["refusal"].startswith("Someone else saved this enrollment meanwhile.")
        assert [(field, by) for field, *_, by, _ in other.conflicts] == [("grade", DANA)]

    act(work)


def test_ones_own_overwritten_change_is_named_as_such(office: Office) -> None:
    async def work(running: Pipeline) -> None:
        one, other = [await open_tab(office, running, token) for token in ("t1", "t2")]
        await other.type("grade", "C")
        await one.save(grade="A")
        await other.call("refresh")
        assert other.said == ("You changed Grade in another tab just now.", True)
        await other.call("merge_remote_changes")
        assert other.shows["refusal"] == (
            "You saved this enrollment in another tab meanwhile. Choose which values to keep."
        )

    act(work)


def test_a_save_merged_with_ones_own_says_so(office: Office) -> None:
    async def work(running: Pipeline) -> None:
        one, other = [await open_tab(office, running, token) for token in ("t1", "t2")]
        await one.save(grade="A")
        await other.save(feedback="Mine.")
        assert other.shows["message"] == "Saved together with your own change of Grade."
        again = await open_tab(office, running, "t3")
        await one.save(grade="B")
        await again.save(grade="B")
        assert again.shows["message"] == "You already set this value in another tab."

    act(work)
