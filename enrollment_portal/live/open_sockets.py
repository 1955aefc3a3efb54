"""The sockets of this process, by sign-in and by tab, so that they can be closed from elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Close = Callable[[], None]
_Name = tuple[str, str]

_open: dict[_Name, set[Close]] = defaultdict(set)


@contextmanager
def registered(close: Close, *, session: str | None, tab: str) -> Iterator[None]:
    """Let a socket be found while it is open.

    Args:
        close: closes it; called on the event loop.
        session: the hash of the token of the session that opened it; `None` without a sign-in.
        tab: the token of its tab.
    """
    names = [("tab", tab)] + ([("session", session)] if session is not None else [])
    for name in names:
        _open[name].add(close)
    try:
        yield
    finally:
        for name in names:
            _open[name].discard(close)
            if not _open[name]:
                del _open[name]


def close_session(session: str) -> None:
    """Close every socket of a session that has ended."""
    _close(("session", session))


def close_tab(tab: str) -> None:
    """Close the socket of a tab that cannot be answered; its page says so and tries again."""
    _close(("tab", tab))


def _close(name: _Name) -> None:
    for close in list(_open.get(name, ())):
        close()
