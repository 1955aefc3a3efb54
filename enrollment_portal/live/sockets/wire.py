"""The one place that knows how values reach an open page past its state: Reflex's wire format.

A channel is a set of sockets of this process. What is pushed to it is laid over the states of
its pages in the browser; the states here do not know of it, so a var that is pushed is never set
by a handler but to take it back.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import reflex as rx
from reflex.state import StateUpdate
from reflex_base.event import Event

from enrollment_portal.live.sockets.sending import LeftOut, guarded_emit, send_serializable

Values = Mapping[type[rx.State], Mapping[str, Any]]
"""By state, by the name of its var."""

_MARK = "_rx_state_"
_PING_SECONDS = 15
"""So often a browser is asked whether it is still there; it has much longer to answer."""
_app: rx.App | None = None


def use(app: rx.App, on_left_out: Callable[[str, LeftOut], None]) -> None:
    """Take the app whose sockets are pushed to.

    Args:
        app: the app.
        on_left_out: told of a tab whose state holds what cannot be sent.
    """
    global _app
    _app = app
    namespace: Any = app.event_namespace
    if namespace is not None:
        namespace.emit_update = guarded_emit(namespace.emit_update, on_left_out)
    if app.sio is not None:
        app.sio.eio.ping_interval = _PING_SECONDS


def update_of(values: Values) -> StateUpdate:
    """Return values as the browser takes them in."""
    return StateUpdate(
        delta={
            state.get_full_name(): {name + _MARK: value for name, value in held.items()}
            for state, held in values.items()
        }
    )


def var_name(sent: str) -> str:
    """Return the name of the var whose value is sent under a name."""
    return sent.removesuffix(_MARK)


def _namespace() -> Any:
    return _app.event_namespace if _app is not None else None


def is_open(token: str, sid: str) -> bool:
    """Tell whether a tab still has this socket, in this process."""
    namespace = _namespace()
    return namespace is not None and namespace.sid_to_token.get(sid) == token


def silent_seconds(sid: str) -> float:
    """Return for how long a socket of this process has not answered whether it is still there."""
    namespace = _namespace()
    if namespace is None or _app is None or _app.sio is None:
        return 0.0
    eio_sid = _app.sio.manager.eio_sid_from_sid(sid, namespace.namespace)
    socket = _app.sio.eio.sockets.get(eio_sid)
    # It holds when it was asked, until it answers.
    pinged_at = socket.last_ping if socket else None
    return max(0.0, time.time() - pinged_at) if pinged_at else 0.0


async def enter(sid: str, channel: str) -> None:
    """Let a socket of this process have what is pushed to a channel."""
    await _socket(lambda sio, path: sio.enter_room(sid, channel, namespace=path))


async def leave(sid: str, channel: str) -> None:
    """Take a socket out of a channel."""
    await _socket(lambda sio, path: sio.leave_room(sid, channel, namespace=path))


async def push(channel: str, values: Values) -> None:
    """Lay values over the states of every page in a channel of this process."""

    async def send(update: StateUpdate) -> None:
        await _socket(lambda sio, path: sio.emit("event", update, room=channel, namespace=path))

    await send_serializable(send, update_of(values))


async def _socket(act: Callable[[Any, str], Awaitable[None]]) -> None:
    namespace = _namespace()
    if namespace is not None and _app is not None and _app.sio is not None:
        try:
            await act(_app.sio, namespace.namespace)
        except (KeyError, ValueError):
            # The socket has gone between the question and the answer.
            return


async def call(token: str, handler: Any) -> None:
    """Have a handler without arguments run on a tab, as if its page had asked."""
    if _app is not None:
        for event in Event.from_event_type(handler):
            await _app.event_processor.enqueue(token, event)


def request_reload() -> StateUpdate:
    """Return what has a browser fill a tab's state anew, as after its connection was lost.

    Reflex's browser does so once it has removed something that it keeps; this is never there.
    Only it knows the page's address of now.
    """
    return StateUpdate(events=Event.from_event_type(rx.remove_session_storage("nothing")))
