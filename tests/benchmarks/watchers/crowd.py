"""Portals with open ledgers: sockets like browsers', which record when a push arrived."""

from __future__ import annotations

import asyncio
import itertools
import re
import shutil
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from enrollment_portal.domain.shared.calendar import day_of, day_to_date, now_ms, zone
from enrollment_portal.state.ledger.ledger import Ledger
from enrollment_portal.state.shared.live import Live
from tests.benchmarks.measuring.company import company_file
from tests.browser.durability.jepsen.form import Form
from tests.browser.durability.jepsen.story import Outcome
from tests.browser.durability.jepsen.tab import Tab
from tests.browser.page_objects.ledger_page import LEDGER, query
from tests.browser.server import Server

_AT_ONCE = 8
"""So many tabs are opened at the same time."""
_TOLD_SECONDS = 30
_LIVE, _LEDGER = (f'"{state.get_full_name()}"' for state in (Live, Ledger))
_days = itertools.count(60)
_TODAY = day_of(now_ms(), zone("Europe/Stockholm"))


@contextmanager
def running_portal(built: Path, folder: Path, enrollments: int) -> Iterator[Server]:
    """Run a portal over a copy of the demo company until the block ends.

    Args:
        built: the production build.
        folder: an empty one, for this portal.
        enrollments: how many the company has.
    """
    folder.mkdir()
    own_file = shutil.copy(company_file(enrollments), folder)
    portal = Server(built, folder, f"sqlite:///{own_file}")
    try:
        portal.start()
        yield portal
    finally:
        portal.close()


def active_enrollments(portal: Server, count: int) -> list[int]:
    """Return the newest active enrollments of the course that most of them are in."""
    rows = query(
        portal,
        "SELECT e.id FROM enrollment e WHERE e.status = 0 AND e.course_id = (SELECT f.course_id"
        " FROM enrollment f JOIN course c ON c.id = f.course_id WHERE c.kind = 'course' AND"
        " f.status = 0 GROUP BY f.course_id ORDER BY count(*) DESC LIMIT 1)"
        " ORDER BY e.enrolled_at DESC LIMIT :count",
        count=count,
    )
    return [row[0] for row in rows]


def some_admin(portal: Server) -> int:
    """Return the account of a Super Admin."""
    return query(portal, "SELECT min(id) FROM account WHERE role = 'super_admin'")[0][0]


def new_deadline() -> str:
    """Return an unused deadline, as a form submits it."""
    return (day_to_date(_TODAY) + timedelta(days=next(_days))).isoformat()


class Watcher(Tab):
    """A tab on the ledger that reads only the kind of a message."""

    def __init__(self, portal: Server, session: str, crowd: Crowd) -> None:
        super().__init__(portal, session, Ledger)
        self._crowd = crowd
        self._is_there = False

    async def open(self) -> None:
        """Open the ledger and wait for its rows."""
        await self.connect()
        await self.send(LEDGER, "load")
        await self.answer(lambda update: update.get("phase") == "ready")
        self._is_there = True

    def receive(self, message: str) -> None:
        """Record a message; until the page has loaded, also read it."""
        if self._is_there:
            self._crowd.receive(message)
        else:
            super().receive(message)


class Crowd:
    """The watchers of one portal, and the messages that they received."""

    def __init__(self, portal: Server, sessions: Iterable[str]) -> None:
        self.watchers = [Watcher(portal, session, self) for session in sessions]
        self.messages: Counter[str] = Counter()
        """How many of each kind: "rows", "counts", "read again", "other"."""
        self.size = 0
        """In bytes, all that they were sent."""
        self._came: list[float] = []
        self._awaited: re.Pattern[str] | None = None
        self._have_all = asyncio.Event()

    async def open(self) -> None:
        """Open all tabs, several at a time."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def open_one(watcher: Watcher) -> None:
            async with gate:
                await watcher.open()

        async with asyncio.TaskGroup() as tasks:
            for watcher in self.watchers:
                tasks.create_task(open_one(watcher))

    async def close(self) -> None:
        """Close all tabs."""
        await asyncio.gather(*(watcher.close() for watcher in self.watchers))

    def receive(self, message: str) -> None:
        """Record a message to one of them."""
        now = time.time()
        self.size += len(message.encode())
        kind = _kind_of(message)
        self.messages[kind] += 1
        if kind == "rows" and self._awaited and self._awaited.search(message):
            self._came.append(now)
            if len(self._came) == len(self.watchers):
                self._have_all.set()

    def expect(self, enrollment: int, version: int) -> None:
        """Set the version of an enrollment that `received_by_all` waits for."""
        self._awaited = re.compile(rf'"{enrollment}": ?{{"version": ?{version}\b')
        self._came = []
        self._have_all.clear()

    async def received_by_all(self) -> list[float]:
        """Wait until all of them have it; return when they received it, by `time.time`."""
        async with asyncio.timeout(_TOLD_SECONDS):
            await self._have_all.wait()
        return self._came


def _kind_of(message: str) -> str:
    if _LEDGER in message:
        return "read again"
    if _LIVE not in message:
        return "other"
    return "rows" if '"rows_rx_state_"' in message else "counts"


@dataclass
class Writers:
    """Tabs with the forms of some enrollments, which are saved in turn."""

    forms: Sequence[Form]
    _next: int = 0

    @staticmethod
    async def at(portal: Server, session: str, enrollments: Sequence[int]) -> Writers:
        """Open the forms of some enrollments."""
        forms = [Form(portal, session) for _ in enrollments]
        for form, enrollment in zip(forms, enrollments, strict=True):
            await form.connect()
            await form.open(enrollment)
        return Writers(forms)

    def next(self) -> Form:
        """Return the next form."""
        form = self.forms[self._next % len(self.forms)]
        self._next += 1
        return form

    async def close(self) -> None:
        """Close all tabs."""
        for form in self.forms:
            await form.close()


async def save(form: Form) -> None:
    """Save another deadline."""
    answer = await form.save(form.filled_in({"deadline": new_deadline()}, uuid.uuid4().hex))
    if answer.outcome is not Outcome.ACKNOWLEDGED:
        raise RuntimeError(f"A save was not done: {answer.words}")
