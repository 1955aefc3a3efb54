"""Sends updates without the values that cannot be serialized, so that the others arrive."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from reflex.state import StateUpdate
from reflex_base.utils.format import json_dumps

logger = logging.getLogger(__name__)

LeftOut = dict[str, set[str]]
"""By the full name of a state, the names of the values that were not sent."""
_LONGEST_LINE = 300


async def send_serializable(
    send: Callable[[StateUpdate], Awaitable[None]], update: StateUpdate
) -> LeftOut:
    """Send an update; if that fails, send it without the values that cannot be serialized.

    Args:
        send: sends an update.
        update: to send.

    Returns:
        What was left out.
    """
    try:
        await send(update)
        return {}
    except Exception as error:
        rest, left_out = _split(update)
        if not left_out:
            raise
        names = ", ".join(
            f"{state}.{name}" for state, values in left_out.items() for name in values
        )
        logger.error(
            "Cannot be serialized: %s (%s)", names, " ".join(repr(error).split())[:_LONGEST_LINE]
        )
    if rest.delta or rest.events:
        await send(rest)
    return left_out


def guarded_emit(
    emit: Callable[[StateUpdate, str], Awaitable[None]],
    on_left_out: Callable[[str, LeftOut], None],
) -> Callable[[StateUpdate, str], Awaitable[None]]:
    """Return a replacement for Reflex's `emit_update` that leaves out what cannot be sent.

    Args:
        emit: Reflex's.
        on_left_out: told of the tab, and of what it was not sent.
    """

    async def emit_update(update: StateUpdate, token: str) -> None:
        left_out = await send_serializable(lambda part: emit(part, token), update)
        if left_out:
            on_left_out(token, left_out)

    return emit_update


def _split(update: StateUpdate) -> tuple[StateUpdate, LeftOut]:
    delta: dict[str, dict[str, Any]] = {}
    left_out: LeftOut = {}
    for state, values in update.delta.items():
        for name, value in values.items():
            if _is_serializable(value):
                delta.setdefault(state, {})[name] = value
            else:
                left_out.setdefault(state, set()).add(name)
    return StateUpdate(delta=delta, events=update.events), left_out


def _is_serializable(value: object) -> bool:
    try:
        json_dumps(value)
    except Exception:
        return False
    return True
