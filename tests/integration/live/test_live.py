"""Test the parts of the change feed: following history, carrying messages, pushing to pages."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import engineio
import pytest
from engineio.async_socket import AsyncSocket
from engineio.packet import PONG, Packet
from reflex_base.utils.format import json_dumps
from sqlalchemy import text

from enrollment_portal.domain.access.permissions import Everything, Led, Taught
from enrollment_portal.domain.enrolling.new_enrollment import CreateEnrollment, create_enrollment
from enrollment_portal.domain.enrollment.commands import Context
from enrollment_portal.domain.enrollment.fields import Origin
from enrollment_portal.domain.enrollment.lifecycle import Status
from enrollment_portal.domain.ledger.ledger_query import LedgerQuery, Tab
from enrollment_portal.domain.ledger.shown_rows import LiveRow, live_row
from enrollment_portal.domain.people.people import Actor, Role
from enrollment_portal.domain.requests.answers import Answer
from enrollment_portal.domain.requests.extension_requests import RequestState
from enrollment_portal.domain.shared.calendar import Deadline, now_ms
from enrollment_portal.live import attention
from enrollment_portal.live import feed as feeding
from enrollment_portal.live import ledgers as ledger_rooms
from enrollment_portal.live.bus import InProcess, Message, OverRedis, bus_of
from enrollment_portal.live.feed import Feed
from enrollment_portal.live.history_follower import follow_history
from enrollment_portal.live.ledger_counts import MOST_FRESH, LedgerCounts, NewRow
from enrollment_portal.live.presence import _GONE_SECONDS, Presence
from enrollment_portal.live.sockets import wire
from enrollment_portal.live.subscriptions import (
    SharedCounts,
    Subscription,
    Subscriptions,
    ledger_channel,
)
from enrollment_portal.services.enrollment.enrollments import save_enrollment
from enrollment_portal.services.ledger.ledger import read_ledger
from enrollment_portal.state.grading.grading import Grading
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.shared.live import Live
from enrollment_portal.state.shared.views import row_view
from enrollment_portal.storage.enrolling.new_enrollments import write_new_enrollments
from enrollment_portal.storage.history import changes
from enrollment_portal.storage.history.changes import CommittedChange, EnrollmentState
from enrollment_portal.storage.history.history import Author, Signature
from enrollment_portal.storage.requests import extensions
from enrollment_portal.storage.shared.database import TOUCHED, Database, session_on, touch
from enrollment_portal.storage.shared.scopes import led_by, taught_by
from tests import redis_server
from tests.builders import (
    make_account,
    make_course,
    make_enrollment,
    make_learner,
    make_organization,
)


def create_one(session: Any, learner: int, course: int) -> int:
    """Create an enrollment with its history in an open transaction."""
    begun = create_enrollment(
        CreateEnrollment(learner, course, Origin.SELF, None), Context(now_ms())
    )
    return write_new_enrollments(session, [begun], Signature(Author("tracking")))[0]


class TestHistoryFollower:
    def test_returns_each_new_row_once_and_no_older_row(self, database: Database) -> None:
        course, person = make_course(database, "Knots"), _new(database)
        with database.write() as session:
            create_one(session, person, course)
        history_follower = follow_history(database)
        assert history_follower.read() == []
        people = [_new(database) for _ in range(3)]
        with database.write() as session:
            ids = [create_one(session, person, course) for person in people]
        given = history_follower.read()
        assert [change.enrollment_id for change in given] == ids
        assert all(change.is_new for change in given)
        assert history_follower.read() == []

    def test_marks_changes_of_the_status(self, database: Database) -> None:
        admin = make_account(database)
        id_ = make_enrollment(database, _new(database), make_course(database, "Knots"))
        history_follower, actor = (
            follow_history(database),
            Actor(admin, "Dana", "", Role.SUPER_ADMIN),
        )
        trap = '"status": '
        save_enrollment(database, actor, id_, version=1, typed={"note": trap, "grade": "status"})
        save_enrollment(database, actor, id_, version=2, typed={"status": "cancelled"})
        assert [change.status_changed for change in history_follower.read()] == [False, True]

    def test_rolled_back_rows_are_never_returned(self, database: Database) -> None:
        course, person = make_course(database, "Knots"), _new(database)
        history_follower = follow_history(database)
        with database.engine.connect() as connection, connection.begin() as transaction:
            create_one(session_on(connection), person, course)
            transaction.rollback()
        assert history_follower.read() == []

    def test_late_commits_with_lower_numbers_are_not_missed(self, database: Database) -> None:
        if database.is_sqlite:
            pytest.skip("SQLite has one writer at a time: commits come in the order of numbers.")
        # Two courses: those who count in the same one wait for each other.
        course, other = make_course(database, "Knots"), make_course(database, "Rope")
        first, second = _new(database), _new(database)
        history_follower = follow_history(database)
        with database.engine.connect() as slow:
            transaction = slow.begin()
            late = create_one(session_on(slow), first, course)
            with database.write() as session:
                early = create_one(session, second, other)
            assert [change.enrollment_id for change in history_follower.read()] == [early]
            assert history_follower.read() == []
            transaction.commit()
        assert [change.enrollment_id for change in history_follower.read()] == [late]
        for _ in range(3):
            assert history_follower.read() == []


def _new(database: Database) -> int:
    return make_learner(database)


class TestCommits:
    def test_commit_listeners_get_the_changed_tables(self, database: Database) -> None:
        told: list[set[int]] = []
        database.after_commit(told.append)
        with database.write() as session:
            touch(session, 7)
        with pytest.raises(ZeroDivisionError):
            _touch_and_fail(database)
        with database.write() as session:
            session.execute(text("SELECT 1"))
        assert told == [{7}, set()], "what was undone touched nothing, then or later"


def _touch_and_fail(database: Database) -> None:
    with database.write() as session:
        touch(session, 8)
        _ = 1 // 0


class TestScopes:
    def test_contain_only_led_and_taught_enrollments(self, database: Database) -> None:
        taught, other = make_course(database, "Rope"), make_course(database, "Knots")
        led, stranger = _new(database), _new(database)
        sam = make_account(database, Role.INSTRUCTOR, teaches=(taught,))
        lea = make_account(database, Role.GROUP_LEAD, leads=(led,))
        make_enrollment(database, led, other)
        with database.read() as session:
            assert taught_by(session, sam) == {taught}
            assert taught_by(session, lea) == set()
            assert led_by(session, lea, {led, stranger}) == {led}
            assert led_by(session, sam, {led, stranger}) == set()


class TestWire:
    def test_a_push_has_the_form_of_a_states_own_update(self) -> None:
        """The names in a push are those of Reflex's own updates, also of its next version."""
        row = LiveRow(3, "active", 40, Deadline(), "", by_hand=False)
        values = {"rows": {"5": row}, "counts": {"all": "1"}, "channel": "v"}
        pushed = json.loads(json_dumps(wire.update_of({Live: values})))
        state = Live(_reflex_internal_init=True)  # type: ignore[call-arg]
        for name, value in values.items():
            setattr(state, name, value)
        name = Live.get_full_name()
        own = json.loads(json_dumps(state.dict()[name]))
        assert pushed["delta"] == {name: {key: own[key] for key in pushed["delta"][name]}}
        assert len(pushed["delta"][name]) == len(values)
        assert not pushed.get("events")

    def test_before_the_app_runs_a_push_does_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(wire, "_app", None)

        async def run() -> None:
            await wire.enter("sid", "channel")
            await wire.push("channel", {Live: {"channel": ""}})
            await wire.call("token", Ledger.refresh)

        asyncio.run(run())
        assert not wire.is_open("token", "sid")


class TestChannels:
    def test_different_scopes_have_different_channels(self) -> None:
        scopes = [Everything(), Taught(1), Taught(2), Led(1), Led(2)]
        assert len({ledger_channel(scope) for scope in scopes}) == len(scopes)

    def test_a_channel_is_the_same_on_every_tab_sort_and_page(self) -> None:
        query = LedgerQuery(search="ada")
        view = SharedCounts.of(Everything(), query)
        assert SharedCounts.of(Everything(), query.on_tab(Tab.ACTIVE)) == view
        assert SharedCounts.of(Taught(1), query).channel != view.channel
        assert SharedCounts.of(Everything(), query.searching("bo")).channel != view.channel
        assert "ada" not in view.channel

    def test_a_socket_is_subscribed_to_its_last_page(self) -> None:
        subscriptions = Subscriptions(most=2)
        subscription = Subscription("t1", "s1", 1, "/x")
        subscriptions.subscribe(subscription)
        subscriptions.watch(subscription, Ledger, [("enrollment", 1), ("course", 2)])
        assert subscriptions.watching([("course", 2)]) == {("t1", Ledger)}
        subscriptions.watch(subscription, Ledger, [("enrollment", 3)])
        assert subscriptions.watching([("course", 2), ("enrollment", 1)]) == set()
        assert subscriptions.watching([("enrollment", 3)]) == {("t1", Ledger)}
        for token in ("t2", "t3"):
            subscriptions.subscribe(Subscription(token, token, 1, "/x"))
        assert subscriptions.get("t1") is None, "the oldest goes"
        assert subscriptions.watching([("enrollment", 3)]) == set()


@pytest.fixture(params=["in process", "redis"])
def redis_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a bus: none, and that of a real Redis."""
    if request.param == "in process":
        yield ""
    else:
        with redis_server.running(tmp_path) as url:
            yield url


class TestBus:
    def test_every_process_receives_every_message_also_the_sender(self, redis_url: str) -> None:
        async def run() -> tuple[list[Message], list[Message]]:
            mine = bus_of(redis_url)
            other = bus_of(redis_url) if redis_url else mine
            assert isinstance(mine, OverRedis if redis_url else InProcess)
            heard: tuple[list[Message], list[Message]] = ([], [])
            tasks = [
                asyncio.create_task(bus.listen(into.append))
                for bus, into in zip((mine, other), heard, strict=True)
            ]
            for number in range(200):
                await mine.send({"kind": "changed", "touched": [number]})
                if all(heard):
                    break
                await asyncio.sleep(0.02)
            await other.send({"kind": "rights", "account": 3})
            for _ in range(200):
                if all({"kind": "rights", "account": 3} in into for into in heard):
                    break
                await asyncio.sleep(0.02)
            for task in tasks:
                task.cancel()
            return heard

        for into in asyncio.run(run()):
            assert {"kind": "rights", "account": 3} in into
            assert any(message["kind"] == "changed" for message in into)

    def test_without_redis_messages_stay_in_the_process(self) -> None:
        async def run() -> None:
            await OverRedis("redis://127.0.0.1:1/0").send({"kind": "changed", "touched": []})

        asyncio.run(run())


class TestFeed:
    def test_a_failed_push_is_sent_with_the_next_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(feeding, "_POLL_SECONDS", 0.01)

        async def run() -> list[tuple[list[int], set[int]]]:
            feed, history_follower, told = Feed(), _OneChange(), []

            async def spread(fresh: list[CommittedChange], touched: set[int]) -> None:
                told.append(([change.seq for change in fresh], touched))
                if len(told) == 1:
                    raise ConnectionError

            monkeypatch.setattr(feed, "_spread", spread)
            feed._receive({"kind": "changed", "touched": [9]})
            for _ in range(3):
                await feed._follow(history_follower, _NoChange())  # type: ignore[arg-type]
            return told

        assert asyncio.run(run()) == [([5], {9})] * 2, "told again, and then no more"

    @staticmethod
    async def ignore(*_: object) -> None:
        """Take a call of a page and do nothing."""

    def test_what_needs_attention_is_sent_to_each_scope(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_organization(database)
        learner = make_learner(database)
        late = make_enrollment(database, learner, status=0, deadline_day=20_000)
        lead = make_account(database, Role.GROUP_LEAD, leads=(learner,))
        with database.write() as session:
            extensions.add_request(session, late, 40_000, "Ill", at=now_ms())
        pushed: list[tuple[str, object]] = []

        async def push(channel: str, values: wire.Values) -> None:
            if "needs" in values[Live]:
                pushed.append((channel, values[Live]["needs"]["courses"]))  # type: ignore[index]

        for module in (ledger_rooms, feeding, attention):
            monkeypatch.setattr(module, "database", lambda: database)
        monkeypatch.setattr(attention, "_COUNT_SECONDS", 0)
        monkeypatch.setattr(wire, "push", push)
        monkeypatch.setattr(wire, "call", self.ignore)
        monkeypatch.setattr(LedgerCounts, "follow", lambda *_: None)

        async def counted(feed: Feed) -> list[tuple[str, object]]:
            assert feed.ledgers._needs._counting is not None
            await feed.ledgers._needs._counting
            found = sorted(pushed)
            pushed.clear()
            return found

        async def run() -> list[list[tuple[str, object]]]:
            feed = Feed()
            feed.ledgers.show_in(Live)
            scopes = (Everything(), Led(lead), Led(999))
            for number, scope in enumerate(scopes):
                subscription = Subscription(f"t{number}", f"s{number}", number, "/x")
                await feed.subscribe(subscription)
                view = SharedCounts.of(scope, LedgerQuery())
                await feed.ledgers.join(subscription, Ledger, view, 5)
            await feed._spread([CommittedChange(5, late, is_new=False)], set())
            found = [await counted(feed)]
            with database.write() as session:
                request = extensions.open_request(session, late)
                assert request
                closed = Answer(request.id, RequestState.CLOSED, is_seen=True)
                extensions.decide(session, closed, by="", at=now_ms())
                assert session.info[TOUCHED] == {late}
            await feed._spread([], {late})
            found.append(await counted(feed))
            # With a new day, for everybody: nobody else says so.
            feed._day = 20_000
            await feed._turn_day(20_001)
            found.append(await counted(feed))
            return found

        changed, closed, next_day = asyncio.run(run())
        of_all, of_lead = ledger_channel(Everything()), ledger_channel(Led(lead))
        mine = {"overdue": 1, "stuck": 1, "awaiting_grade": 0}
        assert changed == [(of_all, {**mine, "asks": 1}), (of_lead, mine)]
        assert closed == [(of_all, {**mine, "asks": 0}), (of_lead, mine)]
        nothing = dict.fromkeys(mine, 0)
        assert next_day == [*closed, (ledger_channel(Led(999)), nothing)]

    def test_with_a_new_day_every_page_is_refreshed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        feed = Feed()
        called: list[tuple[str, object]] = []
        pushed: list[tuple[str, object]] = []

        async def call(token: str, handler: object) -> None:
            called.append((token, handler))

        async def push(channel: str, values: wire.Values) -> None:
            pushed.append((channel, values[Live]["rows"]))
            # Meanwhile somebody opens a ledger, which shows the new day already.
            view = SharedCounts.of(Taught(2), LedgerQuery())
            await feed.ledgers.join(Subscription("late", "s4", 2, "/x"), Ledger, view, 6)

        monkeypatch.setattr(wire, "call", call)
        monkeypatch.setattr(wire, "push", push)

        async def run() -> None:
            feed.ledgers.show_in(Live)
            view = SharedCounts.of(Everything(), LedgerQuery())
            ledger, grid = (
                Subscription("ledger", "s1", 1, "/x"),
                Subscription("grid", "s2", 1, "/y"),
            )
            for subscription in (ledger, grid, Subscription("elsewhere", "s3", 1, "/z")):
                await feed.subscribe(subscription)
            await feed.ledgers.join(ledger, Ledger, view, 5)
            feed.ledgers._channels[view.scope].rows["7"] = LiveRow(
                2, "active", 0, Deadline(left="in 1 day"), "", by_hand=False
            )
            feed.subscriptions.watch(grid, Grading, [("course", 3)])
            await feed._turn_day(20_000)
            await feed._turn_day(20_000)
            assert (called, pushed) == ([], [])
            await feed._turn_day(20_001)

        asyncio.run(run())
        assert called == [("ledger", Ledger.refresh), ("grid", Grading.refresh)]
        assert pushed == [(ledger_channel(Everything()), {})], "what was told is of the day before"

    def test_a_failing_refresh_does_not_block_later_ones(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(feeding, "_CALL_SECONDS", 0.01)
        called: list[str] = []

        async def call(token: str, _handler: object) -> None:
            called.append(token)
            if len(called) == 1:
                raise ConnectionError

        monkeypatch.setattr(wire, "call", call)

        async def run() -> None:
            feed = Feed()
            with pytest.raises(ConnectionError):
                await feed.call("tab", Ledger)
            await feed.call("tab", Ledger)
            for _ in range(200):
                if len(called) == 2:
                    return
                await asyncio.sleep(0.01)

        asyncio.run(run())
        assert called == ["tab", "tab"]


class TestPresence:
    """What others see of a tab that changes its page, or its session."""

    @pytest.fixture
    def feed(self, monkeypatch: pytest.MonkeyPatch) -> Feed:
        monkeypatch.setattr(feeding, "_LEAVING_SECONDS", 0.01)
        return Feed()

    @staticmethod
    def _sent(feed: Feed, act: Callable[[], Awaitable[None]]) -> list[str]:
        told: list[str] = []

        async def send(message: Message) -> None:
            if message["kind"] != "who":
                told.append(message["kind"])

        async def run() -> None:
            feed.presence = Presence(send)
            feed.presence.show_in(Live, lambda one: one)
            await act()
            while feeding._running:
                await asyncio.gather(*feeding._running)

        asyncio.run(run())
        return told

    @staticmethod
    async def _grid(feed: Feed, sid: str = "s1") -> Subscription:
        subscription = Subscription("t", sid, 1, "/teach/courses/3")
        await feed.subscribe(subscription)
        feed.watch(subscription, Grading, [("course", 3)], "Sam")
        return subscription

    def test_a_person_who_types_soon_after_opening_a_grid_stays(self, feed: Feed) -> None:
        async def act() -> None:
            await feed.subscribe(Subscription("t", "s1", 1, "/teach"))
            feed.attend(await self._grid(feed), "Sam", (7, 3), True)

        assert self._sent(feed, act) == ["here", "here"]

    def test_a_person_who_types_during_a_lost_connection_stays(self, feed: Feed) -> None:
        async def act() -> None:
            feed.attend(await self._grid(feed), "Sam", (7, 3), False)
            await asyncio.sleep(0)
            await self._grid(feed, "s2")

        assert self._sent(feed, act) == ["here"]

    @pytest.mark.parametrize("elsewhere", ["/teach", "/teach/courses/4"])
    def test_a_person_who_leaves_a_grid_disappears(self, feed: Feed, elsewhere: str) -> None:
        async def act() -> None:
            feed.attend(await self._grid(feed), "Sam", (7, 3), False)
            await asyncio.sleep(0)
            await feed.subscribe(subscription := Subscription("t", "s1", 1, elsewhere))
            feed.watch(subscription, Grading, [("course", 4)], "Sam")

        assert self._sent(feed, act) == ["here", "gone"]

    def test_a_person_who_loses_the_right_to_a_grid_disappears(self, feed: Feed) -> None:
        async def act() -> None:
            feed.attend(subscription := await self._grid(feed), "Sam", (7, 3), False)
            await asyncio.sleep(0)
            await feed.silence(subscription)

        assert self._sent(feed, act) == ["here", "gone"]

    def test_a_person_who_types_after_a_reconnect_is_shown_as_editing(self, feed: Feed) -> None:
        said: list[bool] = []

        async def run() -> None:
            async def send(message: Message) -> None:
                if message["kind"] == "here":
                    said.append(message["is_editing"])

            presence = Presence(send)
            # The page sends what is being typed while it loads, before it is shown as present.
            await presence.edit("t", True)
            await presence.appear("t", 1, "Sam", (7, 3))
            await presence.appear("t", 1, "Sam", (8, 3))
            await presence.go("t")
            await presence.edit("t", True)
            await presence.go("t")
            await presence.appear("t", 1, "Sam", (7, 3))

        asyncio.run(run())
        assert said == [True, False, False]

    def test_a_person_whose_browser_does_not_answer_is_absent_until_it_does(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told: list[tuple[str, object]] = []
        feed = Feed()

        async def send(message: Message) -> None:
            if message["kind"] != "who":
                told.append((message["kind"], message.get("is_editing")))

        async def run() -> None:
            feed.presence = Presence(send)
            await feed.subscribe(Subscription("t", "s1", 1, "/x"))
            await feed.presence.appear("t", 1, "Sam", (7, 3))
            await feed.presence.edit("t", True)
            told.clear()
            for silent in (0.0, feeding._SILENT_SECONDS + 1, 0.0):
                monkeypatch.setattr(wire, "silent_seconds", lambda _sid, told=silent: told)
                await feed._check_tabs()
                await feed._check_tabs()

        monkeypatch.setattr(wire, "is_open", lambda _token, _sid: True)
        asyncio.run(run())
        assert told == [("gone", None), ("here", True)]

    def test_a_stopped_browser_disappears_within_40_seconds(self) -> None:
        sweep = feeding._SWEEP_SECONDS
        assert wire._PING_SECONDS + feeding._SILENT_SECONDS + 2 * sweep < 40
        # The people of a dead process disappear: nobody reports them as present.
        says_again = sweep * feeding._SWEEPS_BEFORE_RIGHTS
        assert 2 * says_again < _GONE_SECONDS
        assert _GONE_SECONDS + says_again < 40

    def test_a_socket_knows_since_when_it_has_not_answered(self) -> None:
        async def run() -> None:
            server = engineio.AsyncServer(async_mode="asgi", ping_interval=0)
            socket = AsyncSocket(server, "e1")
            sio = SimpleNamespace(
                manager=SimpleNamespace(eio_sid_from_sid=lambda _sid, _namespace: "e1"),
                eio=SimpleNamespace(sockets={"e1": socket}),
            )
            app = SimpleNamespace(sio=sio, event_namespace=SimpleNamespace(namespace="/_event"))
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(wire, "_app", app)
                await socket._send_ping()
                assert socket.last_ping
                socket.last_ping -= 20
                assert 20 <= wire.silent_seconds("s1") < 30
                server.ping_interval = 60
                await socket.receive(Packet(PONG))
                assert wire.silent_seconds("s1") == 0.0

        asyncio.run(run())


class TestCounts:
    def test_are_pushed_if_they_changed_or_the_page_may_show_others(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        view = SharedCounts.of(Everything(), LedgerQuery())
        subscription = Subscription("t", "s", 1, "/x", view=view, read_at=5)
        subscriptions = Subscriptions(most=1)
        subscriptions.subscribe(subscription)
        pushed: list[int] = []

        async def push(_room: str, values: wire.Values) -> None:
            pushed.append(values[Live]["counted_at"])

        monkeypatch.setattr(wire, "push", push)
        ledgers = LedgerCounts(subscriptions)
        ledgers.show_in(Live)

        def count(active: int, at: int) -> None:
            monkeypatch.setattr(
                ledgers,
                "_count",
                lambda _view: ({**dict.fromkeys(Status, 0), Status.ACTIVE: active}, at),
            )
            asyncio.run(ledgers._push_counts(view))

        count(3, 6)
        count(3, 7)
        assert pushed == [6], "nothing that they do not know"
        count(4, 8)
        assert pushed == [6, 8]
        subscription.read_at = 9
        count(4, 10)
        assert pushed == [6, 8, 10], "they have read their own since"
        subscription.read_at = 0
        count(4, 11)
        assert pushed == [6, 8, 10, 11], "they are reading"
        count(4, 10)
        assert pushed == [6, 8, 10, 11], "newer counts are not replaced by older ones"
        subscription.read_at = 11

        async def ask() -> None:
            ledgers.count(view)
            ledgers.count(view)
            await asyncio.gather(*ledgers._asked.values())

        asyncio.run(ask())
        assert (pushed, ledgers._asked) == ([6, 8, 10, 11], {}), "counted before"
        monkeypatch.setattr(ledgers, "_count", lambda _view: (dict.fromkeys(Status, 4), 11))
        asyncio.run(ask())
        assert pushed == [6, 8, 10, 11, 11], "once for all who asked, though nothing is new"


class TestOverriddenCompletion:
    def test_a_completion_by_a_person_is_read_and_pushed_as_such(self, database: Database) -> None:
        admin = make_account(database)
        id_ = make_enrollment(database, _new(database), make_course(database, "Knots"), progress=40)
        actor = Actor(admin, "Dana", "", Role.SUPER_ADMIN)

        def shown() -> tuple[bool, bool]:
            row = read_ledger(database, actor, LedgerQuery()).rows[0]
            with database.read() as session:
                told = changes.enrollment_states(session, [id_])[0]
            return row_view(row, ZoneInfo("UTC"), 20_000).by_hand, live_row(told, 20_000).by_hand

        assert shown() == (False, False)
        save_enrollment(database, actor, id_, version=1, typed={"status": "completed"})
        assert shown() == (True, True)


class TestRecentStatuses:
    def test_each_enrollment_is_kept_with_its_last_status(self) -> None:
        def state(id_: int, status: Status) -> EnrollmentState:
            return EnrollmentState(id_, 1, 1, "course", "", status, 0, None, 1, None, None)

        fresh: dict[int, NewRow] = {}
        remember = LedgerCounts._remember
        remember(fresh, [state(7, Status.ACTIVE)], {7: 11}, {7: 11})
        remember(fresh, [state(8, Status.CANCELLED)], {8: 12}, {})
        assert list(fresh.values()) == [(7, 11, "active", 11), (8, 12, "cancelled", 0)]
        # Changed in something else, it stays what it is.
        remember(fresh, [state(8, Status.CANCELLED)], {}, {})
        remember(fresh, [state(7, Status.COMPLETED)], {7: 15}, {})
        assert list(fresh.values()) == [(8, 12, "cancelled", 0), (7, 15, "completed", 11)]

    def test_the_oldest_are_dropped(self) -> None:
        fresh: dict[int, NewRow] = {}
        for id_ in range(1, MOST_FRESH + 3):
            one = EnrollmentState(id_, 1, 1, "course", "", Status.ACTIVE, 0, None, 1, None, None)
            LedgerCounts._remember(fresh, [one], {id_: id_}, {id_: id_})
        assert list(fresh) == list(range(3, MOST_FRESH + 3))


class _OneChange:
    """A history follower that reads one change and then none."""

    def __init__(self) -> None:
        self._left = [CommittedChange(5, 7, is_new=False)]

    def read(self) -> list[CommittedChange]:
        given, self._left = self._left, []
        return given


class _NoChange:
    """A follower of a table without changes."""

    def read(self) -> list[Any]:
        return []
