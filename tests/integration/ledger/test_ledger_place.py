"""Test that the links to the previous and next enrollment follow changes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from enrollment_portal.live import feed as feeding
from enrollment_portal.live.feed import Feed, feed
from enrollment_portal.live.sockets import wire
from enrollment_portal.live.subscriptions import ROWS_MOVED, Subscription
from enrollment_portal.services.access.sign_in import who_is
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from enrollment_portal.services.people.users import read_user, save_user, typed_person
from enrollment_portal.state.enrollment.details import Details
from enrollment_portal.state.enrollment.place import LedgerPlace
from enrollment_portal.storage.history.changes import CommittedChange
from enrollment_portal.storage.shared.database import Database
from tests.builders import make_enrollment, make_learner
from tests.integration.office import Office, Tab, act, open_tab
from tests.security.pipeline import Pipeline, as_json, event_name

BY_NAME = "tab=active&sort=learner"


async def refresh_place(tab: Tab, office: Office, state: Any) -> tuple[str, str]:
    """Refresh a state of the page; return the previous and the next name."""
    updates = await tab._client.call(event_name(state, "refresh"), office.path)
    for update in as_json(updates):
        for values in update["delta"].values():
            tab.shows |= {name.removesuffix("_rx_state_"): v for name, v in values.items()}
    place = tab.shows["place"]
    return place["previous_name"], place["next_name"]


def test_renamed_removed_and_new_neighbours_are_shown(office: Office) -> None:
    database = office.database
    office.path += f"?{BY_NAME}"
    learner = make_learner(database, "Berit Holm")
    berit = make_enrollment(database, learner, office.course, status=0)

    async def work(running: Pipeline) -> None:
        tab = await open_tab(office, running)
        assert (tab.shows["place"]["previous"], tab.shows["place"]["next"][-2:]) == (
            "",
            f"/{berit}",
        )
        subscription = feed.subscriptions.get("")
        assert subscription
        assert {s for s, state in subscription.subjects.items() if state is LedgerPlace} == {
            ("neighbour", berit),
            ROWS_MOVED,
        }
        maya = who_is(database, office.maya)
        assert maya
        person = read_user(database, maya, learner).person
        typed = {**typed_person(person.fields), "name": "Birgit Holm"}
        save_user(database, maya, learner, version=person.version, typed=typed)
        assert await refresh_place(tab, office, Details) == ("", "Birgit Holm · Rope Access")
        dmitri = make_enrollment(database, make_learner(database, "Dmitri"), office.course)
        save_enrollment(database, maya, berit, version=1, typed={"status": "cancelled"})
        assert await refresh_place(tab, office, LedgerPlace) == ("", "Dmitri · Rope Access")
        assert ("neighbour", dmitri) in subscription.subjects
        assert ("neighbour", berit) not in subscription.subjects
        make_enrollment(database, make_learner(database, "Aaron"), office.course)
        assert await refresh_place(tab, office, LedgerPlace) == ("", "Aaron · Rope Access")

    act(work)


def test_a_changed_neighbour_and_a_new_enrollment_refresh_the_page(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = make_enrollment(database), make_enrollment(database)
    called: list[object] = []

    async def call(_token: str, handler: object) -> None:
        called.append(handler)

    monkeypatch.setattr(feeding, "database", lambda: database)
    monkeypatch.setattr(feeding, "_CALL_SECONDS", 0.0)
    monkeypatch.setattr(wire, "call", call)

    async def run() -> None:
        own = Feed()
        subscription = Subscription("tab", "s1", 1, "/x")
        await own.subscribe(subscription)
        own.subscriptions.watch(subscription, LedgerPlace, (ROWS_MOVED, ("neighbour", one)))
        await own._spread([CommittedChange(1, other, is_new=False)], set())
        assert called == []
        await own._spread([CommittedChange(2, one, is_new=False)], set())
        await asyncio.sleep(0)
        await own._spread([CommittedChange(3, other, is_new=True)], set())

    asyncio.run(run())
    assert called == [LedgerPlace.refresh] * 2
