"""The sockets of this process by the sign-in that opened them, so that they end with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Close = Callable[[], None]

_open: dict[str, set[Close]] = defaultdict(set)


@contextmanager
def registered(session: str, close: Close) -> Iterator[None]:
    """Count a socket among those of a session while it is open.

    Args:
        session: the hash of the session's token; "" where nobody is signed in.
        close: closes the socket; called on the event loop.
    """
    _open[session].add(close)
    try:
        yield
    finally:
        _open[session].discard(close)
        if not _open[session]:
            del _open[session]


def close_all(session: str) -> None:
    """Close every socket of a session that has ended."""
    for close in list(_open.get(session, ())):
        close()


def close_every() -> None:
    """Close every socket of this process."""
    for session in list(_open):
        close_all(session)
