"""What the ledger has shown of an enrollment, worked out from where it stands and its history."""

from __future__ import annotations

import json
from collections.abc import Sequence

FOREVER = 2**47 - 1
"""The end of a span that has not ended, in ms since 1970: the year 6429."""

Facts = tuple[int, int, int | None]
"""An enrollment's status, progress and day of the deadline."""
Span = tuple[int, int, int, int, int | None]
"""From when and until when (not included), in ms, and the facts that held in between."""

_NAMES = ("status", "progress", "deadline")


def spans_of(began_at: int, facts: Facts, history: Sequence[tuple[int, str]]) -> list[Span]:
    """Return the spans of an enrollment, oldest first; together they leave no gap.

    Args:
        began_at: when the ledger first showed it, in ms.
        facts: what it holds now.
        history: its later changes, oldest first: when, and the changed values as JSON.

    Of changes at one moment only the last counts: nothing was ever shown in between.
    """
    spans: list[Span] = []
    values: list[int | None] = list(facts)
    until = FOREVER
    for at, changes in reversed(history):
        # A value that holds such a name has its quotes escaped.
        if (
            '"status":' not in changes
            and '"progress":' not in changes
            and '"deadline":' not in changes
        ):
            continue
        pairs = json.loads(changes)
        if not any(name in pairs for name in _NAMES):
            continue
        since = max(at, began_at)
        if since < until:
            spans.append((since, until, *values))  # type: ignore[arg-type]
            until = since
        values = [
            pairs[name][0] if name in pairs else value
            for name, value in zip(_NAMES, values, strict=True)
        ]
    if began_at < until:
        spans.append((began_at, until, *values))  # type: ignore[arg-type]
    return spans[::-1]
