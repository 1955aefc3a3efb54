"""Who else is viewing or editing an enrollment, on its page or in a grading grid.

Each process knows everybody: who comes, edits or leaves is announced over the bus, and repeated
while they stay, so that the people of a process that died soon disappear. Nothing of it is stored.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from enrollment_portal.live.bus import Message
from enrollment_portal.live.sockets import wire

_PREFIX = "here."
_GONE_SECONDS = 25.0
"""Who has not been announced for this long is gone; announcements come twice as often."""


@dataclass(frozen=True)
class Someone:
    """A person on one tab; `tab` is a public name of it, which is not its token."""

    tab: str
    account_id: int
    name: str
    enrollment_id: int
    course_id: int
    is_editing: bool


class Presence:
    """Who has which enrollment open, over all processes, and who of them is in this one."""

    def __init__(self, send: Callable[[Message], Awaitable[None]]) -> None:
        self._send = send
        self._own: dict[str, Someone] = {}
        self._announced_at: dict[str, float] = {}
        """When each of them was last announced."""
        self._typing_early: dict[str, bool] = {}
        """Who began to type, or stopped, before it was announced where they are."""
        self._resting: dict[str, Someone] = {}
        """Where those were whose browsers do not answer at present."""
        self._here: dict[str, tuple[Someone, float]] = {}
        self._state: Any = None
        self._view: Callable[[Someone], Any] = lambda one: one

    def show_in(self, state: Any, view: Callable[[Someone], Any]) -> None:
        """Set the state whose var `here` is overridden, and what makes a person ready to show."""
        self._state, self._view = state, view

    async def appear(self, token: str, account_id: int, name: str, at: tuple[int, int]) -> None:
        """Announce that a tab of this process has an enrollment open, given with its course."""
        self._announced_at[token] = time.monotonic()
        await self.wake(token)
        known = self._own.get(token)
        if known is None or (known.enrollment_id, known.account_id) != (at[0], account_id):
            is_editing = self._typing_early.pop(token, False) and known is None
            await self._announce(token, Someone(_tab(token), account_id, name, *at, is_editing))
            await self.request_presence(at[1])

    def has_appeared_since(self, token: str, at: float) -> bool:
        """Tell whether a tab was announced after a moment."""
        return self._announced_at.get(token, 0.0) > at

    async def edit(self, token: str, is_editing: bool) -> None:
        """Announce that somebody has begun to type on their tab, or has stopped."""
        await self.wake(token)
        known = self._own.get(token)
        if known is None:
            self._typing_early[token] = is_editing
        elif known.is_editing != is_editing:
            await self._announce(token, replace(known, is_editing=is_editing))

    async def _announce(self, token: str, one: Someone) -> None:
        self._own[token] = one
        await self._send({"kind": "here", **asdict(one)})

    async def go(self, token: str) -> None:
        """Announce that a tab has left its enrollment."""
        self._announced_at.pop(token, None)
        self._typing_early.pop(token, None)
        self._resting.pop(token, None)
        one = self._own.pop(token, None)
        if one:
            await self._send({"kind": "gone", "tab": one.tab})

    async def rest(self, token: str) -> None:
        """Hide a tab while its browser does not answer."""
        one = self._own.pop(token, None)
        if one:
            self._resting[token] = one
            await self._send({"kind": "gone", "tab": one.tab})

    async def wake(self, token: str) -> None:
        """Show a tab again once its browser answers."""
        one = self._resting.pop(token, None)
        if one:
            await self._announce(token, one)

    async def request_presence(self, course_id: int) -> None:
        """Ask every process who has enrollments of a course open."""
        await self._send({"kind": "who", "course_id": course_id})

    async def announce_all(self) -> None:
        """Announce everybody of this process again, and forget who was not announced."""
        for one in list(self._own.values()):
            await self._send({"kind": "here", **asdict(one)})
        now = time.monotonic()
        for one, seen in list(self._here.values()):
            if now - seen > _GONE_SECONDS:
                del self._here[one.tab]
                await self._push(one)

    async def receive(self, message: Message) -> None:
        """Handle a message of any process about who is where."""
        if message["kind"] == "who":
            for one in list(self._own.values()):
                if one.course_id == message["course_id"]:
                    await self._send({"kind": "here", **asdict(one)})
            return
        known = self._here.pop(message["tab"], None)
        before = known[0] if known else None
        if message["kind"] == "here":
            one = Someone(**{name: message[name] for name in Someone.__dataclass_fields__})
            self._here[one.tab] = (one, time.monotonic())
            if one == before:
                return
            await self._push(one)
        if before is not None:
            await self._push(before)

    async def show(self, *, enrollment_id: int = 0, course_id: int = 0) -> None:
        """Push who has an enrollment, or a course, open to the pages that show it."""
        if enrollment_id:
            here = self._people(lambda one: one.enrollment_id == enrollment_id)
            await wire.push(enrollment_channel(enrollment_id), {self._state: {"here": here}})
        if course_id:
            here = self._people(lambda one: one.course_id == course_id)
            await wire.push(course_channel(course_id), {self._state: {"here": here}})

    def _people(self, is_there: Callable[[Someone], bool]) -> list[Any]:
        """Return each person once per enrollment, as editing if one of their tabs is."""
        found: dict[tuple[int, int], Someone] = {}
        for one, _ in self._here.values():
            key = (one.account_id, one.enrollment_id)
            if is_there(one) and (key not in found or one.is_editing):
                found[key] = one
        return [self._view(one) for one in found.values()]

    async def _push(self, one: Someone) -> None:
        await self.show(enrollment_id=one.enrollment_id, course_id=one.course_id)


def is_of_people(channel: str) -> bool:
    """Tell whether a channel says who has something open."""
    return channel.startswith(_PREFIX)


def enrollment_channel(enrollment_id: int) -> str:
    """Return the channel of the pages of one enrollment."""
    return f"{_PREFIX}enrollment.{enrollment_id}"


def course_channel(course_id: int) -> str:
    """Return the channel of the grids of one course."""
    return f"{_PREFIX}course.{course_id}"


def _tab(token: str) -> str:
    # The token itself gives access to a page's state: it is sent to nobody.
    return hashlib.sha256(token.encode()).hexdigest()[:16]
