"""Test the counts of views: exact in each scope, cached, pushed to whoever shows them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from enrollment_portal.domain.access.permissions import Everything, Led, Scope, Taught
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, Tab
from enrollment_portal.domain.shared.calendar import MS_PER_DAY, now_ms
from enrollment_portal.domain.views.views import PRODUCT_VIEWS
from enrollment_portal.live import view_counts
from enrollment_portal.live.sockets import wire
from enrollment_portal.live.subscriptions import SharedViews, Subscription, Subscriptions
from enrollment_portal.live.view_counts import ViewCounts
from enrollment_portal.services.views import counting
from enrollment_portal.services.views.counting import count_view
from enrollment_portal.state.shared.live import Live
from enrollment_portal.storage.shared.database import Database
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
)
from tests.integration.stored import execute

TODAY = now_ms() // MS_PER_DAY
OVERDUE = PRODUCT_VIEWS["overdue"].query


@pytest.fixture
def scopes(database: Database) -> dict[str, Scope]:
    """Two courses with an enrollment that is overdue in each, one of them set by hand."""
    make_organization(database)
    found: list[int] = []
    for by_hand in (None, 1):
        learner, course = make_learner(database), make_course(database)
        make_enrollment(database, learner, course, deadline_day=TODAY - 60, override_seq=by_hand)
        make_enrollment(database, learner, make_course(database), deadline_day=TODAY + 200)
        found += [learner, course]
    lead = make_account(database, leads=(found[0],))
    teacher = make_account(database, teaches=(found[3],))
    return {"all": Everything(), "led": Led(lead), "taught": Taught(teacher)}


def test_a_view_is_counted_within_each_scope(database: Database, scopes: dict[str, Scope]) -> None:
    by_hand = PRODUCT_VIEWS["by_hand"].query
    counts = {
        name: (count_view(database, scope, OVERDUE), count_view(database, scope, by_hand))
        for name, scope in scopes.items()
    }
    assert counts == {"all": (2, 1), "led": (1, 0), "taught": (1, 1)}
    # The tab is a part of the view; of a past day, nothing is counted.
    assert count_view(database, Everything(), LedgerQuery(tab=Tab.COMPLETED)) == 0
    assert count_view(database, Everything(), LedgerQuery(as_of=TODAY - 9)) is None


def test_a_view_is_counted_again_only_after_a_change(
    database: Database, scopes: dict[str, Scope], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[LedgerQuery] = []
    count = counting.count_anew

    def spy(*args: Any) -> Any:
        counted.append(args[2])
        return count(*args)

    monkeypatch.setattr(counting, "count_anew", spy)
    asking = LedgerQuery(only_requests=True)
    for _ in range(2):
        assert count_view(database, Everything(), OVERDUE) == 2
        assert count_view(database, Everything(), asking) == 0
    # Requests are no rows of history.
    assert counted == [OVERDUE, asking, asking]
    execute(database, "UPDATE learner SET name = name || ' II', version = version + 1")
    count_view(database, Everything(), OVERDUE)
    assert counted[3:] == [OVERDUE]


def test_counts_are_pushed_when_they_change(
    database: Database, scopes: dict[str, Scope], monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed: list[tuple[str, dict[str, str]]] = []

    async def push(channel: str, values: Any) -> None:
        assert values[Live]["views_channel"] == channel
        pushed.append((channel, values[Live]["view_counts"]))

    monkeypatch.setattr(view_counts, "database", lambda: database)
    monkeypatch.setattr(view_counts, "_PAUSE_SECONDS", 0)
    monkeypatch.setattr(wire, "push", push)
    queries = (("overdue", OVERDUE), ("7", LedgerQuery(as_of=TODAY - 9)))
    every, led = (SharedViews(scopes[name], queries) for name in ("all", "led"))

    async def finish(counts: ViewCounts) -> None:
        await asyncio.gather(*counts._first, *([counts._counting] if counts._counting else []))

    async def run() -> None:
        subscriptions = Subscriptions(most=9)
        counts = ViewCounts(subscriptions)
        counts.show_in(Live)
        tabs = [Subscription(f"t{n}", f"s{n}", n, "/x") for n in range(3)]
        for tab, views in zip(tabs, (every, every, led), strict=True):
            subscriptions.subscribe(tab)
            await counts.join(tab, views)
        await finish(counts)
        # To the second tab of the same views once more: it has just come.
        assert sorted(pushed) == sorted(
            [(every.channel, {"overdue": "2"})] * 2 + [(led.channel, {"overdue": "1"})]
        )
        pushed.clear()
        execute(
            database,
            f"UPDATE enrollment SET deadline_day = {TODAY + 99} WHERE override_seq IS NOT NULL",
        )
        # Where several commit at once, the newest row of history may be there already.
        counts.follow()
        counts.follow()
        await finish(counts)
        assert pushed == [(every.channel, {"overdue": "1"})]
        counts.follow()
        await finish(counts)
        assert len(pushed) == 1
        # With other views, the tab leaves the channel of those before.
        await counts.join(tabs[2], None)
        assert tabs[2].channels == set()

    asyncio.run(run())


def test_people_share_counts_only_with_the_same_views_in_the_same_scope() -> None:
    product = tuple((key, view.query) for key, view in PRODUCT_VIEWS.items())
    lists = [
        SharedViews(scope, queries)
        for scope in (Everything(), Led(1), Led(2), Taught(1))
        for queries in (product, product[:2], ())
    ]
    assert len({one.channel for one in lists}) == len(lists)
    assert "overdue" not in lists[0].channel
