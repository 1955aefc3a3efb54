"""Compute the validity intervals of an enrollment: from when until when it had which values."""

from __future__ import annotations

import json
from collections.abc import Sequence

FOREVER = 2**47 - 1
"""The end of an interval that has not ended, in ms since 1970: the year 6429."""

Values = tuple[int, int, int | None]
"""An enrollment's status, progress and deadline (days since 1970)."""
Interval = tuple[int, int, int, int, int | None]
"""Start and end (excluded), in ms, and the values in between."""

_NAMES = ("status", "progress", "deadline")


def intervals_of(
    first_shown_at: int, current: Values, history: Sequence[tuple[int, str]]
) -> list[Interval]:
    """Return the intervals of an enrollment, oldest first, without gaps.

    Args:
        first_shown_at: when the ledger first showed it, in ms.
        current: its values now.
        history: its later changes, oldest first: when, and the changed values as JSON.

    Of several changes at the same millisecond only the last counts.
    """
    intervals: list[Interval] = []
    values: list[int | None] = list(current)
    until = FOREVER
    for at, changes in reversed(history):
        # A value that contains such a name has its quotes escaped.
        if (
            '"status":' not in changes
            and '"progress":' not in changes
            and '"deadline":' not in changes
        ):
            continue
        pairs = json.loads(changes)
        if not any(name in pairs for name in _NAMES):
            continue
        since = max(at, first_shown_at)
        if since < until:
            intervals.append((since, until, *values))  # type: ignore[arg-type]
            until = since
        values = [
            pairs[name][0] if name in pairs else value
            for name, value in zip(_NAMES, values, strict=True)
        ]
    if first_shown_at < until:
        intervals.append((first_shown_at, until, *values))  # type: ignore[arg-type]
    return intervals[::-1]
