"""Test that pushed messages go to the sockets of their channel."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from socketio import AsyncServer

from enrollment_portal.live.sockets import wire
from enrollment_portal.state.shared.live import Live


def test_a_push_is_sent_to_the_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    server, sent = AsyncServer(async_mode="asgi"), []

    async def emit(event: str, _data: Any, namespace: str, room: str, **_: Any) -> None:
        sent.append((event, namespace, room))

    monkeypatch.setattr(server.manager, "emit", emit)
    namespace = SimpleNamespace(namespace="/_event")
    monkeypatch.setattr(wire, "_app", SimpleNamespace(sio=server, event_namespace=namespace))
    asyncio.run(wire.push("channel", {Live: {"channel": ""}}))
    assert sent == [("event", "/_event", "channel")]
