"""Throttling: how long to wait after failed attempts, doubling after the first few."""

from __future__ import annotations

from dataclasses import dataclass

from enrollment_portal.domain.access import messages

_SECOND, _MINUTE, _HOUR = 1_000, 60_000, 3_600_000


@dataclass(frozen=True)
class Limit:
    """A limit: so many failures are free, each further one doubles the wait. Durations in ms."""

    free: int
    first_wait: int
    longest_wait: int
    memory: int
    """How long a failure counts."""

    def open_from(self, failures: int, last_at: int) -> int:
        """Return the earliest time of the next attempt, in ms; 0 for now.

        Args:
            failures: how many count.
            last_at: when the newest of them was, in ms.
        """
        if failures < self.free:
            return 0
        # The exponent is capped so that the number stays small, however many failures there are.
        doubled = self.first_wait << min(failures - self.free, 30)
        return last_at + min(doubled, self.longest_wait)


AT_ACCOUNT_FROM_CLIENT = Limit(5, 10 * _SECOND, 15 * _MINUTE, 24 * _HOUR)
"""Guesses for one account from one client."""
AT_ACCOUNT = Limit(20, 10 * _SECOND, 15 * _MINUTE, 24 * _HOUR)
"""Guesses for one account from everywhere: higher, as strangers must not keep its owner out."""
FROM_CLIENT = Limit(100, 10 * _SECOND, 15 * _MINUTE, _HOUR)
"""Guesses from one client for any account: higher, as a campus may share one address."""
FROM_KNOWN_DEVICE = Limit(10, 10 * _SECOND, 15 * _MINUTE, 24 * _HOUR)
"""Guesses for an account from a browser that has signed in to it; nobody else's count there."""
LINKS_FOR_ADDRESS = Limit(3, 10 * _MINUTE, _HOUR, _HOUR)
"""Requests for a link by mail to one address, whether or not it has an account."""
LINKS_FOR_CLIENT = Limit(200, 10 * _MINUTE, _HOUR, _HOUR)
"""Requests from one client for any address: a campus shares one, and many there forget their
password in the first hour of a term. Each mailbox is protected by the limit for its address."""


def wait_text(wait: int) -> str:
    """Return a wait in ms as text, rounded up: "40 seconds", "2 minutes"."""
    seconds = max(1, -(-wait // _SECOND))
    if seconds <= 90:
        return messages.wait_in_seconds(seconds)
    return messages.wait_in_minutes(-(-seconds // 60))
