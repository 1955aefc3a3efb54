"""Test that previews are made beside a tab's events, that the newest wins, and cancelling."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from enrollment_portal.domain.bulk.jobs import Summary
from enrollment_portal.domain.shared.errors import Refused
from enrollment_portal.services.bulk.previewing import Cancelled, Preview
from enrollment_portal.state.bulk import made_previews
from enrollment_portal.state.bulk.made_previews import Making, begin, cancel, take, when_done

DANA, EVE = 1, 2


@pytest.fixture(autouse=True)
def _no_previews(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made_previews, "_newest", {})


def made(name: str) -> Preview:
    return Preview(name, "f", name, "", Summary(), ())


class Slow:
    """A preview that is made once it may go on, or until nobody waits for it."""

    def __init__(self, name: str = "slow") -> None:
        self.name, self.may_go_on = name, threading.Event()

    def __call__(self, is_wanted: Callable[[], bool]) -> Preview:
        self.may_go_on.wait(10)
        if not is_wanted():
            raise Cancelled
        return made(self.name)


def test_a_quick_preview_is_there_at_once_and_taken_once() -> None:
    async def act() -> None:
        making = Making(DANA, is_undo=True)
        assert await begin("tab", making, lambda _wanted: made("quick"))
        assert take("other tab", DANA) is None
        found = take("tab", DANA)
        assert found
        assert found == (making, made("quick"))
        assert take("tab", DANA) is None

    asyncio.run(act())


def test_a_refusal_is_the_answer() -> None:
    def refuse(_wanted: Callable[[], bool]) -> Preview:
        raise Refused("Too old.")

    async def act() -> None:
        assert await begin("tab", Making(DANA, is_undo=False), refuse)
        found = take("tab", DANA)
        assert found
        assert isinstance(found[1], Refused)

    asyncio.run(act())


def test_what_takes_longer_is_told_when_it_is_done_and_only_to_who_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(made_previews, "_AT_ONCE_SECONDS", 0)

    async def act() -> None:
        for account in (EVE, DANA):
            slow, making, told = Slow(), Making(DANA, is_undo=False), asyncio.Event()
            assert not await begin("tab", making, slow)
            assert take("tab", DANA) is None  # it is being made
            when_done("tab", making, told.set)
            slow.may_go_on.set()
            await told.wait()
            assert (take("tab", account) is None) == (account == EVE)
            # Another person who signs in on the tab later gets nothing of it, nor does the first.
            assert take("tab", DANA) is None

    asyncio.run(act())


def test_the_newest_wins_and_closing_the_dialog_cancels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made_previews, "_AT_ONCE_SECONDS", 0)

    async def act() -> None:
        older, newer, told = Slow("older"), Slow("newer"), []
        first, second = Making(DANA, is_undo=False), Making(DANA, is_undo=False)
        await begin("tab", first, older)
        when_done("tab", first, lambda: told.append("older"))
        await begin("tab", second, newer)
        older.may_go_on.set()
        assert first.made
        assert second.made
        assert isinstance(await first.made, Cancelled)
        assert told == []
        cancel("tab")
        newer.may_go_on.set()
        assert isinstance(await second.made, Cancelled)
        assert take("tab", DANA) is None

    asyncio.run(act())


def test_previews_of_closed_tabs_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made_previews, "_MOST_KEPT", 3)

    async def act() -> None:
        for n in range(9):
            await begin(f"tab {n}", Making(DANA, is_undo=False), lambda _wanted: made("x"))
        assert list(made_previews._newest) == ["tab 6", "tab 7", "tab 8"]

    asyncio.run(act())
