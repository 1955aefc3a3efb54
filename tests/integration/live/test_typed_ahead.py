"""Test typing into a search before its page has loaded or answered."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from reflex.state import OnLoadInternalState

from enrollment_portal.domain.people.people import Role
from enrollment_portal.live.feed import feed
from enrollment_portal.services import runtime
from enrollment_portal.settings import settings
from enrollment_portal.state.learning.learning import Catalog
from enrollment_portal.state.ledger import ledger
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.shared.views import LEDGER_PATH
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_lessons,
    make_organization,
    make_session,
)
from tests.security.pipeline import as_json, event_name, pipeline


@pytest.fixture
def portal(
    make_database_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """Two courses, and Ada who is enrolled in both."""
    monkeypatch.setenv("DATABASE_URL", make_database_url("sqlite"))
    settings.cache_clear()
    database = runtime.database()
    make_organization(database)
    ada = make_learner(database, "Ada Byström")
    for title in ("Knots", "Rope Access"):
        course = make_course(database, title, n_lessons=1)
        make_lessons(database, course, 1)
        make_enrollment(database, make_learner(database, f"Taker of {title}"), course)
    make_account(database, Role.LEARNER, name="Ada Byström", learner_id=ada)
    make_account(database, name="Dana Ruiz")
    yield database
    database.close()
    monkeypatch.undo()
    settings.cache_clear()


def shown_last(updates: list[Any], state: type, var: str) -> Any:
    """Return a state var's value in the last update that contained it."""
    name = state.get_full_name()  # type: ignore[attr-defined]
    told = [u["delta"][name] for u in as_json(updates) if name in (u.get("delta") or {})]
    return [values[f"{var}_rx_state_"] for values in told if f"{var}_rx_state_" in values][-1]


@pytest.mark.parametrize(
    ("state", "path", "account", "typed"),
    [(Catalog, "/learn/catalog", 1, "Rope"), (Ledger, LEDGER_PATH, 2, "Taker of Rope")],
)
def test_a_search_during_the_load_of_its_page_is_kept(
    portal: Database, state: type, path: str, account: int, typed: str
) -> None:
    async def run() -> list[Any]:
        async with pipeline() as running:
            client = running.client("tab", make_session(portal, account))
            await client.call(event_name(state, "load"), path)
            # Both are sent before the server has started with either.
            await asyncio.gather(
                client.call(event_name(OnLoadInternalState, "on_load_internal"), path),
                client.call(event_name(state, "search"), path, typed=typed),
            )
            return client.sent

    sent = asyncio.run(run())
    assert len(shown_last(sent, state, "rows")) == 1
    assert shown_last(sent, state, "search_field") == 0, "the box is not taken from who types"


def test_an_abandoned_search_keeps_the_ledger_following_its_rows(
    portal: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_read, is_over = threading.Event(), threading.Event()
    read = ledger.read_shown

    def read_slowly(actor: Any, query: Any, *others: Any, **how: Any) -> Any:
        if query.search:
            is_read.set()
            assert is_over.wait(20)
        return read(actor, query, *others, **how)

    monkeypatch.setattr(ledger, "read_shown", read_slowly)

    async def run() -> tuple[Any, ...]:
        async with pipeline() as running:
            client = running.client("tab", make_session(portal, 2))
            await client.call(event_name(Ledger, "load"), LEDGER_PATH)
            typing = asyncio.create_task(client.call(event_name(Ledger, "search"), typed="a"))
            assert await asyncio.to_thread(is_read.wait, 20)
            deleting = asyncio.create_task(client.call(event_name(Ledger, "search"), typed=""))
            await asyncio.wait([typing, deleting])
            is_over.set()
            # A client's subscription is that of the tab it names, and this one names none.
            subscription = feed.subscriptions.get("")
            assert subscription
            assert subscription.view
            return subscription.view.query.search, len(subscription.shown)

    assert asyncio.run(run()) == ("", 2)
