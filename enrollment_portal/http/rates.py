"""Rate limits for clients: a token bucket for each."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

_MOST_CLIENTS = 10_000


@dataclass(frozen=True)
class Rate:
    """A token bucket: its size, and how many tokens it regains per second."""

    burst: float
    per_second: float


class Rates:
    """The tokens that each client has left.

    Args:
        rate: of every client.
        clock: returns seconds.
    """

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._clock = rate, clock
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, client: str) -> float:
        """Take one token of a client; return how many seconds it has to wait."""
        now = self._clock()
        left, at = self._left.pop(client, (self._rate.burst, now))
        left = min(self._rate.burst, left + (now - at) * self._rate.per_second) - 1
        if len(self._left) >= _MOST_CLIENTS:
            # The client without messages for the longest time.
            del self._left[next(iter(self._left))]
        self._left[client] = (left, now)
        return max(0.0, -left / self._rate.per_second)
