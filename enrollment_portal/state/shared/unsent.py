"""Answers a page if part of its state could not be sent to it."""

from __future__ import annotations

import asyncio
import contextvars
import logging

import reflex as rx
from reflex.state import BaseState

from enrollment_portal.domain.shared.messages import FAILED_UNKNOWN
from enrollment_portal.live.sockets.sending import LeftOut
from enrollment_portal.live.sockets.wire import var_name
from enrollment_portal.state.shared.session import show_failure

logger = logging.getLogger(__name__)
_running: set[asyncio.Task[None]] = set()


def answer_unsent(app: rx.App, token: str, left_out: LeftOut) -> None:
    """Show on a tab's page that its act failed, once the failed event has ended.

    Args:
        app: that holds the states.
        token: of the tab.
        left_out: what could not be sent.
    """
    # The event that is being answered holds the tab's state.
    work = _answer(app, token, left_out)
    task = asyncio.get_running_loop().create_task(work, context=contextvars.Context())
    _running.add(task)
    task.add_done_callback(_running.discard)


async def _answer(app: rx.App, token: str, left_out: LeftOut) -> None:
    for name, sent_names in left_out.items():
        try:
            with app.set_contexts():
                state_class = rx.State.get_class_substate(name)
            async with app.modify_state(rx.BaseStateToken(ident=token, cls=state_class)) as root:
                state = await root.get_state(state_class)
                _put_back(state, {var_name(one) for one in sent_names})
                await show_failure(state, FAILED_UNKNOWN)
        except Exception:
            logger.exception("A failure in %s could not be shown", name)


def _put_back(state: BaseState, names: set[str]) -> None:
    """Reset vars to their defaults: their values would stop the next answer, too."""
    for name in names & set(type(state).base_vars):
        setattr(state, name, type(state).__fields__[name].default_value())
