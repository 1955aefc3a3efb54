"""Generate the times of enrollments: working days of two years, more of them recently."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from enrollment_portal.domain.shared.calendar import MS_PER_DAY

_DAYS = 730
_OPENS = 6 * 3_600_000
_OPEN_FOR = 11 * 3_600_000
_FIRST_MONDAY = 4
"""1970-01-05, in days since 1970-01-01."""


def enrollment_times(count: int, now: int, random: Random) -> Iterator[int]:
    """Yield that many times, oldest first, the newest within the last hours.

    Working days are filled from 6 to 17 UTC; the last 24 hours have a share of their own,
    whatever day of the week it is.

    Args:
        count: how many, 0 or more.
        now: all of them are before this time, in ms.
        random: for jitter.
    """
    recent = min(count, max(5, count // 400))
    today = now // MS_PER_DAY
    # The last working day ends before the last 24 hours start, so that the order is kept.
    working = [day for day in range(today - _DAYS, today - 1) if (day - _FIRST_MONDAY) % 7 < 5]
    earlier = count - recent
    for i in range(earlier):
        # The intervals get shorter and shorter: the company grows.
        place = ((i + random.random()) / earlier) ** 0.85 * len(working)
        whole = min(int(place), len(working) - 1)
        fraction = min(place - whole, 0.999)
        yield working[whole] * MS_PER_DAY + _OPENS + int(fraction * _OPEN_FOR)
    for i in range(recent):
        left = 1 - (i + random.random()) / recent
        yield now - 60_000 - int(left * left * (MS_PER_DAY - 120_000))
