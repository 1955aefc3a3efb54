"""The open sockets of this process, by session and by tab, so that they can be closed."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol


class OpenSocket(Protocol):
    """A socket that is open."""

    def close(self) -> None:
        """Close it; called on the event loop."""
        ...

    async def is_answered(self) -> bool:
        """Tell whether its browser answers a ping."""
        ...


_Name = tuple[str, str]

_open: dict[_Name, dict[OpenSocket, asyncio.Event]] = defaultdict(dict)
"""By name, each socket with the event that is set once it has ended."""
_ENDING_SECONDS = 1.0


@contextmanager
def registered(socket: OpenSocket, *, session: str | None, tab: str) -> Iterator[None]:
    """Register a socket while it is open.

    Args:
        socket: the socket.
        session: the hash of the token of the session that opened it; `None` without a sign-in.
        tab: the token of its tab.
    """
    names = [("tab", tab)] + ([("session", session)] if session is not None else [])
    ended = asyncio.Event()
    for name in names:
        _open[name][socket] = ended
    try:
        yield
    finally:
        for name in names:
            del _open[name][socket]
            if not _open[name]:
                del _open[name]
        ended.set()


def close_session(session: str) -> None:
    """Close every socket of a session that has ended."""
    _close(("session", session))


def close_tab(tab: str) -> None:
    """Close the socket of a tab that cannot be answered; its page says so and reconnects."""
    _close(("tab", tab))


async def close_lost(tab: str) -> None:
    """Close the lost socket of a tab before the tab opens another one.

    Reflex takes a second socket of a tab for a duplicated tab, and gives it a new token and an
    empty state. But the first one may be lost without notice: a browser that changes its network
    says nothing. The first socket of a duplicated tab answers a ping; a lost one does not. Sockets
    of other processes are not checked.
    """
    lost: list[asyncio.Event] = []
    for socket, ended in list(_open.get(("tab", tab), {}).items()):
        if not await socket.is_answered():
            socket.close()
            lost.append(ended)
    with suppress(TimeoutError):
        async with asyncio.timeout(_ENDING_SECONDS):
            for ended in lost:
                await ended.wait()


def _close(name: _Name) -> None:
    for socket in list(_open.get(name, ())):
        socket.close()
