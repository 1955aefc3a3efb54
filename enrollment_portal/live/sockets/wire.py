"""Pushes values to open pages past their state; the only module that knows Reflex's format.

A channel is a set of sockets of this process. A pushed value overrides the state of a page in the
browser; the state on the server does not know of it, so a var that is pushed is never set by a
handler, except to reset it.
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
"""How often a browser is pinged; it has much longer to answer."""
_app: rx.App | None = None


def use(app: rx.App, on_left_out: Callable[[str, LeftOut], None]) -> None:
    """Set the app whose sockets are used.

    Args:
        app: the app.
        on_left_out: called with a tab whose state contains what cannot be sent.
    """
    global _app
    _app = app
    namespace: Any = app.event_namespace
    if namespace is not None:
        namespace.emit_update = guarded_emit(namespace.emit_update, on_left_out)
    if app.sio is not None:
        app.sio.eio.ping_interval = _PING_SECONDS


def update_of(values: Values) -> StateUpdate:
    """Return values as the browser expects them."""
    return StateUpdate(
        delta={
            state.get_full_name(): {name + _MARK: value for name, value in state_values.items()}
            for state, state_values in values.items()
        }
    )


def var_name(sent: str) -> str:
    """Return the var's name of the name under which its value is sent."""
    return sent.removesuffix(_MARK)


def _namespace() -> Any:
    return _app.event_namespace if _app is not None else None


def is_open(token: str, sid: str) -> bool:
    """Tell whether a tab still has this socket, in this process."""
    namespace = _namespace()
    return namespace is not None and namespace.sid_to_token.get(sid) == token


def silent_seconds(sid: str) -> float:
    """Return how long a socket of this process has not answered a ping."""
    namespace = _namespace()
    if namespace is None or _app is None or _app.sio is None:
        return 0.0
    eio_sid = _app.sio.manager.eio_sid_from_sid(sid, namespace.namespace)
    socket = _app.sio.eio.sockets.get(eio_sid)
    # The time of the ping that is not answered yet.
    pinged_at = socket.last_ping if socket else None
    return max(0.0, time.time() - pinged_at) if pinged_at else 0.0


async def enter(sid: str, channel: str) -> None:
    """Add a socket of this process to a channel."""
    await _socket(lambda sio, path: sio.enter_room(sid, channel, namespace=path))


async def leave(sid: str, channel: str) -> None:
    """Remove a socket from a channel."""
    await _socket(lambda sio, path: sio.leave_room(sid, channel, namespace=path))


async def push(channel: str, values: Values) -> None:
    """Override values of every page in a channel of this process."""

    async def send(update: StateUpdate) -> None:
        await _socket(lambda sio, path: sio.emit("event", update, room=channel, namespace=path))

    await send_serializable(send, update_of(values))


async def _socket(act: Callable[[Any, str], Awaitable[None]]) -> None:
    namespace = _namespace()
    if namespace is not None and _app is not None and _app.sio is not None:
        try:
            await act(_app.sio, namespace.namespace)
        except (KeyError, ValueError):
            # The socket was closed meanwhile.
            return


async def call(token: str, handler: Any) -> None:
    """Run a handler without arguments on a tab, as if its page had called it."""
    if _app is not None:
        for event in Event.from_event_type(handler):
            await _app.event_processor.enqueue(token, event)


def request_reload() -> StateUpdate:
    """Return an update that makes the browser load its page again, as after a lost connection.

    Reflex's browser code does so after it removed an item of its storage, here one that never
    exists. Only the browser knows the current address of its page.
    """
    return StateUpdate(events=Event.from_event_type(rx.remove_session_storage("nothing")))
