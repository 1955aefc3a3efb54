"""The change feed of this process: sends what any process committed to the pages open here.

Each commit wakes the feed of every process. Each feed reads the history from where it stopped, once
for all its pages, and pushes to each channel once, however many sockets are in it. Pages of a
single enrollment, grading grids and learners' pages are few: their `refresh` handlers are called.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import time
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from typing import Any

from enrollment_portal.live.bus import Bus, Message
from enrollment_portal.live.history_follower import (
    HistoryFollower,
    follow_history,
    follow_record_changes,
)
from enrollment_portal.live.job_progress import JobProgress
from enrollment_portal.live.ledgers import LedgerChannels
from enrollment_portal.live.presence import (
    Presence,
    course_channel,
    enrollment_channel,
    is_of_people,
)
from enrollment_portal.live.records import RecordPages
from enrollment_portal.live.sockets import open_sockets, wire
from enrollment_portal.live.storage_watch import StorageWatch
from enrollment_portal.live.subscriptions import (
    CHANGES,
    ROWS_MOVED,
    Subject,
    Subscription,
    Subscriptions,
)
from enrollment_portal.live.view_counts import ViewCounts
from enrollment_portal.services.access.sign_in import who_is
from enrollment_portal.services.runtime import database
from enrollment_portal.services.shared.organization import organization_of
from enrollment_portal.storage.history import changes
from enrollment_portal.storage.history.changes import CommittedChange, EnrollmentState
from enrollment_portal.storage.history.record_changes import RecordChange

logger = logging.getLogger(__name__)

_MOST_SUBSCRIPTIONS = 20_000
_POLL_SECONDS = 1.0
"""The longest delay until a commit of a process without a shared bus is seen."""
_SWEEP_SECONDS = 2.0
_SWEEPS_BEFORE_RIGHTS = 5
_MOST_TOUCHED = 500
_LEAVING_SECONDS = 1.5
_RECENT_SECONDS = 5.0
_SILENT_SECONDS = 15.0
"""Who has not answered for this long is no longer shown to others; in total, under 40 s."""
_CALL_SECONDS = 0.1
"""The shortest time between two refreshes of one page."""


class Feed:
    """The change feed; one for each process."""

    def __init__(self) -> None:
        self.subscriptions = Subscriptions(_MOST_SUBSCRIPTIONS)
        self.ledgers = LedgerChannels(self.subscriptions, self.call)
        self.presence = Presence(self.send)
        self.records = RecordPages(self.subscriptions, self.call)
        self.job_progress = JobProgress(self.subscriptions, self.call)
        self.storage = StorageWatch(self.subscriptions)
        self.views = ViewCounts(self.subscriptions)
        self._bus: Bus | None = None
        self._wake = asyncio.Event()
        self._fresh: list[CommittedChange] = []
        self._changed: list[RecordChange] = []
        self._touched: set[int] = set()
        """Changed enrollments that were not pushed to open pages yet."""
        self._recent: dict[Subject, float] = {}
        self._called: dict[tuple[str, Any], bool] = {}
        self._day: int | None = None
        """The organization's day that the open pages show."""

    async def send(self, message: Message) -> None:
        """Send a message to every process; do nothing before the feed runs."""
        if self._bus:
            await self._bus.send(message)

    async def end_session(self, session: str) -> None:
        """Close every socket of a session that has ended, in every process.

        Args:
            session: the hash of its token.
        """
        await self.send({"kind": "session_ended", "session": session})

    async def can_keep_pages(self) -> bool:
        """Tell whether the store of page states answers; always `True` without Redis."""
        return self._bus is None or await self._bus.is_reachable()

    async def run(self, bus: Bus) -> None:
        """Follow the history until cancelled."""
        self._bus = bus
        loop = asyncio.get_running_loop()

        def on_commit(touched: set[int]) -> None:
            # While the portal ends, its loop may be closed before the last commit.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._announce, sorted(touched)[:_MOST_TOUCHED])

        history_follower = await asyncio.to_thread(follow_history, database())
        records = await asyncio.to_thread(follow_record_changes, database())
        database().after_commit(on_commit)
        tasks = [
            asyncio.create_task(bus.listen(self._receive)),
            asyncio.create_task(self._sweep()),
            asyncio.create_task(self.storage.run()),
        ]
        try:
            while True:
                await self._follow(history_follower, records)
        finally:
            for task in tasks:
                task.cancel()

    def _announce(self, touched: list[int]) -> None:
        _beside(self.send({"kind": "changed", "touched": touched}))

    def _receive(self, message: Message) -> None:
        match message["kind"]:
            case "changed":
                self._touched.update(message["touched"])
                self._wake.set()
            case "session_ended":
                open_sockets.close_session(message["session"])
            case "rights":
                _beside(self.reload_pages(message["account"]))
            case "here" | "gone" | "who":
                _beside(self.presence.receive(message))

    async def reload_pages(self, account_id: int) -> None:
        """Reload every page that an account has open here, with its current rights."""
        for tab in self.subscriptions:
            if tab.account_id == account_id:
                await self._reload(tab)

    async def subscribe(self, tab: Subscription) -> None:
        """Subscribe a tab to the page that it shows."""
        for gone in self.subscriptions.subscribe(tab):
            await self._clear(gone)

    async def leave(self, token: str) -> None:
        """Unsubscribe a tab: it is closed, or may not see its page any more."""
        before = self.subscriptions.unsubscribe(token)
        if before:
            await self._clear(before)

    async def silence(self, tab: Subscription) -> None:
        """Push nothing more to a page, but keep its subscription."""
        for state in set(tab.subjects.values()):
            self.subscriptions.watch(tab, state, ())
        tab.view = tab.views = None
        await self._clear(tab)

    async def _clear(self, tab: Subscription) -> None:
        for channel in tab.channels:
            await wire.leave(tab.sid, channel)
        tab.channels = set()
        self.ledgers.forget()
        _beside(self._go_soon(tab, time.monotonic()))

    async def _go_soon(self, left: Subscription, at: float) -> None:
        # Between the pages of one enrollment, nobody goes and comes again; nor does who stands in
        # a grid already, or whose grid has only lost its connection for a moment.
        await asyncio.sleep(_LEAVING_SECONDS)
        tab = self.subscriptions.get(left.token)
        is_back = tab is not None and tab.path == left.path and bool(tab.subjects)
        if not is_back and not self.presence.has_appeared_since(left.token, at):
            await self.presence.go(left.token)

    def watch(self, tab: Subscription, state: Any, subjects: Iterable[Subject], name: str) -> None:
        """Subscribe a page to changes of these subjects, and to who else has them open.

        The page has just read them: if one has changed since, the page is refreshed at once.
        """
        subjects = tuple(subjects)
        self.subscriptions.watch(tab, state, subjects)
        horizon = time.monotonic() - _RECENT_SECONDS
        if any(self._recent.get(subject, 0.0) > horizon for subject in subjects):
            _beside(self.call(tab.token, state))
        _beside(self._join_channels(tab, subjects, name))

    def unwatch(self, tab: Subscription, state: Any) -> None:
        """Stop refreshing a state of a page; others see that the person has left what it showed."""
        self.subscriptions.watch(tab, state, ())
        _beside(self._leave_closed(tab))

    async def _leave_closed(self, tab: Subscription) -> None:
        await _leave_channels(tab)
        if not any(_channel_of(subject) for subject in tab.subjects):
            await self.presence.go(tab.token)

    def edit(self, token: str, is_editing: bool) -> None:
        """Announce that somebody has begun to type on their tab, or has stopped."""
        _beside(self.presence.edit(token, is_editing))

    def attend(self, tab: Subscription, name: str, at: tuple[int, int], is_editing: bool) -> None:
        """Announce in which row of a course's grid somebody is; (0, 0) for none."""
        _beside(self._attend(tab, name, at, is_editing))

    async def _attend(
        self, tab: Subscription, name: str, at: tuple[int, int], is_editing: bool
    ) -> None:
        if at[0]:
            await self.presence.appear(tab.token, tab.account_id, name, at)
            await self.presence.edit(tab.token, is_editing)
        else:
            await self.presence.go(tab.token)

    async def _join_channels(
        self, tab: Subscription, subjects: Iterable[Subject], name: str
    ) -> None:
        await _leave_channels(tab)
        for kind, id_ in subjects:
            if self.subscriptions.get(tab.token) is not tab or (kind, id_) not in tab.subjects:
                return  # the tab has gone on to another page, or may not see this one any more
            channel = _channel_of((kind, id_))
            if channel is None:
                continue
            if channel not in tab.channels:
                tab.channels.add(channel)
                await wire.enter(tab.sid, channel)
            if kind == "enrollment":
                at = await asyncio.to_thread(self._course_of, id_)
                if at and (kind, id_) in tab.subjects:
                    await self.presence.appear(tab.token, tab.account_id, name, (id_, at))
                await self.presence.show(enrollment_id=id_)
            else:
                await self.presence.request_presence(id_)
                await self.presence.show(course_id=id_)

    def _course_of(self, enrollment_id: int) -> int:
        states = self._enrollment_states([enrollment_id])
        return states[0].course_id if states else 0

    async def _reload(self, tab: Subscription) -> None:
        for state in tab.loaded_states:
            await wire.call(tab.token, state.load)

    async def _follow(
        self,
        history_follower: HistoryFollower[CommittedChange],
        records: HistoryFollower[RecordChange],
    ) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_POLL_SECONDS):
                await self._wake.wait()
        self._wake.clear()
        try:
            self._fresh += await asyncio.to_thread(history_follower.read)
            self._changed += await asyncio.to_thread(records.read)
            touched = set(self._touched)
            if self._fresh or touched:
                await self._spread(self._fresh, touched)
            if self._fresh or touched or self._changed:
                self.views.follow()
            self._fresh, self._touched = [], self._touched - touched
            if self._changed:
                await self.records.refresh_pages(self._changed)
                self.ledgers.count_needs()
                self._changed = []
            await self.job_progress.show()
        except Exception:
            # What could not be pushed is pushed with the next attempt.
            logger.exception("The change feed stumbled")
            await asyncio.sleep(_POLL_SECONDS)

    async def _spread(self, fresh: list[CommittedChange], touched: set[int]) -> None:
        ids = {change.enrollment_id for change in fresh} | touched
        if not len(self.subscriptions):
            return
        states = await asyncio.to_thread(self._enrollment_states, ids)
        newest = max((change.seq for change in fresh), default=0)
        moved = {
            change.enrollment_id: change.seq
            for change in fresh
            if change.is_new or change.status_changed
        }
        created = {change.enrollment_id: change.seq for change in fresh if change.is_new}
        await self.ledgers.push_changes(states, newest, moved, created)
        subjects = ({CHANGES} if fresh else set()) | ({ROWS_MOVED} if moved else set())
        await self._call_watching(states, subjects)

    def _enrollment_states(self, ids: Iterable[int]) -> list[EnrollmentState]:
        with database().read() as session:
            return changes.enrollment_states(session, ids)

    async def _call_watching(self, states: list[EnrollmentState], subjects: set[Subject]) -> None:
        for one in states:
            subjects |= {
                ("enrollment", one.id),
                ("course", one.course_id),
                ("learner", one.learner_id),
                ("neighbour", one.id),
            }
        now = time.monotonic()
        self._recent = {
            subject: at for subject, at in self._recent.items() if at > now - _RECENT_SECONDS
        } | dict.fromkeys(subjects, now)
        for token, state in self.subscriptions.watching(subjects):
            await self.call(token, state)

    async def call(self, token: str, state: Any) -> None:
        """Refresh a state of a page, at once or soon after its last refresh."""
        key = (token, state)
        if key in self._called:
            self._called[key] = True
            return
        self._called[key] = False
        # Before it is called: a call that fails must not keep later ones waiting for ever.
        asyncio.get_running_loop().call_later(
            _CALL_SECONDS, self._call_again, key, context=contextvars.Context()
        )
        await wire.call(token, state.refresh)

    def _call_again(self, key: tuple[str, Any]) -> None:
        if self._called.pop(key, False):
            _beside(self.call(*key))

    async def _sweep(self) -> None:
        """Drop the subscriptions of closed tabs; check rights, presence and the day regularly."""
        while True:
            try:
                for _ in range(_SWEEPS_BEFORE_RIGHTS):
                    await asyncio.sleep(_SWEEP_SECONDS)
                    await self._check_tabs()
                await self.presence.announce_all()
                for tab in await asyncio.to_thread(_outdated, self.subscriptions):
                    await self._reload(tab)
                await self._turn_day(await asyncio.to_thread(_today))
            except Exception:
                logger.exception("Looking after open pages failed")

    async def _check_tabs(self) -> None:
        for tab in self.subscriptions:
            if not wire.is_open(tab.token, tab.sid):
                await self.leave(tab.token)
            elif wire.silent_seconds(tab.sid) > _SILENT_SECONDS:
                await self.presence.rest(tab.token)
            else:
                await self.presence.wake(tab.token)

    async def _turn_day(self, today: int) -> None:
        """When a new day has begun, refresh every page, as deadlines are shown relative to it."""
        if self._day not in (None, today):
            await self.ledgers.start_day()
            self.views.follow()
            for tab in self.subscriptions:
                for state in set(tab.subjects.values()):
                    await self.call(tab.token, state)
        self._day = today


async def _leave_channels(tab: Subscription) -> None:
    """Leave the channels of enrollments and courses that a tab does not show any more."""
    shown = {channel for subject in tab.subjects if (channel := _channel_of(subject))}
    for channel in {name for name in tab.channels if is_of_people(name)} - shown:
        tab.channels.discard(channel)
        await wire.leave(tab.sid, channel)


def _channel_of(subject: Subject) -> str | None:
    """Return the channel that says who has a subject open; `None` where that is not shown."""
    kind, id_ = subject
    if kind == "enrollment":
        return enrollment_channel(id_)
    return course_channel(id_) if kind == "course" else None


def _outdated(subscriptions: Subscriptions) -> list[Subscription]:
    return [tab for tab in subscriptions if who_is(database(), tab.session) != tab.rights]


def _today() -> int:
    return organization_of(database()).today()


def _beside(work: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine in a context of its own, outside the event that is being answered."""
    task = asyncio.get_running_loop().create_task(work, context=contextvars.Context())
    _running.add(task)
    task.add_done_callback(_running.discard)


_running: set[asyncio.Task[None]] = set()
"""Tasks that nobody awaits, kept here so that they are not garbage collected."""
feed = Feed()


def call_soon(token: str, state: Any) -> None:
    """Refresh a state of a page, outside of the event that is being answered."""
    _beside(feed.call(token, state))
