"""Test the handlers of the list of changes: addresses, days, new changes, and undoing in place."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from enrollment_portal.domain.activity import messages
from enrollment_portal.domain.people.people import Actor
from enrollment_portal.services import runtime
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from enrollment_portal.settings import settings
from enrollment_portal.state.activity.changes import Changes, FilterSearch
from enrollment_portal.state.shared.views import ACTIVITY_PATH
from tests.builders import NOW, make_session
from tests.integration.activity.office import Office, write_change
from tests.security.pipeline import Client, as_json, event_name, pipeline


@pytest.fixture
def office(
    make_database_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    """An organization, in the database of the running app."""
    monkeypatch.setenv("DATABASE_URL", make_database_url("sqlite"))
    settings.cache_clear()
    yield Office(runtime.database())
    runtime.database().close()
    settings.cache_clear()


class Tab:
    """An open tab: calls handlers, and knows the last value of each var that it was sent."""

    def __init__(self, client: Client) -> None:
        self.client, self.shown = client, dict[str, Any]()

    async def __call__(
        self, handler: str, path: str = ACTIVITY_PATH, of: type = Changes, **payload: Any
    ) -> Any:
        """Send an event, and return what is shown after it."""
        updates = await self.client.call(event_name(of, handler), path, **payload)
        for update in as_json(updates):
            for state in (Changes, FilterSearch):
                for name, value in update.get("delta", {}).get(state.get_full_name(), {}).items():
                    self.shown[name.split("_rx_state_")[0]] = value
        return self.shown


def run(office: Office, actor: Actor, act: Callable[[Tab], Awaitable[None]]) -> None:
    """Run events in a tab of an actor."""

    async def events() -> None:
        async with pipeline() as running:
            client = running.client("tab", make_session(office.database, actor.account_id))
            await client.open()
            await act(Tab(client))

    asyncio.run(events())


def test_nonsense_leaves_the_address(office: Office) -> None:
    write_change(office.database, office.enrollments[0][0], {"grade": ["A", "B"]})

    async def act(tab: Tab) -> None:
        course = office.courses[0]
        asked = f"?person=-1&field=hash&source=x&when=soon&learner=0&course={course}&after=1~x"
        shown = await tab("load", ACTIVITY_PATH + asked)
        assert shown["address"]["search"] == f"course={course}"
        assert [row["seq"] for row in shown["rows"]] == [1]
        shown = await tab("filter_by", name="course", value="987654321")
        assert shown["rows"] == []
        [chip] = shown["chips"]
        assert chip == {"name": "course", "text": f"Course: {messages.COURSE_GONE}"}
        assert (await tab("clear"))["address"]["search"] == ""

    run(office, office.admin, act)


def test_a_lead_cannot_filter_by_notes(office: Office) -> None:
    write_change(office.database, office.enrollments[0][0], {"note": ["", "CANARY"]})

    async def act(tab: Tab) -> None:
        shown = await tab("load", f"{ACTIVITY_PATH}?field=note")
        assert (shown["address"]["search"], shown["rows"], shown["reads_notes"]) == ("", [], False)
        assert (await tab("filter_by", name="field", value="note"))["filters"] == {}

    run(office, office.lead, act)


def test_days_are_chosen_by_name_or_one_by_one(office: Office) -> None:
    async def act(tab: Tab) -> None:
        await tab("load")
        shown = await tab("filter_by", name="when", value="0d..0d")
        assert (shown["address"]["search"], shown["period"]) == ("when=0d..0d", "0d..0d")
        assert shown["first_day"] == shown["last_day"] != ""
        shown = await tab("choose_day", name="first", day="2026-01-05")
        assert shown["address"]["search"].startswith("when=2026-01-05..")
        assert shown["period"] == "chosen"
        # The last day follows a first one after it.
        shown = await tab("choose_day", name="first", day="2150-01-05")
        assert shown["address"]["search"] == "when=2150-01-05..2150-01-05"
        for day in ("2150-01-", "20.1.2026", 7, None):
            assert (await tab("choose_day", name="last", day=day)) == shown
        await tab("choose_day", name="last", day="")
        assert (await tab("choose_day", name="first", day=""))["address"]["search"] == ""

    run(office, office.admin, act)


def test_new_changes_are_counted_and_then_shown(office: Office) -> None:
    id_, database = office.enrollments[0][0], office.database
    write_change(database, id_, {"grade": ["A", "B"]})

    async def act(tab: Tab) -> None:
        assert (await tab("load", f"{ACTIVITY_PATH}?field=grade"))["fresh"] == ""
        write_change(database, id_, {"deadline": [None, 20_000]}, at=NOW + 1)
        assert (await tab("refresh"))["fresh"] == ""
        write_change(database, id_, {"grade": ["B", "C"]}, at=NOW + 2)
        shown = await tab("refresh")
        assert (shown["fresh"], len(shown["rows"])) == ("1 new change", 1)
        shown = await tab("show_fresh")
        assert (shown["fresh"], len(shown["rows"])) == ("", 2)

    run(office, office.admin, act)


def test_a_change_is_undone_in_place_or_refused_beside_it(office: Office) -> None:
    id_, database = office.enrollments[0][0], office.database
    save_enrollment(database, office.admin, id_, version=1, typed={"grade": "B"})

    async def act(tab: Tab) -> None:
        [row] = (await tab("load"))["rows"]
        assert row["may_undo"]
        values = {"enrollment": id_, "seq": row["seq"]}
        shown = await tab("undo", key=tab.shown["act_key"], **values)
        assert shown["message"] == "Grade is empty again."
        assert [one["undone"] for one in shown["rows"]] == ["", "Undone by Super Admin"]
        shown = await tab("undo", key=tab.shown["act_key"], **values)
        assert shown["refused_seq"] == row["seq"]
        assert "already undid this" in shown["refused_why"]
        for nonsense in ({"enrollment": "x", "seq": 1}, {"enrollment": id_, "seq": None}):
            assert (await tab("undo", key="", **nonsense))["refused_why"]

    run(office, office.admin, act)


def test_a_filter_is_chosen_from_what_a_search_finds(office: Office) -> None:
    async def act(tab: Tab) -> None:
        await tab("load")
        shown = await tab("search", of=FilterSearch, typed="instructor")
        assert [one["about"].split(" · ")[0] for one in shown["found"]] == [messages.MADE_BY] * 2
        assert (await tab("choose", of=FilterSearch, number=9))["address"]["search"] == ""
        shown = await tab("choose", of=FilterSearch, number=1)
        assert shown["filters"] == {"person": str(office.teacher.account_id)}
        assert shown["found"] == []

    run(office, office.admin, act)
