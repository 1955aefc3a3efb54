"""What a change costs the server, and how long it takes, by number of watchers of the ledger."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from enrollment_portal.domain.people.people import Role
from tests.benchmarks.measuring.machine import MeasuredTime, cpu_ms, tree_of
from tests.benchmarks.watchers.crowd import (
    Crowd,
    Writers,
    active_enrollments,
    running_portal,
    save,
    some_admin,
)
from tests.browser.page_objects.ledger_page import query
from tests.browser.server import Server
from tests.builders import make_account, make_session

ROUNDS = 5
WATCHERS = (0, 1, 50, 200)
INSTRUCTORS = 50
_SETTLED_SECONDS = 0.5
"""Counts follow after so long at most."""
_ARRIVED_SECONDS = 10
"""Until then the server stores the states of tabs that have just loaded."""
_IDLE_SECONDS = 20
_ROWS = 90
"""More enrollments than a channel keeps rows of."""


@dataclass(frozen=True)
class Round:
    """Some changes one after another; each number is for one change."""

    server_ms: float
    own_ms: float
    """What the watchers' own process used, on the same processors."""
    times: list[tuple[float, float, float]]
    """Until the first, the median and the last watcher had it, in ms from the save's sending."""
    messages: dict[str, float]
    """By kind, to each watcher."""
    size: float
    """Bytes to each watcher."""


@dataclass
class Setting:
    """One portal and its watchers."""

    name: str
    portal: Server
    crowd: Crowd
    writer: str
    """The session of whoever saves."""
    is_notified: bool = True
    """Whether the changes are in the watchers' ledgers."""
    rounds: list[Round] = field(default_factory=list)

    async def measure(self, writers: Writers, changes: int) -> None:
        """Measure a round."""
        crowd, server = self.crowd, tree_of(self.portal.pid)
        crowd.messages.clear()
        crowd.size = 0
        used, own = cpu_ms(server), cpu_ms([os.getpid()])
        times = [time for _ in range(changes) for time in [await self._change(writers)] if time]
        await asyncio.sleep(_SETTLED_SECONDS)
        each = max(1, len(crowd.watchers)) * changes
        self.rounds.append(
            Round(
                (cpu_ms(server) - used) / changes,
                (cpu_ms([os.getpid()]) - own) / changes,
                times,
                {kind: count / each for kind, count in crowd.messages.items()},
                crowd.size / each,
            )
        )

    async def _change(self, writers: Writers) -> tuple[float, float, float] | None:
        form = writers.next()
        self.crowd.expect(form.enrollment, form.version + 1)
        sent = time.time()
        await save(form)
        if not self.crowd.watchers or not self.is_notified:
            return None
        received_at = await self.crowd.received_by_all()
        first, middle, last = received_at[0], statistics.median(received_at), received_at[-1]
        return (first - sent) * 1000, (middle - sent) * 1000, (last - sent) * 1000


def measure(built: Path, folder: Path, *, enrollments: int, changes: int, most: int) -> None:
    """Measure and print everything.

    Args:
        built: the production build.
        folder: an empty one.
        enrollments: how many the company has.
        changes: how many are measured of each setting.
        most: watchers at most.
    """
    asyncio.run(_measure(built, folder, enrollments, changes, most))


async def _measure(built: Path, folder: Path, enrollments: int, changes: int, most: int) -> None:
    sizes = [size for size in WATCHERS if size <= most]
    async with AsyncExitStack() as stack:
        settings = [
            await _admins(stack, _portal(stack, built, folder / f"admins{n}", enrollments), n)
            for n in sizes
        ]
        await _report_idle(settings)
        await _report("one enrollment is changed again and again", settings, 1, changes)
        await _report(
            f"{_ROWS} enrollments are changed in turn, more than a channel keeps rows of",
            [setting for setting in settings if setting.crowd.watchers],
            _ROWS,
            2 * changes,
            before=_ROWS,
        )
    async with AsyncExitStack() as stack:
        settings = [
            await _instructors(
                stack, _portal(stack, built, folder / f"taught{n}", enrollments), *setting
            )
            for n, setting in enumerate(((1, True), (INSTRUCTORS, True), (INSTRUCTORS, False)))
        ]
        await _report("instructors, each with a channel of their own", settings, 1, changes)


def _portal(stack: AsyncExitStack, built: Path, folder: Path, enrollments: int) -> Server:
    return stack.enter_context(running_portal(built, folder, enrollments))


async def _admins(stack: AsyncExitStack, portal: Server, count: int) -> Setting:
    """Open the whole ledger of a portal a number of times."""
    admin = some_admin(portal)
    # Each by a sign-in of their own, as it is asked again for each.
    crowd = Crowd(portal, [make_session(portal.database, admin) for _ in range(count)])
    stack.push_async_callback(crowd.close)
    await crowd.open()
    writer = make_session(portal.database, admin)
    return Setting(f"{count} on the whole ledger", portal, crowd, writer)


async def _instructors(
    stack: AsyncExitStack, portal: Server, count: int, is_notified: bool
) -> Setting:
    """Open the ledger of one course a number of times, each as another instructor.

    If they are not notified, it is another course than the one that changes.
    """
    [changed] = active_enrollments(portal, 1)
    is_it = "=" if is_notified else "<>"
    course = query(
        portal,
        "SELECT min(c.id) FROM course c JOIN enrollment e ON e.course_id = c.id WHERE c.kind ="
        f" 'course' AND c.id {is_it} (SELECT course_id FROM enrollment WHERE id = :changed)",
        changed=changed,
    )[0][0]
    accounts = [
        make_account(portal.database, Role.INSTRUCTOR, teaches=(course,)) for _ in range(count)
    ]
    crowd = Crowd(portal, [make_session(portal.database, account) for account in accounts])
    stack.push_async_callback(crowd.close)
    await crowd.open()
    name = f"{count} of {'the' if is_notified else 'another'} course"
    writer = make_session(portal.database, some_admin(portal))
    return Setting(name, portal, crowd, writer, is_notified)


async def _report_idle(settings: Sequence[Setting]) -> None:
    """Print what watching costs while nothing happens."""
    await asyncio.sleep(_ARRIVED_SECONDS)
    servers = [tree_of(setting.portal.pid) for setting in settings]
    used = [cpu_ms(server) for server in servers]
    await asyncio.sleep(_IDLE_SECONDS)
    print(f"\n{'nothing changes: CPU of the server in ms a second':<50}")
    for setting, server, before in zip(settings, servers, used, strict=True):
        print(f"  {setting.name:<28}{(cpu_ms(server) - before) / _IDLE_SECONDS:10.1f}", flush=True)


async def _report(
    title: str, settings: Sequence[Setting], rows: int, changes: int, before: int = 5
) -> None:
    """Measure the settings in turn, round by round, and print a line for each.

    Args:
        title: what is changed.
        settings: to be compared.
        rows: how many enrollments are changed in turn.
        changes: how many are measured of each setting.
        before: how many changes warm up and are not counted.
    """
    writers = [
        await Writers.at(s.portal, s.writer, active_enrollments(s.portal, rows)) for s in settings
    ]
    for setting, at in zip(settings, writers, strict=True):
        await setting.measure(at, before)
        setting.rounds.clear()
    measured = MeasuredTime()
    for _ in range(ROUNDS):
        for setting, at in zip(settings, writers, strict=True):
            await setting.measure(at, changes // ROUNDS)
    for at in writers:
        await at.close()
    print(f"\n{title}: {ROUNDS} rounds of {changes // ROUNDS} changes")
    print(
        f"  {'for each change':<28}{'server CPU ms':>20}{'watcher has it after ms':>32}"
        f"{'messages to each watcher':>32}{'bytes':>9}{'own CPU':>9}\n"
        f"  {'':<28}{'mean':>8}{'(of rounds)':>12}{'first':>8}{'median':>8}{'last':>8}"
        f"{'its p95':>8}"
        f"{'rows':>8}{'counts':>8}{'again':>8}{'other':>8}{'each':>9}{'ms':>9}"
    )
    for setting in settings:
        _print(setting)
    _print_growth(
        [setting for setting in settings if setting.crowd.watchers and setting.is_notified]
    )
    measured.report()


def _print(setting: Setting) -> None:
    rounds = setting.rounds
    used = [one.server_ms for one in rounds]
    spread = f"{min(used):.1f}-{max(used):.1f}"
    line = f"  {setting.name:<28}{statistics.mean(used):8.1f}{spread:>12}"
    times = [time for one in rounds for time in one.times]
    if times:
        first, middle, last = (statistics.median(kind) for kind in zip(*times, strict=True))
        p95 = sorted(time[-1] for time in times)[int(len(times) * 0.95) - 1]
        line += f"{first:8.1f}{middle:8.1f}{last:8.1f}{p95:8.1f}"
    else:
        line += f"{'-':>8}" * 4
    for kind in ("rows", "counts", "read again", "other"):
        line += f"{statistics.mean(one.messages.get(kind, 0.0) for one in rounds):8.2f}"
    size = statistics.mean(one.size for one in rounds)
    own = statistics.mean(one.own_ms for one in rounds)
    print(f"{line}{size:9,.0f}{own:9.1f}", flush=True)


def _print_growth(settings: Sequence[Setting]) -> None:
    """Print the cost from the fewest to the most watchers."""
    fewest, most = settings[0], settings[-1]
    before, after = (
        statistics.mean(one.server_ms for one in setting.rounds) for setting in (fewest, most)
    )
    n, more = len(fewest.crowd.watchers), len(most.crowd.watchers)
    if more > n:
        print(
            f"  {more} watchers instead of {n}: {after / before:.1f} times the CPU of the server,"
            f" {(after - before) / (more - n):.2f} ms more a change for each watcher more"
        )
